import Control
import Signals

/// The network that a block steps, on disk.
public struct NetworkFile: Sendable, Equatable {
  /// Name of the block.
  public var block: String
  /// The model file as written; relative to the configuration.
  public var file: String
  /// The key in the configuration, for messages.
  public var path: String
  /// How many inputs and outputs the block gives it.
  public var inputs, outputs: Int
  /// Whether the command line named the file, which then counts from the working directory.
  public var isFromCommandLine = false
}

extension BlockReader {
  /// Inputs of a network at most.
  static let mostInputs = 512
  /// Outputs of a network at most.
  static let mostOutputs = 64

  /// The keys of a block `network` besides those that every block has.
  static let networkSchema = SectionSchema(
    path: "blocks[] with block: \"network\"",
    about: "A network on disk. What its elapsed time means, its model says.",
    keys: [
      Key<String>.text("model", "Model file (safetensors), relative to this file.").description,
      .section(
        "inputs", as: "list of 1 to \(mostInputs) names or objects",
        "What it reads, in its order: names of signals, or objects with a scale and an offset."),
      .section(
        "outputs", as: "list of 1 to \(mostOutputs) names or objects",
        "What its outputs are called, in its order: `NAME.OUTPUT` is a signal."),
      KeyDescription(
        name: "reset", expected: "name of a flag", unit: "", standard: "never reset",
        about: "Puts its state to rest before the step."),
      Key<Bool>.flag("computes", standard: true, "false to show its inputs only; then without `model`.")
        .description,
    ])

  private static let signalKey = Key<String>.text("signal", "The signal that is read.")
  private static let unitKey = Key<String?>.optionalText(
    "unit", absent: "not checked", "The signal's unit, stated so that reader and code agree.")
  private static let outputKey = Key<String>.text("name", "Its name behind the block's.")
  private static let scaleKey = Key<Double>.number(
    "scale", -1e12...1e12, standard: 1, "Factor; not 0.")
  private static let offsetKey = Key<Double>.number(
    "offset", -1e12...1e12, standard: 0, "Added after scaling.")
  static let inputSchema = SectionSchema(
    path: "blocks[].inputs[]", about: "One input of a network: signal · scale + offset.",
    keys: [signalKey.description, unitKey.description, scaleKey.description, offsetKey.description])
  static let outputSchema = SectionSchema(
    path: "blocks[].outputs[]", about: "One output of a network: output · scale + offset.",
    keys: [outputKey.description, scaleKey.description, offsetKey.description])

  /// Reads a block `network`; says whether it is whole.
  func readNetwork(into entry: inout BlockList.Entry, _ keys: [String]) -> Bool {
    let own = Self.networkSchema.keys.map(\.name)
    var isWhole = true
    for member in all where !keys.contains(member.key) && !own.contains(member.key) {
      unknown(member, among: own + keys)
      isWhole = false
    }
    let computes = value("computes").map(\.flag) ?? true
    guard let computes else {
      complain("computes", "found \(value("computes")?.shown ?? ""), expected true or false")
      return false
    }
    let read = (
      inputs: readPorts("inputs", Self.signalKey, Self.inputSchema, most: Self.mostInputs),
      outputs: readPorts("outputs", Self.outputKey, Self.outputSchema, most: Self.mostOutputs)
    )
    // Without its outputs nothing is known of the block, as of one whose settings are missing.
    guard let outputs = read.outputs else { return false }
    // What cannot be read counts as one input that is missing.
    let inputs = read.inputs ?? [Port(name: "", path: path)]
    entry.declaration.settings = [
      "scale": .numbers(inputs.map(\.scale)), "offset": .numbers(inputs.map(\.offset)),
      "outputs": .names(outputs.map(\.name)), "output_scale": .numbers(outputs.map(\.scale)),
      "output_offset": .numbers(outputs.map(\.offset)), "computes": .flag(computes),
    ]
    entry.declaration.inputs["inputs"] = read.inputs.map { $0.map(\.name) } ?? []
    var isSound = isWhole && read.inputs != nil
    if let reset = value("reset") {
      if let name = reset.text {
        entry.declaration.inputs["reset"] = [name]
      } else {
        complain("reset", "found \(reset.shown), expected the name of a flag")
        isSound = false
      }
    }
    entry.units = inputs.compactMap { port in
      port.unit.map { BlockList.StatedUnit(path: port.path, signal: port.name, unit: $0) }
    }
    return readModel(into: &entry, inputs.count, outputs.count, computes: computes) && isSound
  }

  private func readModel(
    into entry: inout BlockList.Entry, _ inputs: Int, _ outputs: Int, computes: Bool
  ) -> Bool {
    switch (value("model"), computes) {
    case (nil, false): return true
    case (let model?, _):
      guard case .value(let file) = Key<String>.text("model", "").convert(model) else {
        complain("model", "found \(model.shown), expected the name of a model file")
        return false
      }
      if computes {
        entry.network = NetworkFile(
          block: entry.declaration.name, file: file, path: "\(path).model", inputs: inputs, outputs: outputs)
      }
      return true
    case (nil, true):
      complain("model", "missing; expected the network's file, or `computes: false`")
      return false
    }
  }

  /// An input or an output of a network as written.
  private struct Port {
    var name, path: String
    var scale = 1.0
    var offset = 0.0
    var unit: Unit?
  }

  /// A list of names, or of objects with a name, a scale and an offset.
  private func readPorts(
    _ key: String, _ nameKey: Key<String>, _ schema: SectionSchema, most: Int
  ) -> [Port]? {
    guard let list = value(key) else {
      complain(key, "missing; expected a list of 1 to \(most) names or objects")
      return nil
    }
    guard case .array(let elements) = list.content, (1...most).contains(elements.count) else {
      complain(key, "found \(list.shown), expected a list of 1 to \(most) names or objects")
      return nil
    }
    var ports: [Port] = []
    for (index, element) in elements.enumerated() {
      let place = "\(path).\(key)[\(index)]"
      if let name = element.text {
        ports.append(Port(name: name, path: place))
        continue
      }
      guard let section = Section(element, path: place, schema: schema, context: context) else { continue }
      let (name, scale) = (section.read(nameKey), section.read(Self.scaleKey))
      guard let offset = section.read(Self.offsetKey), let name, let scale else { continue }
      if scale == 0 { section.complain("scale", "found 0: nothing would come through") }
      var port = Port(name: name, path: place, scale: scale, offset: offset)
      if schema.keys.contains(where: { $0.name == Self.unitKey.name }) {
        guard let text = section.read(Self.unitKey) else { continue }
        if let text {
          guard let unit = Unit(text) else {
            section.complain("unit", noUnit(text))
            continue
          }
          port.unit = unit
        }
      }
      ports.append(port)
    }
    return ports.count == elements.count ? ports : nil
  }
}
