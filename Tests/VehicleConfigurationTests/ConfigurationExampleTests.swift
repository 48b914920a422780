import Testing
import VehicleFixtures

@testable import VehicleConfiguration

@Suite struct ConfigurationExampleTests {
  private func quadrotor() throws -> Configuration {
    try Configuration.load(text: try quadrotorText(), directory: nil)
  }

  @Test func timesAndAnglesAreInNanosecondsAndRadians() throws {
    let configuration = try quadrotor()
    #expect(configuration.loop.period == 4_000_000)
    #expect(configuration.sensors.imu.staleAfter == 12_000_000)
    guard let parts = configuration.vehicle.parts as? Configuration.Quadrotor else {
      Issue.record("the example is not about a quadrotor")
      return
    }
    #expect(abs(parts.limits.tilt - 0.610865) < 1e-6)
    #expect(
      configuration.failsafe.rule(for: .lowBattery) == FailsafeRule(action: .land, delay: 1_000_000_000))
  }

  @Test func devicesKeepTheirPlaces() throws {
    let configuration = try quadrotor()
    #expect(configuration.sensors.imu.address == 0x68)
    #expect(configuration.sensors.range?.maximumDistance == 3.5)
    #expect(configuration.actuators.motors.map(\.channel) == [0, 1, 2, 3])
    #expect(configuration.lines.killSwitch?.line == "GPIO27")
  }

  @Test func networkKeepsItsOrder() throws {
    let network = try #require(try quadrotor().network)
    #expect(network.inputs.count == 12)
    #expect(network.inputs.first?.signal == .rollError)
    #expect(network.inputs.last?.offset == -11.4)
    #expect(network.outputs.map(\.command) == [.thrust, .rollTorque, .pitchTorque, .yawTorque])
  }

  @Test func aSetpointStepKeepsWhatItDoesNotName() throws {
    let steps = try quadrotor().setpoints
    #expect(steps.count == 9)
    let last = try #require(steps.last)
    #expect(last.time == 17_000_000_000)
    #expect(last.setpoint.arm)
    #expect(last.setpoint.altitude == 1)
    #expect(last.setpoint.yawRate == 0)
    #expect(abs(steps[7].setpoint.yawRate - 0.698132) < 1e-5)
  }

  @Test func aConditionThatIsNotNamedKeepsItsStandardRule() throws {
    let failsafe = try quadrotor().failsafe
    for condition in VehicleKind.quadrotor.conditions { #expect(failsafe.rules[condition] != nil) }
    #expect(failsafe.rule(for: .powerStale) == FailsafeCondition.powerStale.standardRule)
  }

  @Test func busLoadAddsUpWhatEveryDeviceSends() throws {
    let loads = try quadrotor().busLoads
    #expect(loads.count == 1)
    #expect(loads[0].shares.map(\.chip) == ["mpu6050", "bmp280", "vl53l1x", "ina219", "pca9685"])
    // By hand: MPU-6050 500 × (9·18 + 3) bits, BMP280 25 × (9·13 + 3), VL53L1X 25 × (3·48 + 192 + 47 + 38),
    // INA219 10 × 3·48, PCA9685 250 × (9·18 + 2), at 400 kHz.
    #expect(abs(loads[0].fraction - (82_500 + 3_000 + 10_525 + 1_440 + 41_000) / 400_000) < 1e-12)
  }

  @Test func theWayToTheModelStartsAtTheConfigurationsFolder() throws {
    var configuration = try quadrotor()
    #expect(configuration.modelPath == "models/quadrotor-ncp19-int16.safetensors")
    configuration.directory = "firmware-configs/"
    #expect(configuration.modelPath == "firmware-configs/models/quadrotor-ncp19-int16.safetensors")
    #expect(configuration.resolve("/absolute") == "/absolute")
  }

  @Test func theCommandLineReplacesModelAndController() throws {
    let overrides = ConfigurationOverrides(modelFile: "other.safetensors", controller: .classical)
    var configuration = try Configuration.load(
      text: try quadrotorText(), directory: nil, overrides: overrides)
    configuration.directory = "firmware-configs/"
    #expect(configuration.modelPath == "other.safetensors")
    #expect(configuration.model.controller == .classical)
  }
}
