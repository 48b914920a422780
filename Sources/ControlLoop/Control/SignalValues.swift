/// The signals of one tick: all that the network's inputs are made of.
public struct SignalValues: Sendable {
  private let estimate: Estimate
  private let setpoint: Setpoint
  private let integrals: ErrorIntegrals
  private let path: PathErrors

  /// The signals of a tick from what it knows.
  public init(
    estimate: Estimate, setpoint: Setpoint, integrals: ErrorIntegrals = ErrorIntegrals(),
    path: PathErrors = PathErrors()
  ) {
    (self.estimate, self.setpoint, self.integrals, self.path) = (estimate, setpoint, integrals, path)
  }

  /// The value of a signal in its unit.
  public subscript(signal: Signal) -> Float {
    switch signal {
    case .roll: estimate.roll
    case .pitch: estimate.pitch
    case .rollError: setpoint.roll - estimate.roll
    case .pitchError: setpoint.pitch - estimate.pitch
    case .yawRateError: setpoint.yawRate - estimate.rateZ
    case .rateX: estimate.rateX
    case .rateY: estimate.rateY
    case .rateZ: estimate.rateZ
    case .altitude: estimate.altitude
    case .altitudeError: setpoint.altitude - estimate.altitude
    case .climbRate: estimate.climbRate
    case .rollRateErrorIntegral: integrals.roll
    case .pitchRateErrorIntegral: integrals.pitch
    case .yawRateErrorIntegral: integrals.yaw
    case .climbRateErrorIntegral: integrals.climb
    case .accelerationZ: estimate.accelerationZ
    case .voltage: estimate.voltage
    case .rollSetpoint: setpoint.roll
    case .pitchSetpoint: setpoint.pitch
    case .yawRateSetpoint: setpoint.yawRate
    case .altitudeSetpoint: setpoint.altitude
    case .speed: estimate.speed
    case .speedError: setpoint.speed - estimate.speed
    case .travelError: path.travel
    case .travelErrorIntegral: path.travelIntegral
    case .headingError: path.heading
    case .speedSetpoint: setpoint.speed
    }
  }
}
