import Signals

/// What a network says in a tick, as it stands in a vehicle's table.
public struct NetworkSignals: Sendable {
  /// A way in which something of a network can be beyond its range, and counts as the end of it.
  public struct Limit: Sendable {
    /// Its name, for machines.
    public var name: String
    /// What is beyond, for people.
    public var text: String
    /// The flag.
    public var place: SignalIndex<Bool>
  }

  /// The block's name.
  public let name: String
  /// The inputs as the network gets them, and the outputs as it gives them; no outputs where only inputs are shown.
  public let inputs, outputs: [SignalIndex<Float>]
  /// Elapsed time in the network's unit.
  public let ts: SignalIndex<Float>?
  /// Digest of the whole state behind the step.
  public let digest: SignalIndex<UInt64>?
  /// Whether the step failed.
  public let failed: SignalIndex<Bool>?
  /// What can be beyond its range.
  public let limits: [Limit]

  /// The state's bytes behind the step, as little-endian words; none where it is not to be logged.
  public let stateWords: [SignalIndex<UInt64>]
  /// What a network's state is called behind the block's name.
  static let state = "state"

  /// Whether a signal is a network's state: it is not in a tick's record, and its log's writer wants it nevertheless.
  public static func isState(_ signal: Signal) -> Bool {
    signal.kind == .word && signal.owner(of: state) != nil
  }

  /// The flags of the limits with their names and what they say.
  static let limits = [
    (flag: "input_limited", name: "inputs", text: "an input beyond its range"),
    (flag: "state_limited", name: "states", text: "a state at the end of its range"),
    (flag: "time_limited", name: "elapsed", text: "more time since the last tick than it was made for"),
  ]

  /// The networks of a vehicle, in their order: a network's block may have any name.
  public static func all(_ table: SignalTable) -> [NetworkSignals] {
    var names: [String] = []
    for signal in table.declaredSignals {
      guard case .block = signal.origin else { continue }
      let name =
        signal.kind == .word
        ? signal.owner(of: "digest") : signal.kind == .number ? signal.owner(of: "input") : nil
      if let name, !names.contains(name) { names.append(name) }
    }
    return names.map { NetworkSignals($0, table) }
  }

  private init(_ name: String, _ table: SignalTable) {
    self.name = name
    inputs = table.indices(of: "\(name).input") ?? []
    outputs = table.indices(of: "\(name).output") ?? []
    (ts, digest) = (table.index(of: "\(name).ts"), table.index(of: "\(name).digest"))
    failed = table.index(of: "\(name).failed")
    stateWords = table.indices(of: "\(name).\(Self.state)") ?? []
    limits = Self.limits.compactMap { limit in
      guard let signal = table["\(name).\(limit.flag)"],
        let place = table.index(of: signal.name, as: Bool.self)
      else { return nil }
      return Limit(name: limit.name, text: signal.about, place: place)
    }
  }
}
