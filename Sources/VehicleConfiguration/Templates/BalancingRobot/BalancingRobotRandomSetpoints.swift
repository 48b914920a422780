import HardwareInterfaces
import PortableMath

/// Setpoints drawn at random, to train and to test a network over its whole envelope: arm at one second, stand, then a
/// new speed and turn rate every so often.
public struct BalancingRobotRandomSetpoints: SetpointSource {
  private let ranges: Configuration.BalancingRobot.RandomSetpoints
  private let motion: SetpointMotion
  private var random: RandomGenerator
  private var target = Setpoint()
  private var current = Setpoint()
  private var nextDraw = MonotonicTime.zero.advanced(milliseconds: 1000)
  private var draws = 0

  /// A source whose whole sequence follows from `seed`.
  public init(
    ranges: Configuration.BalancingRobot.RandomSetpoints, motion: SetpointMotion,
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
      // A quarter of the draws stands still, and another turns on the spot or drives straight ahead.
      let kind = random.nextUniform()
      let speed = Float(random.nextUniform(-ranges.speed, ranges.speed))
      let turnRate = Float(random.nextUniform(-ranges.turnRate, ranges.turnRate))
      target.speed = kind < 0.25 || kind > 0.9 ? 0 : speed
      target.yawRate = kind < 0.4 ? 0 : turnRate
    }
    let hold = draws == 0 ? 1 : random.nextUniform(ranges.hold.lowerBound, ranges.hold.upperBound)
    nextDraw = time.advanced(nanoseconds: Int64(hold * 1e9))
    draws += 1
  }
}
