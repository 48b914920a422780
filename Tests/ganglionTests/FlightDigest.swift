import Control
import Foundation
import Signals

/// What a flight read, estimated, computed and sent, folded tick by tick into four digests.
///
/// Values are folded by their names, in the order written here, and not by how they lie in memory or in a log: a change of
/// the house that changes no value changes no digest. Next to the digests at the end stands a trace of one bit for each group
/// and every second tick, so that the tick at which two flights part is known to within a few.
struct FlightDigest {
  /// The groups of values, in the order of the digests.
  static let groups = ["read", "estimated", "network", "sent"]

  private var read = Fold(), estimated = Fold(), network = Fold(), sent = Fold()
  private(set) var ticks = 0
  /// A hexadecimal digit for every second tick: a bit for each group, the first group's the lowest.
  private(set) var trace = ""

  private let table: SignalTable
  private let networks: [NetworkSignals]

  /// Nothing folded yet of a vehicle with these signals.
  init(_ table: SignalTable) {
    self.table = table
    networks = NetworkSignals.all(table)
  }

  /// The digests of the groups.
  var digests: [UInt64] { [read.value, estimated.value, network.value, sent.value] }

  /// Takes in a tick.
  mutating func fold(_ frame: Frame) {
    let tick = FrameView(table, frame)
    foldRead(tick)
    foldEstimated(tick)
    foldNetwork(tick)
    foldSent(tick)
    if ticks % 2 == 0 {
      let bits = digests.enumerated().reduce(0) { $0 | ($1.element >> 63) << UInt64($1.offset) }
      trace += String(bits, radix: 16)
    }
    ticks += 1
  }

  private mutating func foldRead(_ tick: FrameView) {
    read.add(
      tick.word("tick.number"), tick.time("tick.time"), tick.time("tick.elapsed"), tick.count("tick.missed"))
    let axes = ["x", "y", "z"]
    let inertial = axes.map { "acceleration_\($0)" } + axes.map { "rate_\($0)" } + ["temperature"]
    let kinds: [(name: String, numbers: [String], byte: String?)] = [
      ("imu", inertial, nil), ("barometer", ["pressure", "temperature"], nil),
      ("magnetometer", axes.map { "field_\($0)" }, nil), ("range", ["distance"], "seen"),
    ]
    for kind in kinds {
      let first = table["\(kind.name)_0.time"] == nil ? kind.name : "\(kind.name)_0"
      addDevice(first, kind.numbers, kind.byte, tick)
    }
    addDevice("power", ["voltage", "current"], nil, tick)
    for wheel in ["left", "right"] { addDevice("\(wheel)_encoder", ["angle"], "magnet", tick) }
    for spare in 1...2 {
      for kind in kinds { addDevice("\(kind.name)_\(spare)", kind.numbers, kind.byte, tick) }
    }
    read.add(tick.byte("lines.kill_switch"), tick.byte("actuators.fault"), tick.byte("setpoint.arm"))
    for name in ["roll", "pitch", "yaw_rate", "altitude", "speed"] {
      read.add(tick.number("setpoint.\(name)"))
    }
  }

  private mutating func addDevice(_ name: String, _ numbers: [String], _ byte: String?, _ tick: FrameView) {
    // A sensor that is not there has no values.
    guard tick.isSet("\(name).present") else { return }
    read.add(tick.time("\(name).time"), tick.count("\(name).count"), tick.byte("\(name).fault"))
    for number in numbers { read.add(tick.number("\(name).\(number)")) }
    if let byte { read.add(tick.byte("\(name).\(byte)")) }
  }

  private mutating func foldEstimated(_ tick: FrameView) {
    for name in ["imu", "barometer", "magnetometer", "range"] {
      let hasVoter = table["\(name).chosen"] != nil
      estimated.add(
        tick.count("\(name).chosen"), tick.byte(hasVoter ? "\(name).health_0" : "\(name)_health.state"),
        tick.byte("\(name).health_1"), tick.byte("\(name).health_2"), tick.byte("\(name).undecided"))
    }
    let attitude = [
      "q_w", "q_x", "q_y", "q_z", "roll", "pitch", "yaw", "rate_x", "rate_y", "rate_z", "acceleration_z",
    ]
    for name in attitude { estimated.add(tick.number("attitude.\(name)")) }
    let others = [
      "altitude.altitude", "altitude.climb_rate", "battery.voltage", "odometry.travel", "odometry.speed",
      "odometry.left_angle", "odometry.left_rate", "odometry.right_angle", "odometry.right_rate",
    ]
    for name in others { estimated.add(tick.number(name)) }
  }

  private mutating func foldNetwork(_ tick: FrameView) {
    network.add(tick.number("network.ts"))
    for value in tick.values("network.input", as: Float.self) { network.add(value) }
    let limits = ["input_limited", "state_limited", "time_limited"].enumerated().reduce(0 as UInt64) {
      $0 | tick.byte("network.\($1.element)") << UInt64($1.offset)
    }
    network.add(tick.word("network.digest"), limits)
    if !tick.isSet("network.failed") {
      for value in tick.values("network.output", as: Float.self) { network.add(value) }
    }
    foldCommand("classical", tick, into: &network)
  }

  private func foldCommand(_ name: String, _ tick: FrameView, into digest: inout Fold) {
    let yaw = table["\(name).yaw"] == nil ? "turn" : "yaw"
    for part in ["thrust", "roll", "pitch", yaw, "drive"] { digest.add(tick.number("\(name).\(part)")) }
  }

  private mutating func foldSent(_ tick: FrameView) {
    func bits(_ names: [String], _ prefix: String) -> UInt64 {
      names.enumerated().reduce(0) { bits, entry in
        bits | tick.byte("safety.\(prefix)\(entry.element)") << UInt64(entry.offset)
      }
    }
    sent.add(
      tick.byte("safety.mode"), tick.byte("command.source"), bits(Self.inhibits, "no_arming_"),
      bits(Self.conditions, ""), tick.byte("safety.armed"))
    foldCommand("command", tick, into: &sent)
    let motors =
      table["motors.left"] == nil
      ? ["front_right", "rear_left", "front_left", "rear_right"] : ["left", "right"]
    for motor in motors { sent.add(tick.number("motors.\(motor)")) }
    for motor in motors { sent.add(tick.number("\(motor).pulse")) }
  }

  /// The bits of the flags as they were folded when the files were made.
  private static let inhibits: [String] = [
    "kill_switch", "awaiting_disarm", "inertial_sensor", "attitude", "moving", "tilted", "altitude",
    "battery", "actuators", "network", "overruns", "throttle", "failsafe", "encoders", "driving", "gyroscope",
    "guard_lost",
  ]
  private static let conditions: [String] = [
    "imu_stale", "attitude_lost", "range_stale", "barometer_stale", "altitude_lost", "power_stale",
    "network_fault", "tilt", "overruns", "low_battery", "actuator_fault", "kill_switch", "encoder_stale",
    "wheel_slip", "sensor_switched", "redundancy_lost", "sensors_disagree", "sensor_doubtful", "guard_lost",
  ]
}

extension FrameView {
  /// Values as they are folded; 0 for what the vehicle does not have.
  fileprivate func word(_ name: String) -> UInt64 { value(name) ?? 0 }
  fileprivate func time(_ name: String) -> UInt64 { UInt64(bitPattern: value(name, as: Int64.self) ?? 0) }
  fileprivate func count(_ name: String) -> UInt64 { UInt64(value(name, as: UInt32.self) ?? 0) }
  fileprivate func number(_ name: String) -> Float { value(name) ?? 0 }
  fileprivate func byte(_ name: String) -> UInt64 {
    value(name, as: UInt8.self).map(UInt64.init) ?? (isSet(name) ? 1 : 0)
  }
}

/// A running 64-bit digest of numbers by their bits.
struct Fold {
  private(set) var value: UInt64 = 0x6A09_E667_F3BC_C908

  mutating func add(_ words: UInt64...) {
    for word in words {
      value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
      value ^= value >> 29
    }
  }

  mutating func add(_ numbers: Float...) {
    for number in numbers { add(UInt64(number.bitPattern)) }
  }
}
