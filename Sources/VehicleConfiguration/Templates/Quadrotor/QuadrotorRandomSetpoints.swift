import HardwareInterfaces
import PortableMath

/// Setpoints drawn at random, to train and to test a network over its whole envelope: arm at one second,
/// climb, then a new attitude, yaw rate and altitude every so often.
public struct QuadrotorRandomSetpoints: SetpointSource {
  private let ranges: Configuration.Quadrotor.RandomSetpoints
  private let motion: SetpointMotion
  private var random: RandomGenerator
  private var target = Setpoint()
  private var current = Setpoint()
  private var nextDraw = MonotonicTime.zero.advanced(milliseconds: 1000)
  private var draws = 0

  /// A source whose whole sequence follows from `seed`.
  public init(
    ranges: Configuration.Quadrotor.RandomSetpoints, motion: SetpointMotion,
    seed: UInt64
  ) {
    (self.ranges, self.motion) = (ranges, motion)
    random = RandomGenerator(seed: seed, stream: 101)
  }

  /// The setpoint at `time`.
  public mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint {
    if time >= nextDraw { draw(after: time) }
    current = motion.moving(current, towards: target, seconds: Float(elapsed) * 1e-9)
    return current
  }

  private mutating func draw(after time: MonotonicTime) {
    target.arm = true
    if draws > 0 {
      target.altitude = Float(random.nextUniform(ranges.altitude.lowerBound, ranges.altitude.upperBound))
    }
    // The first second or two of flight are a level climb; afterwards a third of the draws is level again.
    if draws > 1 {
      let level = random.nextUniform() < 0.33
      target.roll = level ? 0 : Float(random.nextUniform(-ranges.tilt, ranges.tilt))
      target.pitch = level ? 0 : Float(random.nextUniform(-ranges.tilt, ranges.tilt))
      target.yawRate = level ? 0 : Float(random.nextUniform(-ranges.yawRate, ranges.yawRate))
    }
    let hold = draws == 0 ? 0.5 : random.nextUniform(ranges.hold.lowerBound, ranges.hold.upperBound)
    nextDraw = time.advanced(nanoseconds: Int64(hold * 1e9))
    draws += 1
  }
}
