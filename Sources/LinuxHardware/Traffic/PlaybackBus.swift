import HardwareInterfaces

/// A bus that answers as a recorded one did: a real session as a test.
///
/// Every transfer must be the recorded one, in order. The first that is not ends the playback: from then on the bus is
/// gone, and `mismatch` says why.
public struct PlaybackBus: I2CBus, ~Copyable {
  private let operations: [BusOperation]
  /// Transfers played back so far.
  public private(set) var position = 0
  /// The first transfer that was not the recorded one.
  public private(set) var mismatch: String?

  /// A bus that plays these transfers back.
  public init(_ operations: [BusOperation]) { self.operations = operations }

  /// When the next recorded transfer began; `nil` at the end.
  public var nextTime: Int64? { position < operations.count ? operations[position].time : nil }

  /// Whether everything was played back as recorded.
  public var isFinished: Bool { mismatch == nil && position == operations.count }

  private mutating func next(
    _ address: UInt8, _ written: [UInt8], _ count: Int
  ) throws(BusError) -> BusOperation {
    guard mismatch == nil else { throw .busGone }
    guard position < operations.count else {
      mismatch = "after the last of \(operations.count) transfers came another, to \(hexadecimal(address))"
      throw .busGone
    }
    let operation = operations[position]
    guard operation.address == address, operation.written == written, operation.readCount == count else {
      mismatch =
        "transfer \(position): recorded \(Self.text(operation.address, operation.written, operation.readCount)), "
        + "came \(Self.text(address, written, count))"
      throw .busGone
    }
    position += 1
    if let error = operation.error { throw error }
    return operation
  }

  private static func text(_ address: UInt8, _ written: [UInt8], _ count: Int) -> String {
    "\(hexadecimal(address)) \(written.map(hexadecimal)) reading \(count)"
  }

  /// See `I2CBus`.
  public mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    _ = try next(address, bytes.indices.map { bytes[$0] }, 0)
  }

  /// See `I2CBus`.
  public mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    let operation = try next(address, [], buffer.count)
    for index in buffer.indices where index < operation.read.count { buffer[index] = operation.read[index] }
  }

  /// See `I2CBus`.
  @_lifetime(buffer: copy buffer)
  public mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    let operation = try next(address, bytes.indices.map { bytes[$0] }, buffer.count)
    for index in buffer.indices where index < operation.read.count { buffer[index] = operation.read[index] }
  }
}
