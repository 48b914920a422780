import HardwareInterfaces

/// Where setpoints come from: a timed profile, a radio, a companion process.
///
/// The setpoint of each tick is part of the tick's input and of the log, so a replay needs no source.
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

/// Setpoints from a list of times, moving from each to the next at limited rates.
public struct ProfileSetpoints: SetpointSource {
  private let steps: [Configuration.SetpointStep]
  private let motion: SetpointMotion
  private var next = 0
  private var target = Setpoint()
  private var current = Setpoint()

  /// A profile of steps in the order of their times.
  public init(steps: [Configuration.SetpointStep], motion: SetpointMotion) {
    (self.steps, self.motion) = (steps, motion)
  }

  /// The profile at `time`.
  public mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint {
    while next < steps.count, steps[next].time <= time.nanoseconds {
      target = steps[next].setpoint
      next += 1
    }
    current = motion.moving(current, towards: target, seconds: Float(elapsed) * 1e-9)
    return current
  }
}
