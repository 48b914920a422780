import Signals

#if _endian(big)
  #error("a tick's record is a piece of the frame's memory, which must be little-endian")
#endif

/// The replay topic `/ganglion/tick` of one vehicle: the logged slices of its frame behind CDR's encapsulation, bit for bit.
struct TickCodec: Sendable {
  static let topic = "/ganglion/tick"

  /// The signals of a tick.
  let table: SignalTable
  private let record: FramePatch
  private let check: RecordCheck

  init(_ table: SignalTable) {
    self.table = table
    record = FramePatch(recordOf: table)
    check = RecordCheck(table)
  }

  /// The schema as `ros2msg` text, and its full name.
  var schemaText: String { table.schemaText }
  var schemaName: String { table.schemaName }
  /// Bytes of a record.
  var size: Int { record.size }

  /// Encodes a frame as the encoder's next message.
  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    encoder.begin()
    encoder.fill(atMost: record.size) { base in
      record.read(frame, into: UnsafeMutableRawBufferPointer(start: base, count: record.size))
      return record.size
    }
  }

  /// Encodes a record that was taken out of a frame.
  func encode(_ bytes: UnsafeRawBufferPointer, into encoder: inout CDREncoder) {
    encoder.begin()
    encoder.fill(atMost: record.size) { base in
      let count = min(bytes.count, record.size)
      if let start = bytes.baseAddress { base.copyMemory(from: start, byteCount: count) }
      return count
    }
  }

  /// Puts the record in `bytes` into a frame.
  func put(_ bytes: UnsafeRawBufferPointer, to frame: Frame) { record.write(bytes, to: frame) }

  /// Decodes the message in `range` into `frame`, which is left as it was after an error.
  ///
  /// Throws `LogError` when the message has another length, and at the first flag or choice that has no such value.
  @inline(__always)
  func decode(_ bytes: LogBytes, _ range: Range<Int>, into frame: Frame) throws(LogError) {
    let isDone = bytes.withBytes(in: range) { decode($0, into: frame) }
    if !isDone { throw failure(bytes, range) }
  }

  /// Decodes a message, or says `false` when anything about it is wrong.
  @inline(__always)
  private func decode(_ message: UnsafeRawBufferPointer, into frame: Frame) -> Bool {
    guard let start = message.baseAddress, message.count == CDREncoder.encapsulation + record.size,
      CDRDecoder.isLittleEndian(start.loadUnaligned(as: UInt32.self))
    else { return false }
    let values = UnsafeRawBufferPointer(rebasing: message.dropFirst(CDREncoder.encapsulation))
    guard check.isSound(values) else { return false }
    record.write(values, to: frame)
    return true
  }

  /// Finds out what is wrong with a message.
  @inline(never)
  private func failure(_ bytes: LogBytes, _ range: Range<Int>) -> LogError {
    guard let decoder = CDRDecoder(bytes, range), !decoder.isBigEndianMessage else {
      return LogError(
        .malformed, at: range.lowerBound, "a tick record is not little-endian CDR",
        remedy: LogError.recoverRemedy)
    }
    guard decoder.remaining == record.size else {
      return LogError(
        .malformed, at: range.lowerBound,
        "a tick record has \(decoder.remaining) bytes, expected \(record.size)",
        remedy: LogError.recoverRemedy)
    }
    let unsound = bytes.withBytes(in: range) {
      check.firstUnsound(UnsafeRawBufferPointer(rebasing: $0.dropFirst(CDREncoder.encapsulation)))
    }
    return LogError(
      .malformed, at: range.lowerBound + CDREncoder.encapsulation + (unsound?.offset ?? 0),
      "signal \(unsound?.signal.name ?? "") of a tick record has no such value",
      remedy: LogError.recoverRemedy)
  }
}
