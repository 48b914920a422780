import HardwareInterfaces

/// Where setpoints come from: a timed profile, a radio, a companion process.
///
/// The setpoint of each tick is part of the tick's input and of the log, so a replay needs no source.
public protocol SetpointSource: Sendable {
  /// What the vehicle is asked to do at `time`, `elapsed` ns after the previous call. Never blocks.
  mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint
}

/// How fast the setpoints of a kind of vehicle move.
public protocol SetpointMotion: Sendable {
  /// `current` moved towards `target`, by at most what `seconds` allow.
  func moving(_ current: Setpoint, towards target: Setpoint, seconds: Float) -> Setpoint
}

extension SetpointMotion {
  /// One number moved from `from` towards `to` at `rate` per second.
  func moved(_ from: Float, _ to: Float, _ rate: Double, _ seconds: Float) -> Float {
    let step = Float(rate) * seconds
    return from + min(max(to - from, -step), step)
  }
}

/// Setpoints from a list of times, moving from each to the next at limited rates.
public struct ProfileSetpoints<Rates: SetpointMotion>: SetpointSource {
  private let steps: [Configuration.SetpointStep]
  private let rates: Rates
  private var next = 0
  private var target = Setpoint()
  private var current = Setpoint()

  /// A profile of steps in the order of their times.
  public init(steps: [Configuration.SetpointStep], rates: Rates) {
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
