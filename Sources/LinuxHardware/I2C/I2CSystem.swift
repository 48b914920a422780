import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The system calls that an I2C bus is made of. Each returns a number of at least 0, or −errno.
///
/// A seam for tests: everything above it runs without devices.
public protocol I2CSystem: Sendable {
  /// Opens a bus's device file.
  func open(_ path: String) -> Int32
  /// Closes a descriptor.
  func close(_ descriptor: Int32)
  /// Takes the bus for this process alone; −EWOULDBLOCK when another Ganglion has it.
  func lock(_ descriptor: Int32) -> Int32
  /// What the adapter can do.
  func functions(_ descriptor: Int32, _ functions: inout UInt64) -> Int32
  /// Longest time of a transfer in units of 10 ms.
  func setTimeout(_ descriptor: Int32, tensOfMilliseconds: UInt32) -> Int32
  /// Chooses the device for `smbus`; −EBUSY when a kernel driver owns it.
  func select(_ descriptor: Int32, address: UInt8) -> Int32
  /// A write, a read, or a write and a read with a repeated start between. Returns the number of messages done.
  func transfer(
    _ descriptor: Int32, address: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32
  /// An SMBus transfer with the chosen device. Returns the number of bytes read.
  func smbus(
    _ descriptor: Int32, _ kind: SMBusTransfer, command: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32
  /// Whether the adapter's device file is still there.
  func exists(_ path: String) -> Bool
  /// CLOCK_MONOTONIC in ns.
  func now() -> Int64
}

/// The SMBus transfers in use.
public enum SMBusTransfer: Sendable, Equatable {
  /// An address and nothing else.
  case quickWrite
  /// One byte without a command.
  case readByte
  /// The command alone.
  case writeByte
  /// The command, then 1, 2 or at most 32 bytes.
  case readByteData, writeByteData, readWordData, writeWordData, readBlock, writeBlock
}

/// What an adapter says it can do: the bits of I2C_FUNCS.
public struct I2CFunctions: OptionSet, Sendable {
  /// The bits as the kernel gives them.
  public var rawValue: UInt64

  /// Bits as the kernel gives them.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Combined transfers (I2C_RDWR).
  public static let combined = I2CFunctions(rawValue: 0x1)
  /// An address and nothing else.
  public static let quick = I2CFunctions(rawValue: 0x10000)
  /// One byte read without a command.
  public static let readByte = I2CFunctions(rawValue: 0x20000)
  /// A command alone.
  public static let writeByte = I2CFunctions(rawValue: 0x40000)
  /// A command, then one byte read.
  public static let readByteData = I2CFunctions(rawValue: 0x80000)
  /// A command, then one byte written.
  public static let writeByteData = I2CFunctions(rawValue: 0x10_0000)
  /// A command, then two bytes read.
  public static let readWordData = I2CFunctions(rawValue: 0x20_0000)
  /// A command, then two bytes written.
  public static let writeWordData = I2CFunctions(rawValue: 0x40_0000)
  /// A command, then up to 32 bytes read.
  public static let readBlock = I2CFunctions(rawValue: 0x400_0000)
  /// A command, then up to 32 bytes written.
  public static let writeBlock = I2CFunctions(rawValue: 0x800_0000)
}

/// The kernel's own I2C.
public struct KernelI2C: I2CSystem {
  /// The calls of this machine.
  public init() {}

  /// See `I2CSystem`.
  public func open(_ path: String) -> Int32 { ganglion_i2c_open(path) }

  /// See `I2CSystem`.
  public func close(_ descriptor: Int32) { ganglion_close_descriptor(descriptor) }

  /// See `I2CSystem`.
  public func lock(_ descriptor: Int32) -> Int32 { ganglion_lock(descriptor) }

  /// See `I2CSystem`.
  public func functions(_ descriptor: Int32, _ functions: inout UInt64) -> Int32 {
    ganglion_i2c_functions(descriptor, &functions)
  }

  /// See `I2CSystem`.
  public func setTimeout(_ descriptor: Int32, tensOfMilliseconds: UInt32) -> Int32 {
    ganglion_i2c_set_timeout(descriptor, tensOfMilliseconds)
  }

  /// See `I2CSystem`.
  public func select(_ descriptor: Int32, address: UInt8) -> Int32 {
    ganglion_i2c_select(descriptor, address)
  }

  /// See `I2CSystem`.
  public func transfer(
    _ descriptor: Int32, address: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    ganglion_i2c_transfer(
      descriptor, address, written.baseAddress, UInt16(clamping: written.count), read.baseAddress,
      UInt16(clamping: read.count))
  }

  /// See `I2CSystem`.
  public func smbus(
    _ descriptor: Int32, _ kind: SMBusTransfer, command: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    ganglion_i2c_smbus(
      descriptor, kind.number, command, written.baseAddress, UInt8(clamping: written.count), read.baseAddress,
      UInt8(clamping: read.count))
  }

  /// See `I2CSystem`.
  public func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// See `I2CSystem`.
  public func now() -> Int64 { ganglion_now() }
}

extension SMBusTransfer {
  fileprivate var number: ganglion_smbus {
    switch self {
    case .quickWrite: GANGLION_SMBUS_WRITE_QUICK
    case .readByte: GANGLION_SMBUS_READ_BYTE
    case .writeByte: GANGLION_SMBUS_WRITE_BYTE
    case .readByteData: GANGLION_SMBUS_READ_BYTE_DATA
    case .writeByteData: GANGLION_SMBUS_WRITE_BYTE_DATA
    case .readWordData: GANGLION_SMBUS_READ_WORD_DATA
    case .writeWordData: GANGLION_SMBUS_WRITE_WORD_DATA
    case .readBlock: GANGLION_SMBUS_READ_I2C_BLOCK
    case .writeBlock: GANGLION_SMBUS_WRITE_I2C_BLOCK
    }
  }
}
