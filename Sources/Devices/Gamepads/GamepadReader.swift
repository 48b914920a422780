import HardwareInterfaces
import PortableMath

/// Where a gamepad's sticks and buttons are.
public struct GamepadSample: Sendable, BitwiseCopyable {
  /// Axes that are followed: the codes 0 (ABS_X) to 23 (ABS_HAT3Y).
  public static let axisCount = 24

  /// Where the axes are, in the device's own units, by their codes: X 0, Y 1, Z 2, RX 3, RY 4, RZ 5, throttle 6, hats from 16 on.
  public var axes = InlineArray<24, Int32>(repeating: 0)
  /// The buttons that are down, by their codes: BTN_SOUTH is 0x130.
  public var keys = KeyStates()
  /// Packets that were taken; 0 when nothing is known yet.
  public var packets: UInt32 = 0
  /// Times that the system lost events, after which everything was asked for anew.
  public var dropped: UInt32 = 0

  /// Nothing is known.
  public init() {}
}

/// Reads a gamepad's events (Linux, *Documentation/input/event-codes.rst* and *input.h*): 24 bytes each on a 64-bit system, a time of 16,
/// type, code and value.
///
/// Only whole packets count, which end with SYN_REPORT: a stick that moved in both axes is never seen at a place where it was not. When the
/// system has lost events (SYN_DROPPED), what it still gives of that packet is thrown away and everything is asked for. A gamepad that is
/// unplugged has gone (`PortError`): its sticks are not in the middle, they are nowhere.
public struct GamepadReader: Sendable, BitwiseCopyable {
  /// What is known of the gamepad.
  public private(set) var sample = GamepadSample()
  /// Bytes of a record on a 64-bit system.
  public static let recordLength = 24
  /// Whether events were lost, so that everything has to be asked for.
  public private(set) var mustAsk = true

  private var packet = GamepadSample()
  private var isDropping = false
  private var record = InlineArray<24, UInt8>(repeating: 0)
  private var filled = 0

  /// A reader that has yet to ask how things are.
  public init() {}

  /// Looks at a gamepad: takes the events that have come, at most 21 of them (504 bytes), and asks for everything when it must.
  ///
  /// - Returns: Whether a packet was taken.
  /// - Throws: `PortError`; after `gone` only another reader on a gamepad that was opened again knows anything.
  public mutating func poll<Device: EventDevice & ~Copyable>(_ device: inout Device) throws(PortError) -> Bool
  {
    let before = sample.packets
    if mustAsk { try ask(&device) }
    var buffer = InlineArray<504, UInt8>(repeating: 0)
    var room = buffer.mutableSpan
    let count = try device.read(into: &room)
    take(buffer.span.extracting(0..<min(max(count, 0), 504)))
    if mustAsk { try ask(&device) }
    return sample.packets != before
  }

  /// Takes bytes of the stream of records. When it says `mustAsk` afterwards, what is known is not to be relied on until `take(axes:keys:)`.
  public mutating func take(_ bytes: Span<UInt8>) {
    var place = 0
    while place < bytes.count {
      record[filled] = bytes[place]
      filled &+= 1
      place &+= 1
      if filled == Self.recordLength {
        filled = 0
        takeRecord()
      }
    }
  }

  /// Takes how everything is now.
  public mutating func take(axes: InlineArray<24, Int32>, keys: KeyStates) {
    (packet.axes, packet.keys) = (axes, keys)
    mustAsk = false
    publish()
  }

  private mutating func ask<Device: EventDevice & ~Copyable>(_ device: inout Device) throws(PortError) {
    var axes = InlineArray<24, Int32>(repeating: 0)
    var code = 0
    while code < GamepadSample.axisCount {
      if let axis = try device.axis(code) { axes[code] = axis.value }
      code &+= 1
    }
    take(axes: axes, keys: try device.keys())
  }

  private mutating func takeRecord() {
    let type = record.uint16(littleEndianAt: 16)
    let code = Int(record.uint16(littleEndianAt: 18))
    let value = Int32(
      bitPattern: UInt32(record.uint16(littleEndianAt: 20)) | UInt32(record.uint16(littleEndianAt: 22)) << 16)
    switch (type, code) {
    case (0, 3):
      isDropping = true
      packet.dropped.countUp()
    case (0, 0):
      if isDropping {
        (isDropping, mustAsk) = (false, true)
      } else if !mustAsk {
        publish()
      }
    case _ where isDropping: break
    // A value of 2 is a key that is held down.
    case (1, 0..<KeyStates.count): packet.keys[code] = value != 0
    case (3, 0..<GamepadSample.axisCount): packet.axes[code] = value
    default: break
    }
  }

  private mutating func publish() {
    packet.packets.countReading()
    sample = packet
  }
}
