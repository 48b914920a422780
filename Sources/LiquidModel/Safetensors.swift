/// A safetensors file: named tensors and a map of strings.
///
/// Format: 8 bytes little-endian header length, a JSON header, then the tensors' bytes without gap or
/// overlap (github.com/huggingface/safetensors, "Format"). This reader is stricter than the format: the
/// header is bounded, names occur once, and each tensor begins at a multiple of its element's size.
public struct Safetensors: Sendable, Equatable {
  /// Longest header accepted, in bytes.
  public static let maximumHeader = 1 << 20
  /// Longest file accepted, in bytes.
  public static let maximumFile = 64 << 20
  /// Most dimensions of a tensor.
  public static let maximumDimensions = 8

  /// The strings of `__metadata__`.
  public var metadata: [String: String]
  /// The tensors in the order of their bytes.
  public var tensors: [Tensor]

  /// A file's contents from its parts; `encoded` checks them.
  public init(metadata: [String: String], tensors: [Tensor]) {
    (self.metadata, self.tensors) = (metadata, tensors)
  }

  /// The contents of a file, and where its tensor data begins.
  ///
  /// - Throws: `ModelError` with the byte offset or the tensor, for anything but a well-formed file.
  public init(_ bytes: [UInt8]) throws(ModelError) {
    let dataStart = try Self.dataStart(of: bytes)
    let header = try JSONReader.read(bytes, 8..<dataStart, place: "safetensors header")
    guard case .object(var entries) = header else {
      throw ModelError("byte 8", "the header is \(header.kind), not an object", remedy: ModelError.copyAgain)
    }
    metadata = [:]
    if let value = entries.removeValue(forKey: "__metadata__") {
      guard case .object(let members) = value else {
        throw ModelError(
          "__metadata__", "\(value.kind) where an object was expected", remedy: ModelError.copyAgain)
      }
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        guard case .string(let text) = member else {
          throw ModelError(
            "metadata \(ModelError.excerpt(name))", "\(member.kind) where a string was expected",
            remedy: ModelError.copyAgain)
        }
        metadata[name] = text
      }
    }
    // Sorted by place in the file (then by name, for tensors without bytes), so that a gap or an overlap
    // shows at the first tensor concerned.
    var extents: [Extent] = []
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) { extents.append(try Extent(name, entry)) }
    extents.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    let dataSize = bytes.count - dataStart
    var position = 0
    tensors = []
    for extent in extents {
      guard extent.end <= dataSize else {
        throw ModelError(
          extent.place, "its bytes end at \(extent.end) of the data, which has \(dataSize)",
          remedy: ModelError.copyAgain)
      }
      guard extent.start == position else {
        throw ModelError(
          extent.place,
          "its bytes begin at \(extent.start) of the data, "
            + (extent.start < position ? "within another tensor" : "leaving a gap from \(position)"),
          remedy: ModelError.copyAgain)
      }
      tensors.append(
        Tensor(
          name: extent.name, elementType: extent.elementType, shape: extent.shape,
          bytes: Array(bytes[dataStart + extent.start..<dataStart + extent.end])))
      position = extent.end
    }
    guard position == dataSize else {
      throw ModelError(
        "byte \(dataStart + position)", "\(dataSize - position) bytes belong to no tensor",
        remedy: ModelError.copyAgain)
    }
  }

  /// The tensor of that name, if there is one.
  public func tensor(_ name: String) -> Tensor? {
    tensors.first { $0.name == name }
  }

  /// The offset of the tensor data in `bytes`, from the header length alone.
  static func dataStart(of bytes: [UInt8]) throws(ModelError) -> Int {
    guard bytes.count <= maximumFile else {
      throw ModelError(
        "file", "\(bytes.count) bytes, more than the \(maximumFile) a model may have",
        remedy: "this is not a model for a controller: check the path")
    }
    guard bytes.count >= 10 else {
      throw ModelError(
        "byte \(bytes.count)", "the file ends within its first fields", remedy: ModelError.copyAgain)
    }
    var length: UInt64 = 0
    for byte in bytes[0..<8].reversed() { length = length << 8 | UInt64(byte) }
    guard length >= 2, length <= UInt64(maximumHeader) else {
      throw ModelError(
        "byte 0", "a header of \(length) bytes, outside 2 to \(maximumHeader)", remedy: ModelError.copyAgain)
    }
    guard Int(length) <= bytes.count - 8 else {
      throw ModelError(
        "byte 0", "a header of \(length) bytes in a file of \(bytes.count)", remedy: ModelError.copyAgain)
    }
    return 8 + Int(length)
  }
}

/// Where a tensor lies in the data, as its header entry says.
private struct Extent {
  var name: String
  var elementType: Tensor.ElementType
  var shape: [Int]
  var start, end: Int

  var place: String { "tensor \(ModelError.excerpt(name))" }

  init(_ name: String, _ entry: JSONValue) throws(ModelError) {
    self.name = name
    let place = "tensor \(ModelError.excerpt(name))"
    var members = try JSONMembers(entry, place: place)
    elementType = try members.choice("dtype", Tensor.ElementType.self)
    let lengths = try members.array("shape")
    guard lengths.count <= Safetensors.maximumDimensions else {
      throw ModelError(
        place, "\(lengths.count) dimensions, more than \(Safetensors.maximumDimensions)",
        remedy: ModelError.copyAgain)
    }
    shape = []
    for length in lengths {
      shape.append(
        try JSONMembers.integer(length, in: 0...Safetensors.maximumFile, place: "\(place), shape"))
    }
    let offsets = try members.array("data_offsets")
    guard offsets.count == 2 else {
      throw ModelError(place, "\(offsets.count) data offsets instead of 2", remedy: ModelError.copyAgain)
    }
    start = try JSONMembers.integer(
      offsets[0], in: 0...Safetensors.maximumFile, place: "\(place), data_offsets")
    end = try JSONMembers.integer(
      offsets[1], in: 0...Safetensors.maximumFile, place: "\(place), data_offsets")
    try members.finish()
    guard let count = Tensor.count(of: shape), count <= Safetensors.maximumFile else {
      throw ModelError(place, "a shape of more elements than a file may hold", remedy: ModelError.copyAgain)
    }
    guard start <= end, end - start == count * elementType.size else {
      throw ModelError(
        place,
        "data from \(start) to \(end) for \(count) elements of \(elementType.size) bytes",
        remedy: ModelError.copyAgain)
    }
    guard start % elementType.size == 0 else {
      throw ModelError(
        place, "data at \(start), not a multiple of its element's \(elementType.size) bytes",
        remedy: "save it again with a current version of the safetensors package")
    }
  }
}
