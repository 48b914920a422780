import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@Suite("Specimens of simulated sensors")
struct SpecimenTests {
  private var errors: SpecimenErrors {
    var errors = SpecimenErrors(specimen: 1)
    (errors.gyroBias, errors.accelerometerOffset) = (0.05, 0.3)
    (errors.accelerometerScale, errors.accelerometerCross) = (0.02, 0.01)
    (errors.hardIron, errors.softIron) = (20e-6, 0.1)
    return errors
  }

  private func chips(
    seed: UInt64, specimen: SpecimenErrors?
  ) throws -> (inertial: InertialErrors, magnetic: MagneticErrors) {
    let board = SimulatedBoard(seed: seed, specimen: specimen)
    let imu = try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    let compass = try board.attach(SimulatedLIS3MDL(), name: "magnetometer", address: 0x1C)
    return (imu.errors, compass.errors)
  }

  @Test("A specimen has the same errors in every run, and another has others")
  func constant() throws {
    let first = try chips(seed: 1, specimen: errors)
    let second = try chips(seed: 2, specimen: errors)
    #expect(first.inertial == second.inertial && first.magnetic == second.magnetic)
    #expect(first.inertial.accelerometerGain != nil && first.magnetic.gain != nil)
    var other = errors
    other.specimen = 2
    let third = try chips(seed: 1, specimen: other)
    #expect(first.inertial != third.inertial && first.magnetic != third.magnetic)
  }

  @Test("Without a specimen each seed draws small offsets, and scales are exact")
  func drawn() throws {
    let first = try chips(seed: 1, specimen: nil)
    let second = try chips(seed: 2, specimen: nil)
    #expect(first.inertial != second.inertial && first.magnetic != second.magnetic)
    #expect(first.inertial.accelerometerGain == nil && first.magnetic.gain == nil)
    #expect(first.inertial.accelerometerOffset.length < 0.5)
  }

  @Test("Two chips of one specimen have errors of their own")
  func apart() throws {
    let board = SimulatedBoard(seed: 1, specimen: errors)
    let one = try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    let two = try board.attach(SimulatedMPU6050(), name: "imu-2", address: 0x69)
    #expect(one.errors != two.errors)
    #expect(board.chip(named: "imu-2") === two && board.chip(named: "imu-3") == nil)
  }
}
