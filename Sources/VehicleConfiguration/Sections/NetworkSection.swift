import Files

extension Configuration {
  /// What the network reads and what its outputs mean, in its order.
  public struct Network: Sendable, Equatable {
    /// The inputs.
    public var inputs: [Input]
    /// The outputs.
    public var outputs: [Output]
  }

  /// One network input: signal · scale + offset.
  public struct Input: Sendable, Equatable {
    /// What is read.
    public var signal: NetworkSignal
    /// Network units per unit of the signal, and network units added.
    public var scale, offset: Double
  }

  /// One network output: the command is output · scale + offset.
  public struct Output: Sendable, Equatable {
    /// What is commanded.
    public var command: CommandChannel
    /// Command per network unit, and command added.
    public var scale, offset: Double
  }
}

extension Configuration.Network: ConfigurationPart {
  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "network", about: "What the network reads and what its outputs mean, in its order.",
      keys: [
        .section("inputs", as: "list of 1 to 64 objects", "The network's inputs, in its order."),
        .section(
          "outputs", as: "list of \(vehicle.commands.count) objects",
          "The network's outputs, in its order; each command exactly once."),
      ])
  }

  init?(_ section: Section) {
    let inputs = section.readList(Configuration.Input.self, "inputs", count: 1...64)
    let count = section.context.vehicle.commands.count
    let outputs = section.readList(Configuration.Output.self, "outputs", count: count...count)
    if let inputs {
      Self.check(inputs.map(\.signal.rawValue), kind: "signal", list: "inputs", in: section)
    }
    if let outputs {
      Self.check(outputs.map(\.command.rawValue), kind: "command", list: "outputs", in: section)
    }
    guard let inputs, let outputs else { return nil }
    (self.inputs, self.outputs) = (inputs, outputs)
  }

  private static func check(_ names: [String], kind: String, list: String, in section: Section) {
    for (index, name) in names.enumerated() {
      guard let first = names.firstIndex(of: name), first < index else { continue }
      section.complain("\(list)[\(index)].\(kind)", "\"\(name)\" is \(list)[\(first)] already")
    }
  }
}

extension Configuration.Input: ConfigurationPart {
  private static func signal(of vehicle: VehicleKind) -> Key<NetworkSignal> {
    .choice("signal", among: vehicle.signals, "What is read; see the table of signals.")
  }
  private static let unit = Key<String>.text(
    "unit", "The signal's unit, stated so that reader and code agree.")
  private static let scale = Key<Double>.number(
    "scale", -1e6...1e6, standard: 1, "Network units per unit of the signal; not 0.")
  private static let offset = Key<Double>.number("offset", -1e6...1e6, standard: 0, "Added after scaling.")

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "network.inputs[]", about: "One network input: signal · scale + offset.",
      keys: [
        signal(of: vehicle).description, unit.description, scale.description, offset.description,
      ])
  }

  init?(_ section: Section) {
    let signal = section.read(Self.signal(of: section.context.vehicle))
    let unit = section.read(Self.unit)
    let (scale, offset) = (section.read(Self.scale), section.read(Self.offset))
    if let signal, let unit, unit != signal.unit {
      section.complain(
        "unit",
        "found \(JSON5Value.quoted(unit)), expected \"\(signal.unit)\", the unit of \(signal.rawValue)")
    }
    if scale == 0 { section.complain("scale", "found 0: the network would not see the signal") }
    guard let signal, let scale, let offset else { return nil }
    (self.signal, self.scale, self.offset) = (signal, scale, offset)
  }
}

extension Configuration.Output: ConfigurationPart {
  private static func command(of vehicle: VehicleKind) -> Key<CommandChannel> {
    .choice("command", among: vehicle.commands, "What the output commands.")
  }
  private static let scale = Key<Double>.number(
    "scale", -1e6...1e6, standard: 1, "Command per network unit; not 0.")
  private static let offset = Key<Double>.number("offset", -1e6...1e6, standard: 0, "Added after scaling.")

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "network.outputs[]", about: "One network output: the command is output · scale + offset.",
      keys: [command(of: vehicle).description, scale.description, offset.description])
  }

  init?(_ section: Section) {
    let command = section.read(Self.command(of: section.context.vehicle))
    let (scale, offset) = (section.read(Self.scale), section.read(Self.offset))
    if scale == 0 { section.complain("scale", "found 0: the output would have no effect") }
    guard let command, let scale, let offset else { return nil }
    (self.command, self.scale, self.offset) = (command, scale, offset)
  }
}
