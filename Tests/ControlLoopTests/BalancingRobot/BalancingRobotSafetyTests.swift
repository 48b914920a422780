import CAllocationCounter
import Foundation
import HardwareInterfaces
import LiquidModel
import Testing

@testable import ControlLoop

/// A whole controller on inputs made by hand: a robot that is held upright and still, with every sensor fresh.
private struct Held: ~Copyable {
  private var controller: VehicleController
  private var tick = 0
  var input = TickInput()
  private(set) var output = TickOutput()

  init(_ choice: ControllerChoice = .classical) throws {
    let folder = repository.appending(path: "firmware-configs")
    let text = try String(contentsOf: folder.appending(path: "balancer-hold.json5"), encoding: .utf8)
    let configuration = try Configuration.load(
      text: text, directory: nil, overrides: ConfigurationOverrides(controller: choice))
    let file = try ModelFile.read(path: folder.appending(path: "models/balancer-ncp19.safetensors").path)
    let network = try NetworkRuntime(file)
    controller = try VehicleController(
      configuration, network: network,
      timing: NetworkTiming(unit: file.timeUnit, largest: file.maximumTs))
    input.inertial = Reading(
      empty: InertialSample(acceleration: (0, 0, -9.80665), rate: (0, 0, 0), temperature: 30), isPresent: true
    )
    input.leftEncoder = Reading(empty: AngleSample(angle: 1, magnet: .good), isPresent: true)
    input.rightEncoder = Reading(empty: AngleSample(angle: 6.28, magnet: .good), isPresent: true)
    input.power = Reading(empty: PowerSample(voltage: 12.1, current: 1), isPresent: true)
    input.elapsed = 4_000_000
  }

  /// Steps for `seconds`; the sensors in `stopped` give nothing new.
  mutating func run(_ seconds: Double, stopped: Set<String> = []) {
    for _ in 0..<Int(seconds * 250) {
      step(
        inertial: !stopped.contains("imu"), left: !stopped.contains("left"),
        right: !stopped.contains("right"))
    }
  }

  mutating func step(inertial: Bool = true, left: Bool = true, right: Bool = true) {
    tick += 1
    input.tick = UInt64(tick)
    input.time = MonotonicTime(nanoseconds: Int64(tick) * 4_000_000)
    if inertial { (input.inertial.sequence, input.inertial.time) = (input.inertial.sequence + 1, input.time) }
    if left {
      (input.leftEncoder.sequence, input.leftEncoder.time) = (input.leftEncoder.sequence + 1, input.time)
    }
    if right {
      (input.rightEncoder.sequence, input.rightEncoder.time) = (input.rightEncoder.sequence + 1, input.time)
    }
    if tick % 25 == 0 { (input.power.sequence, input.power.time) = (input.power.sequence + 1, input.time) }
    output = controller.step(input)
  }

  /// Lets the filters settle, and arms.
  mutating func arm() {
    input.setpoint.arm = false
    run(2)
    input.setpoint.arm = true
    run(0.1)
  }

  var inhibits: [ArmingInhibit] { ArmingInhibit.list(output.inhibits) }
  var isSafe: Bool {
    !output.enable && output.pulses[0] == 0 && output.pulses[1] == 0 && output.motors[0] == 0
  }
}

@Suite("A balancing robot's safety, from a tick's input to its outputs")
struct BalancingRobotSafetyTests {
  @Test("It arms while it is held upright and still, and pushes back when it leans")
  func arms() throws {
    var robot = try Held()
    robot.arm()
    #expect(robot.output.mode == .active)
    #expect(robot.output.enable)
    #expect(abs(robot.output.motors[0]) < 0.02)
    // Nose down: it falls forward.
    robot.input.inertial.sample.rateY = -1
    robot.run(0.1)
    #expect(robot.output.motors[0] > 0.2)
    #expect(abs(robot.output.pulses[0] - robot.output.motors[0] * 655.36) < 0.1)
  }

  @Test(
    "Each reason not to arm keeps the bridges open, and is said",
    arguments: [
      ArmingInhibit.killSwitch, .inertialSensor, .encoders, .attitude, .moving, .tilted, .battery, .actuators,
      .network, .overruns, .driving, .failsafe,
    ])
  func inhibits(_ inhibit: ArmingInhibit) throws {
    var robot = try Held(inhibit == .network ? .network : .classical)
    robot.run(2)
    var stopped: Set<String> = []
    switch inhibit {
    case .killSwitch: robot.input.killSwitch = true
    case .inertialSensor: robot.input.inertial.fault = .wrongRegister
    case .encoders: robot.input.rightEncoder.fault = .selfReported
    case .attitude: stopped = ["imu"]
    case .moving: robot.input.inertial.sample.rateZ = 0.3
    case .tilted:
      robot = try Held()
      robot.input.inertial.sample.accelerationX = -9.80665 * 0.26
      robot.input.inertial.sample.accelerationZ = -9.80665 * 0.966
      robot.run(2)
    case .battery: robot.input.power.sample.voltage = 10.5
    case .actuators: robot.input.actuatorFault = .missing
    case .network: robot.input.setpoint.speed = .nan
    case .overruns: robot.input.missed = 6
    case .driving: robot.input.setpoint.speed = 0.3
    default: stopped = ["left"]
    }
    robot.run(1, stopped: stopped)
    robot.input.setpoint.arm = true
    robot.run(0.2, stopped: stopped)
    #expect(robot.output.mode == .disarmed)
    #expect(robot.inhibits.contains(inhibit), "\(robot.inhibits)")
    #expect(robot.isSafe == true)
  }

  @Test(
    "Stale sensors stop it",
    arguments: [("imu", FailsafeCondition.imuStale), ("left", .encoderStale), ("right", .encoderStale)])
  func stale(_ sensor: String, _ condition: FailsafeCondition) throws {
    var robot = try Held()
    robot.arm()
    robot.run(0.05, stopped: [sensor])
    #expect(robot.output.mode == .terminated)
    #expect(robot.output.faults & condition.bit != 0)
    #expect(robot.isSafe == true)
  }

  @Test("A lean beyond recovery stops it")
  func tilt() throws {
    var robot = try Held()
    robot.arm()
    robot.input.inertial.sample.rateY = -4
    robot.run(0.15)
    #expect(robot.output.mode == .active)
    robot.run(0.1)
    #expect(robot.output.mode == .terminated)
    #expect(robot.output.faults & FailsafeCondition.tilt.bit != 0)
    #expect(robot.isSafe == true)
  }

  @Test("Wheels that turn it where the gyroscope sees no turn stop it")
  func wheelSlip() throws {
    var robot = try Held()
    robot.arm()
    // One wheel at 8 rad/s: a turn of 1.6 rad/s by the wheels.
    for _ in 0..<150 {
      robot.input.leftEncoder.sample.angle += 8 * 0.004
      if robot.input.leftEncoder.sample.angle > 2 * .pi { robot.input.leftEncoder.sample.angle -= 2 * .pi }
      robot.step()
    }
    #expect(robot.output.mode == .terminated)
    #expect(robot.output.faults & FailsafeCondition.wheelSlip.bit != 0)
  }

  @Test("A low battery makes it stop where it is, and disarm when it stands")
  func lowBattery() throws {
    var robot = try Held()
    robot.arm()
    robot.input.setpoint.speed = 0.3
    robot.input.power.sample.voltage = 9.5
    robot.run(1.3)
    #expect(robot.output.mode == .landing)
    robot.run(0.6)
    #expect(robot.output.mode == .disarmed)
    // The battery is as low as it was, and goes on being reported.
    #expect(robot.output.faults == FailsafeCondition.lowBattery.bit)
    #expect(robot.isSafe == true)
  }

  @Test("A tick with a network takes no heap block, held, balancing and in a failsafe")
  func allocatesNothing() throws {
    // The first run makes the runtime set up its type metadata, once for the process.
    for isFirst in [true, false] {
      var robot = try Held(.network)
      var balancedByNetwork = false
      let before = allocation_count()
      for tick in 0..<1500 {
        robot.input.setpoint.arm = tick > 600
        if tick > 1200 { robot.input.killSwitch = true }
        robot.step()
        balancedByNetwork = balancedByNetwork || robot.output.controller == .network
      }
      if isFirst { continue }
      #expect(allocation_count() == before)
      #expect(robot.output.mode == .terminated)
      #expect(balancedByNetwork)
    }
  }
}
