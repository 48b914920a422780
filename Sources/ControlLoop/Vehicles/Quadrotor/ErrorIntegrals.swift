/// Gains and limits of `ErrorIntegrals`.
public struct ErrorIntegralsSettings: Sendable, Equatable {
  /// Rate in rad/s that a radian of roll or pitch error calls for.
  public var attitudeGain: Float = 8
  /// Largest rate in rad/s that attitude errors call for.
  public var largestRate: Float = 3
  /// Climb rate in m/s that a metre of altitude error calls for.
  public var altitudeGain: Float = 2
  /// Largest climb rate in m/s that altitude errors call for.
  public var largestClimbRate: Float = 1
  /// Largest magnitude of the integrals of roll and pitch rate error in rad.
  public var attitudeLimit: Float = 0.8
  /// Largest magnitude of the integral of yaw rate error in rad.
  public var yawLimit: Float = 0.5
  /// Largest magnitude of the integral of climb rate error in m.
  public var climbLimit: Float = 1

  /// The defaults, tuned to the simulated quadrotor.
  public init() {}
}

/// What a controller has to remember: how much it has fallen short so far.
///
/// Each integrates a rate error: the rate that the error of attitude or altitude calls for, less the estimated
/// rate. After a step of the setpoint that integral returns to where it was, other than the integral of the error
/// itself, so it does not overshoot. The classical controller and a network read the same integrals: beside
/// them, the classical controller is a function of the present alone, which a network can imitate.
public struct ErrorIntegrals: BitwiseCopyable, Sendable, Equatable {
  /// Integral of the roll rate error in rad.
  public private(set) var roll: Float = 0
  /// Integral of the pitch rate error in rad.
  public private(set) var pitch: Float = 0
  /// Integral of the yaw rate error in rad.
  public private(set) var yaw: Float = 0
  /// Integral of the climb rate error in m.
  public private(set) var climb: Float = 0

  /// Empty integrals.
  public init() {}

  /// Moves on by `seconds`. Unless the vehicle is `flying`, the integrals are empty: on the ground an error says
  /// nothing about the vehicle.
  public mutating func update(
    estimate: Estimate, setpoint: Setpoint, seconds: Float, flying: Bool, settings: ErrorIntegralsSettings
  ) {
    guard flying else {
      self = ErrorIntegrals()
      return
    }
    let errors = RateErrors(estimate: estimate, setpoint: setpoint, settings: settings)
    roll = Self.add(roll, errors.roll * seconds, limit: settings.attitudeLimit)
    pitch = Self.add(pitch, errors.pitch * seconds, limit: settings.attitudeLimit)
    yaw = Self.add(yaw, errors.yaw * seconds, limit: settings.yawLimit)
    climb = Self.add(climb, errors.climb * seconds, limit: settings.climbLimit)
  }

  /// The sum within ±`limit`; unchanged when it is not a number.
  private static func add(_ value: Float, _ change: Float, limit: Float) -> Float {
    let sum = value + change
    guard sum.isFinite else { return value }
    return min(max(sum, -limit), limit)
  }
}

/// The rates that errors call for, less the estimated ones.
struct RateErrors: BitwiseCopyable, Sendable {
  /// Rate errors about the body's axes in rad/s.
  var roll, pitch, yaw: Float
  /// Climb rate error in m/s.
  var climb: Float

  init(estimate: Estimate, setpoint: Setpoint, settings: ErrorIntegralsSettings) {
    func limited(_ value: Float, _ limit: Float) -> Float { min(max(value, -limit), limit) }
    let wantedRoll = limited(settings.attitudeGain * (setpoint.roll - estimate.roll), settings.largestRate)
    let wantedPitch = limited(settings.attitudeGain * (setpoint.pitch - estimate.pitch), settings.largestRate)
    let wantedClimb = limited(
      settings.altitudeGain * (setpoint.altitude - estimate.altitude), settings.largestClimbRate)
    roll = wantedRoll - estimate.rateX
    pitch = wantedPitch - estimate.rateY
    yaw = setpoint.yawRate - estimate.rateZ
    climb = wantedClimb - estimate.climbRate
  }
}
