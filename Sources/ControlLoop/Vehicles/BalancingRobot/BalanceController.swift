/// Gains of the classical controller; the defaults are made by `scripts/balance_gains.py` for the simulated robot.
public struct BalanceControllerSettings: Sendable, Equatable {
  /// The errors along the path, shared with the signals that a network reads.
  public var path = PathErrorsSettings()
  /// Volts at the motors per m s of integrated way beyond the commanded one.
  public var travelIntegralGain: Float = 9.14
  /// Volts per m of way beyond the commanded one.
  public var travelGain: Float = 26.8
  /// Volts per m/s of speed beyond the commanded one.
  public var speedGain: Float = 30.7
  /// Volts per rad of lean forward.
  public var leanGain: Float = 38.6
  /// Volts per rad/s of its rate.
  public var leanRateGain: Float = 4.6
  /// Volts per m/s that a steady speed takes: what the motors generate against it.
  public var speedFeedforward: Float = 9.6
  /// Volts between mean and wheel per rad of heading error.
  public var headingGain: Float = 8
  /// Volts between mean and wheel per rad/s of turn rate error.
  public var turnRateGain: Float = 0.3
  /// Volts between mean and wheel per rad/s that a steady turn takes.
  public var turnFeedforward: Float = 0.8
  /// Battery voltage in V that is taken when none is measured.
  public var referenceVoltage: Float = 11.4
  /// Smallest and largest battery voltage in V that is believed.
  public var voltageRange: ClosedRange<Float> = 6...30

  /// The defaults.
  public init() {}
}

/// State feedback: volts at the wheels for lean, speed and place (a linear quadratic regulator with an integral), and for
/// the heading beside it.
///
/// Beside `PathErrors`, which are also signals for a network, it has no memory: a command is a function of this tick's
/// estimate, setpoint and errors.
public struct BalanceController: Sendable {
  /// The gains.
  public let settings: BalanceControllerSettings
  /// What it remembers.
  public private(set) var path = PathErrors()

  /// A controller without a past.
  public init(settings: BalanceControllerSettings = BalanceControllerSettings()) {
    self.settings = settings
  }

  /// The command for one tick, `elapsed` s after the last. Unless it `acts` it asks for nothing, and forgets.
  public mutating func step(
    estimate: Estimate, setpoint: Setpoint, elapsed seconds: Float, acts: Bool
  ) -> BodyCommand {
    path.update(
      estimate: estimate, setpoint: setpoint, seconds: seconds, acts: acts, settings: settings.path)
    guard acts else { return .none }
    return command(estimate: estimate, setpoint: setpoint, path: path)
  }

  /// The command as a function of the present: what a network is trained to imitate.
  public func command(estimate: Estimate, setpoint: Setpoint, path: PathErrors) -> BodyCommand {
    // Lean is forward, pitch is nose up. To get back, a robot that is ahead must first drive on, to lean back.
    let balance = -settings.leanGain * estimate.pitch - settings.leanRateGain * estimate.rateY
    let place = settings.travelGain * path.travel + settings.travelIntegralGain * path.travelIntegral
    let speed =
      settings.speedFeedforward * setpoint.speed - settings.speedGain * (setpoint.speed - estimate.speed)
    let turn =
      settings.headingGain * path.heading + settings.turnRateGain * (setpoint.yawRate - estimate.rateZ)
      + settings.turnFeedforward * setpoint.yawRate
    let volts = voltage(estimate.voltage)
    return BodyCommand(yaw: turn / volts, drive: (balance - place + speed) / volts)
  }

  private func voltage(_ measured: Float) -> Float {
    // Without a measured voltage, the reference is as good as any.
    guard measured > 1 else { return settings.referenceVoltage }
    return min(max(measured, settings.voltageRange.lowerBound), settings.voltageRange.upperBound)
  }
}
