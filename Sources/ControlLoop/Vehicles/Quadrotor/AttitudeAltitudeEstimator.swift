import HardwareInterfaces
import PortableMath

/// Estimates attitude and altitude from the newest readings of each tick.
///
/// It looks only at a tick's input, so a log replays it exactly, and it uses only exact arithmetic, so every
/// machine agrees. Readings count when their `sequence` moved; the time between them is their own, not the
/// tick's. Inertial readings must already be in body axes.
///
/// Until the vehicle has stood still for `stillTime` (or `patience` has run out), nothing is valid. While
/// disarmed and standing still, every further `stillTime` sets the gyroscope's bias and altitude 0 anew: altitude
/// counts from where the vehicle last stood before it was armed.
public struct AttitudeAltitudeEstimator: Sendable {
  /// What the estimator says about itself after the last `update`.
  public private(set) var health = EstimatorHealth()

  private let settings: EstimatorSettings
  private var attitude: AttitudeEstimator
  private var altitude: AltitudeObserver
  private var estimate = Estimate()

  private var pressure = ReadingTrack()
  private var range = ReadingTrack()
  /// When the range finder last corrected the altitude, and the barometer last gave one.
  private var rangeUsed: MonotonicTime?
  private var pressureUsed: MonotonicTime?

  /// Beyond this, in m, a range is nonsense.
  private static let largestRange = 1000.0

  /// An estimator that has seen nothing.
  public init(settings: EstimatorSettings = EstimatorSettings()) {
    self.settings = settings
    attitude = AttitudeEstimator(settings)
    altitude = AltitudeObserver(settings)
  }

  /// Takes in what is new in `input`. `armed` says whether motors may turn.
  public mutating func update(_ input: TickInput, armed: Bool) -> Estimate {
    takeInertial(input, armed: armed)
    takeRange(input)
    takePressure(input)
    if input.power.sequence != 0, input.power.isPresent, input.power.sample.voltage.isFinite {
      estimate.voltage = input.power.sample.voltage
    }
    judge(at: input.time)
    publish()
    return estimate
  }

  private mutating func takeInertial(_ input: TickInput, armed: Bool) {
    guard let update = attitude.update(input.inertial, armed: armed) else { return }
    if update.hasMoved { altitude.beginStanding() }
    if let up = update.stood { altitude.setZero(up: up) }
    if attitude.isInitialized { altitude.predict(up: attitude.upward(update.force), seconds: update.seconds) }
    estimate.set(rate: update.rate)
    estimate.accelerationZ = input.inertial.sample.accelerationZ
  }

  private mutating func takeRange(_ input: TickInput) {
    guard let interval = range.interval(input.range) else { return }
    let sample = input.range.sample
    let distance = Double(sample.distance)
    guard sample.isValid, distance >= 0, distance < Self.largestRange else { return }
    altitude.average(range: distance)
    guard attitude.isInitialized else { return }
    let believed = altitude.correct(
      range: distance, cosineOfTilt: attitude.attitude.cosineOfTilt,
      age: age(of: input.range.time), interval: interval)
    if believed { rangeUsed = input.range.time }
  }

  private mutating func takePressure(_ input: TickInput) {
    guard let interval = pressure.interval(input.pressure) else { return }
    let value = Double(input.pressure.sample.pressure)
    // From 5 km below sea level to 12 km above.
    guard value > 19_000, value < 180_000 else { return }
    altitude.average(pressure: value)
    guard attitude.isInitialized else { return }
    altitude.correct(
      pressure: value, age: age(of: input.pressure.time), interval: interval,
      rangeIsLive: isLive(rangeUsed, at: input.time, lifetime: settings.rangeLifetime))
    pressureUsed = input.pressure.time
  }

  /// How much older a reading is than the state, in s, never negative and at most a tenth.
  private func age(of time: MonotonicTime) -> Double {
    min(max(Double(attitude.time.nanoseconds(since: time)) * 1e-9, 0), 0.1)
  }

  private func isLive(_ used: MonotonicTime?, at time: MonotonicTime, lifetime: Double) -> Bool {
    guard let used else { return false }
    return Double(time.nanoseconds(since: used)) * 1e-9 < lifetime
  }

  private mutating func judge(at time: MonotonicTime) {
    health.attitudeValid = attitude.isValid(at: time)
    health.rangeIsLive = isLive(rangeUsed, at: time, lifetime: settings.rangeLifetime)
    health.barometerIsLive = isLive(pressureUsed, at: time, lifetime: settings.barometerLifetime)
    health.altitudeValid = health.attitudeValid && (health.rangeIsLive || health.barometerIsLive)
    health.isStill = attitude.isStill
    health.isBiasKnown = attitude.isBiasKnown
    health.gyroBias = (Float(attitude.bias.x), Float(attitude.bias.y), Float(attitude.bias.z))
  }

  private mutating func publish() {
    estimate.set(attitude: attitude.attitude)
    (estimate.altitude, estimate.climbRate) = (Float(altitude.altitude), Float(altitude.climbRate))
  }
}
