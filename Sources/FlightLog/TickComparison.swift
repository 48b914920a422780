import Signals

/// Where two ticks differ, for people.
public struct TickDifference: Equatable, Sendable {
  /// The signal, with its index when it is a vector.
  public var field: String
  /// Its value in the log and in the replay; numbers with a fraction also by their bits.
  public var recorded, replayed: String
}

extension SignalTable {
  /// How the logged values of two ticks differ, by the signal that was declared first: what comes from outside, then block by
  /// block. `nil` when they are equal bit for bit; -0 is not 0, a NaN equals itself.
  public func firstDifference(recorded: Frame, replayed: Frame) -> TickDifference? {
    guard let found = difference(recorded, replayed) else { return nil }
    let place = found.signal.width > 1 ? "[\(found.element)]" : ""
    let others = found.others == 0 ? "" : " (and \(found.others) others)"
    return TickDifference(
      field: found.signal.name + place + others, recorded: found.first, replayed: found.second)
  }
}
