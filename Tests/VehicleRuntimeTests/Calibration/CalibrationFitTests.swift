import PortableMath
import Testing

@testable import Sampling
@testable import VehicleConfiguration

/// The refusal of a body that must refuse; `nil` when it does not.
func refusal<Result>(_ body: () throws -> Result) -> CalibrationRefusal? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? CalibrationRefusal
  }
}

@Suite("Fits of a calibration")
struct CalibrationFitTests {
  @Test("eigenvalues and inverses are numpy's")
  func goldenEigen() throws {
    for vector in try CalibrationVectors.load().eigen {
      let matrix = Matrix3(vector.matrix)
      #expect((SymmetricEigen(matrix).values - Vector3(vector.values)).length < 1e-10)
      #expect(try #require(matrix.inverse).distance(Matrix3(vector.inverse)) < 1e-9)
    }
  }

  @Test("an accelerometer's fit is that of a second implementation, for six poses and for more")
  func goldenAccelerometer() throws {
    for vector in try CalibrationVectors.load().accelerometer {
      let found = try AccelerometerCalibration.fit(poses: vector.poses.map { Vector3($0) })
      #expect((found.offset - Vector3(vector.offset)).length < 1e-8)
      #expect(found.matrix.distance(Matrix3(vector.matrix)) < 1e-8)
      if let residual = found.record.residual { #expect(abs(residual - vector.residual) < 1e-9) }
      #expect((found.record.residual == nil) == (vector.poses.count == 6))
    }
  }

  @Test("a magnetometer's fit is that of a second implementation")
  func goldenMagnetometer() throws {
    for vector in try CalibrationVectors.load().magnetometer {
      let found = try MagnetometerCalibration.fit(points: vector.points.map { Vector3($0) * 1e-6 })
      #expect((found.offset * 1e6 - Vector3(vector.offset)).length < 1e-6)
      #expect(found.matrix.distance(Matrix3(vector.matrix)) < 1e-8)
      #expect(abs(found.field * 1e6 - vector.field) < 1e-6)
      #expect(abs(try #require(found.record.residual) * 1e6 - vector.residual) < 1e-6)
      #expect(found.record.count == vector.points.count)
    }
  }

  // MARK: - Accelerometer

  /// Readings of one pose on each side, each a few degrees off.
  private func sixPoses(_ sensor: inout FaultySensor, tilt: Double) -> [Vector3] {
    BodySide.allCases.map { side in
      let up = (side.direction + sensor.direction() * tilt).direction
      return sensor.reading(up * StandardAtmosphere.gravity)
    }
  }

  @Test("six poses, none of them exact, give back an accelerometer's offset and scale", arguments: 0..<20)
  func sixSides(_ seed: UInt64) throws {
    var sensor = FaultySensor(seed: seed, scale: 0.05, cross: 0, offset: 0.8, noise: 0)
    let found = try AccelerometerCalibration.fit(poses: sixPoses(&sensor, tilt: 0.1))
    #expect((found.offset - sensor.offset).length < 1e-9)
    #expect(found.matrix.distance(sensor.inverse) < 1e-10)
  }

  @Test("twelve and more poses give back what one axis feels of another, too", arguments: 0..<20)
  func manyPoses(_ seed: UInt64) throws {
    var sensor = FaultySensor(seed: seed, scale: 0.05, cross: 0.02, offset: 0.8, noise: 0.003)
    var poses = sixPoses(&sensor, tilt: 0.1)
    for _ in 0..<30 { poses.append(sensor.reading(sensor.direction() * StandardAtmosphere.gravity)) }
    let found = try AccelerometerCalibration.fit(poses: poses)
    #expect((found.offset - sensor.offset).length < 0.01)
    #expect(found.matrix.distance(sensor.inverse) < 0.002)
    #expect(try #require(found.record.residual) < 0.01)
  }

  @Test("the accelerometer is scaled to the gravity that is asked for")
  func gravity() throws {
    var sensor = FaultySensor(seed: 3, scale: 0.02, cross: 0, offset: 0.3, noise: 0)
    let poses = sixPoses(&sensor, tilt: 0.05)
    let found = try AccelerometerCalibration.fit(poses: poses, gravity: 9.78)
    for pose in poses { #expect(abs((found.matrix * (pose - found.offset)).length - 9.78) < 1e-9) }
    #expect(found.gravity == 9.78)
  }

  @Test("poses that do not settle offset and scale are refused")
  func degeneratePoses() {
    var sensor = FaultySensor(seed: 1, scale: 0.02, cross: 0, offset: 0.3, noise: 0)
    let level = sensor.reading(Vector3(0, 0, -9.80665))
    #expect(refusal { try AccelerometerCalibration.fit(poses: [level]) }?.reason == .incomplete)
    let same = [Vector3](repeating: level, count: 8)
    #expect(refusal { try AccelerometerCalibration.fit(poses: same) }?.reason == .degenerate)
    // The sensor's z axis was never up nor down.
    let around = (0..<12).map { step in
      let (s, c) = sineAndCosine(Double(step) * .pi / 6)
      return sensor.reading(Vector3(c, s, 0) * 9.80665)
    }
    let refused = refusal { try AccelerometerCalibration.fit(poses: around) }
    #expect(refused?.reason == .degenerate)
    #expect(refused?.remedy.contains("six sides") == true)
  }

  @Test("an accelerometer beyond what a chip can have is refused", arguments: [0.75, 1.3])
  func implausibleScale(_ scale: Double) {
    var sensor = FaultySensor(seed: 1, scale: 0, cross: 0, offset: 0.1, noise: 0)
    sensor.gain.y.y = scale
    let refused = refusal { try AccelerometerCalibration.fit(poses: sixPoses(&sensor, tilt: 0.05)) }
    #expect(refused?.reason == .implausible)
    #expect(refused?.text.contains("sensor's y") == true)
  }

  @Test("poses that do not fit one another are refused, and so is what is no number")
  func inconsistentPoses() {
    var sensor = FaultySensor(seed: 2, scale: 0.02, cross: 0, offset: 0.1, noise: 0)
    var poses = sixPoses(&sensor, tilt: 0.05) + sixPoses(&sensor, tilt: 0.5) + sixPoses(&sensor, tilt: 0.5)
    poses[9] = poses[9] * 1.05
    #expect(refusal { try AccelerometerCalibration.fit(poses: poses) }?.reason == .inconsistent)
    poses[3].y = .nan
    #expect(refusal { try AccelerometerCalibration.fit(poses: poses) }?.reason == .incomplete)
    #expect(
      refusal { try AccelerometerCalibration.fit(poses: sixPoses(&sensor, tilt: 0.05), gravity: .nan) } != nil
    )
  }

  // MARK: - Magnetometer

  private func fields(_ sensor: inout FaultySensor, count: Int = 400) -> [Vector3] {
    (0..<count).map { _ in sensor.reading(sensor.direction() * 49e-6) }
  }

  /// Soft iron as a fit gives it: of determinant 1.
  private func softIron(_ sensor: FaultySensor) -> Matrix3 {
    sensor.inverse * power(sensor.inverse.determinant, -1.0 / 3)
  }

  @Test("readings from all around give back hard and soft iron, outliers or not", arguments: 0..<20)
  func ellipsoid(_ seed: UInt64) throws {
    var sensor = FaultySensor(seed: seed, scale: 0.2, cross: 0.1, offset: 80e-6, noise: 0.3e-6)
    var points = fields(&sensor)
    if seed % 2 == 1 {
      // Every twentieth beside the ellipsoid, and a few far away.
      for index in stride(from: 0, to: points.count, by: 20) { points[index] += sensor.direction() * 15e-6 }
      points[7] = Vector3(900e-6, 0, 0)
      points[8] = Vector3(.nan, 0, 0)
    }
    let found = try MagnetometerCalibration.fit(points: points)
    #expect((found.offset - sensor.offset).length < 0.3e-6)
    #expect(found.matrix.distance(softIron(sensor)) < 0.005)
    #expect(try #require(found.record.residual) < 0.6e-6)
    #expect(abs(found.matrix.determinant - 1) < 1e-9)
  }

  @Test(
    "a vehicle that was only turned on the table is refused, with noise or without", arguments: [0, 0.3e-6])
  func planar(_ noise: Double) throws {
    var sensor = FaultySensor(seed: 4, scale: 0.1, cross: 0.05, offset: 30e-6, noise: noise)
    let points = (0..<400).map { step in
      let (s, c) = sineAndCosine(Double(step) * .pi / 100)
      return sensor.reading(Vector3(20e-6 * c, -20e-6 * s, 45e-6))
    }
    let refused = try #require(refusal { try MagnetometerCalibration.fit(points: points) })
    #expect(
      [CalibrationRefusal.Reason.degenerate, .incomplete].contains(refused.reason), "\(refused)")
    #expect(refused.remedy.contains("turn the vehicle"))
  }

  @Test("half of all directions is not enough, and the others are named in the vehicle's terms")
  func halfCovered() throws {
    var sensor = FaultySensor(seed: 5, scale: 0.05, cross: 0.02, offset: 30e-6, noise: 0.1e-6)
    let upper = (0..<800).map { _ in sensor.direction() }.filter { $0.x > -0.2 }
    let points = upper.map { sensor.reading($0 * 49e-6) }
    let refused = try #require(refusal { try MagnetometerCalibration.fit(points: points) })
    #expect(refused.reason == .incomplete)
    #expect(refused.text.hasSuffix("from the tail"))
    // The sensor's x points down in the vehicle.
    let mounting = SensorMounting(forward: .minusZ, right: .plusY, down: .plusX)
    let turned = refusal { try MagnetometerCalibration.fit(points: points, mounting: mounting) }
    #expect(turned?.text.hasSuffix("from the top") == true)
  }

  @Test("a field that is not the Earth's, iron that is too strong, and readings of nothing are refused")
  func implausibleField() {
    var sensor = FaultySensor(seed: 6, scale: 0.05, cross: 0.02, offset: 30e-6, noise: 0.1e-6)
    let weak = (0..<400).map { _ in sensor.reading(sensor.direction() * 8e-6) }
    #expect(refusal { try MagnetometerCalibration.fit(points: weak) }?.reason == .implausible)
    sensor.offset.y = 1500e-6
    let magnet = fields(&sensor)
    #expect(refusal { try MagnetometerCalibration.fit(points: magnet) }?.text.contains("hard iron") == true)
    let nothing = [Vector3](repeating: .zero, count: 300)
    #expect(refusal { try MagnetometerCalibration.fit(points: nothing) }?.reason == .degenerate)
    let nan = [Vector3](repeating: Vector3(.nan, 1, 1), count: 300)
    #expect(refusal { try MagnetometerCalibration.fit(points: nan) }?.reason == .incomplete)
    var noise = FaultySensor(seed: 7, scale: 0.05, cross: 0, offset: 0, noise: 8e-6)
    #expect(refusal { try MagnetometerCalibration.fit(points: fields(&noise)) }?.reason == .inconsistent)
  }

  @Test("no cloud of points traps a fit", arguments: 0..<60)
  func anyCloud(_ seed: UInt64) {
    var random = RandomGenerator(seed: seed)
    let strange = [0, 1, -1, 1e300, -1e300, 1e-300, .infinity, -.infinity, .nan, 50e-6]
    func number() -> Double {
      let choice = random.nextUniform()
      if choice < 0.02 * Double(seed % 5) { return strange[Int(random.nextUniform(0, 10))] }
      return random.nextGaussian() * power(10, random.nextUniform(-8, Double(seed % 8) - 6))
    }
    let points = (0..<Int(random.nextUniform(0, 200))).map { _ in Vector3(number(), number(), number()) }
    _ = refusal { try MagnetometerCalibration.fit(points: points) }
    _ = refusal { try AccelerometerCalibration.fit(poses: points) }
  }
}
