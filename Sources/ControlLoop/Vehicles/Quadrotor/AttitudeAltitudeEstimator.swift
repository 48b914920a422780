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
  private var attitude: MahonyFilter
  private var altitude: AltitudeObserver
  private var stillness: StillnessDetector
  private var estimate = Estimate()

  private var isInitialized = false
  /// Whether the gyroscope's bias comes from standing still.
  private var hasStood = false
  private var inertial = Track()
  private var pressure = Track()
  private var range = Track()
  private var lastRate = Vector3.zero
  // For a start without standing still.
  private var waited = 0.0
  private var forceSum = Vector3.zero
  /// When the range finder last corrected the altitude, and the barometer last gave one.
  private var rangeUsed: MonotonicTime?
  private var pressureUsed: MonotonicTime?

  /// Beyond these, in rad/s, m/s² and m, a reading is nonsense.
  private static let largestRate = 200.0
  private static let largestForce = 1000.0
  private static let largestRange = 1000.0

  /// Which reading of a sensor was seen last.
  private struct Track: Sendable {
    var sequence: UInt32 = 0
    var time = MonotonicTime.zero

    /// Seconds since the last reading when this is a new one; `nil` when it is not. The first is 0 s after itself.
    mutating func interval<Sample>(_ reading: Reading<Sample>) -> Double? {
      guard reading.isPresent, reading.sequence != sequence else { return nil }
      let seconds = sequence == 0 ? 0 : Double(reading.time.nanoseconds(since: time)) * 1e-9
      (sequence, time) = (reading.sequence, reading.time)
      // A clock that runs backwards gives no interval to integrate over.
      return seconds > 0 ? seconds : 0
    }
  }

  /// An estimator that has seen nothing.
  public init(settings: EstimatorSettings = EstimatorSettings()) {
    self.settings = settings
    attitude = MahonyFilter(settings)
    altitude = AltitudeObserver(settings)
    stillness = StillnessDetector(settings)
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
    let sample = input.inertial.sample
    let rate = Vector3(Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ))
    let force = Vector3(
      Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ))
    // Comparisons with NaN are false: what no sensor can mean is as good as no reading.
    guard rate.length < Self.largestRate, force.length < Self.largestForce,
      let seconds = inertial.interval(input.inertial)
    else { return }

    let window = stillness.add(rate: rate, force: force, seconds: seconds)
    if !armed { stand(window, rate: rate, force: force, seconds: seconds) }

    if isInitialized {
      // Trapezoid: the rate between two readings is their mean. After a long gap nobody knows the motion.
      let dt = min(seconds, settings.inertialLifetime)
      attitude.update(
        rate: (rate + lastRate) * 0.5, force: force, seconds: dt,
        proportional: armed ? settings.flightProportionalGain : settings.proportionalGain,
        integral: armed ? settings.flightIntegralGain : settings.integralGain)
      altitude.predict(up: upward(force), seconds: dt)
    }
    lastRate = rate
    let corrected = rate - attitude.bias
    (estimate.rateX, estimate.rateY, estimate.rateZ) = (
      Float(corrected.x), Float(corrected.y), Float(corrected.z)
    )
    estimate.accelerationZ = sample.accelerationZ
  }

  /// Starts the filters, and sets zero anew after every complete window of standing still.
  private mutating func stand(
    _ window: StillnessDetector.Window?, rate: Vector3, force: Vector3, seconds: Double
  ) {
    if let window, plausible(window) {
      attitude.setBias(window.rate)
      if !isInitialized { attitude.align(force: window.force) }
      (isInitialized, hasStood) = (true, true)
      altitude.setZero(up: upward(window.force))
    } else if stillness.moved {
      altitude.beginStanding()
    }
    guard !isInitialized else { return }
    waited += seconds
    forceSum += force
    if waited >= settings.patience {
      attitude.align(force: forceSum)
      altitude.setZero(up: 0)
      isInitialized = true
    }
  }

  /// A steady turn is no bias, and a steady fall no rest.
  private func plausible(_ window: StillnessDetector.Window) -> Bool {
    let limit = hasStood ? settings.stillRate : settings.largestGyroBias
    return (window.rate - attitude.bias).length < limit
      && (window.force.length / StandardAtmosphere.gravity - 1).magnitude < settings.gravityGate
  }

  /// Vertical acceleration in m/s², up positive, gravity taken off.
  private func upward(_ force: Vector3) -> Double {
    -(attitude.attitude.rotate(force).z + StandardAtmosphere.gravity)
  }

  private mutating func takeRange(_ input: TickInput) {
    guard let interval = range.interval(input.range) else { return }
    let sample = input.range.sample
    let distance = Double(sample.distance)
    guard sample.isValid, distance >= 0, distance < Self.largestRange else { return }
    altitude.average(range: distance)
    guard isInitialized else { return }
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
    guard isInitialized else { return }
    altitude.correct(
      pressure: value, age: age(of: input.pressure.time), interval: interval,
      rangeIsLive: isLive(rangeUsed, at: input.time, lifetime: settings.rangeLifetime))
    pressureUsed = input.pressure.time
  }

  /// How much older a reading is than the state, in s, never negative and at most a tenth.
  private func age(of time: MonotonicTime) -> Double {
    min(max(Double(inertial.time.nanoseconds(since: time)) * 1e-9, 0), 0.1)
  }

  private func isLive(_ used: MonotonicTime?, at time: MonotonicTime, lifetime: Double) -> Bool {
    guard let used else { return false }
    return Double(time.nanoseconds(since: used)) * 1e-9 < lifetime
  }

  private mutating func judge(at time: MonotonicTime) {
    health.attitudeValid =
      isInitialized && isLive(inertial.time, at: time, lifetime: settings.inertialLifetime)
    health.rangeIsLive = isLive(rangeUsed, at: time, lifetime: settings.rangeLifetime)
    health.barometerIsLive = isLive(pressureUsed, at: time, lifetime: settings.barometerLifetime)
    health.altitudeValid = health.attitudeValid && (health.rangeIsLive || health.barometerIsLive)
    health.isStill = stillness.isStill
    health.gyroBias = (Float(attitude.bias.x), Float(attitude.bias.y), Float(attitude.bias.z))
  }

  private mutating func publish() {
    let q = attitude.attitude
    let angles = q.eulerAngles
    estimate.quaternion = (Float(q.w), Float(q.x), Float(q.y), Float(q.z))
    (estimate.roll, estimate.pitch, estimate.yaw) = (
      Float(angles.roll), Float(angles.pitch), Float(angles.yaw)
    )
    (estimate.altitude, estimate.climbRate) = (Float(altitude.altitude), Float(altitude.climbRate))
  }
}
