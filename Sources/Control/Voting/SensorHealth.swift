import Signals

/// How far a sensor's newest reading can be trusted in this tick; `docs/redundancy.md` says when each begins and ends.
public enum SensorHealth: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The vehicle has no such sensor.
  case absent = 0
  /// No reading yet, and no fault either.
  case starting = 1
  /// Fresh, plausible, and the driver reports no fault.
  case good = 2
  /// The newest reading is older than the limit.
  case stale = 3
  /// The driver reports a fault; the newest reading may still be young.
  case faulty = 4
  /// Readings come, but always the same.
  case flat = 5
  /// Readings come, but at the end of the range.
  case saturated = 6
  /// Readings come, but too many attempts fail.
  case failing = 7
  /// Readings come, but two other sensors of the kind agree that they are wrong.
  case outvoted = 8
  /// Good again, but not for long enough.
  case recovering = 9

  /// The name in the log and on the terminal.
  public var name: String { "\(self)" }

  /// What it means, for people.
  public var text: String {
    switch self {
    case .absent: "not there"
    case .starting: "starting"
    case .good: "good"
    case .stale: "gives no fresh data"
    case .faulty: "its driver reports a fault"
    case .flat: "gives the same values again and again"
    case .saturated: "is at the end of its range"
    case .failing: "fails too often"
    case .outvoted: "two others agree that it is wrong"
    case .recovering: "good again, but not for long enough"
    }
  }
}

extension SensorHealth {
  /// The kind of a signal that has these values.
  static let kind = SignalKind.choice(allCases.map(\.name))
}
