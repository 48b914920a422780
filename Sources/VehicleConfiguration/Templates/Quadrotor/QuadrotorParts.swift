extension Configuration {
  /// What only a quadrotor has.
  public struct Quadrotor: Sendable, Equatable {
    /// The vehicle's physical figures.
    public var airframe: Airframe
    /// Gains and limits of its controllers.
    public var gains: Gains
    /// The estimator's filters.
    public var estimator: Estimator
    /// Limits of commands and setpoints.
    public var limits: Limits
    /// The timed profile of setpoints, in order; at least one.
    public var setpoints: [SetpointStep]
    /// How fast setpoints move.
    public var setpointRates: SetpointRates
    /// When a flight counts as held.
    public var evaluation: Evaluation
    /// The simulated flight.
    public var simulation: Simulation
  }
}

extension Configuration.Quadrotor: VehicleParts {
  static let name = "quadrotor"
  static let sensors: [SensorRole] = [.barometer, .magnetometer, .range, .power]
  static let actuation = Actuation.speedControllers(["front right", "rear left", "front left", "rear right"])
  static let signals: [NetworkSignal] = [
    .roll, .pitch, .rollError, .pitchError, .yawRateError, .rateX, .rateY, .rateZ, .altitude, .altitudeError,
    .climbRate, .rollRateErrorIntegral, .pitchRateErrorIntegral, .yawRateErrorIntegral,
    .climbRateErrorIntegral, .accelerationZ, .voltage, .rollSetpoint, .pitchSetpoint, .yawRateSetpoint,
    .altitudeSetpoint,
  ]
  static let commands: [CommandChannel] = [.thrust, .rollTorque, .pitchTorque, .yawTorque]
  static let conditions: [FailsafeCondition] = [
    .imuStale, .attitudeLost, .rangeStale, .barometerStale, .altitudeLost, .powerStale, .networkFault, .tilt,
    .overruns, .lowBattery, .actuatorFault, .killSwitch, .sensorSwitched, .redundancyLost, .sensorsDisagree,
    .sensorDoubtful, .guardLost, .ending,
  ]
  static let schemas = [
    Airframe.schema, RotorReader.schema, Configuration.Gains.schema(gainKeys), Estimator.schema,
    AltitudeFilter.schema,
    Limits.schema, SetpointChange.schema, SetpointRates.schema,
    Evaluation.schema, Simulation.schema, Configuration.SensorErrors.schema, Variation.schema, Wind.schema,
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

    if let sensors = shared.sensors, sensors.range == nil && sensors.barometer == nil {
      file.complain("sensors", "neither range nor barometer: the altitude needs at least one of them")
    }
    if let setpoints, let limits { Self.check(setpoints, against: limits, in: file) }
    if let limits, let failsafe = shared.failsafe { Self.check(limits, against: failsafe, in: file) }
    if let evaluation, let simulation { evaluation.window.check(against: simulation.run, in: file) }
    if let airframe, let gains, let limits, let simulation {
      Self.check(airframe, gains, limits, simulation, shared, in: file)
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
    QuadrotorPlant(airframe: airframe, simulation: simulation, evaluation: evaluation)
  }

  var motors: [String] { airframe.rotorNames }

  func declaration(of configuration: Configuration, hasNetwork: Bool) -> VehicleDeclaration {
    configuration.quadrotor(self, hasNetwork)
  }

  var motion: SetpointMotion { setpointRates.motion }
  // A turn a second is more than its yaw can follow.
  var largestCommands: [String: ClosedRange<Double>] {
    [
      "roll": -limits.tilt...limits.tilt, "pitch": -limits.tilt...limits.tilt,
      "yaw_rate": -2 * Double.pi...2 * Double.pi, "altitude": 0...120,
    ]
  }

  private static func check(
    _ steps: [Configuration.SetpointStep], against limits: Limits, in file: Section
  ) {
    for (index, step) in steps.enumerated() {
      for (name, angle) in [("roll_deg", step.setpoint.roll), ("pitch_deg", step.setpoint.pitch)]
      where Double(angle.magnitude) > limits.tilt + 1e-6 {
        file.complain(
          "setpoints[\(index)].\(name)",
          "found \(rounded(Double(angle) * 180 / .pi, 2)), expected at most limits.tilt_deg, "
            + rounded(limits.tilt * 180 / .pi, 2))
      }
    }
  }

  private static func check(_ limits: Limits, against failsafe: Configuration.Failsafe, in file: Section) {
    if failsafe.tiltAbove <= limits.tilt {
      file.complain(
        "failsafe.tilt.above_deg",
        "found \(rounded(failsafe.tiltAbove * 180 / .pi, 2)), expected more than limits.tilt_deg, "
          + "\(rounded(limits.tilt * 180 / .pi, 2)): otherwise an allowed setpoint is a fault")
    }
  }
}
