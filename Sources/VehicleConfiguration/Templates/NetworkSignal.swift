/// A quantity that a network may read, computed each tick from the estimate and the setpoint.
///
/// One dictionary for all kinds of vehicle: each kind says which of them it has (`VehicleKind.signals`). Errors are
/// setpoint minus estimate. The integrals of a quadrotor are those of `ErrorIntegrals`: what is left of rates and climb
/// rate against those that attitude and altitude errors call for; the errors along the path and of the heading are those
/// of `PathErrors`.
public enum NetworkSignal: String, CaseIterable, Sendable {
  case roll, pitch
  case rollError = "roll_error"
  case pitchError = "pitch_error"
  case yawRateError = "yaw_rate_error"
  case rateX = "rate_x"
  case rateY = "rate_y"
  case rateZ = "rate_z"
  case altitude
  case altitudeError = "altitude_error"
  case climbRate = "climb_rate"
  case rollRateErrorIntegral = "roll_rate_error_integral"
  case pitchRateErrorIntegral = "pitch_rate_error_integral"
  case yawRateErrorIntegral = "yaw_rate_error_integral"
  case climbRateErrorIntegral = "climb_rate_error_integral"
  case accelerationZ = "acceleration_z"
  case voltage
  case rollSetpoint = "roll_setpoint"
  case pitchSetpoint = "pitch_setpoint"
  case yawRateSetpoint = "yaw_rate_setpoint"
  case altitudeSetpoint = "altitude_setpoint"
  case speed
  case speedError = "speed_error"
  case travelError = "travel_error"
  case travelErrorIntegral = "travel_error_integral"
  case headingError = "heading_error"
  case speedSetpoint = "speed_setpoint"

  /// The SI unit, as a configuration must state it.
  public var unit: String {
    switch self {
    case .roll, .pitch, .rollError, .pitchError, .rollSetpoint, .pitchSetpoint, .headingError: "rad"
    case .rollRateErrorIntegral, .pitchRateErrorIntegral, .yawRateErrorIntegral: "rad"
    case .yawRateError, .rateX, .rateY, .rateZ, .yawRateSetpoint: "rad/s"
    case .altitude, .altitudeError, .altitudeSetpoint, .climbRateErrorIntegral, .travelError: "m"
    case .climbRate, .speed, .speedError, .speedSetpoint: "m/s"
    case .travelErrorIntegral: "m s"
    case .accelerationZ: "m/s2"
    case .voltage: "V"
    }
  }
}

/// One part of the command that a network's output can be; each kind of vehicle says which it has.
public enum CommandChannel: String, CaseIterable, Sendable {
  case thrust
  case rollTorque = "roll_torque"
  case pitchTorque = "pitch_torque"
  case yawTorque = "yaw_torque"
  case drive, turn
}
