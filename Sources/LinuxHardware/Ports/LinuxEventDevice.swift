import CLinuxHardware
import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An input device of this machine, such as a gamepad, through evdev. No call waits.
public struct LinuxEventDevice: EventDevice, ~Copyable {
  /// What the device calls itself.
  public let name: String

  private var descriptor: Int32

  /// Opens the device at `path`, such as `/dev/input/by-id/…-event-joystick`. With `grab` nobody else hears of its events: a desktop would
  /// move its pointer with them.
  public init(path: String, grab: Bool = true) throws(LinuxError) {
    let file = ganglion_port_open(path, 0)
    guard file >= 0 else { throw portRefusal(path, -file) }
    var text = InlineArray<256, CChar>(repeating: 0)
    var span = text.mutableSpan
    var result = span.withUnsafeMutableBufferPointer {
      ganglion_input_name(file, $0.baseAddress, Int32($0.count))
    }
    if result >= 0, grab { result = ganglion_input_grab(file, 1) }
    guard result >= 0 else {
      ganglion_close_descriptor(file)
      // Anything but an input device knows no such question.
      throw portRefusal(path, -result == EINVAL ? ENOTTY : -result)
    }
    name = text.span.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    descriptor = file
  }

  deinit {
    if descriptor >= 0 { ganglion_close_descriptor(descriptor) }
  }

  /// The device's descriptor, so that a process forked from this one can close it; negative when the device has gone.
  public var openDescriptor: Int32 { descriptor }

  /// See `EventDevice`.
  public mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
    let file = descriptor
    return Int(
      try check(
        buffer.withUnsafeMutableBufferPointer {
          ganglion_port_read(file, $0.baseAddress, Int32(clamping: $0.count))
        }))
  }

  /// See `EventDevice`.
  public mutating func axis(_ code: Int) throws(PortError) -> AxisState? {
    var raw = ganglion_axis()
    let result = ganglion_input_axis(descriptor, Int32(clamping: code), &raw)
    if result == -ENOENT { return nil }
    _ = try check(result)
    return AxisState(
      value: raw.value, minimum: raw.minimum, maximum: raw.maximum, fuzz: raw.fuzz, flat: raw.flat)
  }

  /// See `EventDevice`.
  public mutating func keys() throws(PortError) -> KeyStates {
    let file = descriptor
    var bits = InlineArray<96, UInt8>(repeating: 0)
    var span = bits.mutableSpan
    _ = try check(
      span.withUnsafeMutableBufferPointer { ganglion_input_keys(file, $0.baseAddress, Int32($0.count)) })
    var keys = KeyStates()
    for code in 0..<KeyStates.count where bits[code >> 3] >> UInt8(code & 7) & 1 != 0 { keys[code] = true }
    return keys
  }

  private mutating func check(_ result: Int32) throws(PortError) -> Int32 {
    if result >= 0 { return result }
    let error = descriptor < 0 ? PortError.gone : PortError(errno: -result)
    if error == .gone, descriptor >= 0 {
      ganglion_close_descriptor(descriptor)
      descriptor = -1
    }
    throw error
  }
}
