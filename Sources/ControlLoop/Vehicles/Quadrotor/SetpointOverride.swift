/// What the vehicle is made to do in place of what it is asked to, while it holds or lands.
struct SetpointOverride: BitwiseCopyable, Sendable {
  private var mode = VehicleMode.disarmed
  private var altitude: Float = 0
  private var blindSeconds: Float = 0
  private var blindLimit: Float = 0
  /// Whether the vehicle lands without knowing its altitude, on reduced thrust alone.
  private(set) var isBlind = false

  /// Rate of descent of a landing in m/s.
  static let descentRate: Float = 0.5
  /// Altitude setpoint at which a landing stops descending, in m: below the ground, so that it surely settles.
  static let lowestAltitude: Float = -0.3

  /// Whether a blind landing has lasted long enough to be on the ground.
  var blindLandingIsOver: Bool { isBlind && blindSeconds > blindLimit }

  /// The setpoint that the controllers get: the given one with its tilt limited, or level at a held or sinking
  /// altitude.
  mutating func apply(
    to setpoint: Setpoint, mode newMode: VehicleMode, estimate: Estimate, altitudeIsKnown: Bool,
    seconds: Float,
    largestTilt: Float
  ) -> Setpoint {
    if newMode != mode {
      altitude = estimate.altitude
      // From rest at 0.92 of hover thrust a fall of h metres takes about 1.6 √h seconds; twice that, and a second.
      (isBlind, blindSeconds, blindLimit) = (false, 0, 1 + 3.2 * max(estimate.altitude, 0).squareRoot())
      mode = newMode
    }
    guard mode == .hold || mode == .landing else {
      var limited = setpoint
      limited.roll = min(max(setpoint.roll, -largestTilt), largestTilt)
      limited.pitch = min(max(setpoint.pitch, -largestTilt), largestTilt)
      return limited
    }
    if mode == .landing {
      altitude = max(altitude - Self.descentRate * seconds, Self.lowestAltitude)
      isBlind = isBlind || !altitudeIsKnown
      if isBlind { blindSeconds += seconds }
    }
    return Setpoint(altitude: altitude, arm: setpoint.arm)
  }
}
