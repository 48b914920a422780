import Devices
import HardwareInterfaces
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The shipped vehicle with other sensors: everything above the driver stays as it is.
@Suite struct SensorFlightTests {
  private func fly(_ changes: [(String, String)], fault: String? = nil) throws -> FlightReport {
    try VehicleRuntime.fly(
      Flight(shippedVehicle(changes), seed: 1, fault: fault, logPath: nil), showsProgress: false)
  }

  @Test(arguments: SensorTable.inertial.map(\.name))
  func `every inertial sensor flies the vehicle`(_ name: String) throws {
    let chip = try #require(SensorTable.inertial.first { $0.name == name })
    let address = try #require(chip.facts.addresses.first)
    let report = try fly([
      ("chip: \"mpu6050\"", "chip: \"\(name)\""), ("address: 0x68", "address: \(address)"),
      ("accept_identities: [0x68],", ""), (" lowpass_hz: 94,", ""),
    ])
    #expect(report.isHeld)
    #expect(report.conditions == [])
    #expect(report.complaints == [])
  }

  @Test(arguments: SensorTable.barometers.map(\.name))
  func `every barometer takes part in the altitude`(_ name: String) throws {
    let report = try fly([("chip: \"bmp280\"", "chip: \"\(name)\"")], fault: "range:off@4s")
    #expect(report.conditions == [.rangeStale])
    #expect(report.mode == .active)
    #expect(report.complaints == ["sensors.range: nothing answers at 0x29, where the vl53l1x should be"])
  }

  @Test(arguments: SensorTable.rangeFinders.map(\.name))
  func `every range finder takes part in the altitude`(_ name: String) throws {
    // Low enough for the one that sees least.
    let report = try fly(
      [("chip: \"vl53l1x\"", "chip: \"\(name)\""), ("altitude_m: 1.5", "altitude_m: 0.8")],
      fault: "barometer:off@4s")
    #expect(report.conditions == [.barometerStale])
    #expect(report.mode == .active)
    #expect(report.complaints == ["sensors.barometer: nothing answers at 0x76, where the bmp280 should be"])
  }

  @Test(arguments: SensorTable.magnetometers.map(\.name))
  func `every magnetometer is sampled beside the others`(_ name: String) throws {
    let chip = try #require(SensorTable.magnetometers.first { $0.name == name })
    let address = try #require(chip.facts.addresses.first)
    var changes = [
      (
        "barometer: {",
        "magnetometer: { chip: \"\(name)\", bus: \"sensors\", address: \(address), rate_hz: 50 }, barometer: {"
      )
    ]
    if let carrier = chip.facts.carriers.first {
      changes += [
        ("chip: \"mpu6050\"", "chip: \"\(carrier)\""), ("accept_identities: [0x68],", ""),
        (" lowpass_hz: 94,", ""),
      ]
    }
    let configuration = try shippedVehicle(changes).template(for: "a test")
    let vehicle = try SimulatedVehicle(VehicleTables(configuration), seed: 1)
    vehicle.collectSamples(until: MonotonicTime(nanoseconds: 1_000_000_000), into: vehicle.values)
    let magnetic = CalibrationPlaces(configuration, vehicle.table).readings(vehicle.values).magnetic
    // On the ground and level, facing north: the field is the Earth's, but for the chip's offset.
    #expect(magnetic.isPresent && magnetic.fault == .none && magnetic.sequence > 30)
    #expect(abs(magnetic.sample.fieldX - 20e-6) < 20e-6)
    #expect(abs(magnetic.sample.fieldY) < 20e-6)
    #expect(abs(magnetic.sample.fieldZ - 45e-6) < 20e-6)
  }

  @Test func `a clone is named in the flight's result, with the line that accepts it`() throws {
    let report = try fly([], fault: "imu:wrong-identity@0s")
    #expect(report.mode == .disarmed)
    #expect(report.complaints.count == 1)
    #expect(report.table.contains("write accept_identities: [0x68, 0x98]"))
  }
}
