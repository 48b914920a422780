import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What went over a port so far.
public struct PortStatistics: BitwiseCopyable, Sendable, Equatable {
  /// Bytes read and written.
  public var received: UInt64 = 0, sent: UInt64 = 0
  /// System calls made for them.
  public var reads: UInt64 = 0, writes: UInt64 = 0

  /// Nothing yet.
  public init() {}
}

/// A serial port of this machine. A call is one system call that does not wait.
///
/// A port that has gone stays gone; another may be opened in its place, which can wait and is nothing for a tick.
public struct LinuxSerialPort<System: PortSystem>: SerialPort, ~Copyable {
  /// What went over the port so far.
  public private(set) var statistics = PortStatistics()
  /// Bits per second that the hardware makes, near those asked for.
  public let baud: UInt32

  private let system: System
  private var descriptor: Int32

  /// Opens and sets the port at `path`.
  public init(path: String, settings: SerialSettings, system: System) throws(LinuxError) {
    guard (5...8).contains(settings.dataBits), (1...2).contains(settings.stopBits), settings.baud >= 50 else {
      throw LinuxError(
        "a serial port cannot have \(settings.dataBits) data bits, \(settings.stopBits) stop bits and \(settings.baud) Bd",
        remedy: "Use 5 to 8 data bits, 1 or 2 stop bits, 50 Bd or more.")
    }
    let file = system.open(path, writes: true)
    guard file >= 0 else { throw portRefusal(path, -file) }
    var made: UInt32 = 0
    var result = system.lock(file)
    if result >= 0 { result = system.set(file, settings, baud: &made) }
    guard result >= 0 else {
      system.close(file)
      if -result == EINVAL {
        throw LinuxError(
          "\(path) cannot make \(settings.baud) Bd, only \(made)",
          remedy: "Use another port, or another rate on both sides.", errno: EINVAL)
      }
      throw portRefusal(path, -result)
    }
    (self.system, descriptor, baud) = (system, file, made)
  }

  deinit {
    if descriptor >= 0 { system.close(descriptor) }
  }

  /// The port's descriptor, so that a process forked from this one can close it; negative when the port has gone.
  public var openDescriptor: Int32 { descriptor }

  /// See `SerialPort`.
  public mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
    guard descriptor >= 0 else { throw .gone }
    statistics.reads &+= 1
    let (file, system) = (descriptor, system)
    let result = buffer.withUnsafeMutableBufferPointer { system.read(file, into: $0) }
    guard result >= 0 else { throw fail(-result) }
    statistics.received &+= UInt64(result)
    return Int(result)
  }

  /// See `SerialPort`.
  public mutating func write(_ bytes: Span<UInt8>) throws(PortError) -> Int {
    guard descriptor >= 0 else { throw .gone }
    statistics.writes &+= 1
    let (file, system) = (descriptor, system)
    let result = bytes.withUnsafeBufferPointer { system.write(file, $0) }
    guard result >= 0 else { throw fail(-result) }
    statistics.sent &+= UInt64(result)
    return Int(result)
  }

  private mutating func fail(_ number: Int32) -> PortError {
    let error = PortError(errno: number)
    if error == .gone {
      system.close(descriptor)
      descriptor = -1
    }
    return error
  }
}

extension PortError {
  /// The error of a read or write that the system refused with this number.
  init(errno number: Int32) {
    switch number {
    // A pseudo terminal whose other end was closed answers EIO, a USB adapter that was pulled out any of the four.
    case ENODEV, ENXIO, EIO, EPIPE: self = .gone
    case EACCES, EPERM, EBUSY: self = .refused
    case EINVAL, ENOTTY, EOPNOTSUPP: self = .unsupported
    default: self = .system(errno: number)
    }
  }
}

/// Why a port could not be opened, in words.
func portRefusal(_ path: String, _ number: Int32) -> LinuxError {
  switch number {
  case ENOENT, ENODEV, ENXIO:
    LinuxError(
      "there is no \(path)",
      remedy: "Plug the device in; ls /dev/serial/by-id /dev/input/by-id names what there is.",
      errno: number)
  case EACCES, EPERM:
    LinuxError(
      "no permission to use \(path)",
      remedy:
        "Join the group that owns it (ls -l \(path) names it): sudo usermod -aG GROUP $USER, then log in again.",
      errno: number)
  case EWOULDBLOCK, EBUSY:
    LinuxError(
      "\(path) is in use by another program",
      remedy:
        "Stop it first: fuser -v \(path) names it; a console on a serial port is taken off in the boot settings.",
      errno: number)
  case ENOTTY:
    LinuxError("\(path) is no device of this kind", remedy: "Name another device file.", errno: number)
  default:
    LinuxError(
      "cannot use \(path): \(errorText(number))", remedy: "See the kernel's words: dmesg | tail.",
      errno: number)
  }
}
