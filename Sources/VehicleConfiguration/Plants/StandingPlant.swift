/// Nothing moves: the vehicle stands still and level, whatever its actuators do. Such a run is not judged.
public struct StandingPlant: Plant {
  /// See `Plant`.
  public static let name = "standing"
  /// See `Plant`.
  public static let actuators: [String] = []

  /// What every run has.
  public var run: Configuration.SimulatedRun

  static func read(_ file: Section) -> ReadPlant? {
    if file.has("evaluation") {
      file.complain(
        "evaluation", "a vehicle that stands is not judged: name a simulation.plant, or take it out")
    }
    if file.has("airframe") {
      file.complain("airframe", "a vehicle that stands has none: name a simulation.plant, or take it out")
    }
    guard
      let run = PlantSections.simulation(file, Configuration.SimulatedRun.schema)
        .flatMap(Configuration.SimulatedRun.init), !file.has("evaluation")
    else { return nil }
    return reading(run)
  }

  /// A vehicle that stands during a run.
  static func reading(_ run: Configuration.SimulatedRun) -> ReadPlant {
    ReadPlant(
      plant: StandingPlant(run: run), run: run,
      window: Configuration.EvaluationWindow(from: 0, until: run.duration))
  }
}
