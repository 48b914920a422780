extension ModelFile {
  /// The model that the bytes of a file hold.
  ///
  /// Checks everything but the tensors' names and shapes against the architecture: `model` does that for
  /// float files, the quantiser's reader for the others.
  ///
  /// - Throws: `ModelError` with the place in the file.
  public static func read(_ bytes: [UInt8]) throws(ModelError) -> ModelFile {
    let file = try Safetensors(bytes)
    var metadata = file.metadata
    func take(_ key: String) throws(ModelError) -> String {
      guard let text = metadata.removeValue(forKey: key) else {
        throw ModelError(
          "metadata", "\(key) is missing",
          remedy:
            "this is not a Ganglion model: convert it with ganglion-export (scripts/export_ncps.py in a checkout)"
        )
      }
      return text
    }
    let format = try take(Key.format)
    guard let format = Format(rawValue: format) else {
      throw ModelError(
        "metadata \(Key.format)",
        "version \(ModelError.excerpt(format)), this program reads "
          + Format.allCases.map(\.rawValue).joined(separator: ", "),
        remedy: "update Ganglion, or export the model again")
    }
    // Before anything else is believed.
    let seal = try seal(of: file, format: format)
    metadata[Key.digest] = nil
    metadata[Key.tensorDigest] = nil
    let arithmetic = try take(Key.arithmetic)
    guard let arithmetic = Arithmetic(rawValue: arithmetic) else {
      throw ModelError(
        "metadata \(Key.arithmetic)",
        "\(ModelError.excerpt(arithmetic)) is none of "
          + Arithmetic.allCases.map(\.rawValue).joined(separator: ", "),
        remedy: "update Ganglion, or quantize the model again")
    }
    let inputs = try ports(take(Key.inputs), "metadata \(Key.inputs)")
    let outputs = try ports(take(Key.outputs), "metadata \(Key.outputs)")
    try NetworkModel.validate(inputs, "input")
    try NetworkModel.validate(outputs, "output")
    let architecture = try Architecture(
      JSONReader.read(take(Key.architecture), place: "metadata \(Key.architecture)"), inputs: inputs.count,
      outputs: outputs.count, place: "metadata \(Key.architecture)")
    try format.check(architecture)
    var time = try JSONMembers(
      JSONReader.read(take(Key.time), place: "metadata \(Key.time)"), place: "metadata \(Key.time)")
    let timeUnit = try time.number("unit_s")
    let (minimumTs, maximumTs) = (try time.number("minimum"), try time.number("maximum"))
    try time.finish()
    try NetworkModel.validateTime(
      unit: timeUnit, minimum: minimumTs, maximum: maximumTs, of: architecture)
    let flavour = try take(Key.flavour)
    let provenance = try strings(take(Key.provenance), "metadata \(Key.provenance)")
    try architecture.check(against: provenance)
    var model = ModelFile(
      arithmetic: arithmetic, architecture: architecture, inputs: inputs, outputs: outputs,
      timeUnit: timeUnit,
      minimumTs: minimumTs, maximumTs: maximumTs, flavour: flavour, provenance: provenance,
      metadata: metadata, tensors: file.tensors)
    model.seal = seal
    return model
  }

  private init(
    arithmetic: Arithmetic, architecture: Architecture, inputs: [NetworkModel.Port],
    outputs: [NetworkModel.Port],
    timeUnit: Double, minimumTs: Double, maximumTs: Double, flavour: String, provenance: [String: String],
    metadata: [String: String], tensors: [Tensor]
  ) {
    (self.arithmetic, self.architecture) = (arithmetic, architecture)
    (self.inputs, self.outputs) = (inputs, outputs)
    (self.timeUnit, self.minimumTs, self.maximumTs) = (timeUnit, minimumTs, maximumTs)
    (self.flavour, self.provenance) = (flavour, provenance)
    (self.metadata, self.tensors) = (metadata, tensors)
  }

  private static func ports(_ text: String, _ place: String) throws(ModelError) -> [NetworkModel.Port] {
    guard case .array(let values) = try JSONReader.read(text, place: place) else {
      throw ModelError(place, "is not a list", remedy: ModelError.exportAgain)
    }
    var ports: [NetworkModel.Port] = []
    for (k, value) in values.enumerated() {
      var members = try JSONMembers(value, place: "\(place), element \(k)")
      ports.append(
        NetworkModel.Port(
          name: try members.string("name"), unit: try members.string("unit"),
          minimum: try members.number("minimum"), maximum: try members.number("maximum")))
      try members.finish()
    }
    return ports
  }

  private static func strings(_ text: String, _ place: String) throws(ModelError) -> [String: String] {
    guard case .object(let members) = try JSONReader.read(text, place: place) else {
      throw ModelError(place, "is not an object", remedy: ModelError.exportAgain)
    }
    var strings: [String: String] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      guard case .string(let string) = value else {
        throw ModelError(
          "\(place), \(ModelError.excerpt(name))", "\(value.kind) where a string was expected",
          remedy: ModelError.exportAgain)
      }
      strings[name] = string
    }
    return strings
  }
}
