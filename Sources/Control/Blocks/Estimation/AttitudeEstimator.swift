import PortableMath

/// Attitude from the inertial readings of each tick: the part of an estimator that every vehicle has.
///
/// Until the vehicle has stood still for `stillTime` (or `patience` has run out), nothing is valid. While disarmed and
/// standing still, every further `stillTime` sets the gyroscope's bias anew.
struct AttitudeEstimator: Sendable {
  private let settings: AttitudeSettings
  private var filter: MahonyFilter
  private var stillness: StillnessDetector
  private var track = ReadingTrack()
  private var lastRate = Vector3.zero
  /// Whether the attitude has a start.
  private(set) var isInitialized = false
  /// Whether the gyroscope's bias comes from standing still.
  private var hasStood = false
  // For a start without standing still.
  private var waited = 0.0
  private var forceSum = Vector3.zero

  /// Beyond these, in rad/s and m/s², a reading is nonsense.
  private static let largestRate = 200.0
  private static let largestForce = 1000.0

  /// What a new reading brought.
  struct Update: Sendable {
    /// Rate in rad/s, body axes, the bias taken off.
    var rate: Vector3
    /// Specific force in m/s², body axes.
    var force: Vector3
    /// Time in s over which it counts: since the last reading, but no longer than a reading lives.
    var seconds: Double
    /// Whether the vehicle moved, so that averages of the standing vehicle begin anew.
    var hasMoved = false
    /// Vertical acceleration in m/s² that the vehicle showed while it stood; only when it has just stood long enough, or
    /// when there was no more waiting for that.
    var stood: Double?
  }

  /// An estimator that has seen nothing.
  init(_ settings: AttitudeSettings) {
    self.settings = settings
    filter = MahonyFilter(settings)
    stillness = StillnessDetector(settings)
  }

  /// Rotation from body to local axes.
  var attitude: Quaternion { filter.attitude }
  /// The gyroscope's bias in rad/s.
  var bias: Vector3 { filter.bias }
  /// Whether the vehicle has stood still for the last `stillTime`.
  var isStill: Bool { stillness.isStill }
  /// When the newest reading was taken.
  var time: Int64 { track.time }

  /// Takes in a reading of `rate` in rad/s and `force` in m/s², the `count`th, taken at `time` in ns; `nil` when it is not new,
  /// or nothing that a sensor can mean.
  mutating func update(rate: Vector3, force: Vector3, count: UInt32, time: Int64, armed: Bool) -> Update? {
    // Comparisons with NaN are false: what no sensor can mean is as good as no reading.
    guard rate.length < Self.largestRate, force.length < Self.largestForce,
      let seconds = track.interval(count: count, time: time)
    else { return nil }

    // After a long gap nobody knows the motion.
    var update = Update(rate: rate, force: force, seconds: min(seconds, settings.inertialLifetime))
    let window = stillness.add(rate: rate, force: force, seconds: seconds)
    if !armed { stand(window, force: force, seconds: seconds, &update) }
    if isInitialized {
      // Trapezoid: the rate between two readings is their mean.
      filter.update(
        rate: (rate + lastRate) * 0.5, force: force, seconds: update.seconds,
        proportional: armed ? settings.flightProportionalGain : settings.proportionalGain,
        integral: armed ? settings.flightIntegralGain : settings.integralGain)
    }
    lastRate = rate
    update.rate = rate - filter.bias
    return update
  }

  /// Starts the filter, and sets its bias anew after every complete window of standing still.
  private mutating func stand(
    _ window: StillnessDetector.Window?, force: Vector3, seconds: Double, _ update: inout Update
  ) {
    if let window, plausible(window) {
      filter.setBias(window.rate)
      if !isInitialized { filter.align(force: window.force) }
      (isInitialized, hasStood) = (true, true)
      update.stood = upward(window.force)
    } else if stillness.moved {
      update.hasMoved = true
    }
    guard !isInitialized else { return }
    waited += seconds
    forceSum += force
    if waited >= settings.patience {
      filter.align(force: forceSum)
      update.stood = 0
      isInitialized = true
    }
  }

  /// Whether the gyroscope's bias is known: from standing still, or because a stored one is taken off.
  var isBiasKnown: Bool { hasStood || settings.isGyroCalibrated }

  /// A steady turn is no bias, and a steady fall no rest.
  private func plausible(_ window: StillnessDetector.Window) -> Bool {
    let first = settings.isGyroCalibrated ? settings.largestChangeOfBias : settings.largestGyroBias
    let limit = hasStood ? settings.stillRate : first
    return (window.rate - filter.bias).length < limit
      && (window.force.length / StandardAtmosphere.gravity - 1).magnitude < settings.gravityGate
  }

  /// Vertical acceleration in m/s², up positive, gravity taken off.
  func upward(_ force: Vector3) -> Double {
    -(filter.attitude.rotate(force).z + StandardAtmosphere.gravity)
  }

  /// Whether the attitude has a start and is fed at `time`.
  func isValid(at time: Int64) -> Bool {
    isInitialized && Double(time &- track.time) * 1e-9 < settings.inertialLifetime
  }
}
