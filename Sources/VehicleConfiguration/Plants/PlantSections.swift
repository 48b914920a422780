import HardwareInterfaces

/// The sections `simulation` and `evaluation` of a file without a template.
enum PlantSections {
  static let key = Key<PlantRow>.row(
    "plant", PlantTable.all, standard: StandingPlant.name,
    "What moves: a vehicle that is \"standing\" does not, whatever its actuators do.")

  /// What the reference says of the simulation.
  static let simulationSchema: SectionSchema = {
    var keys = [key.description]
    keys += Configuration.SimulatedRun.keys
    for var key in BalancingRobotPlant.wheels {
      key.standard = "required of a `balancing_robot`"
      keys.append(key)
    }
    keys += PartsPlant.keys
    return SectionSchema(
      path: "simulation",
      about:
        "The simulated run. A `quadrotor` is moved by the actuators `front_right`, `rear_left`, `front_left` and `rear_right`, or by those of `airframe.rotors`, a "
        + "`balancing_robot` by `left` and `right`; beside the keys below each has those of the section `simulation` of a file with "
        + "that `vehicle`. `parts` are what the file says (docs/plants.md).", keys: keys)
  }()
  /// What it says of the evaluation.
  static let evaluationSchema = SectionSchema(
    path: "evaluation",
    about:
      "When a run counts as held: beside these keys those of the section `evaluation` of a file with the plant as its `vehicle`. "
      + "A vehicle that stands is not judged.",
    keys: Configuration.EvaluationWindow.keys + [HeldCriterion.key])

  /// Reads them; `nil` after an error was noted.
  static func read(_ file: Section) -> ReadPlant? {
    guard let read = row(file)?.read(file) else { return nil }
    read.window.check(against: read.run, in: file)
    return read
  }

  private static func row(_ file: Section) -> PlantRow? {
    guard let value = file.value("simulation")?.members?.first(where: { $0.key == key.name })?.value
    else { return PlantTable.all.named(StandingPlant.name) }
    switch key.convert(value) {
    case .value(let row): return row
    case .unexpected(let nearest):
      file.complain(
        "simulation.plant",
        "found \(value.shown), expected \(key.expected)" + (nearest.map { "; nearest: \($0)" } ?? ""))
    case .wrong(let message): file.complain("simulation.plant", message)
    }
    return nil
  }

  /// The section `simulation` with the keys of a plant.
  static func simulation(
    _ file: Section, _ schema: SectionSchema, more: [KeyDescription] = []
  ) -> Section? {
    var schema = schema
    schema.keys += [key.description] + more
    return file.subsection("simulation", schema: schema)
  }
}

extension VehicleTables {
  /// Complains about actuators that the plant needs and the file does not have.
  func checkPlant(_ file: Section) {
    let (name, wanted) = (type(of: plant).name, plant.movers)
    let missing = wanted.filter { name in
      !actuators.contains { $0.name == name } && !file.context.broken.hasOwner(name)
    }
    guard !missing.isEmpty else { return }
    file.complain(
      "simulation.plant",
      "a \(name) is moved by the actuators \(wanted.joined(separator: ", ")), but `devices` has no "
        + missing.joined(separator: ", "))
  }

  /// Setpoints that `seed` draws, when the simulation asks for random ones; they move at the rates of the commands.
  public func randomSetpoints(seed: UInt64) -> (any SetpointSource)? {
    plant.randomSetpoints(motion: commandedMotion, seed: seed)
  }

  private var commandedMotion: SetpointMotion {
    func rate(_ name: String) -> Double {
      // A command without a rate jumps: further than any goes.
      commands.signals.first { $0.name == name }.map { $0.rate ?? 1e9 } ?? 0
    }
    return SetpointMotion(
      attitude: rate("roll"), yaw: rate("yaw_rate"), altitude: rate("altitude"), speed: rate("speed"))
  }
}
