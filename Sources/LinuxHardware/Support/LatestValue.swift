/// The newest value of one writer for one reader, as `LatestBytes` hands it over.
public final class LatestValue<Value: BitwiseCopyable & Sendable>: Sendable {
  private let bytes: LatestBytes

  /// Begins with `value`.
  public init(_ value: Value) {
    bytes = LatestBytes(count: MemoryLayout<Value>.size) { $0.storeBytes(of: value, as: Value.self) }
  }

  /// Puts a value in place of the newest. Only the writer calls this.
  public func publish(_ value: Value) {
    bytes.draft.storeBytes(of: value, as: Value.self)
    bytes.publish()
  }

  /// Whether there is a value that `latest` has not given yet. Only the reader calls this.
  public var isNew: Bool { bytes.isNew }

  /// The newest value. Only the reader calls this.
  public var latest: Value { bytes.latest.load(as: Value.self) }
}
