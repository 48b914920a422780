import Control
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// Each case changes one place of a valid configuration, and must be told so.
@Suite struct ConfigurationStrictnessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var old, new, expected: String
    var testDescription: String { "\(old) -> \(new)" }

    init(_ old: String, _ new: String, _ expected: String) {
      (self.old, self.new, self.expected) = (old, new, expected)
    }
  }

  static let keys = [
    Case("rate_hz: 250", "rate_hs: 250", #"line 9: loop: unknown key "rate_hs"; did you mean "rate_hz"?"#),
    Case(
      "rate_hz: 250", "rate_hs: 250", "line 8: loop.rate_hz: missing; expected whole number, 10 to 2000 (Hz)"),
    Case("rate_hz: 250,", "rate_hz: 250, rate_hz: 500,", "loop.rate_hz: stands here twice; first in line 9"),
    Case(
      "backend: \"simulated\"", "color: 1", #"unknown key "color"; valid here: name, vehicle, backend, loop,"#
    ),
    Case(
      "action: \"warn\"", "action: \"wanr\"", #"failsafe.range_stale.action: found "wanr", expected one of"#),
    Case("imu_stale:", "kill_switch:", #"unknown key "kill_switch""#),
    Case("name: \"quadrotor-hold\"", "name: \"\"", "name: found \"\", expected text of 1 to 200 characters"),
    Case("lines: {", "lines: 3, line: {", "lines: found 3, expected an object: { … }"),
    Case(
      "setpoints: [", "setpoints: [], setpoint: [",
      "setpoints: found a list of 0, expected a list of 1 to 1000"),
  ]

  static let values = [
    Case(
      "rate_hz: 500", "rate_hz: 5000", "line 24: sensors.imu.rate_hz: found 5000, expected whole number, 4 to"
    ),
    Case("rate_hz: 500", "rate_hz: \"500\"", "sensors.imu.rate_hz: found \"500\", expected whole number"),
    Case("rate_hz: 500", "rate_hz: 500.5", "sensors.imu.rate_hz: found 500.5, expected whole number"),
    Case("rate_hz: 500", "rate_hz: NaN", "sensors.imu.rate_hz: found NaN, expected whole number"),
    Case("torque: 0.3,", "torque: Infinity,", "limits.torque: found Infinity, expected number, 0.01 to 1"),
    Case("scale: 4.0", "scale: 1e999", "network.inputs[0].scale: found 1e999, expected number"),
    Case(
      "gyro_range_dps: 1000", "gyro_range_dps: 900",
      "expected one of 125, 250, 500, 1000, 2000 (°/s); nearest: 1000"),
    Case(
      "\"mpu6050\"", "\"mpu6051\"",
      #"found "mpu6051", for which there is no driver; expected one of "mpu6050", "mpu6500", "mpu9250", "#
        + #""icm20948", "icm42688p", "lsm6dsox""#),
    Case(
      "\"mpu6050\"", "\"MPU-6050\"",
      #"found "MPU-6050", expected one of "mpu6050", "mpu6500", "mpu9250", "icm20948", "icm42688p", "lsm6dsox"; "#
        + #"nearest: "mpu6050""#),
    Case(
      "barometer: {",
      "magnetometer: { chip: \"qmc5883l\", bus: \"sensors\", address: 0x2C, rate_hz: 50 }, barometer: {",
      "found 0x2C, expected I2C address, 0x0D for the qmc5883l; it is that of the QMC5883P, whose registers "
        + "differ; there is no driver for it"),
    Case(
      "barometer: {", "magnetometer: { chip: \"qmc5883p\", bus: \"sensors\", rate_hz: 50 }, barometer: {",
      #"found "qmc5883p", for which there is no driver; expected one of "ak8963", "#),
    Case(
      "\"mpu6050\"", "\"mpu6500\"",
      "sensors.imu.lowpass_hz: found 94, expected what the mpu6500 has: one of 460, 184, 92, 41, 20, 10, 5"),
    Case(
      "gyro_range_dps: 1000", "gyro_range_dps: 125",
      "sensors.imu.gyro_range_dps: found 125, expected what the mpu6050 has: one of 250, 500, 1000, 2000"),
    Case(
      "gyro_range_dps: 1000", "auxiliary_bypass: 1",
      "sensors.imu.auxiliary_bypass: found 1, expected true or false"),
    Case(
      "barometer: {", "magnetometer: { chip: \"ak8963\", bus: \"sensors\", rate_hz: 50 }, barometer: {",
      #"sensors.magnetometer.chip: found "ak8963", which sits inside the mpu9250: sensors.imu must be one"#),
    Case(
      "barometer: {", "magnetometer: { chip: \"lis3mdl\", bus: \"sensors\", rate_hz: 50 }, barometer: {",
      "sensors.magnetometer.address: missing; expected I2C address, 0x1C, 0x1E for the lis3mdl"),
    Case(
      "barometer: {",
      "magnetometer: { chip: \"hmc5883l\", bus: \"sensors\", rate_hz: 100 }, barometer: {",
      "sensors.magnetometer.rate_hz: found 100, expected at most 75, the hmc5883l's limit"),
    Case(
      "address: 0x68", "address: 0x6A",
      "sensors.imu.address: found 0x6A, expected I2C address, 0x68 to 0x69 for the mpu6050"),
    Case("[0x68]", "[0x168]", "sensors.imu.accept_identities: found 0x168 in the list"),
    Case("[0x68]", "[0x68, 104]", "sensors.imu.accept_identities: 104 stands in the list twice"),
    Case(
      "forward: \"+x\"", "forward: \"-x\"", "sensors.imu.mounting: forward, right, down are a mirror image"),
    Case("forward: \"+x\"", "forward: \"+y\"", "sensors.imu.mounting: two body axes are on one sensor axis"),
    Case(
      "thrust: [0.0, 0.9]", "thrust: [0.9, 0.1]",
      "limits.thrust: the least value, 0.9, is above the greatest, 0.1"),
    Case(
      "sensor_noise: [1.5, 2.5]", "sensor_noise: 1",
      "simulation.sensor_noise: found 1, expected [least, greatest]"),
    Case("unit: \"rad\", scale", "scale", "network.inputs[0].unit: missing; expected text"),
    Case(
      "unit: \"rad\"", "unit: \"deg\"",
      #"network.inputs[0].unit: found "deg", expected "rad", the unit of roll_error"#),
    Case("\"roll_error\"", "\"rol_error\"", #"nearest: "roll_error""#),
    Case("\"yaw_torque\"", "\"yaw_torqe\"", #"nearest: "yaw_torque""#),
    Case("scale: 4.0", "scale: 0", "network.inputs[0].scale: found 0: the network would not see the signal"),
    Case("arm: true", "arm: 1", "setpoints[1].arm: found 1, expected true or false"),
    Case(
      "minimum_us: 1000", "minimum_us: 2100", "actuators.motors[0].maximum_us: found 2000, expected more than"
    ),
    Case(
      "safe_us: 900", "safe_us: 1100",
      "actuators.motors[0].safe_us: found 1100, expected at most minimum_us, 1000"),
  ]

  static let relations = [
    Case(
      "address: 0x29", "address: 0x68",
      "sensors.range.address: 0x68 on the bus \"sensors\" is taken by sensors.imu"),
    Case(
      "address: 0x40", "address: 0x41",
      "actuators.driver.address: 0x41 on the bus \"sensors\" is taken by sensors.power"),
    Case("bus: \"sensors\", address: 0x76", "bus: \"sensor\", address: 0x76", #"did you mean "sensors"?"#),
    Case("channel: 3", "channel: 0", "actuators.motors[3].channel: 0 is taken by motors[0]"),
    Case(
      "rate_hz: 400000", "rate_hz: 100000",
      "line 19: buses[0].rate_hz: the bus \"sensors\" would be busy 138.5 % of the time, expected at most 70 %: mpu6050 "
        + "500 Hz × 1.65 ms = 82.5 %"),
    Case(
      "rate_hz: 500", "rate_hz: 200", "sensors.imu.rate_hz: found 200, expected at least loop.rate_hz, 250"),
    Case(
      "stale_after_ms: 12", "stale_after_ms: 2",
      "2 ms is no longer than the time between samples, 2 ms at 500 Hz"),
    Case("stale_after_ms: 12", "stale_after_ms: 3", "expected more than the time between ticks, 4 ms"),
    Case(
      "line: \"GPIO27\"", "line: \"GPIO17\"",
      "lines.kill_switch: pinctrl-bcm2711 GPIO17 is lines.enable already"),
    Case("at_s: 8.0", "at_s: 6.0", "setpoints[4].at_s: found 6, expected more than the step before, 6"),
    Case(
      "roll_deg: 8 ", "roll_deg: 40 ", "setpoints[3].roll_deg: found 40, expected at most limits.tilt_deg, 35"
    ),
    Case(
      "above_deg: 60", "above_deg: 30",
      "failsafe.tilt.above_deg: found 30, expected more than limits.tilt_deg, 35"),
    Case("below_v: 10.2", "below_v: 11", "arming.minimum_voltage: found 10.8, expected more than"),
    Case("power: {", "range_power: {", "arming.minimum_voltage: needs sensors.power, which is missing"),
    Case(
      "until_s: 20.0", "until_s: 21",
      "evaluation.until_s: found 21, expected at most simulation.duration_s, 20"),
    Case("until_s: 20.0", "until_s: 5", "evaluation.until_s: found 5, expected more than from_s, 5"),
    Case(
      "rate_hz: 400,", "rate_hz: 490,",
      "actuators.motors[0].maximum_us: found 2000, expected less than the time between pulses, 1966.1 µs: "
        + "driver.rate_hz 490 is really 508.6 Hz"),
    Case("\"rate_y\"", "\"rate_x\"", "network.inputs[4].signal: \"rate_x\" is inputs[3] already"),
    Case("\"yaw_torque\"", "\"thrust\"", "network.outputs[3].command: \"thrust\" is outputs[0] already"),
    Case(
      "file: \"models", "// file: \"models",
      "model.file: missing; the controller \"network\" needs a model file"),
    Case("network: {", "networks: {", "network: missing; the network of model.file needs its inputs"),
    Case(
      "imu_stale: { action: \"disarm\"", "imu_stale: { action: \"land\"",
      "expected one of \"warn\", \"disarm\""),
  ]

  @Test(arguments: keys + values + relations)
  func isRefusedWithPlaceAndReason(change: Case) throws {
    let complaints = try complaints(replacing: change.old, by: change.new)
    #expect(complaints.contains(change.expected), "\(complaints)")
  }

  @Test func whatIsShippedIsNotRefused() throws {
    for text in try shippedTexts() + [quadrotorText()] { #expect(complaints(about: text) == "") }
    for text in try allShippedTexts() { #expect(tableComplaints(about: text) == "") }
  }

  @Test func allErrorsAreToldAtOnceInTheOrderOfTheFile() throws {
    let text = try quadrotorText()
      .replacing("rate_hz: 250", with: "rate_hz: 0")
      .replacing("chip: \"bmp280\"", with: "chip: \"bmp\"")
      .replacing("plant_rate_hz: 4000", with: "plant_rate_hz: 10")
    let lines = complaints(about: text).split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(lines.first?.contains("loop.rate_hz") == true)
    #expect(lines.last?.contains("simulation.plant_rate_hz") == true)
  }

  @Test func anErrorInOneSectionDoesNotMakeOthersUp() throws {
    let complaints = try complaints(replacing: "address: 0x68", by: "address: true")
    #expect(complaints == "line 24: sensors.imu.address: found true, expected I2C address, 0x08 to 0x77")
  }

  @Test func aVehicleWithoutANetworkNeedsNoModel() throws {
    let text = #"""
      {
        name: "test", loop: { rate_hz: 100 }, model: { controller: "classical" },
        buses: [{ name: "a", adapter: "i2c-1", rate_hz: 400000 }],
        sensors: {
          imu: { chip: "mpu6050", bus: "a", address: 0x68, rate_hz: 200 },
          barometer: { chip: "bmp280", bus: "a", address: 0x77, rate_hz: 20 },
        },
        actuators: {
          driver: { chip: "pca9685", bus: "a" },
          motors: [{ channel: 0 }, { channel: 1 }, { channel: 2 }, { channel: 3 }],
        },
        setpoints: [{ at_s: 0 }],
      }
      """#
    let configuration = try Configuration.load(text: text, directory: "")
    #expect(configuration.network == nil)
    guard let parts = configuration.vehicle.parts as? Configuration.Quadrotor else {
      Issue.record("a file that names no kind of vehicle is not about a quadrotor")
      return
    }
    let bandwidth = BlockTable.kind("altitude")?.description.settings.first { $0.name == "range_bandwidth" }
    #expect(bandwidth?.standard == .number(parts.estimator.altitude.rangeWeight))
    #expect(configuration.sensors.imu.mounting.forward == .plusX)
    #expect(
      complaints(about: text.replacing("barometer: {", with: "// {")).contains("neither range nor barometer"))
  }

  @Test func aFloodOfWrongKeysGivesFewComplaints() {
    let unknown = complaints(about: "{" + String(repeating: "nam:1,", count: 10_000) + "}")
    #expect(unknown.contains("9980 more keys are unknown or stand here twice"))
    #expect(unknown.split(separator: "\n").count < 40)
    let twice = complaints(about: "{" + String(repeating: "name:1,", count: 10_000) + "}")
    #expect(twice.contains("9979 more keys are unknown or stand here twice"))
  }

  @Test func aHostileKeyDoesNotReachTheTerminal() {
    let complaints = complaints(about: "{\"\\u001b[31m\(String(repeating: "x", count: 5000))\": 1}")
    #expect(!complaints.contains("\u{1B}"))
    #expect(complaints.split(separator: "\n").allSatisfy { $0.count < 400 })
  }
}
