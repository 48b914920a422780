import PortableMath

/// Gains of the classical controller; the defaults are tuned to the simulated quadrotor.
public struct QuadrotorControllerSettings: Sendable, Equatable {
  /// The outer loops, shared with the signals that a network reads.
  public var integrals = ErrorIntegralsSettings()
  /// Roll and pitch torque per rad/s of rate error.
  public var rateGain: Float = 0.05
  /// Roll and pitch torque per rad of integrated rate error.
  public var rateIntegralGain: Float = 0.12
  /// Yaw torque per rad/s of rate error.
  public var yawRateGain: Float = 0.3
  /// Yaw torque per rad of integrated rate error.
  public var yawRateIntegralGain: Float = 0.25
  /// Vertical acceleration in m/s² per m/s of climb rate error.
  public var climbGain: Float = 5
  /// Vertical acceleration in m/s² per m of integrated climb rate error.
  public var climbIntegralGain: Float = 4
  /// Collective thrust that carries the vehicle at `referenceVoltage`.
  public var hoverThrust: Float = 0.454
  /// Voltage in V for which the gains and the hover thrust hold; thrust goes with the square of voltage.
  public var referenceVoltage: Float = 11.4
  /// Smallest and largest factor by which the voltage may correct the command.
  public var voltageFactor: ClosedRange<Float> = 0.7...1.6
  /// Largest factor by which tilt may raise the thrust.
  public var largestTiltFactor: Float = 1.5

  /// The defaults.
  public init() {}
}

/// A cascade of proportional and integral control: attitude to rate to torque, altitude to climb rate to thrust.
///
/// Beside `ErrorIntegrals`, which are also signals for a network, it has no memory: a command is a function of
/// this tick's estimate, setpoint and integrals.
public struct QuadrotorController: Sendable {
  /// The gains.
  public let settings: QuadrotorControllerSettings
  /// What it remembers.
  public private(set) var integrals = ErrorIntegrals()

  /// A controller without a past.
  public init(settings: QuadrotorControllerSettings = QuadrotorControllerSettings()) {
    self.settings = settings
  }

  /// The command for one tick, `elapsed` s after the last. Unless the vehicle is `flying` (see `FlightPhase`) it
  /// asks for nothing, and forgets.
  public mutating func step(
    estimate: Estimate, setpoint: Setpoint, elapsed seconds: Float, flying: Bool
  ) -> BodyCommand {
    integrals.update(
      estimate: estimate, setpoint: setpoint, seconds: seconds, flying: flying, settings: settings.integrals)
    guard flying else { return .none }
    return command(estimate: estimate, setpoint: setpoint, integrals: integrals)
  }

  /// The command as a function of the present: what a network is trained to imitate.
  public func command(estimate: Estimate, setpoint: Setpoint, integrals: ErrorIntegrals) -> BodyCommand {
    let errors = RateErrors(estimate: estimate, setpoint: setpoint, settings: settings.integrals)
    let voltage = voltageFactor(estimate.voltage)
    let gravity = Float(StandardAtmosphere.gravity)
    let climb = settings.climbGain * errors.climb + settings.climbIntegralGain * integrals.climb
    // The vertical part of a tilted thrust is its cosine.
    let q = estimate.quaternion
    let cosine = 1 - 2 * (q.x * q.x + q.y * q.y)
    let tilt = min(1 / max(cosine, 0.1), settings.largestTiltFactor)
    let thrust = settings.hoverThrust * (1 + climb / gravity) * tilt * voltage
    return BodyCommand(
      thrust: max(thrust, 0),
      roll: (settings.rateGain * errors.roll + settings.rateIntegralGain * integrals.roll) * voltage,
      pitch: (settings.rateGain * errors.pitch + settings.rateIntegralGain * integrals.pitch) * voltage,
      yaw: (settings.yawRateGain * errors.yaw + settings.yawRateIntegralGain * integrals.yaw) * voltage)
  }

  private func voltageFactor(_ voltage: Float) -> Float {
    // Without a measured voltage, none is compensated for.
    guard voltage > 1 else { return 1 }
    let ratio = settings.referenceVoltage / voltage
    let range = settings.voltageFactor
    return min(max(ratio * ratio, range.lowerBound), range.upperBound)
  }
}
