#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A PWM chip of this machine.
public struct PWMChip: Sendable, Equatable {
  /// Its name, for example "pwmchip0"; it changes from kernel to kernel.
  public var name: String
  /// The device behind it, for example "1f00098000.pwm", which stays.
  public var device: String
  /// How many outputs it has.
  public var channels: Int

  /// Its folder below /sys.
  var folder: String { "\(PWMChips.folder)/\(name)" }
}

/// The PWM chips of this machine, as /sys shows them.
public struct PWMChips: Sendable {
  static let folder = "/sys/class/pwm"
  let files: SystemFiles

  /// The chips that `files` show.
  public init(_ files: SystemFiles = SystemFiles()) { self.files = files }

  /// All of them.
  public var all: [PWMChip] {
    files.names(in: Self.folder).filter { $0.hasPrefix("pwmchip") }.map { name in
      PWMChip(
        name: name, device: files.linkName("\(Self.folder)/\(name)/device") ?? "",
        channels: files.number("\(Self.folder)/\(name)/npwm") ?? 0)
    }
  }

  /// The chip that a configuration means, by its name or its device.
  public func find(_ wanted: String) throws(LinuxError) -> PWMChip {
    let all = all
    if let chip = all.first(where: { $0.name == wanted || $0.device == wanted }) { return chip }
    let list = all.map { "\($0.name) (\($0.device))" }.joined(separator: ", ")
    throw LinuxError(
      "there is no PWM chip '\(wanted)'" + (list.isEmpty ? ", nor any other" : "; there are \(list)"),
      remedy: list.isEmpty
        ? "Enable PWM in the boot configuration (dtoverlay=pwm-2chan on a Raspberry Pi)."
        : "Put one of these into pwm_chip.", errno: ENOENT)
  }
}
