/// A model file: what a network is, and its tensors, as trained or as quantised.
///
/// The container is safetensors; the metadata keys and tensor names are in `docs/model-format.md`.
public struct ModelFile: Sendable, Equatable {
  /// What the tensors hold and what runs them.
  public enum Arithmetic: String, Sendable, CaseIterable {
    /// Weights as trained.
    case float32
    /// Weights rounded to half precision.
    case float16
    /// Fixed point with 16-bit weights.
    case int16
    /// Fixed point with 8-bit weights.
    case int8
  }

  /// What the tensors hold.
  public var arithmetic: Arithmetic
  /// The network's shape.
  public var architecture: Architecture
  /// Inputs and outputs in order.
  public var inputs, outputs: [NetworkModel.Port]
  /// Seconds that ts = 1 stands for.
  public var timeUnit: Double
  /// Range of ts, in time units.
  public var minimumTs, maximumTs: Double
  /// Where the network came from, e.g. "ncps.torch".
  public var flavour: String
  /// What the trainer wants to be remembered.
  public var provenance: [String: String]
  /// Metadata beyond the keys of this type, e.g. "ganglion.quantisation"; kept as it is.
  public var metadata: [String: String]
  /// The weights; for `float32` and `float16` as `NetworkModel` names them, otherwise as the quantiser does.
  public var tensors: [Tensor]
  /// The digest of the file that this was read from, and what it covers; nil for a model that was not read. It is what
  /// the file said: a change of this value does not renew it.
  public internal(set) var seal: Seal?

  /// A file that says of its network what `model` says, with tensors of the caller's making.
  ///
  /// The way to write a quantised model; for weights as they are use `init(_:arithmetic:)`.
  public init(
    describing model: NetworkModel, arithmetic: Arithmetic, tensors: [Tensor],
    metadata: [String: String] = [:]
  ) {
    self.arithmetic = arithmetic
    architecture = Architecture(of: model)
    (inputs, outputs) = (model.inputs, model.outputs)
    (timeUnit, minimumTs, maximumTs) = (model.timeUnit, model.minimumTs, model.maximumTs)
    (flavour, provenance) = (model.flavour, model.provenance)
    (self.metadata, self.tensors) = (metadata, tensors)
  }

  /// The digest of the file that this was read from, or else of the one that would be written.
  public var digest: String {
    seal?.digest ?? Safetensors(metadata: strings, tensors: tensors).contentDigest
  }

  /// SHA-256 over the tensors' bytes in the order in which they are written, as 64 hexadecimal digits.
  public var tensorDigest: String {
    let tensors = Safetensors(metadata: [:], tensors: tensors).ordered
    return Safetensors(metadata: [:], tensors: tensors).dataDigest
  }

  /// The tensor of that name.
  ///
  /// - Throws: `ModelError` when the file has none.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw ModelError("tensor \(ModelError.excerpt(name))", "is missing", remedy: ModelError.exportAgain)
    }
    return tensor
  }

  /// The metadata keys of the format.
  enum Key {
    static let format = "ganglion.format"
    static let architecture = "ganglion.architecture"
    static let flavour = "ganglion.flavour"
    static let inputs = "ganglion.inputs"
    static let outputs = "ganglion.outputs"
    static let time = "ganglion.time"
    static let arithmetic = "ganglion.arithmetic"
    static let provenance = "ganglion.provenance"
    static let digest = "ganglion.digest"
    /// The digest of files of formats 1 and 2.
    static let tensorDigest = "ganglion.sha256"
    static let all = [
      format, architecture, flavour, inputs, outputs, time, arithmetic, provenance, digest, tensorDigest,
    ]
  }

  /// The values of `ganglion.format` that this code reads.
  enum Format: String, CaseIterable {
    /// A digest over the tensors' bytes alone, and no liquid time-constant cells.
    case closedForm = "1"
    /// The same with liquid time-constant cells, which readers of format 1 do not know.
    case timeConstants = "2"
    /// A digest over everything, whatever the cells. The only one that is written.
    case sealed = "3"

    /// What the digest of such a file covers.
    var coverage: Seal.Coverage { self == .sealed ? .everything : .tensors }

    /// The old format of a network.
    private static func unsealed(_ architecture: Architecture) -> Format {
      architecture.hasTimeConstantCells ? .timeConstants : .closedForm
    }

    /// Refuses an old format that does not fit the cells.
    func check(_ architecture: Architecture) throws(ModelError) {
      guard self == .sealed || self == Self.unsealed(architecture) else {
        throw ModelError(
          "metadata \(Key.format)",
          "version \(rawValue), but a network of these cells has \(Self.unsealed(architecture).rawValue)",
          remedy: ModelError.exportAgain)
      }
    }
  }
}
