import Control
import Sampling
import Signals

/// All that is counted of a flight, tick by tick, for its report.
///
/// It runs in the loop's tick; see `FlagTally`.
struct FlightTallies: ~Copyable {
  private(set) var flags: FlagTally
  private var sensors: SensorTally
  private var network: NetworkTally
  private var range: RangeTally

  /// Nothing counted yet of a vehicle with these signals and `devices`.
  init(_ table: SignalTable, _ devices: [DeviceDeclaration] = []) {
    flags = FlagTally(table)
    sensors = SensorTally(table)
    network = NetworkTally(table)
    range = RangeTally(
      table, paths: Dictionary(devices.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Takes note of a tick.
  mutating func note(_ frame: Frame) {
    flags.note(frame)
    sensors.note(frame)
    network.note(frame)
    range.note(frame)
  }

  /// What is to be told when `frame` is the last tick's.
  func told(_ frame: Frame) -> FlightTold {
    FlightTold(
      // Before it is armed chips may still be starting; what is in force at the end of a run that never armed is none of that.
      conditions: flags.wasArmed ? flags.seen : flags.safety.conditions(in: frame),
      inhibits: flags.wasArmed ? [] : flags.safety.inhibits(in: frame),
      wasArmed: flags.wasArmed, sensors: sensors.entries, network: network.counts, range: range.counts)
  }
}

/// What is told of a flight beside times and scores.
public struct FlightTold: Sendable {
  /// Conditions that were seen while the vehicle was not disarmed.
  public var conditions: [SafetyFlag] = []
  /// What kept it from arming at the end, if it never did.
  public var inhibits: [SafetyFlag] = []
  /// Whether it ever armed.
  public var wasArmed = false
  /// What became of sensors that have spares.
  public var sensors: [SensorAccount] = []
  /// What of a network was beyond its range.
  public var network = NetworkCounts()
  /// Which devices stood at the end of their range.
  public var range = RangeCounts()
}
