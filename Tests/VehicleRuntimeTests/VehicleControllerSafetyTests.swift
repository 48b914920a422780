import HardwareInterfaces
import Testing

@testable import VehicleConfiguration

/// The shipped quadrotor, standing level and still.
private func makeStand(
  _ changes: [(String, String)] = [], controller: ControllerChoice = .classical, calibration: String? = nil,
  model: String = "quadrotor-ncp19"
) throws -> VehicleBench {
  try VehicleBench(
    "quadrotor-hold", changes, controller: controller, calibration: calibration, model: model)
}

private let motors = ["front_right", "rear_left", "front_left", "rear_right"]
private let commands = ["thrust", "roll", "pitch", "yaw"].map { "command.\($0)" }

@Suite("The controller's safety, from a tick's input to its outputs")
struct VehicleControllerSafetyTests {
  @Test("It arms when nothing is wrong: idle on the ground, enable line high")
  func arms() throws {
    let stand = try makeStand()
    stand.arm()
    #expect(stand.mode == "active")
    #expect(stand.isSet("safety.armed"))
    #expect(stand.areAll(commands, 0))
    for motor in motors { #expect(abs(stand["motors.\(motor)"] - 0.05) < 1e-6) }
  }

  @Test("It stays armed when the counts of all its readings pass their end, 2³²: 49.7 days at 1 kHz")
  func countersWrap() throws {
    let stand = try makeStand()
    for (sensor, left) in [("imu", UInt32(1000)), ("barometer", 100), ("range", 100), ("power", 40)] {
      stand.setCount(sensor, to: .max - left)
    }
    stand.arm()
    for _ in 0..<40 {
      stand.run(0.1)
      #expect(stand.mode == "active")
      #expect(stand.faults == [])
    }
    #expect(stand["imu.count"] < 1000 && stand["power.count"] < 1000)
  }

  @Test("What of the network was beyond its range is told of the tick, and of no other")
  func networkLimits() throws {
    let stand = try makeStand(model: "quadrotor-ncp19-int8")
    stand.run(1)
    #expect(!stand.isSet("network.time_limited") && !stand.isSet("network.input_limited"))
    // The network is made for up to 16 periods.
    stand.elapsed = 16 * 4_000_000
    stand.run(0.01)
    #expect(!stand.isSet("network.time_limited") && !stand.isSet("network.input_limited"))
    stand.elapsed = 17 * 4_000_000
    stand.run(0.01)
    #expect(stand.isSet("network.time_limited") && !stand.isSet("network.input_limited"))
    stand.elapsed = 4_000_000
    // Its voltage is read less 11.4 V, and has a range of some volts.
    stand["power.voltage"] = 1000
    stand.run(1)
    #expect(stand.isSet("network.input_limited"))
  }

  /// Each arming inhibit, and what in a tick's input brings it about.
  @Test(
    "Each reason not to arm keeps the outputs safe, and is said",
    arguments: ArmingInhibit.allCases.filter { ![.encoders, .driving, .gyroscope].contains($0) })
  func inhibits(_ inhibit: ArmingInhibit) throws {
    var stand = try makeStand(controller: inhibit == .network ? .network : .classical)
    stand.run(2)
    var stopped: Set<String> = []
    switch inhibit {
    case .killSwitch: stand["lines.kill_switch"] = 1
    case .awaitingDisarm:
      stand = try makeStand()
      stand["setpoint.arm"] = 1
      stand.run(2)
    case .inertialSensor: stand.fail("imu", .wrongRegister)
    case .attitude: stopped = ["imu"]
    case .moving: stand["imu.rate_z"] = 0.3
    case .tilted:
      stand = try makeStand()
      stand["imu.acceleration_y"] = -9.80665 * 0.26
      stand["imu.acceleration_z"] = -9.80665 * 0.966
      stand.run(2)
    case .altitude: stopped = ["range", "barometer"]
    case .battery: stand["power.voltage"] = 10.5
    case .actuators: stand.fail("actuators", .missing)
    case .guardLost: stand.fail("actuators", .unguarded)
    case .network: stand["setpoint.altitude"] = .nan
    case .overruns: stand.missed = 6
    case .throttle: stand["setpoint.altitude"] = 1
    // Of a robot on wheels, see `BalancingRobotSafetyTests`; of a start in motion, see below.
    case .encoders, .driving, .gyroscope: return
    case .failsafe: stopped = ["imu"]
    }
    stand.run(1, stopped: stopped)
    stand["setpoint.arm"] = 1
    stand.run(0.2, stopped: stopped)
    #expect(stand.mode == "disarmed")
    #expect(stand.inhibits.contains(inhibit), "\(stand.inhibits)")
    #expect(!stand.isSet("safety.armed"))
    for motor in motors { #expect(stand["\(motor).pulse"] == 900) }
  }

  @Test("In the air a guard that has gone is a warning, and the flight goes on")
  func guardLost() throws {
    let stand = try makeStand()
    stand.arm()
    stand.fail("actuators", .unguarded)
    stand.run(2)
    #expect(stand.mode == "active")
    #expect(stand.isSet("safety.armed"))
    #expect(stand.faults == [.guardLost])
  }

  @Test("The bias at the start is refused while the vehicle is shaken: it arms only when it has stood still")
  func biasAtStart() throws {
    let stand = try makeStand()
    shake(stand, seconds: 4)
    stand["setpoint.arm"] = 1
    shake(stand, seconds: 0.2)
    // Patience has run out, and the rates are within arming.gyro_still_dps: nothing else holds it back.
    #expect(stand.mode == "disarmed")
    #expect(stand.inhibits == [.gyroscope])
    #expect(ArmingInhibit.gyroscope.remedy.contains("keep it still"))
    stand["imu.rate_x"] = 0.01
    stand.run(1)
    #expect(stand.mode == "active")
    #expect(abs(stand["attitude.rate_x"]) < 1e-5)
  }

  @Test(
    "A stored bias lets a vehicle arm that has not stood still, and no fast turn is taken for a change of it")
  func storedBias() throws {
    let calibration = """
      { version: 1, made_on: "simulated", seed: 1, sensors: [
        { chip: "mpu6050", bus: "sensors", address: 0x68, gyro: { bias_dps: [1, 2, 3] } },
      ] }
      """
    let stand = try makeStand(calibration: calibration)
    shake(stand, seconds: 4)
    stand["setpoint.arm"] = 1
    shake(stand, seconds: 0.2)
    #expect(stand.mode == "active")

    // 8 °/s: without a stored bias that is believed to be one.
    for (text, isBelieved) in [(calibration, false), (nil, true)] {
      let turning = try makeStand(calibration: text)
      turning["imu.rate_z"] = 0.14
      turning.run(4)
      #expect((abs(turning["attitude.rate_z"]) < 0.001) == isBelieved)
      #expect(turning.inhibits.contains(.moving) == !isBelieved)
    }
  }

  /// Turns to and fro faster than what counts as still, and slower than what counts as moving.
  private func shake(_ stand: VehicleBench, seconds: Double) {
    for step in 0..<Int(seconds * 250) {
      stand["imu.rate_x"] = step % 2 == 0 ? 0.08 : -0.08
      stand.run(0.004)
    }
  }

  @Test("Excessive tilt stops the motors, after its time and not before")
  func tilt() throws {
    let stand = try makeStand()
    stand.arm()
    // Rolls over at 4 rad/s: 60 degrees take 0.26 s, then the rule's 0.1 s.
    stand["imu.rate_x"] = 4
    stand.run(0.3)
    #expect(stand.mode == "active")
    stand.run(0.15)
    #expect(stand.mode == "terminated")
    #expect(stand.faults.contains(.tilt))
    #expect(!stand.isSet("safety.armed"))
    for motor in motors { #expect(stand["\(motor).pulse"] == 900) }
  }

  @Test("More consecutive misses than allowed lead to the configured reaction; as many as allowed do not")
  func overruns() throws {
    for (action, mode) in [("land", "landing"), ("disarm", "terminated"), ("warn", "active")] {
      let stand = try makeStand([
        ("overruns: { action: \"classical\" }", "overruns: { action: \"\(action)\" }")
      ])
      stand.arm()
      stand.missed = 1
      stand.run(5 * 0.004 + 0.001)
      #expect(stand.faults == [])
      stand.run(0.0041)
      #expect(stand.faults == [.overruns])
      #expect(stand.mode == mode)
    }
  }

  @Test("Overruns hand the network's vehicle to the classical controller")
  func overrunsClassical() throws {
    let stand = try makeStand(controller: .network)
    stand.arm()
    stand["setpoint.altitude"] = 1
    stand.run(0.1)
    #expect(stand.choice("command.source") == "network")
    stand.missed = 6
    stand.run(0.004)
    #expect(stand.choice("command.source") == "classical")
    stand.missed = 0
    stand.run(0.1)
    #expect(stand.choice("command.source") == "classical")
  }

  @Test("A controller that gives no number stops the vehicle, which arms and flies again after disarming")
  func networkFault() throws {
    let stand = try makeStand(controller: .network)
    stand.arm()
    stand["setpoint.altitude"] = 1
    stand.run(0.1)
    #expect(stand.choice("command.source") == "network")
    stand["setpoint.yaw_rate"] = .infinity
    stand.run(0.004)
    #expect(stand.choice("command.source") != "network")
    stand.run(0.004)
    #expect(stand.mode == "terminated")
    for name in ["yaw_rate", "altitude"] { stand["setpoint.\(name)"] = 0 }
    stand.arm()
    #expect(stand.mode == "active", "\(stand.inhibits)")
    stand["setpoint.altitude"] = 1
    stand.run(0.1)
    #expect(stand.choice("command.source") == "network")
  }

  @Test(
    "A vehicle on the ground does not take off to hold or to land at an altitude that is merely estimated")
  func holdOnGround() throws {
    for action in ["hold", "land"] {
      let stand = try makeStand([
        ("barometer_stale: { action: \"warn\" }", "barometer_stale: { action: \"\(action)\" }")
      ])
      stand.arm()
      // Somebody's hand under the vehicle... or grass: the range finder says that it is higher.
      stand["range.distance"] = 0.45
      stand.run(1.5)
      #expect(stand.mode == "active")
      #expect(stand["altitude.altitude"] > 0.2)
      stand.run(0.4, stopped: ["barometer"])
      #expect(stand.mode == (action == "hold" ? "hold" : "landing"))
      #expect(stand.areAll(commands, 0))
      for motor in motors { #expect(abs(stand["motors.\(motor)"] - 0.05) < 1e-6) }
    }
  }
}
