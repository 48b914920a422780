/// Places of a frame as bytes one behind the other: what a bus's thread hands over, or a tick's record.
public struct FramePatch: Sendable, Equatable {
  /// The ranges of the frame, in order.
  public let ranges: [Range<Int>]
  /// Bytes of the patch.
  public let size: Int

  /// The patch of all signals of `table` that are `included`.
  public init(_ table: SignalTable, where included: (Signal) -> Bool) {
    ranges = table.ranges(where: included)
    size = ranges.reduce(0) { $0 + $1.count }
  }

  /// The record of a tick.
  public init(recordOf table: SignalTable) { (ranges, size) = (table.record, table.recordSize) }

  /// Takes the patch's values out of `frame`.
  public func read(_ frame: Frame, into bytes: UnsafeMutableRawBufferPointer) {
    var place = 0
    for range in ranges where bytes.count - place >= range.count {
      bytes.baseAddress?.advanced(by: place).copyMemory(
        from: frame.base + range.lowerBound, byteCount: range.count)
      place += range.count
    }
  }

  /// Copies the patch's values from one frame to another of the same table.
  public func copy(from source: Frame, to target: Frame) {
    for range in ranges {
      (target.base + range.lowerBound).copyMemory(
        from: source.base + range.lowerBound, byteCount: range.count)
    }
  }

  /// Puts a patch's values into `frame`.
  public func write(_ bytes: UnsafeRawBufferPointer, to frame: Frame) {
    var place = 0
    for range in ranges where bytes.count - place >= range.count {
      if let start = bytes.baseAddress {
        (frame.base + range.lowerBound).copyMemory(from: start + place, byteCount: range.count)
      }
      place += range.count
    }
  }
}
