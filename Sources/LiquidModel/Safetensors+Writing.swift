extension Safetensors {
  /// The tensors in the order in which they are written: larger elements first, so that each is aligned,
  /// then by name, so that equal contents give equal bytes.
  var ordered: [Tensor] {
    tensors.sorted { ($1.elementType.size, $0.name) < ($0.elementType.size, $1.name) }
  }

  /// The file's bytes; equal contents give equal bytes.
  ///
  /// - Throws: `ModelError` for a tensor whose bytes do not fit its shape, a name used twice, or contents
  ///   larger than a reader accepts.
  public func encoded() throws(ModelError) -> [UInt8] {
    var header: [String: JSONValue] = [:]
    if !metadata.isEmpty { header["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
    var data: [UInt8] = []
    for tensor in ordered {
      guard tensor.name != "__metadata__", header[tensor.name] == nil else {
        throw ModelError(tensor.place, "the name is used twice", remedy: "name each tensor once")
      }
      guard tensor.shape.count <= Self.maximumDimensions, let count = Tensor.count(of: tensor.shape),
        count <= Self.maximumFile, tensor.bytes.count == count * tensor.elementType.size
      else {
        throw ModelError(
          tensor.place,
          "\(tensor.bytes.count) bytes do not fit the shape \(tensor.shape) of \(tensor.elementType.rawValue)",
          remedy: "make shape and bytes agree")
      }
      let start = data.count
      data.append(contentsOf: tensor.bytes)
      header[tensor.name] = .object([
        "dtype": .string(tensor.elementType.rawValue),
        "shape": .array(tensor.shape.map { .number(Double($0)) }),
        "data_offsets": .array([.number(Double(start)), .number(Double(data.count))]),
      ])
    }
    var text = Array(JSONValue.object(header).text.utf8)
    // The data begins at a multiple of 8, as the reference implementation writes it.
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    guard text.count <= Self.maximumHeader, 8 + text.count + data.count <= Self.maximumFile else {
      throw ModelError(
        "file",
        "\(8 + text.count + data.count) bytes, of them \(text.count) header, are more than a model may have",
        remedy: "use a smaller network or shorter metadata")
    }
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    bytes.append(contentsOf: text)
    bytes.append(contentsOf: data)
    return bytes
  }
}
