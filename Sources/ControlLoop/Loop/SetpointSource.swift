import HardwareInterfaces

/// Where setpoints come from: a timed profile, a radio, a companion process.
///
/// The setpoint of each tick is part of the tick's input and of the log, so a replay needs no source.
public protocol SetpointSource: Sendable {
  /// What the vehicle is asked to do at `time`, `elapsed` ns after the previous call. Never blocks.
  mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint
}

extension Configuration.SetpointRates {
  /// `current` moved towards `target`, by at most what `seconds` allow.
  func moving(_ current: Setpoint, towards target: Setpoint, seconds: Float) -> Setpoint {
    func move(_ from: Float, _ to: Float, _ rate: Double) -> Float {
      let step = Float(rate) * seconds
      return from + min(max(to - from, -step), step)
    }
    return Setpoint(
      roll: move(current.roll, target.roll, attitude), pitch: move(current.pitch, target.pitch, attitude),
      yawRate: move(current.yawRate, target.yawRate, yaw),
      altitude: move(current.altitude, target.altitude, altitude), arm: target.arm)
  }
}

/// Setpoints from a list of times, moving from each to the next at limited rates.
public struct ProfileSetpoints: SetpointSource {
  private let steps: [Configuration.SetpointStep]
  private let rates: Configuration.SetpointRates
  private var next = 0
  private var target = Setpoint()
  private var current = Setpoint()

  /// A profile of steps in the order of their times.
  public init(steps: [Configuration.SetpointStep], rates: Configuration.SetpointRates) {
    (self.steps, self.rates) = (steps, rates)
  }

  /// The profile at `time`.
  public mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint {
    while next < steps.count, steps[next].time <= time.nanoseconds {
      target = steps[next].setpoint
      next += 1
    }
    current = rates.moving(current, towards: target, seconds: Float(elapsed) * 1e-9)
    return current
  }
}
