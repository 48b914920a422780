/// Why a block of memory is not an image that can be run.
public enum ImageError: Error, Equatable, Sendable {
  /// It is shorter than it says, or than a header.
  case truncated
  /// It, or the workspace, does not lie at a multiple of the bytes that `ImageLayout` asks for.
  case misaligned
  /// It does not begin as an image of this version does.
  case notAnImage
  /// It is made for another arithmetic.
  case otherArithmetic(UInt32)
  /// A count in the header is out of bounds.
  case header
  /// A cell's descriptor is out of bounds.
  case cell(Int)
  /// A map's descriptor, or what it points to, is out of bounds, or does not fit its place in the chain.
  case map(Int)
  /// The workspace is smaller than so many bytes.
  case workspaceTooSmall(Int)
}

/// Why a step is refused; the network's state is as it was.
public enum NetworkError: Error, Equatable, Sendable {
  /// So many inputs where the network has so many.
  case inputCount(Int, expected: Int)
  /// So many outputs where the network has so many.
  case outputCount(Int, expected: Int)
  /// An input that is infinite or not a number.
  case nonFiniteInput(Int)
  /// A ts that is negative, infinite, or not a number.
  case elapsedTime(Float)
  /// In floating point: the state or an output after the step would not be finite.
  case nonFiniteResult
  /// A state to be restored whose number at that place is not finite.
  case nonFiniteState(Int)
  /// So many bytes of state where the network has so many.
  case stateByteCount(Int, expected: Int)
}

#if !hasFeature(Embedded)
  extension NetworkError: CustomStringConvertible {
    /// What is wrong and what was expected.
    public var description: String {
      switch self {
      case .inputCount(let found, let expected): "\(found) inputs given, the network has \(expected)"
      case .outputCount(let found, let expected): "room for \(found) outputs, the network has \(expected)"
      case .nonFiniteInput(let index): "input \(index) is not a finite number"
      case .elapsedTime(let ts): "elapsed time ts is \(ts), not a finite number from 0 on"
      case .nonFiniteResult:
        "the step's outputs or its state would not be finite: the inputs or ts are too large for this network"
      case .nonFiniteState(let index): "number \(index) of the state is not finite"
      case .stateByteCount(let found, let expected):
        "\(found) bytes of state, the network has \(expected)"
      }
    }
  }
#endif
