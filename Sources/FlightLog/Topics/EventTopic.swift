import Control
import ControlLoop
import HardwareInterfaces

/// Something that happened, for people.
struct FlightEvent: Equatable {
  /// How bad, as ROS counts.
  enum Level: UInt8 {
    case information = 20
    case warning = 30
    case error = 40
  }

  var level: Level
  /// What it is about: `mode`, `failsafe`, `arming`, a sensor, ...
  var source: String
  var text: String
}

/// `/events`: text whenever something changes, as a ROS log message, so that log panels show it.
enum EventTopic {
  static let topic = "/events"
  static let schemaName = "rcl_interfaces/msg/Log"
  static let schemaText =
    """
    byte DEBUG=10
    byte INFO=20
    byte WARN=30
    byte ERROR=40
    byte FATAL=50
    builtin_interfaces/Time stamp
    uint8 level
    string name
    string msg
    string file
    string function
    uint32 line

    """ + SchemaParts.time

  static func encode(_ event: FlightEvent, time: UInt64, into encoder: inout CDREncoder) {
    encoder.putTime(nanoseconds: time)
    encoder.put(event.level.rawValue)
    encoder.put(event.source)
    encoder.put(event.text)
    encoder.put("")
    encoder.put("")
    encoder.put(UInt32(0))
  }
}

/// Finds what changed from one tick to the next.
struct EventDetector {
  private var previous: TickRecord?
  /// When each of `NetworkLimits.all` was told last.
  private var limitsTold = [MonotonicTime?](repeating: nil, count: NetworkLimits.all.count)
  /// Vibration may reach a limit in every other tick; it is told once in so many ns.
  private static let limitsPause: Int64 = 1_000_000_000

  /// What happened at `record`; the first tick is compared with a vehicle at rest without trouble.
  mutating func events(at record: TickRecord) -> [FlightEvent] {
    let before = previous ?? .blank
    previous = record
    // Nearly every tick changes nothing: say so before making any list.
    if !isChanged(before, record) { return [] }
    var events: [FlightEvent] = []
    if record.input.missed > 0 {
      events.append(.init(level: .warning, source: "loop", text: "\(record.input.missed) tick(s) missed"))
    }
    if before.output.mode != record.output.mode {
      let level: FlightEvent.Level = record.output.mode == .terminated ? .error : .information
      events.append(
        .init(level: level, source: "mode", text: "\(before.output.mode) -> \(record.output.mode)"))
    }
    if before.output.controller != record.output.controller {
      events.append(
        .init(
          level: .information, source: "controller",
          text: "\(before.output.controller) -> \(record.output.controller)"))
    }
    addFaults(before.output, record.output, to: &events)
    addInhibits(before.output.inhibits, record.output.inhibits, to: &events)
    addVotes(before.output.votes, record.output.votes, to: &events)
    addLimits(before.output.networkLimits, record, to: &events)
    addDevice("imu", before.input.inertial.fault, record.input.inertial.fault, to: &events)
    addDevice("barometer", before.input.pressure.fault, record.input.pressure.fault, to: &events)
    addDevice("range", before.input.range.fault, record.input.range.fault, to: &events)
    addDevice("power", before.input.power.fault, record.input.power.fault, to: &events)
    addDevice("left_encoder", before.input.leftEncoder.fault, record.input.leftEncoder.fault, to: &events)
    addDevice("right_encoder", before.input.rightEncoder.fault, record.input.rightEncoder.fault, to: &events)
    for spare in 0..<Spares<Int>.count {
      let (old, new) = (before.input.spares, record.input.spares)
      addDevice("imu.spares[\(spare)]", old.inertial[spare].fault, new.inertial[spare].fault, to: &events)
      addDevice(
        "barometer.spares[\(spare)]", old.pressure[spare].fault, new.pressure[spare].fault, to: &events)
      addDevice(
        "magnetometer.spares[\(spare)]", old.magnetic[spare].fault, new.magnetic[spare].fault, to: &events)
      addDevice("range.spares[\(spare)]", old.range[spare].fault, new.range[spare].fault, to: &events)
    }
    addDevice("actuators", before.input.actuatorFault, record.input.actuatorFault, to: &events)
    return events
  }

  private func isChanged(_ a: TickRecord, _ b: TickRecord) -> Bool {
    b.input.missed > 0 || a.output.mode != b.output.mode || a.output.controller != b.output.controller
      || a.output.faults != b.output.faults || a.output.votes != b.output.votes
      || a.output.inhibits != b.output.inhibits
      || !b.output.networkLimits.isSubset(of: a.output.networkLimits)
      || a.input.inertial.fault != b.input.inertial.fault || a.input.pressure.fault != b.input.pressure.fault
      || a.input.range.fault != b.input.range.fault || a.input.power.fault != b.input.power.fault
      || a.input.leftEncoder.fault != b.input.leftEncoder.fault
      || a.input.rightEncoder.fault != b.input.rightEncoder.fault
      || a.input.actuatorFault != b.input.actuatorFault || areFaultsChanged(a.input.spares, b.input.spares)
  }

  private func areFaultsChanged(_ a: SpareReadings, _ b: SpareReadings) -> Bool {
    for spare in 0..<Spares<Int>.count
    where a.inertial[spare].fault != b.inertial[spare].fault
      || a.pressure[spare].fault != b.pressure[spare].fault
      || a.magnetic[spare].fault != b.magnetic[spare].fault || a.range[spare].fault != b.range[spare].fault
    {
      return true
    }
    return false
  }

  private func addFaults(_ before: TickOutput, _ now: TickOutput, to events: inout [FlightEvent]) {
    // Before take-off a fault keeps the vehicle on the ground; it is serious once it flies.
    let level: FlightEvent.Level = now.mode == .disarmed && before.mode == .disarmed ? .warning : .error
    for condition in FailsafeCondition.allCases where (before.faults ^ now.faults) & condition.bit != 0 {
      let isNew = now.faults & condition.bit != 0
      events.append(
        .init(
          level: isNew ? level : .information, source: "failsafe",
          text: "\(condition.name): \(isNew ? condition.text : "over")"))
    }
  }

  private func addInhibits(_ before: UInt32, _ now: UInt32, to events: inout [FlightEvent]) {
    for inhibit in ArmingInhibit.allCases where (before ^ now) & inhibit.bit != 0 {
      let isNew = now & inhibit.bit != 0
      events.append(
        .init(
          level: .information, source: "arming",
          text: isNew ? "cannot arm: \(inhibit.text); \(inhibit.remedy)" : "no longer: \(inhibit.text)"))
    }
  }

  private func addVotes(_ before: SensorVotes, _ now: SensorVotes, to events: inout [FlightEvent]) {
    for kind in SensorKind.allCases where before[kind] != now[kind] {
      let (before, now) = (before[kind], now[kind])
      for instance in SensorInstance.allCases where before[instance] != now[instance] {
        let (was, health) = (before[instance], now[instance])
        // Of a sensor without spares the driver's faults tell the rest.
        guard now.hasSpares || was.isOfReadings || health.isOfReadings else { continue }
        events.append(
          .init(
            level: health == .good || health == .starting ? .information : .warning,
            source: kind.key(Int(instance.rawValue)),
            text: health.name == health.text ? health.name : "\(health.name): \(health.text)"))
      }
      guard before.chosen != now.chosen else { continue }
      events.append(
        .init(
          level: .warning, source: kind.rawValue,
          text: "\(kind.key(Int(now.chosen.rawValue))) is in use now, instead of "
            + kind.key(Int(before.chosen.rawValue))))
    }
  }

  /// Says what is beyond the network's range, when it begins.
  private mutating func addLimits(
    _ before: NetworkLimits, _ record: TickRecord, to events: inout [FlightEvent]
  ) {
    let (now, time) = (record.output.networkLimits, record.input.time)
    for (index, entry) in NetworkLimits.all.enumerated()
    where now.contains(entry.limit) && !before.contains(entry.limit) {
      if let told = limitsTold[index], time.nanoseconds(since: told) < Self.limitsPause { continue }
      limitsTold[index] = time
      events.append(
        FlightEvent(
          level: record.output.mode.isArmed ? .warning : .information, source: "network", text: entry.text))
    }
  }

  private func addDevice(
    _ name: String, _ before: DeviceFault, _ now: DeviceFault, to events: inout [FlightEvent]
  ) {
    guard before != now else { return }
    let isNew = now != .none
    events.append(
      .init(
        level: isNew ? .warning : .information, source: name, text: isNew ? "fault: \(now)" : "works again"))
  }
}

extension SensorHealth {
  /// Whether it is found in what a sensor reads, and not in its silence.
  fileprivate var isOfReadings: Bool {
    switch self {
    case .flat, .saturated, .failing, .outvoted: true
    case .absent, .starting, .good, .stale, .faulty, .recovering: false
    }
  }
}
