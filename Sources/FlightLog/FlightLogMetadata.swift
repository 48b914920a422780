/// What a log says about the run it holds.
public struct FlightLogMetadata: Equatable, Sendable {
  /// Name of the metadata record in the file.
  static let recordName = "ganglion"
  /// Name of the metadata record that a run on real hardware adds when it ends.
  public static let runRecordName = "ganglion run"
  /// Name of the metadata record that says what was taken from a recording of another vehicle.
  public static let recordingRecordName = "ganglion recording"

  /// Version of Ganglion that wrote the log.
  public var version: String
  /// `simulated` or `linux`, or where else the input came from.
  public var backend: String
  /// Seed of the simulation; 0 without one.
  public var seed: UInt64
  /// Nominal ticks per second.
  public var tickRate: Double
  /// SHA-256 of the attached configuration, in lower-case hexadecimal; empty without one.
  public var configurationDigest: String
  /// By the names of their blocks the SHA-256 of the attached models, in lower-case hexadecimal.
  public var modelDigests: [String: String] = [:]
  /// SHA-256 of the attached calibration of the sensors, in lower-case hexadecimal; empty, and not in the file, without
  /// one.
  public var calibrationDigest = ""
  /// Anything else worth knowing, by name.
  public var extra: [String: String]

  /// Metadata from its parts; the writer fills the digests in.
  public init(version: String, backend: String, seed: UInt64, tickRate: Double, extra: [String: String] = [:])
  {
    (self.version, self.backend, self.seed, self.tickRate) = (version, backend, seed, tickRate)
    configurationDigest = ""
    self.extra = extra
  }

  /// The block whose model needs no name.
  package static let mainNetwork = "network"
  private static let modelKey = "model_sha256"
  private static let calibrationKey = "calibration_sha256"

  /// The record's entries, in an order that does not depend on hashing.
  var entries: [(key: String, value: String)] {
    [
      ("version", version), ("backend", backend), ("seed", String(seed)), ("tick_rate_hz", "\(tickRate)"),
      ("configuration_sha256", configurationDigest), (Self.modelKey, modelDigests[Self.mainNetwork] ?? ""),
    ]
      + modelDigests.filter { $0.key != Self.mainNetwork }.sorted { $0.key < $1.key }.map {
        ("\(Self.modelKey) \($0.key)", $0.value)
      } + (calibrationDigest.isEmpty ? [] : [(Self.calibrationKey, calibrationDigest)])
      + extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Metadata from a record's entries.
  init(entries: [(key: String, value: String)]) throws(LogError) {
    var values = [String: String](entries.map { ($0.key, $0.value) }) { first, _ in first }
    func take(_ key: String) throws(LogError) -> String {
      guard let value = values.removeValue(forKey: key) else {
        throw LogError(
          .missing, "the log's metadata has no '\(key)'", remedy: "Use a log written by `ganglion run`.")
      }
      return value
    }
    func number<Number: LosslessStringConvertible>(_ key: String, _ type: Number.Type) throws(LogError)
      -> Number
    {
      let text = try take(key)
      guard let value = Number(text) else {
        throw LogError(
          .malformed, "the log's metadata has '\(key)' = '\(text)', which is not a number",
          remedy: "Use a log written by `ganglion run`.")
      }
      return value
    }
    version = try take("version")
    backend = try take("backend")
    seed = try number("seed", UInt64.self)
    tickRate = try number("tick_rate_hz", Double.self)
    configurationDigest = try take("configuration_sha256")
    let digest = try take(Self.modelKey)
    if !digest.isEmpty { modelDigests[Self.mainNetwork] = digest }
    let prefix = Self.modelKey + " "
    for (key, value) in values where key.hasPrefix(prefix) {
      modelDigests[String(key.dropFirst(prefix.count))] = value
      values.removeValue(forKey: key)
    }
    calibrationDigest = values.removeValue(forKey: Self.calibrationKey) ?? ""
    guard tickRate.isFinite, tickRate > 0 else {
      throw LogError(
        .malformed, "the log's metadata has a tick rate of \(tickRate) Hz",
        remedy: "Use a log written by `ganglion run`.")
    }
    extra = values
  }
}
