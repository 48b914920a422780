extension Configuration {
  /// What only a balancing robot has.
  public struct BalancingRobot: Sendable, Equatable {
    /// The robot's physical figures.
    public var airframe: Airframe
    /// Gains and limits of its controller.
    public var gains: Gains
    /// The estimator's filters and the wheels' measures.
    public var estimator: Estimator
    /// Limits of commands and setpoints.
    public var limits: Limits
    /// The timed profile of setpoints, in order; at least one.
    public var setpoints: [SetpointStep]
    /// How fast setpoints move.
    public var setpointRates: SetpointRates
    /// When a run counts as held.
    public var evaluation: Evaluation
    /// The simulated run.
    public var simulation: Simulation
  }
}

extension Configuration.BalancingRobot: VehicleParts {
  static let name = "balancing_robot"
  static let sensors: [SensorRole] = [.leftEncoder, .rightEncoder, .power]
  static let actuation = Actuation.bridges(["left", "right"])
  static let signals: [NetworkSignal] = [
    .pitch, .rateY, .rateZ, .voltage, .speed, .speedError, .travelError, .travelErrorIntegral, .headingError,
    .yawRateError, .speedSetpoint, .yawRateSetpoint,
  ]
  static let commands: [CommandChannel] = [.drive, .turn]
  static let conditions: [FailsafeCondition] = [
    .imuStale, .attitudeLost, .encoderStale, .wheelSlip, .powerStale, .networkFault, .tilt, .overruns,
    .lowBattery, .actuatorFault, .killSwitch, .sensorSwitched, .redundancyLost, .sensorsDisagree,
    .sensorDoubtful, .guardLost, .ending,
  ]
  static let schemas = [
    Airframe.schema, Configuration.Gains.schema(gainKeys), Estimator.schema, Limits.schema,
    SetpointChange.schema, SetpointRates.schema, Evaluation.schema,
    Simulation.schema, Configuration.SensorErrors.schema, Variation.schema, Ground.schema, Pushes.schema,
    RandomSetpoints.schema,
  ]

  init?(_ file: Section, beside shared: SharedSections) {
    let airframe = file.readOrStandard(Airframe.self, "airframe")
    let gains = Configuration.Gains(file, Self.gainKeys)
    let estimator = file.readOrStandard(Estimator.self, "estimator")
    let limits = file.readOrStandard(Limits.self, "limits")
    let setpoints = SetpointChange.steps(in: file)
    let setpointRates = file.readOrStandard(SetpointRates.self, "setpoint_rates")
    var evaluation = file.readOrStandard(Evaluation.self, "evaluation")
    evaluation?.window.isJudged = file.has("evaluation")
    let simulation = file.readOrStandard(Simulation.self, "simulation")

    if let sensors = shared.sensors, let loop = shared.loop {
      Self.check(sensors.leftEncoder, "left_encoder", against: loop, in: file)
      Self.check(sensors.rightEncoder, "right_encoder", against: loop, in: file)
    }
    if let setpoints, let limits { Self.check(setpoints, against: limits, in: file) }
    if let evaluation, let simulation { evaluation.window.check(against: simulation.run, in: file) }
    if let airframe, let gains, let estimator, let loop = shared.loop {
      Self.check(airframe, gains, estimator, loop, in: file)
    }

    guard let airframe, let gains, let estimator, let limits, let setpoints, let setpointRates,
      let evaluation, let simulation
    else {
      return nil
    }
    (self.airframe, self.gains) = (airframe, gains)
    (self.estimator, self.limits, self.setpoints) = (estimator, limits, setpoints)
    (self.setpointRates, self.evaluation, self.simulation) = (setpointRates, evaluation, simulation)
  }

  var window: Configuration.EvaluationWindow { evaluation.window }
  var simulated: Configuration.SimulatedRun { simulation.run }
  var plant: any TemplatePlant {
    BalancingRobotPlant(
      airframe: airframe, simulation: simulation, evaluation: evaluation,
      wheels: BalancingRobotPlant.Wheels(radius: estimator.wheelRadius, track: estimator.track))
  }

  var motors: [String] { BalancingRobotPlant.actuators }

  func declaration(of configuration: Configuration, hasNetwork: Bool) -> VehicleDeclaration {
    configuration.balancingRobot(self, hasNetwork)
  }

  var motion: SetpointMotion { setpointRates.motion }
  var largestCommands: [String: ClosedRange<Double>] {
    ["speed": -limits.speed...limits.speed, "yaw_rate": -limits.turnRate...limits.turnRate]
  }

  private static func check(
    _ encoder: Configuration.Encoder?, _ name: String, against loop: Configuration.Loop, in file: Section
  ) {
    guard let encoder else { return }
    if encoder.rateHz < loop.rateHz {
      file.complain(
        "sensors.\(name).rate_hz",
        "found \(encoder.rateHz), expected at least loop.rate_hz, \(loop.rateHz): otherwise ticks see old data"
      )
    }
    if encoder.staleAfter <= loop.period {
      file.complain(
        "sensors.\(name).stale_after_ms",
        "found \(rounded(Double(encoder.staleAfter) / 1e6, 3)), expected more than the time between ticks, "
          + "\(rounded(Double(loop.period) / 1e6, 3)) ms")
    }
  }

  private static func check(
    _ steps: [Configuration.SetpointStep], against limits: Limits, in file: Section
  ) {
    for (index, step) in steps.enumerated() {
      if Double(step.setpoint.speed.magnitude) > limits.speed + 1e-6 {
        file.complain(
          "setpoints[\(index)].speed_m_s",
          "found \(rounded(Double(step.setpoint.speed), 3)), expected at most limits.speed_m_s, "
            + rounded(limits.speed, 3))
      }
      if Double(step.setpoint.yawRate.magnitude) > limits.turnRate + 1e-6 {
        file.complain(
          "setpoints[\(index)].turn_rate_dps",
          "found \(rounded(Double(step.setpoint.yawRate) * 180 / .pi, 2)), expected at most "
            + "limits.turn_rate_dps, \(rounded(limits.turnRate * 180 / .pi, 2))")
      }
    }
  }
}
