import Foundation
import PortableMath
import VehicleFixtures

/// Fits worked out by Tests/Fixtures/calibration/make_fits.py.
struct CalibrationVectors: Decodable {
  struct Poses: Decodable {
    var poses: [[Double]]
    var offset: [Double]
    var matrix: [[Double]]
    var residual: Double
  }

  struct Fields: Decodable {
    var points: [[Double]]
    var offset: [Double]
    var matrix: [[Double]]
    var field, residual: Double
  }

  struct Eigen: Decodable {
    var matrix: [[Double]]
    var values: [Double]
    var inverse: [[Double]]
  }

  var accelerometer: [Poses]
  var magnetometer: [Fields]
  var eigen: [Eigen]

  static func load() throws -> CalibrationVectors {
    try JSONDecoder().decode(
      CalibrationVectors.self,
      from: Data(contentsOf: repository.appending(path: "Tests/Fixtures/calibration/fits.json")))
  }
}

extension Vector3 {
  /// Three numbers.
  init(_ numbers: [Double]) { self.init(numbers[0], numbers[1], numbers[2]) }
}

extension Matrix3 {
  /// Three rows.
  init(_ rows: [[Double]]) { self.init(Vector3(rows[0]), Vector3(rows[1]), Vector3(rows[2])) }

  /// The largest difference of two entries.
  func distance(_ other: Matrix3) -> Double {
    [x - other.x, y - other.y, z - other.z].map(\.largest.magnitude).max() ?? 0
  }
}

/// A sensor with errors: what it gives is gain · truth + offset, with noise.
struct FaultySensor {
  var gain: Matrix3
  var offset: Vector3
  var noise: Double
  private var random: RandomGenerator

  /// A sensor that `seed` draws, of errors up to these.
  init(seed: UInt64, scale: Double, cross: Double, offset bound: Double, noise: Double) {
    var random = RandomGenerator(seed: seed)
    func draw(_ bound: Double) -> Double { random.nextUniform(-bound, bound) }
    gain = Matrix3(
      symmetric: 1 + draw(scale), 1 + draw(scale), 1 + draw(scale), xy: draw(cross), xz: draw(cross),
      yz: draw(cross))
    offset = Vector3(draw(bound), draw(bound), draw(bound))
    self.noise = noise
    self.random = random
  }

  mutating func reading(_ truth: Vector3) -> Vector3 {
    let n = Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()) * noise
    return gain * truth + offset + n
  }

  /// A direction, evenly distributed.
  mutating func direction() -> Vector3 {
    Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()).direction
  }

  /// The matrix that undoes the gain.
  var inverse: Matrix3 { gain.inverse ?? .identity }
}
