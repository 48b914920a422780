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

  /// SHA-256 over the tensors' bytes in the order of the file, as 64 hexadecimal digits.
  public var digest: String {
    SHA256.hexDigest(of: Safetensors(metadata: [:], tensors: tensors).ordered.flatMap(\.bytes))
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
    static let digest = "ganglion.sha256"
    static let all = [format, architecture, flavour, inputs, outputs, time, arithmetic, provenance, digest]
  }

  /// The values of `ganglion.format` that this code reads and writes: 2 for a network with liquid time-constant cells,
  /// which readers of format 1 do not know, and 1 for all others.
  enum Format: String, CaseIterable {
    case closedForm = "1"
    case timeConstants = "2"

    init(of architecture: Architecture) {
      self = architecture.hasTimeConstantCells ? .timeConstants : .closedForm
    }
  }
}
