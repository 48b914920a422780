/// Texas Instruments TCA9548A at register level (datasheet SCPS207): eight switches between a bus and its channels.
///
/// Modelled: the one register, which takes the last byte written; the reset pin, as a line of the board. What stands
/// behind a channel is for the board to say. Not modelled: two devices of one address behind two open channels, whose
/// levels would mix: the one that was attached first answers.
public final class SimulatedTCA9548A: SimulatedChip {
  /// The open channels, a bit for each.
  public private(set) var mask: UInt8 = 0

  /// A multiplexer with all channels closed.
  override public init() { super.init() }

  override public var faultsItLacks: Set<FaultKind> { [.flat, .saturated, .slow, .wrongIdentity, .bias] }

  override public func reset() { mask = 0 }

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0, !faults.contains(.stuck) else { return }
    mask = bytes[bytes.count - 1]
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count { buffer[index] = mask }
  }

  /// Whether transfers reach `channel`.
  func isOpen(_ channel: Int) -> Bool { !faults.contains(.off) && mask >> UInt8(channel & 7) & 1 != 0 }
}
