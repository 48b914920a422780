import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An I2C adapter of this machine.
public struct I2CAdapter: Sendable, Equatable {
  /// Its number: 1 for i2c-1.
  public var number: Int
  /// What the kernel calls it, for example "bcm2835 (i2c@7e804000)".
  public var name: String
  /// The kernel driver of the controller, if there is one to name.
  public var driver: String?
  /// SCL frequency in Hz, where the device tree says it.
  public var clockHz: Int?

  /// Its device file.
  public var path: String { "/dev/i2c-\(number)" }
  /// Its short name.
  public var device: String { "i2c-\(number)" }
}

/// The I2C adapters of this machine, as /sys describes them.
public struct I2CAdapters: Sendable {
  private let files: SystemFiles

  /// The adapters that `files` show.
  public init(_ files: SystemFiles = SystemFiles()) { self.files = files }

  private static let folder = "/sys/bus/i2c/devices"

  /// All of them, by number.
  public var all: [I2CAdapter] {
    files.names(in: Self.folder).compactMap { entry in
      guard entry.hasPrefix("i2c-"), let number = Int(entry.dropFirst(4)) else { return nil }
      let folder = "\(Self.folder)/\(entry)"
      return I2CAdapter(
        number: number, name: files.text("\(folder)/name") ?? "",
        driver: files.linkName("\(folder)/device/driver"), clockHz: clock(folder))
    }
  }

  /// The adapter that a configuration means by "i2c-1", "/dev/i2c-1", or the beginning of the kernel's name for it,
  /// which stays the same when numbers move.
  public func find(_ wanted: String) throws(LinuxError) -> I2CAdapter {
    let all = all
    let short = wanted.hasPrefix("/dev/") ? String(wanted.dropFirst(5)) : wanted
    let found = all.filter { $0.device == short || $0.name == wanted }
    let matches = found.isEmpty ? all.filter { !wanted.isEmpty && $0.name.hasPrefix(wanted) } : found
    if let adapter = matches.first, matches.count == 1 { return adapter }
    let list = all.map { "\($0.device) (\($0.name))" }.joined(separator: ", ")
    guard matches.isEmpty else {
      throw LinuxError(
        "\(matches.count) I2C adapters are called '\(wanted)': \(matches.map(\.device).joined(separator: ", "))",
        remedy: "Name one of them by its number.")
    }
    throw LinuxError(
      "there is no I2C adapter '\(wanted)'" + (list.isEmpty ? ", nor any other" : "; there are \(list)"),
      remedy: list.isEmpty
        ? "Enable I2C: dtparam=i2c_arm=on in /boot/firmware/config.txt on a Raspberry Pi; for a USB bridge, plug it in."
        : "Put one of these into the bus's adapter.", errno: ENOENT)
  }

  /// The kernel driver that owns a device, if one does.
  public func owner(of address: UInt8, on adapter: I2CAdapter) -> String? {
    files.linkName("\(Self.folder)/\(Self.client(address, adapter))/driver")
  }

  /// Refuses a device that a kernel driver owns: both would write to it.
  public func checkFree(_ address: UInt8, on adapter: I2CAdapter) throws(LinuxError) {
    guard let driver = owner(of: address, on: adapter) else { return }
    let client = Self.client(address, adapter)
    throw LinuxError(
      "\(hexadecimal(address)) on \(adapter.device) is owned by the kernel driver '\(driver)'",
      remedy:
        "Free it with: echo \(client) | sudo tee /sys/bus/i2c/drivers/\(driver)/unbind; for good, remove its "
        + "overlay from the boot configuration.", errno: EBUSY)
  }

  /// Refuses an adapter that is known to be slower than `rate` Hz.
  public func check(rate: Int, of adapter: I2CAdapter) throws(LinuxError) {
    guard let clock = adapter.clockHz, clock < rate else { return }
    throw LinuxError(
      "\(adapter.device) runs at \(clock) Hz, but the configuration counts on \(rate) Hz",
      remedy:
        "Raise it (on a Raspberry Pi: dtparam=i2c_arm_baudrate=\(rate) in /boot/firmware/config.txt, then "
        + "reboot), or set the bus's rate_hz to \(clock).")
  }

  /// Whether the adapter is still there.
  func isPresent(_ adapter: I2CAdapter) -> Bool {
    files.exists("\(Self.folder)/\(adapter.device)") || files.exists(adapter.path)
  }

  private static func client(_ address: UInt8, _ adapter: I2CAdapter) -> String {
    let digits = String(address, radix: 16)
    return "\(adapter.number)-00" + (digits.count < 2 ? "0" : "") + digits
  }

  /// Four bytes, the highest first, in the device tree.
  private func clock(_ folder: String) -> Int? {
    guard let bytes = files.bytes("\(folder)/of_node/clock-frequency", limit: 4), bytes.count == 4 else {
      return nil
    }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
