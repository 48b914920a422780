import Files

/// The section `training`: what a network of this vehicle is trained in, and who its teacher is.
enum TrainingSection {
  static let name = "training"

  private static let network = Key<String?>.optionalText(
    "network", absent: "the only one", "Name of the block whose network is trained.")
  private static let countsWhile = Key<String?>.optionalText(
    "counts_while",
    absent: "`acts` of the `command_choice` that reads the network; `safety.armed` without one",
    "Flag that says in which ticks the network learns from its teacher.")
  private static let teacher = KeyDescription.section(
    "teacher", as: "list of names of signals",
    absent: "what the `command_choice` that reads the network's outputs reads of the classical controller",
    "What the network is to say, for each of its outputs: numbers with the output's unit.")

  /// The sections of the file that training may change.
  static let overlays: [KeyDescription] = [
    .section(
      "simulation", absent: "as they are measured", "What differs from `simulation` in flights to train on."),
    .section("evaluation", absent: "as they are measured", "What differs from `evaluation`."),
    .section("setpoints", as: "list of objects", absent: "the file's", "In place of `setpoints`."),
    .section("setpoint_rates", absent: "the file's", "What differs from `setpoint_rates`."),
    .section("commands", as: "list of objects", absent: "the file's", "In place of `commands`."),
  ]

  static let schema = SectionSchema(
    path: name,
    about:
      "What `ganglion-train imitate` trains the network in (docs/bring-your-own-network.md). Objects are laid over the file's sections of "
      + "the same name, key by key; lists and single values take their place.",
    keys: [network.description, teacher, countsWhile.description] + overlays)

  /// What the section says of the teacher.
  struct Teacher {
    var network: String?
    /// One signal for each output; `nil` where the blocks say it.
    var signals: [String]?
    var countsWhile: String?
  }

  /// Reads what it says of the teacher; `nil` after an error was noted. Whether signals exist is for `TrainingPlan` to say.
  @discardableResult
  static func read(_ file: Section) -> Teacher? {
    guard let section = file.subsection(name, schema: schema) else { return nil }
    let (network, countsWhile) = (section.read(network), section.read(countsWhile))
    var signals: [String]?
    if let value = section.value(teacher.name) {
      guard case .array(let elements) = value.content else {
        section.complain(teacher.name, "found \(value.shown), expected a list of names of signals")
        return nil
      }
      signals = elements.compactMap(\.text)
      if signals?.count != elements.count {
        section.complain(teacher.name, "expected a list of names of signals")
        return nil
      }
    }
    guard let network, let countsWhile else { return nil }
    return Teacher(network: network, signals: signals, countsWhile: countsWhile)
  }
}

extension JSON5Value {
  /// This value with `other` laid over it: objects member by member, anything else as a whole.
  func overlaid(by other: JSON5Value) -> JSON5Value {
    guard var members, let others = other.members else { return other }
    for member in others {
      if let place = members.firstIndex(where: { $0.key == member.key }) {
        members[place].value = members[place].value.overlaid(by: member.value)
      } else {
        members.append(member)
      }
    }
    return JSON5Value(content: .object(members), position: position)
  }

  /// A file as its section `training` has it flown, without that section.
  func overlaidForTraining() -> JSON5Value {
    guard var members else { return self }
    let training = members.first { $0.key == TrainingSection.name }?.value.members ?? []
    members.removeAll { $0.key == TrainingSection.name }
    let names = TrainingSection.overlays.map(\.name)
    return JSON5Value(content: .object(members), position: position)
      .overlaid(
        by: JSON5Value(content: .object(training.filter { names.contains($0.key) }), position: position))
  }
}
