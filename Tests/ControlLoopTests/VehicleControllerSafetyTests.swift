import PortableMath
import Foundation
import HardwareInterfaces
import LiquidModel
import Testing

@testable import ControlLoop

/// A whole controller on inputs made by hand: a vehicle that stands level and still, with every sensor fresh.
private struct Stand: ~Copyable {
  private var controller: VehicleController
  private var tick = 0
  var input = TickInput()
  private(set) var output = TickOutput()

  init(
    _ changes: [(String, String)] = [], controller choice: ControllerChoice = .classical,
    calibration: String? = nil, model: String = "quadrotor-ncp19"
  ) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "firmware-configs")
    var text = try String(contentsOf: folder.appending(path: "quadrotor-hold.json5"), encoding: .utf8)
    for (old, new) in changes {
      try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
      text = text.replacing(old, with: new)
    }
    let configuration = try Configuration.load(
      text: text, directory: nil, overrides: ConfigurationOverrides(controller: choice),
      calibration: calibration)
    let file = try ModelFile.read(path: folder.appending(path: "models/\(model).safetensors").path)
    let network = try NetworkRuntime(file)
    controller = try VehicleController(
      configuration, network: network,
      timing: NetworkTiming(unit: file.timeUnit, largest: file.maximumTs))
    input.inertial = Reading(
      empty: InertialSample(acceleration: (0, 0, -9.80665), rate: (0, 0, 0), temperature: 30), isPresent: true
    )
    input.pressure = Reading(empty: PressureSample(pressure: 101_325, temperature: 20), isPresent: true)
    input.range = Reading(empty: RangeSample(distance: 0.05, isValid: true), isPresent: true)
    input.power = Reading(empty: PowerSample(voltage: 12.1, current: 1), isPresent: true)
    input.elapsed = 4_000_000
  }

  /// Steps for `seconds`; the sensors in `stopped` give nothing new.
  mutating func run(_ seconds: Double, stopped: Set<String> = []) {
    for _ in 0..<Int(seconds * 250) {
      tick += 1
      input.tick = UInt64(tick)
      input.time = MonotonicTime(nanoseconds: Int64(tick) * 4_000_000)
      func fresh<Sample>(_ reading: inout Reading<Sample>, _ name: String, every divisor: Int) {
        guard !stopped.contains(name), tick % divisor == 0 else { return }
        reading.sequence.countReading()
        reading.time = input.time
      }
      fresh(&input.inertial, "imu", every: 1)
      fresh(&input.pressure, "barometer", every: 10)
      fresh(&input.range, "range", every: 10)
      fresh(&input.power, "power", every: 25)
      output = controller.step(input)
    }
  }

  /// Lets the filters settle, and arms.
  mutating func arm() {
    input.setpoint.arm = false
    run(2)
    input.setpoint.arm = true
    run(0.1)
  }

  var inhibits: [ArmingInhibit] { ArmingInhibit.list(output.inhibits) }
}

@Suite("The controller's safety, from a tick's input to its outputs")
struct VehicleControllerSafetyTests {
  @Test("It arms when nothing is wrong: idle on the ground, enable line high")
  func arms() throws {
    var stand = try Stand()
    stand.arm()
    #expect(stand.output.mode == .active)
    #expect(stand.output.enable)
    #expect(stand.output.command == .none)
    for motor in 0..<4 { #expect(abs(stand.output.motors[motor] - 0.05) < 1e-6) }
  }

  @Test("It stays armed when the counts of all its readings pass their end, 2³²: 49.7 days at 1 kHz")
  func countersWrap() throws {
    var stand = try Stand()
    for (sensor, left) in [
      (\TickInput.inertial.sequence, UInt32(1000)), (\.pressure.sequence, 100), (\.range.sequence, 100),
    ] {
      stand.input[keyPath: sensor] = .max - left
    }
    stand.input.power.sequence = .max - 40
    stand.arm()
    for _ in 0..<40 {
      stand.run(0.1)
      #expect(stand.output.mode == .active)
      #expect(stand.output.faults == 0)
    }
    #expect(stand.input.inertial.sequence < 1000 && stand.input.power.sequence < 1000)
  }

  @Test("What of the network was beyond its range is told of the tick, and of no other")
  func networkLimits() throws {
    var stand = try Stand(model: "quadrotor-ncp19-int8")
    stand.run(1)
    #expect(stand.output.networkLimits == [])
    // The network is made for up to 16 periods.
    stand.input.elapsed = 16 * 4_000_000
    stand.run(0.01)
    #expect(stand.output.networkLimits == [])
    stand.input.elapsed = 17 * 4_000_000
    stand.run(0.01)
    #expect(stand.output.networkLimits == [.elapsed])
    stand.input.elapsed = 4_000_000
    // Its voltage is read less 11.4 V, and has a range of some volts.
    stand.input.power.sample.voltage = 1000
    stand.run(1)
    #expect(stand.output.networkLimits.contains(.inputs))
  }

  /// Each arming inhibit, and what in a tick's input brings it about.
  @Test(
    "Each reason not to arm keeps the outputs safe, and is said",
    arguments: ArmingInhibit.allCases.filter { ![.encoders, .driving, .gyroscope].contains($0) })
  func inhibits(_ inhibit: ArmingInhibit) throws {
    var stand = try Stand(controller: inhibit == .network ? .network : .classical)
    stand.run(2)
    var stopped: Set<String> = []
    switch inhibit {
    case .killSwitch: stand.input.killSwitch = true
    case .awaitingDisarm:
      stand = try Stand()
      stand.input.setpoint.arm = true
      stand.run(2)
    case .inertialSensor: stand.input.inertial.fault = .wrongRegister
    case .attitude: stopped = ["imu"]
    case .moving: stand.input.inertial.sample.rateZ = 0.3
    case .tilted:
      stand = try Stand()
      stand.input.inertial.sample.accelerationY = -9.80665 * 0.26
      stand.input.inertial.sample.accelerationZ = -9.80665 * 0.966
      stand.run(2)
    case .altitude: stopped = ["range", "barometer"]
    case .battery: stand.input.power.sample.voltage = 10.5
    case .actuators: stand.input.actuatorFault = .missing
    case .guardLost: stand.input.actuatorFault = .unguarded
    case .network: stand.input.setpoint.altitude = .nan
    case .overruns: stand.input.missed = 6
    case .throttle: stand.input.setpoint.altitude = 1
    // Of a robot on wheels, see `BalancingRobotSafetyTests`; of a start in motion, see below.
    case .encoders, .driving, .gyroscope: return
    case .failsafe: stopped = ["imu"]
    }
    stand.run(1, stopped: stopped)
    stand.input.setpoint.arm = true
    stand.run(0.2, stopped: stopped)
    #expect(stand.output.mode == .disarmed)
    #expect(stand.inhibits.contains(inhibit), "\(stand.inhibits)")
    #expect(!stand.output.enable)
    for motor in 0..<4 { #expect(stand.output.pulses[motor] == 900) }
  }

  @Test("In the air a guard that has gone is a warning, and the flight goes on")
  func guardLost() throws {
    var stand = try Stand()
    stand.arm()
    stand.input.actuatorFault = .unguarded
    stand.run(2)
    #expect(stand.output.mode == .active)
    #expect(stand.output.enable)
    #expect(FailsafeCondition.list(stand.output.faults) == [.guardLost])
  }

  @Test("The bias at the start is refused while the vehicle is shaken: it arms only when it has stood still")
  func biasAtStart() throws {
    var stand = try Stand()
    shake(&stand, seconds: 4)
    stand.input.setpoint.arm = true
    shake(&stand, seconds: 0.2)
    // Patience has run out, and the rates are within arming.gyro_still_dps: nothing else holds it back.
    #expect(stand.output.mode == .disarmed)
    #expect(stand.inhibits == [.gyroscope])
    #expect(ArmingInhibit.gyroscope.remedy.contains("keep it still"))
    stand.input.inertial.sample.rateX = 0.01
    stand.run(1)
    #expect(stand.output.mode == .active)
    #expect(abs(stand.output.estimate.rateX) < 1e-5)
  }

  @Test(
    "A stored bias lets a vehicle arm that has not stood still, and no fast turn is taken for a change of it")
  func storedBias() throws {
    let calibration = """
      { version: 1, made_on: "simulated", seed: 1, sensors: [
        { chip: "mpu6050", bus: "sensors", address: 0x68, gyro: { bias_dps: [1, 2, 3] } },
      ] }
      """
    var stand = try Stand(calibration: calibration)
    shake(&stand, seconds: 4)
    stand.input.setpoint.arm = true
    shake(&stand, seconds: 0.2)
    #expect(stand.output.mode == .active)

    // 8 °/s: without a stored bias that is believed to be one.
    for (text, isBelieved) in [(calibration, false), (nil, true)] {
      var turning = try Stand(calibration: text)
      turning.input.inertial.sample.rateZ = 0.14
      turning.run(4)
      #expect((abs(turning.output.estimate.rateZ) < 0.001) == isBelieved)
      #expect(turning.inhibits.contains(.moving) == !isBelieved)
    }
  }

  /// Turns to and fro faster than what counts as still, and slower than what counts as moving.
  private func shake(_ stand: inout Stand, seconds: Double) {
    for step in 0..<Int(seconds * 250) {
      stand.input.inertial.sample.rateX = step % 2 == 0 ? 0.08 : -0.08
      stand.run(0.004)
    }
  }

  @Test("Excessive tilt stops the motors, after its time and not before")
  func tilt() throws {
    var stand = try Stand()
    stand.arm()
    // Rolls over at 4 rad/s: 60 degrees take 0.26 s, then the rule's 0.1 s.
    stand.input.inertial.sample.rateX = 4
    stand.run(0.3)
    #expect(stand.output.mode == .active)
    stand.run(0.15)
    #expect(stand.output.mode == .terminated)
    #expect(stand.output.faults & FailsafeCondition.tilt.bit != 0)
    #expect(!stand.output.enable)
    for motor in 0..<4 { #expect(stand.output.pulses[motor] == 900) }
  }

  @Test("More consecutive misses than allowed lead to the configured reaction; as many as allowed do not")
  func overruns() throws {
    for (action, mode) in [("land", VehicleMode.landing), ("disarm", .terminated), ("warn", .active)] {
      var stand = try Stand([
        ("overruns: { action: \"classical\" }", "overruns: { action: \"\(action)\" }")
      ])
      stand.arm()
      stand.input.missed = 1
      stand.run(5 * 0.004 + 0.001)
      #expect(stand.output.faults == 0)
      stand.run(0.0041)
      #expect(stand.output.faults == FailsafeCondition.overruns.bit)
      #expect(stand.output.mode == mode)
    }
  }

  @Test("Overruns hand the network's vehicle to the classical controller")
  func overrunsClassical() throws {
    var stand = try Stand(controller: .network)
    stand.arm()
    stand.input.setpoint.altitude = 1
    stand.run(0.1)
    #expect(stand.output.controller == .network)
    stand.input.missed = 6
    stand.run(0.004)
    #expect(stand.output.controller == .classical)
    stand.input.missed = 0
    stand.run(0.1)
    #expect(stand.output.controller == .classical)
  }

  @Test("A controller that gives no number stops the vehicle, which arms and flies again after disarming")
  func networkFault() throws {
    var stand = try Stand(controller: .network)
    stand.arm()
    stand.input.setpoint.altitude = 1
    stand.run(0.1)
    #expect(stand.output.controller == .network)
    stand.input.setpoint.yawRate = .infinity
    stand.run(0.004)
    #expect(stand.output.controller != .network)
    stand.run(0.004)
    #expect(stand.output.mode == .terminated)
    stand.input.setpoint = Setpoint()
    stand.arm()
    #expect(stand.output.mode == .active, "\(stand.inhibits)")
    stand.input.setpoint.altitude = 1
    stand.run(0.1)
    #expect(stand.output.controller == .network)
  }

  @Test(
    "A vehicle on the ground does not take off to hold or to land at an altitude that is merely estimated")
  func holdOnGround() throws {
    for action in ["hold", "land"] {
      var stand = try Stand([
        ("barometer_stale: { action: \"warn\" }", "barometer_stale: { action: \"\(action)\" }")
      ])
      stand.arm()
      // Somebody's hand under the vehicle... or grass: the range finder says that it is higher.
      stand.input.range.sample.distance = 0.45
      stand.run(1.5)
      #expect(stand.output.mode == .active)
      #expect(stand.output.estimate.altitude > 0.2)
      stand.run(0.4, stopped: ["barometer"])
      #expect(stand.output.mode == (action == "hold" ? .hold : .landing))
      #expect(stand.output.command == .none)
      for motor in 0..<4 { #expect(abs(stand.output.motors[motor] - 0.05) < 1e-6) }
    }
  }
}
