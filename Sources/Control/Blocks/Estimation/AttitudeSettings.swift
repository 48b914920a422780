import Signals

/// Gains and limits of the estimate of the attitude.
///
/// The defaults are for a small quadrotor with an MPU-6050. A multirotor that tilts accelerates, and what its accelerometer then
/// feels lies along its own z axis and not along gravity: in flight the accelerometer may only correct drift. A robot on wheels
/// can let it correct more.
struct AttitudeSettings: Sendable, Equatable {
  /// How fast gravity corrects the attitude while disarmed, in rad/s per unit of direction error.
  var proportionalGain: Double
  /// How fast gravity corrects the gyroscope's bias while disarmed, in rad/s² per unit of direction error.
  var integralGain: Double
  /// `proportionalGain` while armed.
  var flightProportionalGain: Double
  /// `integralGain` while armed.
  var flightIntegralGain: Double
  /// The accelerometer counts less the more its magnitude differs from gravity, and not at all from this relative difference on.
  var gravityGate: Double
  /// Largest bias of the gyroscope in rad/s that is believed: 20 °/s is the MPU-6050's limit.
  var largestGyroBias: Double
  /// Whether a stored bias is taken off the gyroscope's readings before they come here.
  var isGyroCalibrated: Bool
  /// Largest bias of the gyroscope in rad/s that is believed at the start when a stored one is taken off already: what temperature
  /// and age make of it. Anything more is a turn.
  var largestChangeOfBias: Double
  /// Length in s of the averages that start the filters and that set zero while the vehicle stands still.
  var stillTime: Double
  /// Largest deviation from the running average, in rad/s, of a rate that counts as standing still.
  var stillRate: Double
  /// Largest deviation from the running average, in m/s², of a specific force that counts as standing still.
  var stillForce: Double
  /// After this time in s without standing still, the attitude starts from the average direction of gravity alone, with no idea of
  /// the gyroscope's bias.
  var patience: Double
  /// Age in s from which an inertial reading no longer supports the attitude.
  var inertialLifetime: Double

  /// What can be set, with its defaults.
  static let descriptions: [SettingDescription] = [
    .number("gain", 0...20, .radianPerSecond, 0.5, "how fast gravity corrects the attitude while disarmed"),
    .number(
      "bias_gain", 0...5, .radianPerSecond / .second, 0.05,
      "how fast gravity corrects the gyroscope's bias while disarmed"),
    .number("armed_gain", 0...20, .radianPerSecond, 0.02, "gain while armed"),
    .number("armed_bias_gain", 0...5, .radianPerSecond / .second, 0.0001, "bias_gain while armed"),
    .number(
      "gravity_gate", 0.01...1, .none, 0.2,
      "relative difference from gravity from which the accelerometer counts no more"),
    .number("largest_bias", 0.001...2, .radianPerSecond, 0.35, "largest bias that is believed"),
    SettingDescription(
      "calibrated", .flag, standard: .flag(false), about: "whether a stored bias is taken off before"),
    .number(
      "largest_change_of_bias", 0.001...2, .radianPerSecond, 0.1,
      "largest bias that is believed at the start when a stored one is taken off"),
    .number(
      "still", 0.05...10, .second, 0.5, "how long the averages of the standing vehicle are"),
    .number("still_rate", 0.001...1, .radianPerSecond, 0.05, "largest deviation that counts as standing"),
    .number(
      "still_force", 0.01...10, .metrePerSecondSquared, 0.8, "largest deviation that counts as standing"),
    .number(
      "patience", 0.1...60, .second, 3,
      "after this time without standing the attitude starts from gravity alone"),
    .number("lifetime", 0.001...10, .second, 0.1, "age from which a reading supports the attitude no more"),
  ]

  init(_ settings: BlockSettings) {
    proportionalGain = settings.number("gain")
    integralGain = settings.number("bias_gain")
    flightProportionalGain = settings.number("armed_gain")
    flightIntegralGain = settings.number("armed_bias_gain")
    gravityGate = settings.number("gravity_gate")
    largestGyroBias = settings.number("largest_bias")
    isGyroCalibrated = settings.flag("calibrated")
    largestChangeOfBias = settings.number("largest_change_of_bias")
    stillTime = settings.number("still")
    stillRate = settings.number("still_rate")
    stillForce = settings.number("still_force")
    patience = settings.number("patience")
    inertialLifetime = settings.number("lifetime")
  }
}
