import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The machine's own watchdog (/dev/watchdog): without a sign of life it resets the machine.
public struct HardwareWatchdog: ~Copyable {
  /// The time in s that the driver really grants; `nil` when it does not say.
  public let timeout: Int?
  private var descriptor: Int32

  /// Starts the watchdog at `path`. From now on it must be fed.
  public init(path: String, timeout seconds: Int) throws(LinuxError) {
    descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.refusal(path, errno) }
    timeout = ganglion_watchdog_set_timeout(descriptor, Int32(clamping: seconds)).granted
  }

  deinit {
    // Closed without a farewell: whoever forgot to stop it gets the reset.
    if descriptor >= 0 { close(descriptor) }
  }

  /// Feeds it; `false` when the device has gone.
  @discardableResult
  public borrowing func feed() -> Bool { put(0x31) }

  /// Stops it in order: a driver that allows it lets the machine run on.
  public consuming func stop() {
    // 'V' is the word that tells an orderly end from a crash (linux, watchdog-api.rst).
    _ = put(0x56)
  }

  private borrowing func put(_ byte: UInt8) -> Bool {
    var byte = byte
    return write(descriptor, &byte, 1) == 1
  }

  private static func refusal(_ path: String, _ number: Int32) -> LinuxError {
    switch number {
    case EACCES, EPERM:
      LinuxError(
        "no permission to use \(path)",
        remedy: "Give it to the group that runs ganglion; scripts/deploy has a udev rule for it.",
        errno: number)
    case EBUSY:
      LinuxError(
        "\(path) is in use", remedy: "systemd may hold it (RuntimeWatchdogSec); let one of the two have it.",
        errno: number)
    default:
      LinuxError(
        "cannot open \(path): \(errorText(number))",
        remedy: "Load the machine's watchdog driver, or leave watchdog.device out.", errno: number)
    }
  }
}

extension Int32 {
  /// The seconds of an answer; `nil` for −errno.
  fileprivate var granted: Int? { self >= 0 ? Int(self) : nil }
}
