import CAllocationCounter
import HardwareInterfaces
import Testing

@testable import VehicleConfiguration

/// The shipped robot, held upright and still.
private func makeHeld(_ controller: ControllerChoice = .classical) throws -> VehicleBench {
  try VehicleBench("balancer-hold", controller: controller, model: "balancer-ncp19")
}

extension VehicleBench {
  /// Whether nothing moves: not armed, no pulses, no duty.
  fileprivate var isSafe: Bool {
    !isSet("safety.armed") && areAll(["left.pulse", "right.pulse", "motors.left"], 0)
  }
}

@Suite("A balancing robot's safety, from a tick's input to its outputs")
struct BalancingRobotSafetyTests {
  @Test("It arms while it is held upright and still, and pushes back when it leans")
  func arms() throws {
    let robot = try makeHeld()
    robot.arm()
    #expect(robot.mode == "active")
    #expect(robot.isSet("safety.armed"))
    #expect(abs(robot["motors.left"]) < 0.02)
    // Nose down: it falls forward.
    robot["imu.rate_y"] = -1
    robot.run(0.1)
    #expect(robot["motors.left"] > 0.2)
    #expect(abs(robot["left.pulse"] - robot["motors.left"] * 655.36) < 0.1)
  }

  @Test(
    "Each reason not to arm keeps the bridges open, and is said",
    arguments: [
      ArmingInhibit.killSwitch, .inertialSensor, .encoders, .attitude, .moving, .tilted, .battery, .actuators,
      .network, .overruns, .driving, .failsafe,
    ])
  func inhibits(_ inhibit: ArmingInhibit) throws {
    var robot = try makeHeld(inhibit == .network ? .network : .classical)
    robot.run(2)
    var stopped: Set<String> = []
    switch inhibit {
    case .killSwitch: robot["lines.kill_switch"] = 1
    case .inertialSensor: robot.fail("imu", .wrongRegister)
    case .encoders: robot.fail("right_encoder", .selfReported)
    case .attitude: stopped = ["imu"]
    case .moving: robot["imu.rate_z"] = 0.3
    case .tilted:
      robot = try makeHeld()
      robot["imu.acceleration_x"] = -9.80665 * 0.26
      robot["imu.acceleration_z"] = -9.80665 * 0.966
      robot.run(2)
    case .battery: robot["power.voltage"] = 10.5
    case .actuators: robot.fail("actuators", .missing)
    case .network: robot["setpoint.speed"] = .nan
    case .overruns: robot.missed = 6
    case .driving: robot["setpoint.speed"] = 0.3
    default: stopped = ["left_encoder"]
    }
    robot.run(1, stopped: stopped)
    robot["setpoint.arm"] = 1
    robot.run(0.2, stopped: stopped)
    #expect(robot.mode == "disarmed")
    #expect(robot.inhibits.contains(inhibit), "\(robot.inhibits)")
    #expect(robot.isSafe == true)
  }

  @Test(
    "Stale sensors stop it",
    arguments: [
      ("imu", FailsafeCondition.imuStale), ("left_encoder", .encoderStale), ("right_encoder", .encoderStale),
    ])
  func stale(_ sensor: String, _ condition: FailsafeCondition) throws {
    let robot = try makeHeld()
    robot.arm()
    robot.run(0.05, stopped: [sensor])
    #expect(robot.mode == "terminated")
    #expect(robot.faults.contains(condition))
    #expect(robot.isSafe == true)
  }

  @Test("A lean beyond recovery stops it")
  func tilt() throws {
    let robot = try makeHeld()
    robot.arm()
    robot["imu.rate_y"] = -4
    robot.run(0.15)
    #expect(robot.mode == "active")
    robot.run(0.1)
    #expect(robot.mode == "terminated")
    #expect(robot.faults.contains(.tilt))
    #expect(robot.isSafe == true)
  }

  @Test("Wheels that turn it where the gyroscope sees no turn stop it")
  func wheelSlip() throws {
    let robot = try makeHeld()
    robot.arm()
    // One wheel at 8 rad/s: a turn of 1.6 rad/s by the wheels.
    for _ in 0..<150 {
      robot["left_encoder.angle"] = (robot["left_encoder.angle"] + 8 * 0.004)
        .truncatingRemainder(dividingBy: 2 * .pi)
      robot.step()
    }
    #expect(robot.mode == "terminated")
    #expect(robot.faults.contains(.wheelSlip))
  }

  @Test("A low battery makes it stop where it is, and disarm when it stands")
  func lowBattery() throws {
    let robot = try makeHeld()
    robot.arm()
    robot["setpoint.speed"] = 0.3
    robot["power.voltage"] = 9.5
    robot.run(1.3)
    #expect(robot.mode == "landing")
    robot.run(0.6)
    #expect(robot.mode == "disarmed")
    // The battery is as low as it was, and goes on being reported.
    #expect(robot.faults == [.lowBattery])
    #expect(robot.isSafe == true)
  }

  @Test("A tick with a network takes no heap block, held, balancing and in a failsafe")
  func allocatesNothing() throws {
    // The first run makes the runtime set up its type metadata, once for the process.
    let none: Set<String> = []
    for isFirst in [true, false] {
      let robot = try makeHeld(.network)
      var balancedByNetwork = false
      let arm = try robot.place("setpoint.arm", as: Bool.self)
      let killSwitch = try robot.place("lines.kill_switch", as: Bool.self)
      let source = try robot.place("command.source", as: UInt8.self)
      let before = allocation_count()
      for tick in 0..<1500 {
        robot[arm] = tick > 600
        if tick > 1200 { robot[killSwitch] = true }
        robot.step(stopped: none)
        balancedByNetwork = balancedByNetwork || robot[source] == ActiveController.network.rawValue
      }
      if isFirst { continue }
      #expect(allocation_count() == before)
      #expect(robot.mode == "terminated")
      #expect(balancedByNetwork)
    }
  }
}
