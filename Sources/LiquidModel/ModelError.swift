/// Why a model, or a file that should hold one, is refused: where, what, and what to do about it.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where: a byte offset, a tensor, a metadata key, or a part of the model.
  public var place: String
  /// What was found there, and what was expected.
  public var cause: String
  /// What its owner can do.
  public var remedy: String

  /// An error from its three parts; each is a phrase without a full stop.
  public init(_ place: String, _ cause: String, remedy: String) {
    (self.place, self.cause, self.remedy) = (place, cause, remedy)
  }

  /// The three parts as one line for people.
  public var description: String { "\(place): \(cause); \(remedy)" }
}

extension ModelError {
  /// The remedy for damage that an intact file cannot have.
  static let copyAgain = "the file is damaged or was not written as safetensors: export or copy it again"
  /// The remedy for contents that an exporter should not have written.
  static let exportAgain = "export the model again with ganglion-export"
}
