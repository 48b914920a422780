/// A named array as a safetensors file stores it: little-endian elements, row-major.
public struct Tensor: Sendable, Equatable {
  /// The type of an element, spelt as in the file.
  public enum ElementType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case u16 = "U16"
    case i16 = "I16"
    case f16 = "F16"
    case bf16 = "BF16"
    case u32 = "U32"
    case i32 = "I32"
    case f32 = "F32"
    case u64 = "U64"
    case i64 = "I64"
    case f64 = "F64"

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .bool, .u8, .i8: 1
      case .u16, .i16, .f16, .bf16: 2
      case .u32, .i32, .f32: 4
      case .u64, .i64, .f64: 8
      }
    }
  }

  /// Its name, unique in a file.
  public var name: String
  /// The type of its elements.
  public var elementType: ElementType
  /// The length of each dimension, outermost first; empty for a scalar.
  public var shape: [Int]
  /// The elements, `shape`'s product times the element's size.
  public var bytes: [UInt8]

  /// A tensor from its parts; `Safetensors.encoded` checks that they fit.
  public init(name: String, elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    (self.name, self.elementType, self.shape, self.bytes) = (name, elementType, shape, bytes)
  }

  /// Elements that `shape` stands for, or nil for a negative length or a product beyond `Int`.
  public static func count(of shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}

extension Tensor {
  /// A tensor of type F32.
  public init(name: String, shape: [Int], float32 values: [Float]) {
    self.init(name: name, elementType: .f32, shape: shape, bytes: littleEndian(values.map(\.bitPattern)))
  }

  /// A tensor of type F16, each value rounded to the nearest.
  public init(name: String, shape: [Int], float16 values: [Float]) {
    self.init(
      name: name, elementType: .f16, shape: shape, bytes: littleEndian(values.map(\.half)))
  }

  /// A tensor of type I8.
  public init(name: String, shape: [Int], int8 values: [Int8]) {
    self.init(name: name, elementType: .i8, shape: shape, bytes: values.map { UInt8(bitPattern: $0) })
  }

  /// A tensor of type I16.
  public init(name: String, shape: [Int], int16 values: [Int16]) {
    self.init(name: name, elementType: .i16, shape: shape, bytes: littleEndian(values))
  }

  /// A tensor of type I32.
  public init(name: String, shape: [Int], int32 values: [Int32]) {
    self.init(name: name, elementType: .i32, shape: shape, bytes: littleEndian(values))
  }

  /// The elements of a tensor of type F32 or F16.
  public func floats() throws(ModelError) -> [Float] {
    if elementType == .f16 {
      return integers(of: UInt16.self).map(Float.init(half:))
    }
    try expect(.f32, "F32 or F16")
    return integers(of: UInt32.self).map { Float(bitPattern: $0) }
  }

  /// The elements of a tensor of type I8.
  public func int8s() throws(ModelError) -> [Int8] {
    try expect(.i8, "I8")
    return bytes.map { Int8(bitPattern: $0) }
  }

  /// The elements of a tensor of type I16.
  public func int16s() throws(ModelError) -> [Int16] {
    try expect(.i16, "I16")
    return integers(of: Int16.self)
  }

  /// The elements of a tensor of type I32.
  public func int32s() throws(ModelError) -> [Int32] {
    try expect(.i32, "I32")
    return integers(of: Int32.self)
  }

  /// The place of this tensor in messages.
  public var place: String { "tensor \(ModelError.excerpt(name))" }

  private func expect(_ expected: ElementType, _ known: String) throws(ModelError) {
    guard elementType == expected else {
      throw ModelError(
        place, "elements of type \(elementType.rawValue) where \(known) was expected",
        remedy: ModelError.exportAgain)
    }
  }

  private func integers<Element: FixedWidthInteger & BitwiseCopyable>(of _: Element.Type) -> [Element] {
    let size = Element.bitWidth / 8
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { index in
        Element(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Element.self))
      }
    }
  }
}

private func littleEndian<Element: FixedWidthInteger>(_ values: [Element]) -> [UInt8] {
  let size = Element.bitWidth / 8
  var bytes: [UInt8] = []
  bytes.reserveCapacity(values.count * size)
  for value in values {
    for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }
  return bytes
}
