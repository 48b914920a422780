/// Shares thrust and torques among the four motors of a quad-X.
///
/// When a motor would leave its range, authority is given up in the order of what keeps the vehicle in the air:
/// first yaw, then the wanted collective thrust, at last roll and pitch, in proportion.
public struct QuadMixer: Sendable, Equatable {
  /// Smallest thrust of a motor while armed, of full thrust.
  public let idle: Float

  /// A mixer; `idle` is held within 0 to 0.5, and 0 when it is not a number.
  public init(idle: Float) {
    self.idle = idle > 0 ? min(idle, 0.5) : 0
  }

  /// Thrust of each motor, `idle` to 1 of full thrust, for a finite command.
  public func thrusts(_ command: BodyCommand) -> MotorValues {
    let (roll, pitch) = (command.roll, command.pitch)
    // More roll: left up. More pitch: front up. More yaw: the counter-clockwise motors push the nose right.
    var tilt = MotorValues(-roll + pitch, roll - pitch, roll + pitch, -roll - pitch)
    let spread = tilt.range.highest - tilt.range.lowest
    let room = 1 - idle
    if spread > room {
      let scale = room / spread
      tilt = tilt.map { $0 * scale }
    }
    // Raised or lowered until roll and pitch fit.
    let thrust = min(max(command.thrust, idle - tilt.range.lowest), 1 - tilt.range.highest)
    let base = tilt.map { $0 + thrust }
    let yaw = fittingYaw(command.yaw, base)
    return MotorValues(
      limited(base.frontRight + yaw), limited(base.rearLeft + yaw), limited(base.frontLeft - yaw),
      limited(base.rearRight - yaw))
  }

  /// As much of `yaw` as fits beside `base`.
  private func fittingYaw(_ yaw: Float, _ base: MotorValues) -> Float {
    let counterLow = min(base.frontRight, base.rearLeft)
    let counterHigh = max(base.frontRight, base.rearLeft)
    let clockLow = min(base.frontLeft, base.rearRight)
    let clockHigh = max(base.frontLeft, base.rearRight)
    let up = max(min(1 - counterHigh, clockLow - idle), 0)
    let down = max(min(counterLow - idle, 1 - clockHigh), 0)
    return min(max(yaw, -down), up)
  }

  /// Takes away what rounding left outside.
  private func limited(_ thrust: Float) -> Float { min(max(thrust, idle), 1) }

  /// The speed command, 0 to 1, that gives `thrust`: thrust goes with the square of speed, and the motor
  /// controllers are linear in speed.
  public static func speed(forThrust thrust: Float) -> Float {
    thrust > 0 ? min(thrust, 1).squareRoot() : 0
  }
}
