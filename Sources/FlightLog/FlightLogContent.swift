import Files
import Signals

/// Gives the signals of a tick of what flew; throws `LogError` when its configuration cannot be read.
public typealias TickSignals = (FlightLogContent) throws(LogError) -> SignalTable

/// What flew, as a log carries it.
public struct FlightLogContent: Sendable {
  /// What the log says about the run.
  public let metadata: FlightLogMetadata
  /// The configuration's bytes; empty without one.
  public let configuration: [UInt8]
  /// By the names of their blocks the bytes of the models.
  public let models: [String: [UInt8]]
  /// The bytes of a template's model; empty without one.
  public var model: [UInt8] { models[FlightLogMetadata.mainNetwork] ?? [] }
  /// The bytes of the calibration that was taken off the sensors' readings; empty without one.
  public let calibration: [UInt8]

  /// Takes it out of a log; throws `LogError` when something is missing or damaged.
  public init(_ outline: MCAPOutline) throws(LogError) {
    guard let record = outline.metadata.first(where: { $0.name == FlightLogMetadata.recordName }) else {
      throw LogError(
        .missing, "the log has no metadata of Ganglion", remedy: "Use a log written by `ganglion run`.")
    }
    metadata = try FlightLogMetadata(entries: record.entries)
    configuration = try Self.attachment(
      FlightLogWriter.configurationName, metadata.configurationDigest, in: outline)
    var models: [String: [UInt8]] = [:]
    for (block, digest) in metadata.modelDigests {
      models[block] = try Self.attachment(FlightLogWriter.modelName(block), digest, in: outline)
    }
    self.models = models
    calibration = try Self.attachment(
      FlightLogWriter.calibrationName, metadata.calibrationDigest, in: outline)
  }

  private static func attachment(
    _ name: String, _ digest: String, in outline: MCAPOutline
  ) throws(LogError) -> [UInt8] {
    if digest.isEmpty { return [] }
    guard let attachment = outline.attachments.first(where: { $0.name == name }) else {
      throw LogError(
        .missing, "the log has lost its attachment \(name)",
        remedy: "The front of the file is damaged; use another copy.")
    }
    let bytes = outline.bytes.copy(attachment.range)
    guard SHA256.hexDigest(of: bytes) == digest else {
      throw LogError(
        .checksum, at: attachment.range.lowerBound,
        "the attachment \(name) does not fit its SHA-256 in the metadata",
        remedy: "The file is damaged there, or was changed; use another copy.")
    }
    return bytes
  }
}
