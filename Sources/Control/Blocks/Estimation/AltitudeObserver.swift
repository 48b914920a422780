import PortableMath

/// Altitude, climb rate and the accelerometer's vertical bias, from specific force, range finder and barometer.
///
/// A Luenberger observer: the specific force predicts, a measured height corrects. All three poles lie at the
/// bandwidth of the source, as gains 3ω, 3ω² and ω³ (characteristic polynomial (s + ω)³). While the range
/// finder sees the ground, the barometer only has its zero corrected, so that the altitude does not jump when
/// the range is lost.
struct AltitudeObserver: Sendable {
  /// Height above the take-off point in m.
  private(set) var altitude = 0.0
  /// Climb rate in m/s.
  private(set) var climbRate = 0.0
  /// What the accelerometer reads too much, upward, in m/s².
  private(set) var bias = 0.0

  private let settings: AltitudeSettings
  /// What the range finder reads at altitude 0 and level, in m.
  private var rangeZero: Double
  /// Pressure at altitude 0 in Pa, once captured.
  private var pressureZero: Double?
  /// What the barometer's altitude is too high, in m.
  private var barometerZero = 0.0
  private var rejected = 0
  // Averages of the standing vehicle.
  private var rangeSum = 0.0
  private var rangeCount = 0.0
  private var pressureSum = 0.0
  private var pressureCount = 0.0

  /// Largest bias of the accelerometer in m/s² that is believed.
  private static let largestBias = 2.0

  init(_ settings: AltitudeSettings) {
    self.settings = settings
    rangeZero = settings.rangeOnGround
  }

  /// Moves on by `seconds` with the vertical acceleration `up` in m/s², gravity already taken off.
  mutating func predict(up: Double, seconds: Double) {
    let acceleration = up - bias
    altitude += (climbRate + 0.5 * acceleration * seconds) * seconds
    climbRate += acceleration * seconds
  }

  /// Corrects by a range of `distance` m, read `age` s ago, `interval` s after the one before; says whether the
  /// range was believed.
  mutating func correct(range distance: Double, cosineOfTilt: Double, age: Double, interval: Double) -> Bool {
    guard cosineOfTilt >= settings.rangeCosineOfTilt else { return false }
    let error = distance * cosineOfTilt - rangeZero - (altitude - climbRate * age)
    if error.magnitude > settings.rangeGate {
      rejected += 1
      guard rejected >= settings.rangeGateCount else { return false }
      altitude += error
      rejected = 0
      return true
    }
    rejected = 0
    correct(error: error, bandwidth: settings.rangeBandwidth, interval: interval)
    return true
  }

  /// Corrects by a `pressure` in Pa, read `age` s ago, `interval` s after the one before. With `range` live it
  /// corrects only the barometer's zero.
  mutating func correct(pressure: Double, age: Double, interval: Double, rangeIsLive: Bool) {
    guard let pressureZero else {
      // Never averaged while standing: the first pressure is that of the altitude now.
      (pressureZero, barometerZero) = (pressure, -altitude)
      return
    }
    let measured = StandardAtmosphere.altitude(fromPressure: pressure, reference: pressureZero)
    let error = measured - barometerZero - (altitude - climbRate * age)
    if rangeIsLive {
      let share = interval / settings.barometerZeroTime
      barometerZero += error * (share < 1 ? share : 1)
    } else {
      correct(error: error, bandwidth: settings.barometerBandwidth, interval: interval)
    }
  }

  /// Adds a range in m to the standing vehicle's average.
  mutating func average(range distance: Double) {
    rangeSum += distance
    rangeCount += 1
  }

  /// Adds a pressure in Pa to the standing vehicle's average.
  mutating func average(pressure: Double) {
    pressureSum += pressure
    pressureCount += 1
  }

  /// Begins an average of the standing vehicle's range and pressure.
  mutating func beginStanding() {
    (rangeSum, rangeCount, pressureSum, pressureCount) = (0, 0, 0, 0)
  }

  /// Takes where the vehicle has stood since `beginStanding` as altitude 0, with the vertical acceleration `up`
  /// that the accelerometer showed there.
  mutating func setZero(up: Double) {
    (altitude, climbRate) = (0, 0)
    setBias(up)
    if rangeCount > 0 { rangeZero = rangeSum / rangeCount }
    if pressureCount > 0 { (pressureZero, barometerZero) = (pressureSum / pressureCount, 0) }
    rejected = 0
    beginStanding()
  }

  private mutating func correct(error: Double, bandwidth: Double, interval: Double) {
    let w = bandwidth
    // A first reading or one after a gap must not throw the estimate about.
    let time = interval * w < 0.3 ? interval : 0.3 / w
    altitude += 3 * w * time * error
    climbRate += 3 * w * w * time * error
    setBias(bias - w * w * w * time * error)
  }

  private mutating func setBias(_ value: Double) {
    let limit = Self.largestBias
    bias = value > limit ? limit : value < -limit ? -limit : value
  }
}
