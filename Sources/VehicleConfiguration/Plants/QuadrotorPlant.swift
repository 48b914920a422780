/// Four rotors or more; see `SimulatedQuadrotor`.
public struct QuadrotorPlant: TemplatePlant {
  /// See `Plant`.
  public static let name = Configuration.Quadrotor.name
  /// See `Plant`.
  public static let actuators = Configuration.quadrotorMotors

  /// The vehicle's physical figures.
  public var airframe: Configuration.Quadrotor.Airframe
  /// What varies from flight to flight.
  public var simulation: Configuration.Quadrotor.Simulation
  /// When a flight counts as held.
  public var evaluation: Configuration.Quadrotor.Evaluation

  /// See `Plant`.
  public var movers: [String] { airframe.rotorNames }

  static func read(_ file: Section) -> ReadPlant? {
    let run = PlantSections.simulation(file, Configuration.Quadrotor.Simulation.schema)
      .flatMap(Configuration.Quadrotor.Simulation.init)
    var judged = file.readOrStandard(Configuration.Quadrotor.Evaluation.self, "evaluation")
    judged?.window.isJudged = file.has("evaluation")
    let airframe = file.readOrStandard(Configuration.Quadrotor.Airframe.self, "airframe")
    guard let run, let judged, let airframe else { return nil }
    let key = run.mass == nil ? "airframe.mass_kg" : "simulation.mass_kg"
    airframe.checkLift(of: run.mass ?? airframe.mass, at: key, in: file)
    return ReadPlant(
      plant: QuadrotorPlant(airframe: airframe, simulation: run, evaluation: judged), run: run.run,
      window: judged.window)
  }

  /// See `Plant`.
  public func randomSetpoints(motion: SetpointMotion, seed: UInt64) -> (any SetpointSource)? {
    simulation.randomSetpoints.map { QuadrotorRandomSetpoints(ranges: $0, motion: motion, seed: seed) }
  }
}
