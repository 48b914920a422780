/// Gains and limits of the estimator; the defaults are for a small quadrotor with an MPU-6050, a BMP280 and a
/// VL53L1X.
public struct EstimatorSettings: Sendable, Equatable {
  /// How fast gravity corrects the attitude while disarmed, in rad/s per unit of direction error.
  public var proportionalGain = 0.5
  /// How fast gravity corrects the gyroscope's bias while disarmed, in rad/s² per unit of direction error.
  public var integralGain = 0.05
  /// `proportionalGain` while armed. A multirotor that tilts accelerates, and what its accelerometer then feels
  /// lies along its own z axis and not along gravity: in flight the accelerometer may only correct drift.
  public var flightProportionalGain = 0.02
  /// `integralGain` while armed.
  public var flightIntegralGain = 0.0001
  /// The accelerometer counts less the more its magnitude differs from gravity, and not at all from this
  /// relative difference on.
  public var gravityGate = 0.2
  /// Largest bias of the gyroscope in rad/s that is believed: 20 °/s is the datasheet's limit.
  public var largestGyroBias = 0.35

  /// Whether a stored bias is taken off the gyroscope's readings before they come here.
  public var isGyroCalibrated = false
  /// Largest bias of the gyroscope in rad/s that is believed at the start when a stored one is taken off already: what
  /// temperature and age make of it. Anything more is a turn.
  public var largestChangeOfBias = 0.1

  /// Length in s of the averages that start the filters and that set zero while the vehicle stands still.
  public var stillTime = 0.5
  /// Largest deviation from the running average, in rad/s, of a rate that counts as standing still.
  public var stillRate = 0.05
  /// Largest deviation from the running average, in m/s², of a specific force that counts as standing still.
  public var stillForce = 0.8
  /// After this time in s without standing still, the attitude starts from the average direction of gravity
  /// alone, with no idea of the gyroscope's bias.
  public var patience = 3.0

  /// Bandwidth with which the range finder corrects the altitude, in rad/s.
  public var rangeBandwidth = 2.5
  /// Bandwidth with which the barometer corrects the altitude where no range is to be had, in rad/s.
  public var barometerBandwidth = 0.6
  /// Time constant in s with which the barometer's zero follows the range finder.
  public var barometerZeroTime = 2.0
  /// A range that differs from the expected by more than this, in m, is taken for something in between...
  public var rangeGate = 0.6
  /// ...until this many in a row say so: then it is the new ground.
  public var rangeGateCount = 10
  /// Cosine of the tilt beyond which a range is not used: 45 degrees.
  public var rangeCosineOfTilt = 0.7071
  /// Age in s from which a range reading no longer supports the altitude.
  public var rangeLifetime = 0.25
  /// Age in s from which a pressure reading no longer supports the altitude.
  public var barometerLifetime = 0.5
  /// Age in s from which an inertial reading no longer supports the attitude.
  public var inertialLifetime = 0.1
  /// Distance in m that the range finder is taken to read on the ground when it has given no valid reading there.
  public var rangeOnGround = 0.0

  /// The defaults.
  public init() {}

  /// The defaults, with what a configuration says of the attitude.
  init(_ section: Configuration.Attitude) {
    proportionalGain = section.proportionalGain
    integralGain = section.integralGain
  }
}

/// What the estimator says about itself.
public struct EstimatorHealth: BitwiseCopyable, Sendable, Equatable {
  /// Whether the attitude is initialised and fed.
  public var attitudeValid = false
  /// Whether the altitude is fed by the range finder or the barometer, and the attitude valid.
  public var altitudeValid = false
  /// Whether the range finder corrects the altitude.
  public var rangeIsLive = false
  /// Whether the barometer gives an altitude.
  public var barometerIsLive = false
  /// Whether the vehicle has stood still for the last `stillTime`.
  public var isStill = false
  /// Whether the gyroscope's bias is known: from standing still, or because a stored one is taken off.
  public var isBiasKnown = false
  /// The gyroscope's bias as learnt, about x, y, z, in rad/s.
  public var gyroBias: (x: Float, y: Float, z: Float) = (0, 0, 0)

  /// Nothing valid.
  public init() {}

  /// Whether every component is equal.
  public static func == (a: EstimatorHealth, b: EstimatorHealth) -> Bool {
    a.attitudeValid == b.attitudeValid && a.altitudeValid == b.altitudeValid
      && a.rangeIsLive == b.rangeIsLive && a.barometerIsLive == b.barometerIsLive
      && a.isStill == b.isStill && a.isBiasKnown == b.isBiasKnown && a.gyroBias == b.gyroBias
  }
}
