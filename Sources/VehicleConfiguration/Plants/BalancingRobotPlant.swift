/// A body on two wheels; see `SimulatedBalancingRobot`.
public struct BalancingRobotPlant: TemplatePlant {
  /// See `Plant`.
  public static let name = Configuration.BalancingRobot.name
  /// See `Plant`.
  public static let actuators = ["left", "right"]

  /// The measures of two wheels on one axle.
  public struct Wheels: Sendable, Equatable {
    /// Radius of the wheels in m.
    public var radius: Double
    /// Distance between the points at which they touch the ground, in m.
    public var track: Double
  }

  /// The vehicle's physical figures.
  public var airframe: Configuration.BalancingRobot.Airframe
  /// What varies from run to run.
  public var simulation: Configuration.BalancingRobot.Simulation
  /// When a run counts as held.
  public var evaluation: Configuration.BalancingRobot.Evaluation
  /// What its odometry knows, too.
  public var wheels: Wheels

  /// The keys of the wheels in a file without a template.
  static let wheels = [
    Configuration.BalancingRobot.Estimator.radius.description,
    Configuration.BalancingRobot.Estimator.track.description,
  ]

  static func read(_ file: Section) -> ReadPlant? {
    let section = PlantSections.simulation(
      file, Configuration.BalancingRobot.Simulation.schema, more: Self.wheels)
    let run = section.flatMap(Configuration.BalancingRobot.Simulation.init)
    let radius = section?.read(Configuration.BalancingRobot.Estimator.radius)
    let track = section?.read(Configuration.BalancingRobot.Estimator.track)
    var judged = file.readOrStandard(Configuration.BalancingRobot.Evaluation.self, "evaluation")
    judged?.window.isJudged = file.has("evaluation")
    let airframe = file.readOrStandard(Configuration.BalancingRobot.Airframe.self, "airframe")
    guard let run, let judged, let radius, let track, let airframe else { return nil }
    return ReadPlant(
      plant: BalancingRobotPlant(
        airframe: airframe, simulation: run, evaluation: judged,
        wheels: Wheels(radius: radius, track: track)), run: run.run, window: judged.window)
  }

  var members: [(key: String, value: String)] {
    [
      (Configuration.BalancingRobot.Estimator.radius.name, JSON5Text.number(wheels.radius)),
      (Configuration.BalancingRobot.Estimator.track.name, JSON5Text.number(wheels.track)),
    ]
  }

  /// See `Plant`.
  public func randomSetpoints(motion: SetpointMotion, seed: UInt64) -> (any SetpointSource)? {
    simulation.randomSetpoints.map { BalancingRobotRandomSetpoints(ranges: $0, motion: motion, seed: seed) }
  }
}
