import Signals

/// Some flags of a frame, looked at in every tick.
public final class SafetyFlags: Sendable {
  // Sendable: the places do not change.
  private nonisolated(unsafe) let places: UnsafeMutableBufferPointer<SignalIndex<Bool>>

  /// The flags of the conditions that safety reacts to.
  public convenience init(conditionsOf table: SignalTable) {
    self.init(FailsafeCondition.allCases.map { "safety.\($0.name)" }, table)
  }

  /// The flags of these names, as far as the table has them.
  init(_ names: [String], _ table: SignalTable) {
    let indices = names.compactMap { table.index(of: $0, as: Bool.self) }
    places = .allocate(capacity: indices.count)
    _ = places.initialize(from: indices)
  }

  deinit { places.deallocate() }

  /// Whether any of them is set.
  public func areAnySet(_ frame: Frame) -> Bool {
    for place in places where frame[place] { return true }
    return false
  }
}
