import Control
import VehicleConfiguration

/// How a flight went, for people and for machines.
public struct FlightReport: Sendable {
  /// Name of the vehicle.
  public var name: String
  /// The seed that all was drawn from.
  public var seed: UInt64
  /// Ticks that ran.
  public var ticks: UInt64
  /// Periods that were skipped.
  public var missed: UInt64
  /// How long each tick took.
  public var tickTimes: LatencyHistogram
  /// What was measured, and whether the vehicle crashed.
  public var score: RunScore
  /// What the vehicle was doing at the end, by its own name.
  public var modeName: String
  /// Conditions that the controller saw while it was not disarmed.
  public var faults: [SafetyFlag]
  /// What kept it from arming, if it never did.
  public var inhibits: [SafetyFlag]
  /// Sensors that were missing at the end, or not what the configuration says.
  public var complaints: [String]
  /// What became of sensors that have spares.
  public var sensors: [SensorAccount]
  /// What of the network was beyond its range.
  public var network = NetworkCounts()
  /// Which sensors stood at the end of their range.
  public var range = RangeCounts()
  /// Where the log is; `nil` for none.
  public var logPath: String?
  /// Why the log ends before the flight does.
  public var logFailure: String?
  /// The signal that ended the flight before its time.
  public var interruption: StopSignal?
  /// Whether the flight went on to the end of the time that is judged, or ended before by itself.
  public var isJudgedToTheEnd = true
  /// Injected faults that came too late to strike.
  public var faultsWithoutEffect: [String] = []

  /// What `reason` is called among the faults and in the log.
  public static func crashText(_ reason: String) -> String { "the vehicle crashed: \(reason)" }

  /// Whether the flight held; `nil` when it is not judged, or not to its end.
  public var held: Bool? {
    // What has crashed has not held, whatever would have come.
    guard isJudgedToTheEnd || score.crash != nil else { return nil }
    return score.held
  }

  /// Whether the flight was judged and counts as held.
  public var isHeld: Bool { held == true }

  /// All that went wrong, a crash included.
  public var faultTexts: [String] { faults.map(\.text) + (score.crash.map { [Self.crashText($0)] } ?? []) }
  /// The same by name.
  public var faultNames: [String] { faults.map(\.name) + (score.crash == nil ? [] : ["crash"]) }

  /// The same where it is a mode that templates have.
  public var mode: VehicleMode? { VehicleMode.allCases.first { "\($0)" == modeName } }
}
