import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing

@testable import Devices

/// Expects that an inertial driver samples at 500 Hz without a fault, about the truth in the sensor's axes, with the
/// noise of the datasheet's densities in °/s/√Hz and µg/√Hz through filters of these bandwidths in Hz.
func expectTruth<Driver: SensorDriver>(
  _ chip: SimulatedChip, _ driver: Driver, at address: UInt8, gyro: (density: Double, bandwidth: Double),
  accelerometer: (density: Double, bandwidth: Double), sourceLocation: SourceLocation = #_sourceLocation
) throws where Driver.Sample == InertialSample {
  let board = SimulatedBoard(seed: 7, biasScale: 0)
  try board.attach(chip, name: "imu", address: address)
  board.physics.specificForce = Vector3(1, -2, -9)
  board.physics.angularRate = Vector3(0.5, -1, 2)
  board.physics.temperature = 31
  var rig = Rig(board, driver)
  rig.run(until: 2)
  #expect(rig.faults == [], sourceLocation: sourceLocation)
  #expect(rig.times.first ?? 9 < 0.3, sourceLocation: sourceLocation)
  let count = rig.samples(from: 1, until: 2).count
  // A frame that was read twice before the chip had a new one is left out.
  #expect(count >= 495 && count <= 500, "\(count) samples", sourceLocation: sourceLocation)

  // White noise of a density through a filter of first order has the bandwidth π/2 times.
  func expect(_ values: [Double], about mean: Double, deviation: Double) {
    #expect(abs(values.mean - mean) < deviation / 3, sourceLocation: sourceLocation)
    let ratio = values.deviation / deviation
    #expect(ratio > 0.6 && ratio < 1.3, "noise is \(ratio) times as expected", sourceLocation: sourceLocation)
  }
  let accel =
    accelerometer.density * 1e-6 * 9.80665 * (accelerometer.bandwidth * Double.pi / 2).squareRoot()
  let rate = gyro.density * Double.pi / 180 * (gyro.bandwidth * Double.pi / 2).squareRoot()
  expect(rig.samples.map { Double($0.accelerationX) }, about: 1, deviation: accel)
  expect(rig.samples.map { Double($0.accelerationY) }, about: -2, deviation: accel)
  expect(rig.samples.map { Double($0.accelerationZ) }, about: -9, deviation: accel)
  expect(rig.samples.map { Double($0.rateX) }, about: 0.5, deviation: rate)
  expect(rig.samples.map { Double($0.rateY) }, about: -1, deviation: rate)
  expect(rig.samples.map { Double($0.rateZ) }, about: 2, deviation: rate)
  #expect(
    abs(rig.samples.map { Double($0.temperature) }.mean - 31) < 0.1, sourceLocation: sourceLocation)
}

/// Expects that a magnetometer's driver samples at its rate without a fault, about the truth and with the noise given
/// in T.
func expectTruth<Driver: SensorDriver>(
  _ chip: SimulatedChip, _ driver: Driver, at address: UInt8, perSecond rate: Int, noise: Double,
  behind carrier: SimulatedChip? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws where Driver.Sample == MagneticSample {
  let board = SimulatedBoard(seed: 7, biasScale: 0)
  try board.attach(chip, name: "magnetometer", address: address)
  chip.carrier = carrier
  board.physics.magneticField = Vector3(-12e-6, 31e-6, 42e-6)
  var rig = Rig(board, driver)
  rig.run(until: 5)
  #expect(rig.faults == [], sourceLocation: sourceLocation)
  let count = rig.samples(from: 4, until: 5).count
  #expect(count >= rate * 95 / 100 && count <= rate, "\(count) samples", sourceLocation: sourceLocation)
  for (values, mean) in [
    (rig.samples.map { Double($0.fieldX) }, -12e-6), (rig.samples.map { Double($0.fieldY) }, 31e-6),
    (rig.samples.map { Double($0.fieldZ) }, 42e-6),
  ] {
    #expect(abs(values.mean - mean) < noise / 3, sourceLocation: sourceLocation)
    #expect(
      values.deviation > noise * 0.8 && values.deviation < noise * 1.3, "\(values.deviation)",
      sourceLocation: sourceLocation)
  }
}

/// Expects that another chip is refused with what it says it is, and taken when that is accepted.
func expectRefusal<Driver: SensorDriver>(
  of chip: () -> SimulatedChip, identity: UInt8, at address: UInt8, _ driver: ([UInt8]?) -> Driver,
  sourceLocation: SourceLocation = #_sourceLocation
) throws where Driver.Sample: Equatable {
  for accepted in [nil, [identity]] {
    let board = SimulatedBoard(seed: 7, biasScale: 0)
    try board.attach(chip(), name: "chip", address: address)
    var rig = Rig(board, driver(accepted))
    rig.run(until: 1)
    #expect(rig.driver.identity == identity, sourceLocation: sourceLocation)
    #expect(rig.faults == (accepted == nil ? [.wrongIdentity] : []), sourceLocation: sourceLocation)
    #expect(rig.samples.isEmpty == (accepted == nil), sourceLocation: sourceLocation)
  }
}
