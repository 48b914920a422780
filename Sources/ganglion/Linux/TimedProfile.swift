import ControlLoop
import HardwareInterfaces

/// The timed profile of a configuration's setpoints.
///
/// One of a few known kinds and not any source: the loop counts no references for it.
struct TimedProfile: SetpointSource {
  // One of them.
  private var quadrotor: ProfileSetpoints<Configuration.Quadrotor.SetpointRates>?
  private var balancingRobot: ProfileSetpoints<Configuration.BalancingRobot.SetpointRates>?

  /// The profile of a configuration; its times count from the start of the run.
  init(_ configuration: Configuration) {
    switch configuration.vehicle {
    case .quadrotor(let parts):
      quadrotor = ProfileSetpoints(steps: parts.setpoints, rates: parts.setpointRates)
    case .balancingRobot(let parts):
      balancingRobot = ProfileSetpoints(steps: parts.setpoints, rates: parts.setpointRates)
    }
  }

  /// See `SetpointSource`.
  mutating func setpoint(at time: MonotonicTime, elapsed: Int64) -> Setpoint {
    quadrotor?.setpoint(at: time, elapsed: elapsed)
      ?? balancingRobot?.setpoint(at: time, elapsed: elapsed) ?? Setpoint()
  }
}
