import HardwareInterfaces

/// Where a template's setpoints come from when they are drawn at random.
public protocol SetpointSource: Sendable {
  /// What the vehicle is asked to do at `time`, `elapsed` ns after the previous call. Never blocks.
  mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint
}

/// How fast setpoints move: rad/s of roll and pitch, rad/s² of the yaw rate, m/s of altitude and m/s² of speed. What a
/// kind of vehicle is not asked for stays at 0, however fast it may move.
public struct SetpointMotion: BitwiseCopyable, Sendable, Equatable {
  /// Largest change per second.
  public var attitude, yaw, altitude, speed: Double

  /// A motion from its parts.
  public init(attitude: Double = 0, yaw: Double = 0, altitude: Double = 0, speed: Double = 0) {
    (self.attitude, self.yaw, self.altitude, self.speed) = (attitude, yaw, altitude, speed)
  }

  /// `current` moved towards `target`, by at most what `seconds` allow.
  func moving(_ current: Setpoint, towards target: Setpoint, seconds: Float) -> Setpoint {
    func move(_ from: Float, _ to: Float, _ rate: Double) -> Float {
      let step = Float(rate) * seconds
      return from + min(max(to - from, -step), step)
    }
    return Setpoint(
      roll: move(current.roll, target.roll, attitude), pitch: move(current.pitch, target.pitch, attitude),
      yawRate: move(current.yawRate, target.yawRate, yaw),
      altitude: move(current.altitude, target.altitude, altitude),
      speed: move(current.speed, target.speed, speed), arm: target.arm)
  }
}
