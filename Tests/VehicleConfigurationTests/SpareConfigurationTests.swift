import Foundation
import HardwareInterfaces
import PortableMath
import Testing
import VehicleFixtures

@testable import Control
@testable import VehicleConfiguration

@Suite struct SpareConfigurationTests {
  /// The valid configuration with a second bus, and spares behind the inertial sensor's and the barometer's keys.
  private func text(imu: String = "", barometer: String = "") throws -> String {
    try quadrotorText()
      .replacing(
        "{ name: \"sensors\", adapter: \"i2c-1\", rate_hz: 400000 },",
        with: "{ name: \"sensors\", adapter: \"i2c-1\", rate_hz: 400000 },\n"
          + "    { name: \"spares\", adapter: \"i2c-3\", rate_hz: 400000 },"
      )
      .replacing("stale_after_ms: 12,", with: "stale_after_ms: 12, \(imu)")
      .replacing(
        "chip: \"bmp280\", bus: \"sensors\", address: 0x76,",
        with: "chip: \"bmp280\", bus: \"sensors\", address: 0x76, \(barometer)")
  }

  private let spare = "{ chip: \"icm42688p\", bus: \"spares\", address: 0x69, rate_hz: 500 }"

  @Test func `a sensor needs no spares`() throws {
    let configuration = try Configuration.load(text: try quadrotorText(), directory: nil)
    #expect(configuration.sensors.imu.spares.isEmpty)
    #expect(configuration.sensors.imu.instances == [configuration.sensors.imu])
    #expect(!configuration.hasSpares)
    // What its driver finds flat is enough.
    #expect(configuration.sensors.imu.health.flatAfter == 0)
  }

  @Test func `spares keep their order, their chips and their own keys`() throws {
    let second =
      "{ chip: \"lsm6dsox\", bus: \"spares\", address: 0x6A, rate_hz: 200, stale_after_ms: 20, "
      + "mounting: { forward: \"-x\", right: \"-y\" } }"
    let configuration = try Configuration.load(
      text: try text(imu: "spares: [\(spare), \(second)]"), directory: nil)
    let instances = configuration.sensors.imu.instances
    #expect(instances.map(\.chip.name) == ["mpu6050", "icm42688p", "lsm6dsox"])
    #expect(instances.map(\.bus) == ["sensors", "spares", "spares"])
    #expect(instances[2].mounting.forward == .minusX)
    #expect(configuration.sensors.imu.instances.map(\.staleAfter).max() == 20_000_000)
    #expect(configuration.hasSpares)
    #expect(configuration.sensors.kindsWithSpares == [.imu])
    #expect(configuration.sensors.imu.health.flatAfter == 10)
    #expect(
      configuration.busLoads.flatMap { $0.shares.map(\.path) }.filter { $0.hasPrefix("sensors.imu") }
        == ["sensors.imu", "sensors.imu.spares[0]", "sensors.imu.spares[1]"])
  }

  @Test func `how health is judged can be said for each kind`() throws {
    let configuration = try Configuration.load(
      text: try text(
        imu:
          "health: { flat_after: 25, saturated_after: 4, errors_above: 0.5, good_for_s: 2, rate_difference_dps: 20, "
          + "acceleration_difference_m_s2: 3 }",
        barometer: "health: { flat_after: 0, difference_pa: 80 },"), directory: nil)
    let health = configuration.sensors.imu.health
    #expect(health.flatAfter == 25)
    #expect(health.saturatedAfter == 4)
    #expect(health.errorsAbove == 0.5)
    #expect(health.goodFor == 2_000_000_000)
    #expect(abs(health.difference - 0.349066) < 1e-6)
    #expect(health.accelerationDifference == 3)
    #expect(configuration.sensors.barometer?.health.difference == 80)
    #expect(configuration.sensors.barometer?.health.flatAfter == 0)
  }

  @Test func `the limits of a tick follow each chip's range, rate and age`() throws {
    let slow = spare.replacing("rate_hz: 500", with: "rate_hz: 250, gyro_range_dps: 2000, accel_range_g: 16")
    let configuration = try Configuration.load(
      text: try text(imu: "spares: [\(slow)]"), directory: nil)
    let rows = SensorRows(configuration)
    let voter = try #require(rows.blocks.first { $0.name == "imu" })
    #expect(voter.kindName == "voter")
    let settings = try BlockSettings(voter.settings, voter.kind.description.settings)
    #expect(settings.number("instances") == 2)
    let limits = VotingSettings.limits(settings, count: 2, channels: settings.names("channels").count)
    #expect(limits.instances[0].period == 2_000_000)
    #expect(limits.instances[1].period == 4_000_000)
    #expect(abs(limits.instances[0].fullScale[0] - 0.95 * 8 * 9.80665) < 1e-3)
    #expect(abs(limits.instances[0].fullScale[3] - 0.95 * 17.453293) < 1e-4)
    #expect(abs(limits.instances[1].fullScale[3] - 0.95 * 34.906585) < 1e-4)
    // Without spares there is nothing to choose, and without a sensor nothing at all.
    #expect(rows.blocks.first { $0.name.hasPrefix("barometer") }?.kindName == "health")
    #expect(!rows.blocks.contains { $0.name.hasPrefix("magnetometer") })
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var imu, expected: String
    var testDescription: String { imu }

    init(_ imu: String, _ expected: String) { (self.imu, self.expected) = (imu, expected) }
  }

  static let mistakes = [
    Case("spares: []", "sensors.imu.spares: found a list of 0, expected a list of 1 to 2 objects"),
    Case("spares: {}", "sensors.imu.spares: found an object, expected a list of 1 to 2 objects"),
    Case(
      "spares: [{}, {}, {}]", "sensors.imu.spares: found a list of 3, expected a list of 1 to 2 objects"),
    Case("spares: [{}]", "sensors.imu.spares[0].chip: missing"),
    Case("spares: [3]", "sensors.imu.spares[0]: found 3, expected an object"),
    Case(
      "spares: [{ chip: \"icm42688p\", bus: \"spares\", address: 0x69, rate_hz: 500, spares: [] }]",
      "sensors.imu.spares[0]: unknown key \"spares\""),
    Case(
      "spares: [{ chip: \"icm42688p\", bus: \"spares\", address: 0x69, rate_hz: 500, health: {} }]",
      "sensors.imu.spares[0]: unknown key \"health\""),
    Case(
      "spares: [{ chip: \"mpu6050\", bus: \"sensors\", address: 0x68, rate_hz: 100, stale_after_ms: 50 }]",
      "sensors.imu.spares[0].address: 0x68 on the bus \"sensors\" is taken by sensors.imu (mpu6050)"),
    Case(
      "spares: [{ chip: \"mpu6050\", bus: \"spare\", address: 0x68, rate_hz: 500 }]",
      "sensors.imu.spares[0].bus: there is no bus \"spare\"; `buses` has \"sensors\", \"spares\"; did you mean \"spares\"?"
    ),
    Case(
      "spares: [{ chip: \"mpu6050\", bus: \"sensors\", address: 0x69, rate_hz: 1000 }]",
      "the bus \"sensors\" would be busy"),
    Case(
      "spares: [{ chip: \"mpu6050\", bus: \"spares\", address: 0x69, rate_hz: 500, stale_after_ms: 3 }]",
      "sensors.imu.spares[0].stale_after_ms: found 3, expected more than the time between ticks, 4 ms"),
    Case(
      "spares: [{ chip: \"mpu6050\", bus: \"spares\", address: 0x69, rate_hz: 500, gyro_range_dps: 125 }]",
      "sensors.imu.spares[0].gyro_range_dps: found 125, expected what the mpu6050 has"),
    Case("health: { flat_after: -1 }", "sensors.imu.health.flat_after: found -1, expected whole number"),
    Case("health: { difference_pa: 1 }", "sensors.imu.health: unknown key \"difference_pa\""),
    Case(
      "health: { errors_above: 2 }", "sensors.imu.health.errors_above: found 2, expected number, 0.01 to 1"),
  ]

  @Test(arguments: mistakes) func `a mistake is named with its place`(_ mistake: Case) throws {
    let found = complaints(about: try text(imu: mistake.imu))
    #expect(found.contains(mistake.expected), "\(found)")
  }

  @Test func `a magnetometer inside a spare inertial chip opens that chip's bypass`() throws {
    let configuration = try Configuration.load(
      text: try text(
        imu: "spares: [{ chip: \"mpu9250\", bus: \"spares\", address: 0x69, rate_hz: 500 }]",
        barometer: ""
      ).replacing(
        "    range: {",
        with: "    magnetometer: { chip: \"ak8963\", bus: \"spares\", rate_hz: 50 },\n    range: {"),
      directory: nil)
    #expect(!configuration.sensors.imu.auxiliaryBypass)
    #expect(configuration.sensors.imu.spares[0].auxiliaryBypass)
  }

  @Test func `a missing spare is told by its place`() throws {
    let configuration = try Configuration.load(text: try text(imu: "spares: [\(spare)]"), directory: nil)
    let spare = try #require(configuration.devices.first { $0.name == "imu_1" })
    #expect(
      spare.complaint(about: .missing, identity: nil)
        == "sensors.imu.spares[0]: nothing answers at 0x69, where the icm42688p should be")
    let found = spare.complaint(about: .wrongIdentity, identity: 0x12)
    #expect(found?.hasPrefix("sensors.imu.spares[0]: the chip at 0x69 says it is 0x12") == true)
  }

  /// Bytes changed, cut out and doubled at random among the sensors: an error or a configuration, and never a trap.
  @Test(arguments: UInt64(1)...8) func `a damaged file is refused or taken, and nothing else`(_ seed: UInt64)
    throws
  {
    let shipped = try String(
      contentsOf: repository.appending(path: "firmware-configs/quadrotor-redundant.json5"), encoding: .utf8)
    let bytes = Array(shipped.utf8)
    let start = try #require(shipped.range(of: "sensors: {")).lowerBound.utf16Offset(in: shipped)
    let end = try #require(shipped.range(of: "actuators: {")).lowerBound.utf16Offset(in: shipped)
    var random = RandomGenerator(seed: seed, stream: 11)
    var refused = 0
    for _ in 0..<60 {
      var damaged = bytes
      for _ in 0...Int(random.nextBits() >> 62) {
        let place = start + Int(random.nextBits() >> 33) % (end - start)
        switch random.nextBits() >> 62 {
        case 0: damaged[place] = 0x20 + UInt8((random.nextBits() >> 33) % 0x5F)
        case 1: damaged.remove(at: place)
        case 2: damaged.insert(damaged[place], at: place)
        default: damaged.insert(contentsOf: Array("spares: [{}],".utf8), at: place)
        }
      }
      if !complaints(about: String(decoding: damaged, as: UTF8.self)).isEmpty { refused += 1 }
    }
    #expect(refused > 30)
  }
}
