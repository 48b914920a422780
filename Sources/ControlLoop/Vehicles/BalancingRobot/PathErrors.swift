/// Limits of `PathErrors`.
public struct PathErrorsSettings: Sendable, Equatable {
  /// Largest error along the path in m: beyond, the commanded place waits for the robot.
  public var travelLimit: Float = 0.4
  /// Largest magnitude of the integral of the error along the path in m s.
  public var integralLimit: Float = 0.5
  /// Largest error of the heading in rad: beyond, the commanded heading waits for the robot.
  public var headingLimit: Float = 0.8

  /// The defaults, tuned to the simulated robot.
  public init() {}
}

/// How far the robot is from where the commanded speed and turn rate have led since it began to balance.
///
/// The classical controller and a network read the same errors: beside them, the classical controller is a function of
/// the present alone, which a network can imitate.
public struct PathErrors: BitwiseCopyable, Sendable, Equatable {
  /// Commanded way less way in m.
  public private(set) var travel: Float = 0
  /// Integral of `travel` in m s.
  public private(set) var travelIntegral: Float = 0
  /// Commanded heading less heading in rad.
  public private(set) var heading: Float = 0
  /// Way and heading of the tick before; `nil` before the first.
  private var last: (travel: Float, yaw: Float)?

  /// No errors.
  public init() {}

  /// Moves on by `seconds`. Unless controllers act, there are no errors: a robot that is held by hand is where it should
  /// be.
  public mutating func update(
    estimate: Estimate, setpoint: Setpoint, seconds: Float, acts: Bool, settings: PathErrorsSettings
  ) {
    guard acts, let last else {
      self = PathErrors()
      if acts { last = (estimate.travel, estimate.yaw) }
      return
    }
    self.last = (estimate.travel, estimate.yaw)
    travel = Self.add(
      travel, setpoint.speed * seconds - (estimate.travel - last.travel), limit: settings.travelLimit)
    heading = Self.add(
      heading, setpoint.yawRate * seconds - Self.wrapped(estimate.yaw - last.yaw),
      limit: settings.headingLimit)
    travelIntegral = Self.add(travelIntegral, travel * seconds, limit: settings.integralLimit)
  }

  /// An angle's difference the short way round.
  private static func wrapped(_ angle: Float) -> Float {
    angle > .pi ? angle - 2 * .pi : angle < -.pi ? angle + 2 * .pi : angle
  }

  /// The sum within ±`limit`; unchanged when it is not a number.
  private static func add(_ value: Float, _ change: Float, limit: Float) -> Float {
    let sum = value + change
    guard sum.isFinite else { return value }
    return min(max(sum, -limit), limit)
  }

  /// Whether the errors are equal.
  public static func == (a: PathErrors, b: PathErrors) -> Bool {
    a.travel == b.travel && a.travelIntegral == b.travelIntegral && a.heading == b.heading
  }
}
