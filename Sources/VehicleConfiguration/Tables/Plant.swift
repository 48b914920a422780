import Control

/// What moves in a simulated run, and what the run is judged by.
public enum Plant: Sendable {
  /// Nothing: the vehicle stands still and level, whatever its actuators do. Such a run is not judged.
  case standing
  /// Four rotors; see `SimulatedQuadrotor`.
  case quadrotor(
    Configuration.Quadrotor.Airframe, Configuration.Quadrotor.Simulation, Configuration.Quadrotor.Evaluation)
  /// A body on two wheels; see `SimulatedBalancingRobot`.
  case balancingRobot(
    Configuration.BalancingRobot.Airframe, Configuration.BalancingRobot.Simulation,
    Configuration.BalancingRobot.Evaluation, Wheels)

  /// The measures of two wheels on one axle.
  public struct Wheels: Sendable, Equatable {
    /// Radius of the wheels in m.
    public var radius: Double
    /// Distance between the points at which they touch the ground, in m.
    public var track: Double
  }

  /// The plant of a template's configuration.
  init(_ configuration: Configuration) {
    switch configuration.vehicle {
    case .quadrotor(let parts): self = .quadrotor(parts.airframe, parts.simulation, parts.evaluation)
    case .balancingRobot(let parts):
      self = .balancingRobot(
        parts.airframe, parts.simulation, parts.evaluation,
        Wheels(radius: parts.estimator.wheelRadius, track: parts.estimator.track))
    }
  }

  /// The keys by which a file without a template names it, beside those of its section `simulation`.
  var members: [(key: String, value: String)] {
    let plant = [(key: "plant", value: JSON5Text.quoted(kind.rawValue))]
    guard case .balancingRobot(_, _, _, let wheels) = self else { return plant }
    return plant + [
      (Configuration.BalancingRobot.Estimator.radius.name, JSON5Text.number(wheels.radius)),
      (Configuration.BalancingRobot.Estimator.track.name, JSON5Text.number(wheels.track)),
    ]
  }

  /// Its name in a file.
  var kind: PlantKind {
    switch self {
    case .standing: .standing
    case .quadrotor: .quadrotor
    case .balancingRobot: .balancingRobot
    }
  }
}

/// The names of plants in a file.
enum PlantKind: String, CaseIterable, Sendable {
  case standing, quadrotor
  case balancingRobot = "balancing_robot"

  /// The actuators that move it.
  var actuators: [String] {
    switch self {
    case .standing: []
    case .quadrotor: Configuration.quadrotorMotors
    case .balancingRobot: ["left", "right"]
    }
  }
}

/// The sections `simulation` and `evaluation` of a file without a template.
struct PlantSections {
  var plant: Plant
  var simulation: Configuration.SimulatedRun
  var evaluation: Configuration.EvaluationWindow

  private static let plantKey = Key<PlantKind>.choice(
    "plant", standard: .standing,
    "What moves: a vehicle that is \"standing\" does not, whatever its actuators do.")
  private static let wheels = [
    Configuration.BalancingRobot.Estimator.radius.description,
    Configuration.BalancingRobot.Estimator.track.description,
  ]
  /// What the reference says of the simulation.
  static let simulationSchema: SectionSchema = {
    var keys = [plantKey.description]
    keys += Configuration.SimulatedRun.keys
    for var key in wheels {
      key.standard = "required of a `balancing_robot`"
      keys.append(key)
    }
    return SectionSchema(
      path: "simulation",
      about:
        "The simulated run. A `quadrotor` is moved by the actuators `front_right`, `rear_left`, `front_left` and `rear_right`, a "
        + "`balancing_robot` by `left` and `right`; beside the keys below each has those of the section `simulation` of a file with "
        + "that `vehicle`.", keys: keys)
  }()
  /// What it says of the evaluation.
  static let evaluationSchema = SectionSchema(
    path: "evaluation",
    about:
      "When a run counts as held: beside these keys those of the section `evaluation` of a file with the plant as its `vehicle`. "
      + "A vehicle that stands is not judged.", keys: Configuration.EvaluationWindow.keys)

  /// Reads them; `nil` after an error was noted.
  init?(_ file: Section) {
    guard let kind = Self.kind(file) else { return nil }
    switch kind {
    case .standing:
      if file.has("evaluation") {
        file.complain(
          "evaluation", "a vehicle that stands is not judged: name a simulation.plant, or take it out")
      }
      if file.has("airframe") {
        file.complain(
          "airframe", "a vehicle that stands has none: name a simulation.plant, or take it out")
      }
      guard
        let run = Self.simulation(file, Configuration.SimulatedRun.schema)
          .flatMap(Configuration.SimulatedRun.init), !file.has("evaluation")
      else { return nil }
      (plant, simulation) = (.standing, run)
      evaluation = Configuration.EvaluationWindow(from: 0, until: run.duration)
    case .quadrotor:
      let section = Self.simulation(file, Configuration.Quadrotor.Simulation.schema)
      let run = section.flatMap(Configuration.Quadrotor.Simulation.init)
      var judged = file.readOrStandard(Configuration.Quadrotor.Evaluation.self, "evaluation")
      judged?.window.isJudged = file.has("evaluation")
      let airframe = file.readOrStandard(Configuration.Quadrotor.Airframe.self, "airframe")
      guard let run, let judged, let airframe else { return nil }
      let key = run.mass == nil ? "airframe.mass_kg" : "simulation.mass_kg"
      airframe.checkLift(of: run.mass ?? airframe.mass, at: key, in: file)
      plant = .quadrotor(airframe, run, judged)
      (simulation, evaluation) = (run.run, judged.window)
    case .balancingRobot:
      let section = Self.simulation(file, Configuration.BalancingRobot.Simulation.schema, more: Self.wheels)
      let run = section.flatMap(Configuration.BalancingRobot.Simulation.init)
      let radius = section?.read(Configuration.BalancingRobot.Estimator.radius)
      let track = section?.read(Configuration.BalancingRobot.Estimator.track)
      var judged = file.readOrStandard(Configuration.BalancingRobot.Evaluation.self, "evaluation")
      judged?.window.isJudged = file.has("evaluation")
      let airframe = file.readOrStandard(Configuration.BalancingRobot.Airframe.self, "airframe")
      guard let run, let judged, let radius, let track, let airframe else { return nil }
      plant = .balancingRobot(airframe, run, judged, Plant.Wheels(radius: radius, track: track))
      (simulation, evaluation) = (run.run, judged.window)
    }
    evaluation.check(against: simulation, in: file)
  }

  private static func kind(_ file: Section) -> PlantKind? {
    guard let value = file.value("simulation")?.members?.first(where: { $0.key == plantKey.name })?.value
    else { return .standing }
    switch plantKey.convert(value) {
    case .value(let kind): return kind
    case .unexpected(let nearest):
      file.complain(
        "simulation.plant",
        "found \(value.shown), expected \(plantKey.expected)" + (nearest.map { "; nearest: \($0)" } ?? ""))
    case .wrong(let message): file.complain("simulation.plant", message)
    }
    return nil
  }

  private static func simulation(
    _ file: Section, _ schema: SectionSchema, more: [KeyDescription] = []
  ) -> Section? {
    var schema = schema
    schema.keys += [plantKey.description] + more
    return file.subsection("simulation", schema: schema)
  }
}

extension VehicleTables {
  /// Complains about actuators that the plant needs and the file does not have.
  func checkPlant(_ file: Section) {
    let missing = plant.kind.actuators.filter { name in !actuators.contains { $0.name == name } }
    guard !missing.isEmpty else { return }
    file.complain(
      "simulation.plant",
      "a \(plant.kind.rawValue) is moved by the actuators \(plant.kind.actuators.joined(separator: ", ")), but `devices` has no "
        + missing.joined(separator: ", "))
  }

  /// Setpoints that `seed` draws, when the simulation asks for random ones; they move at the rates of the commands.
  public func randomSetpoints(seed: UInt64) -> (any SetpointSource)? {
    switch plant {
    case .standing: nil
    case .quadrotor(_, let simulation, _):
      simulation.randomSetpoints.map {
        QuadrotorRandomSetpoints(ranges: $0, motion: commandedMotion, seed: seed)
      }
    case .balancingRobot(_, let simulation, _, _):
      simulation.randomSetpoints.map {
        BalancingRobotRandomSetpoints(ranges: $0, motion: commandedMotion, seed: seed)
      }
    }
  }

  private var commandedMotion: SetpointMotion {
    func rate(_ name: String) -> Double {
      // A command without a rate jumps: further than any goes.
      profile.commands.first { $0.name == name }.map { $0.rate ?? 1e9 } ?? 0
    }
    return SetpointMotion(
      attitude: rate("roll"), yaw: rate("yaw_rate"), altitude: rate("altitude"), speed: rate("speed"))
  }
}
