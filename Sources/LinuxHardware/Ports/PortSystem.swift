import CLinuxHardware
import HardwareInterfaces

/// The system calls that ports of bytes are made of. Each returns a number of at least 0, or −errno; none waits.
///
/// A seam for tests: everything above it runs without devices.
public protocol PortSystem: Sendable {
  /// Opens a device file.
  func open(_ path: String, writes: Bool) -> Int32
  /// Closes a descriptor.
  func close(_ descriptor: Int32)
  /// Takes the device for this process alone; −EWOULDBLOCK when another Ganglion has it.
  func lock(_ descriptor: Int32) -> Int32
  /// Sets a serial port; `baud` becomes the rate that it has now.
  func set(_ descriptor: Int32, _ settings: SerialSettings, baud: inout UInt32) -> Int32
  /// Bytes read: 0 when there are none, −ENODEV when the device has gone.
  func read(_ descriptor: Int32, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int32
  /// Bytes written: 0 when there is no room.
  func write(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32
}

/// The kernel's own ports.
public struct KernelPorts: PortSystem {
  /// The calls of this machine.
  public init() {}

  /// See `PortSystem`.
  public func open(_ path: String, writes: Bool) -> Int32 { ganglion_port_open(path, writes ? 1 : 0) }

  /// See `PortSystem`.
  public func close(_ descriptor: Int32) { ganglion_close_descriptor(descriptor) }

  /// See `PortSystem`.
  public func lock(_ descriptor: Int32) -> Int32 { ganglion_lock(descriptor) }

  /// See `PortSystem`.
  public func set(_ descriptor: Int32, _ settings: SerialSettings, baud: inout UInt32) -> Int32 {
    var raw = ganglion_serial(
      baud: settings.baud, data_bits: settings.dataBits, stop_bits: settings.stopBits,
      parity: settings.parity.rawValue)
    return ganglion_serial_set(descriptor, &raw, &baud)
  }

  /// See `PortSystem`.
  public func read(_ descriptor: Int32, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int32 {
    ganglion_port_read(descriptor, bytes.baseAddress, Int32(clamping: bytes.count))
  }

  /// See `PortSystem`.
  public func write(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    ganglion_port_write(descriptor, bytes.baseAddress, Int32(clamping: bytes.count))
  }
}
