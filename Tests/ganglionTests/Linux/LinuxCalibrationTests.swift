import Foundation
import LinuxHardware
import PortableMath
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import ganglion

@Suite("Calibrating on Linux", .serialized)
struct LinuxCalibrationTests {
  @Test("The buses' own threads give the readings, and neither line nor motor is touched")
  func gyro() throws {
    let machine = try TestMachine()
    try withFolder { folder in
      let path = folder + "/c.json5"
      let request = try CalibrationRequest(
        Arguments(
          [shippedConfiguration, "gyro", "--backend", "linux", "--output", path],
          options: ["backend", "output"]),
        words: ["gyro"])
      #expect(try request.run(systems: machine.systems) == .success)
      let calibration = try #require(try SensorCalibration.read(path: path))
      #expect(calibration.origin == .board)
      let bias = try #require(calibration.chips.first?.gyro?.bias)
      let truth = try #require(machine.i2c.chip("imu") as? SimulatedInertialChip).errors.gyroBias
      #expect((bias - truth).length < 1e-3)
      #expect(machine.enableLevels.isEmpty)
      #expect(machine.i2c.pulse(0) == nil || machine.i2c.pulse(0) == 0)
    }
  }
}
