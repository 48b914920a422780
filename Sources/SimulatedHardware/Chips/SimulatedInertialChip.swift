import PortableMath

/// Noise and constant errors of an inertial chip.
public struct InertialImperfections: Sendable {
  /// Rate noise density in °/s/√Hz.
  public var gyroNoise: Double
  /// Acceleration noise density in m/s²/√Hz.
  public var accelerometerNoise: Double
  /// Standard deviation of the gyroscopes' offset in °/s: what careful boards show; datasheets allow far more (the
  /// MPU-6050's ±20 °/s).
  public var gyroBias = 0.5
  /// Standard deviation of the accelerometers' offset in m/s²: 5 mg, as after calibration; datasheets allow far more
  /// (the MPU-6050's ±50 mg on x and y, ±80 mg on z).
  public var accelerometerBias = 0.005 * 9.80665

  /// Densities in °/s/√Hz and µg/√Hz, with the constant errors above.
  public init(gyroNoise: Double, accelerometerNoise: Double) {
    self.gyroNoise = gyroNoise
    self.accelerometerNoise = accelerometerNoise * 1e-6 * 9.80665
  }
}

/// What inertial chips have in common: converters at an output data rate, low-pass filters as ones of first order,
/// noise through those filters, offsets. Where the numbers come out is for each chip to say.
public class SimulatedInertialChip: SimulatedRegisterChip {
  /// What follows from the configuration registers, worked out when they are written.
  struct Converters {
    /// Measurements per second.
    var rate = 1_000.0
    /// Bandwidths of the low-pass filters in Hz.
    var accelBandwidth = 100.0, gyroBandwidth = 100.0
    /// Counts per m/s² and per rad/s.
    var accelCounts = 0.0, gyroCounts = 0.0
  }

  private let mounting: Mounting
  private let imperfections: InertialImperfections
  /// The constant errors of this specimen.
  public private(set) final var errors = InertialErrors(gyroBias: .zero, accelerometerOffset: .zero)
  private var filteredAccel = Vector3.zero
  private var filteredRate = Vector3.zero
  private var filterIsEmpty = true
  private var lastCounts = (acceleration: Vector3.zero, rate: Vector3.zero)
  private var converters = Converters()
  private var accelWeight = 1.0, gyroWeight = 1.0
  private var accelNoise = 0.0, gyroNoise = 0.0
  /// Time between measurements in ns.
  private(set) final var period: Int64 = 1_000_000

  init(mounting: Mounting, imperfections: InertialImperfections) {
    (self.mounting, self.imperfections) = (mounting, imperfections)
    super.init()
  }

  override public var faultsItLacks: Set<FaultKind> { [] }

  override public func drawConstants() {
    if let (errors, stream) = imperfection.specimen {
      self.errors = errors.inertial(stream: stream)
      return
    }
    errors.accelerometerOffset = draw(imperfections.accelerometerBias)
    errors.gyroBias = draw(imperfections.gyroBias * Double.pi / 180)
  }

  private func draw(_ deviation: Double) -> Vector3 {
    let x = imperfection.bias(deviation)
    let y = imperfection.bias(deviation)
    let z = imperfection.bias(deviation)
    return Vector3(x, y, z)
  }

  /// Takes over new settings of the converters.
  final func configure(_ converters: Converters) {
    self.converters = converters
    let rate = converters.rate
    period = Int64((1e9 / rate).rounded())
    accelWeight = Self.weight(bandwidth: converters.accelBandwidth, rate: rate)
    gyroWeight = Self.weight(bandwidth: converters.gyroBandwidth, rate: rate)
    // White noise sampled at `rate` has the density of the datasheet when its deviation is density · √(rate/2).
    let toDeviation = (rate / 2).squareRoot() * imperfection.noiseScale
    accelNoise = imperfections.accelerometerNoise * toDeviation
    gyroNoise = imperfections.gyroNoise * Double.pi / 180 * toDeviation
  }

  /// Weight of a new value in a first-order low-pass of the given bandwidth in Hz (backward difference).
  private static func weight(bandwidth: Double, rate: Double) -> Double {
    let w = 2 * Double.pi * bandwidth / rate
    return w / (1 + w)
  }

  /// Forgets what the filters hold.
  final func emptyFilter() { filterIsEmpty = true }

  /// One measurement in counts, not yet rounded.
  final func convert(_ physics: borrowing PhysicalState) -> (acceleration: Vector3, rate: Vector3) {
    if faults.contains(.flat) { return lastCounts }
    if faults.contains(.saturated) {
      let beyond = Vector3(1e6, 1e6, -1e6)
      return (beyond, beyond)
    }
    var force = mounting.toSensor(physics.specificForce)
    if let gain = errors.accelerometerGain { force = gain * force }
    let accel = force + noise(accelNoise)
    let rate = mounting.toSensor(physics.angularRate) + noise(gyroNoise)
    if filterIsEmpty {
      (filteredAccel, filteredRate, filterIsEmpty) = (accel, rate, false)
    } else {
      filteredAccel += (accel - filteredAccel) * accelWeight
      filteredRate += (rate - filteredRate) * gyroWeight
    }
    var shownAccel = filteredAccel + errors.accelerometerOffset
    var shownRate = filteredRate + errors.gyroBias
    if faults.contains(.bias) {
      // A third of standard gravity and 20 °/s: far beyond what a calibration forgives.
      shownAccel += Vector3(3.3, -3.3, 3.3)
      shownRate += Vector3(0.35, -0.35, 0.35)
    }
    lastCounts = (shownAccel * converters.accelCounts, shownRate * converters.gyroCounts)
    return lastCounts
  }

  private func noise(_ deviation: Double) -> Vector3 {
    guard deviation > 0 else { return .zero }
    let x = imperfection.random.nextGaussian()
    let y = imperfection.random.nextGaussian()
    let z = imperfection.random.nextGaussian()
    return Vector3(x, y, z) * deviation
  }
}
