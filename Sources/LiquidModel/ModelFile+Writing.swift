extension ModelFile {
  /// The bytes of the file, of format 3, whose digest covers everything; equal models give equal bytes.
  ///
  /// - Throws: `ModelError` when the tensors or the extra metadata cannot be written.
  public func encoded() throws(ModelError) -> [UInt8] {
    if let key = Key.all.first(where: { metadata[$0] != nil }) {
      throw ModelError(
        "metadata \(key)", "is written from the model itself", remedy: "leave it out of `metadata`")
    }
    var file = Safetensors(metadata: strings, tensors: tensors)
    file.metadata[Key.digest] = file.contentDigest
    return try file.encoded()
  }

  /// All strings of the file but the digest.
  var strings: [String: String] {
    var strings = metadata
    strings[Key.format] = Format.sealed.rawValue
    strings[Key.architecture] = architecture.json.text
    strings[Key.flavour] = flavour
    strings[Key.inputs] = Self.json(inputs).text
    strings[Key.outputs] = Self.json(outputs).text
    strings[Key.time] =
      JSONValue.object([
        "unit_s": .number(timeUnit), "minimum": .number(minimumTs), "maximum": .number(maximumTs),
      ]).text
    strings[Key.arithmetic] = arithmetic.rawValue
    strings[Key.provenance] = JSONValue.object(provenance.mapValues { .string($0) }).text
    return strings
  }

  private static func json(_ ports: [NetworkModel.Port]) -> JSONValue {
    .array(
      ports.map {
        .object([
          "name": .string($0.name), "unit": .string($0.unit),
          "minimum": .number($0.minimum), "maximum": .number($0.maximum),
        ])
      })
  }
}
