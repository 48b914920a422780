import HardwareInterfaces

/// What a bus carried, in memory that is taken once: recording neither allocates nor waits.
///
/// One thread records; the transfers are taken out when it has ended.
public final class BusRecorder: @unchecked Sendable {
  // Sendable: the recording thread has it alone until it is joined.

  /// What stands before the bytes of a transfer.
  private struct Entry {
    var time: Int64
    var error: BusError?
    var written: UInt16
    var read: UInt16
    var address: UInt8
  }

  private let entries: UnsafeMutableBufferPointer<Entry>
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private var entryCount = 0
  private var byteCount = 0
  /// Transfers that did not fit any more.
  public private(set) var omitted: UInt64 = 0

  /// A recorder for so many transfers, of 32 bytes each on average.
  public init(capacity: Int) {
    let capacity = min(max(capacity, 1), 1 << 22)
    entries = .allocate(capacity: capacity)
    bytes = .allocate(capacity: capacity * 32)
  }

  deinit {
    entries.deallocate()
    bytes.deallocate()
  }

  func record(
    time: Int64, address: UInt8, written: Span<UInt8>, read: Span<UInt8>, error: BusError?
  ) {
    let size = written.count + read.count
    guard entryCount < entries.count, size <= bytes.count - byteCount else {
      omitted &+= 1
      return
    }
    entries.initializeElement(
      at: entryCount,
      to: Entry(
        time: time, error: error, written: UInt16(clamping: written.count),
        read: UInt16(clamping: read.count),
        address: address))
    entryCount += 1
    for index in written.indices { put(written[index]) }
    for index in read.indices { put(read[index]) }
  }

  private func put(_ byte: UInt8) {
    bytes.initializeElement(at: byteCount, to: byte)
    byteCount += 1
  }

  /// Everything recorded. Only for after the recording thread has ended.
  public var operations: [BusOperation] {
    var start = 0
    return entries.prefix(entryCount).map { entry in
      let middle = start + Int(entry.written)
      let end = middle + Int(entry.read)
      defer { start = end }
      return BusOperation(
        time: entry.time, address: entry.address, written: Array(bytes[start..<middle]),
        readCount: Int(entry.read), read: entry.error == nil ? Array(bytes[middle..<end]) : [],
        error: entry.error)
    }
  }
}

/// A bus that notes every transfer of another.
public struct RecordingBus<Base: I2CBus & ~Copyable>: I2CBus, ~Copyable {
  private var base: Base
  private let recorder: BusRecorder?
  private let now: @Sendable () -> Int64

  /// `base`, noted in `recorder`; without one it is `base` alone.
  public init(_ base: consuming Base, recorder: BusRecorder?, now: @escaping @Sendable () -> Int64) {
    self.base = base
    self.recorder = recorder
    self.now = now
  }

  /// Lets `body` look at the bus behind it.
  public func withBase<Result>(_ body: (borrowing Base) -> Result) -> Result { body(base) }

  /// See `I2CBus`.
  public mutating func write(_ bytes: Span<UInt8>, to address: UInt8) throws(BusError) {
    guard let recorder else { return try base.write(bytes, to: address) }
    let time = now()
    let nothing = InlineArray<1, UInt8>(repeating: 0)
    let none = nothing.span.extracting(first: 0)
    do throws(BusError) {
      try base.write(bytes, to: address)
      recorder.record(time: time, address: address, written: bytes, read: none, error: nil)
    } catch {
      recorder.record(time: time, address: address, written: bytes, read: none, error: error)
      throw error
    }
  }

  /// See `I2CBus`.
  public mutating func read(from address: UInt8, into buffer: inout MutableSpan<UInt8>) throws(BusError) {
    guard let recorder else { return try base.read(from: address, into: &buffer) }
    let time = now()
    let nothing = InlineArray<1, UInt8>(repeating: 0)
    let none = nothing.span.extracting(first: 0)
    do throws(BusError) {
      try base.read(from: address, into: &buffer)
      recorder.record(time: time, address: address, written: none, read: buffer.span, error: nil)
    } catch {
      recorder.record(time: time, address: address, written: none, read: buffer.span, error: error)
      throw error
    }
  }

  /// See `I2CBus`.
  @_lifetime(buffer: copy buffer)
  public mutating func write(
    _ bytes: Span<UInt8>, to address: UInt8, thenRead buffer: inout MutableSpan<UInt8>
  ) throws(BusError) {
    guard let recorder else { return try base.write(bytes, to: address, thenRead: &buffer) }
    let time = now()
    do throws(BusError) {
      try base.write(bytes, to: address, thenRead: &buffer)
      recorder.record(time: time, address: address, written: bytes, read: buffer.span, error: nil)
    } catch {
      recorder.record(time: time, address: address, written: bytes, read: buffer.span, error: error)
      throw error
    }
  }
}
