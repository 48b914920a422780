import Control
import Signals

/// Where what a tick's output says lies in the frame of a vehicle's program. What a vehicle does not have stays as it is in an
/// empty output.
struct TickOutputs: BitwiseCopyable, Sendable {
  private let votes: InlineArray<4, VotePlaces>
  private let estimate: InlineArray<20, SignalIndex<Float>?>
  private let mode, source: SignalIndex<UInt8>?
  private let armed: SignalIndex<Bool>?
  private let faults, inhibits: InlineArray<32, SignalIndex<Bool>?>
  private let network: NetworkPlaces
  private let classical, command: InlineArray<5, SignalIndex<Float>?>
  private let motors, pulses: InlineArray<8, SignalIndex<Float>?>
  private let motorCount: Int

  init(_ table: SignalTable, _ configuration: Configuration) {
    votes = [
      VotePlaces("imu", table), VotePlaces("barometer", table), VotePlaces("magnetometer", table),
      VotePlaces("range", table),
    ]
    estimate = table.places([
      "attitude.q_w", "attitude.q_x", "attitude.q_y", "attitude.q_z", "attitude.roll", "attitude.pitch",
      "attitude.yaw", "attitude.rate_x", "attitude.rate_y", "attitude.rate_z", "attitude.acceleration_z",
      "altitude.altitude", "altitude.climb_rate", "battery.voltage", "odometry.travel", "odometry.speed",
      "odometry.left_angle", "odometry.left_rate", "odometry.right_angle", "odometry.right_rate",
    ])
    (mode, source) = (table.index(of: "safety.mode"), table.index(of: "command.source"))
    armed = table.index(of: "safety.armed")
    var faults = InlineArray<32, SignalIndex<Bool>?>(repeating: nil)
    for condition in FailsafeCondition.allCases {
      faults[Int(condition.rawValue)] = table.index(of: "safety.\(condition.name)")
    }
    var inhibits = InlineArray<32, SignalIndex<Bool>?>(repeating: nil)
    for inhibit in ArmingInhibit.allCases {
      inhibits[Int(inhibit.rawValue)] = table.index(of: "safety.no_arming_\(inhibit.name)")
    }
    (self.faults, self.inhibits) = (faults, inhibits)
    network = NetworkPlaces(table)
    classical = table.places([
      "classical.thrust", "classical.roll", "classical.pitch",
      table["classical.yaw"] == nil ? "classical.turn" : "classical.yaw", "classical.drive",
    ])
    command = table.places([
      "command.thrust", "command.roll", "command.pitch",
      table["command.yaw"] == nil ? "command.turn" : "command.yaw", "command.drive",
    ])
    let names = table["motors.left"] == nil ? Configuration.quadrotorMotors : ["left", "right"]
    motors = table.places(names.map { "motors.\($0)" })
    pulses = table.places(names.map { "\($0).pulse" })
    motorCount = min(configuration.actuators.motors.count, names.count)
  }

  /// Takes an output out of the frame.
  func take(_ frame: Frame, _ output: inout TickOutput) {
    output.votes.imu = votes[0].vote(frame)
    output.votes.barometer = votes[1].vote(frame)
    output.votes.magnetometer = votes[2].vote(frame)
    output.votes.range = votes[3].vote(frame)
    take(frame, &output.estimate)
    output.mode = mode.flatMap { VehicleMode(rawValue: frame[$0]) } ?? .disarmed
    output.controller = source.flatMap { ActiveController(rawValue: frame[$0]) } ?? .none
    output.enable = frame.value(armed) ?? false
    for bit in 0..<32 {
      if frame.value(faults[bit]) ?? false { output.faults |= 1 << UInt32(bit) }
      if frame.value(inhibits[bit]) ?? false { output.inhibits |= 1 << UInt32(bit) }
    }
    network.take(frame, &output)
    output.classicalCommand = Self.command(classical, frame)
    output.command = Self.command(command, frame)
    for motor in 0..<motorCount {
      output.motors.append(frame.value(motors[motor]) ?? 0)
      output.pulses.append(frame.value(pulses[motor]) ?? 0)
    }
  }

  private func take(_ frame: Frame, _ e: inout Estimate) {
    func number(_ place: Int, _ empty: Float) -> Float { frame.value(estimate[place]) ?? empty }
    e.quaternion = (number(0, 1), number(1, 0), number(2, 0), number(3, 0))
    (e.roll, e.pitch, e.yaw) = (number(4, 0), number(5, 0), number(6, 0))
    (e.rateX, e.rateY, e.rateZ) = (number(7, 0), number(8, 0), number(9, 0))
    e.accelerationZ = number(10, e.accelerationZ)
    (e.altitude, e.climbRate, e.voltage) = (number(11, 0), number(12, 0), number(13, 0))
    (e.travel, e.speed) = (number(14, 0), number(15, 0))
    e.wheels.left = WheelMotion(angle: number(16, 0), rate: number(17, 0))
    e.wheels.right = WheelMotion(angle: number(18, 0), rate: number(19, 0))
  }

  private static func command(_ places: InlineArray<5, SignalIndex<Float>?>, _ frame: Frame) -> BodyCommand {
    BodyCommand(
      thrust: frame.value(places[0]) ?? 0, roll: frame.value(places[1]) ?? 0,
      pitch: frame.value(places[2]) ?? 0, yaw: frame.value(places[3]) ?? 0,
      drive: frame.value(places[4]) ?? 0)
  }
}

/// Where the vote about a kind of sensor lies.
private struct VotePlaces: BitwiseCopyable, Sendable {
  private let chosen: SignalIndex<UInt32>?
  private let first, second, third: SignalIndex<UInt8>?
  private let undecided: SignalIndex<Bool>?

  init(_ name: String, _ table: SignalTable) {
    chosen = table.index(of: "\(name).chosen")
    undecided = table.index(of: "\(name).undecided")
    first = table.index(of: chosen == nil ? "\(name)_health.state" : "\(name).health_0")
    (second, third) = (table.index(of: "\(name).health_1"), table.index(of: "\(name).health_2"))
  }

  func vote(_ frame: Frame) -> KindVote {
    var vote = KindVote()
    vote.first = SensorHealth(rawValue: frame.value(first) ?? 0) ?? .absent
    vote.second = SensorHealth(rawValue: frame.value(second) ?? 0) ?? .absent
    vote.third = SensorHealth(rawValue: frame.value(third) ?? 0) ?? .absent
    vote.chosen = SensorInstance(rawValue: UInt8(truncatingIfNeeded: frame.value(chosen) ?? 0)) ?? .first
    vote.isUndecided = frame.value(undecided) ?? false
    return vote
  }
}

/// Where what a network saw and said lies.
private struct NetworkPlaces: BitwiseCopyable, Sendable {
  private let input, output: SignalIndex<Float>?
  private let inputCount, outputCount: Int
  private let ts: SignalIndex<Float>?
  private let digest: SignalIndex<UInt64>?
  private let failed, inputLimited, stateLimited, timeLimited: SignalIndex<Bool>?

  init(_ table: SignalTable) {
    let (inputs, outputs) = (
      table.indices(of: "network.input", as: Float.self), table.indices(of: "network.output", as: Float.self)
    )
    (input, inputCount) = (inputs?.first, inputs?.count ?? 0)
    (output, outputCount) = (outputs?.first, outputs?.count ?? 0)
    (ts, digest) = (table.index(of: "network.ts"), table.index(of: "network.digest"))
    (failed, timeLimited) = (table.index(of: "network.failed"), table.index(of: "network.time_limited"))
    inputLimited = table.index(of: "network.input_limited")
    stateLimited = table.index(of: "network.state_limited")
  }

  func take(_ frame: Frame, _ result: inout TickOutput) {
    if let input {
      for index in 0..<inputCount {
        let value = frame.base.load(fromByteOffset: Int(input.offset) + 4 * index, as: Float.self)
        result.networkInputs.append(value)
      }
    }
    guard let digest, let ts, let output else { return }
    result.ts = frame[ts]
    result.stateDigest = frame[digest]
    if frame.value(timeLimited) ?? false { result.networkLimits.insert(.elapsed) }
    if frame.value(inputLimited) ?? false { result.networkLimits.insert(.inputs) }
    if frame.value(stateLimited) ?? false { result.networkLimits.insert(.states) }
    guard frame.value(failed) == false else { return }
    for index in 0..<outputCount {
      let value = frame.base.load(fromByteOffset: Int(output.offset) + 4 * index, as: Float.self)
      result.networkOutputs.append(value)
    }
  }
}

extension SignalTable {
  /// The places of some numbers by their names; `nil` for those that the vehicle does not have.
  fileprivate func places<let count: Int>(_ names: [String]) -> InlineArray<count, SignalIndex<Float>?> {
    var places = InlineArray<count, SignalIndex<Float>?>(repeating: nil)
    for (index, name) in names.prefix(count).enumerated() { places[index] = self.index(of: name) }
    return places
  }
}
