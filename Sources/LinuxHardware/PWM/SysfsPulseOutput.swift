import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The safe width of a channel's pulses, for whoever sets it past the output itself: while another thread may hang in it, or
/// after the process that had it has died. It is good for as long as the output is.
public struct SafePulse: Sendable, Equatable {
  /// The open file of the width.
  public let descriptor: Int32
  /// The width in ns.
  public let nanoseconds: Int64

  /// Sets it; whether the kernel accepted it.
  public func set() -> Bool { SysfsPulseOutput.put(nanoseconds, into: descriptor) == 0 }
}

/// A channel of a PWM chip through sysfs. It begins with its safe width, and ends with it.
public struct SysfsPulseOutput: PulseOutput, ~Copyable {
  private let file: Int32
  private let period: Int64
  private let safe: Float
  /// The width that is set, in ns; −1 when it is not known.
  private var written: Int64

  /// Takes channel `channel` of `chip` for `rate` pulses a second, `safe` µs long until told otherwise.
  public init(_ chip: PWMChip, channel: Int, rate: Double, safe: Float, files: SystemFiles = SystemFiles())
    throws(LinuxError)
  {
    guard (0..<chip.channels).contains(channel) else {
      throw LinuxError(
        "\(chip.name) has no channel \(channel); it has \(chip.channels), from 0",
        remedy: "`ganglion probe` lists PWM chips.")
    }
    guard rate > 0, rate <= 1e6, safe >= 0, Double(safe) * rate < 1e6 else {
      throw LinuxError(
        "\(chip.name): \(rate) pulses a second of \(safe) µs are not possible", remedy: "Lower rate_hz.")
    }
    let period = Int64(1e9 / rate)
    let width = Int64(Double(safe) * 1000)
    file = try Self.start(chip, channel, period: period, width: width, files)
    (self.period, self.safe, written) = (period, safe, width)
  }

  /// Starts the channel and opens the file of its pulses.
  private static func start(
    _ chip: PWMChip, _ channel: Int, period: Int64, width: Int64, _ files: SystemFiles
  ) throws(LinuxError) -> Int32 {
    let folder = "\(chip.folder)/pwm\(channel)"
    if !files.exists(folder) { try export(chip, channel, folder, files) }
    let isFresh = files.number("\(folder)/period") == 0
    for (file, text) in startWrites(period: period, width: width, isFresh: isFresh) {
      try write(text, "\(folder)/\(file)", files)
    }
    let path = files.root + "\(folder)/duty_cycle"
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw refusal("open", path, errno) }
    return file
  }

  /// What is written to start a channel, in order: files and their texts.
  ///
  /// A pulse longer than the period is refused, so the old one goes first; so does the output, for a new polarity. A channel
  /// that nobody has used has no period, and most kernels (6.1 among them) refuse all else, even to stop, until it has one.
  static func startWrites(period: Int64, width: Int64, isFresh: Bool) -> [(file: String, text: String)] {
    (isFresh ? [("period", String(period))] : []) + [
      ("enable", "0"), ("duty_cycle", "0"), ("polarity", "normal"), ("period", String(period)),
      ("duty_cycle", String(width)), ("enable", "1"),
    ]
  }

  deinit {
    // Whoever forgot to: the safe width is the last word.
    if file >= 0 {
      _ = safePulse.set()
      close(file)
    }
  }

  /// See `PulseOutput`. Takes no heap block.
  public mutating func set(microseconds: Float) throws(LineError) {
    // NaN fails the comparison and becomes no pulse.
    let width = microseconds > 0 ? Int64(min(Double(microseconds) * 1000, Double(period))) : 0
    guard width != written else { return }
    // What a write that failed has left there nobody knows: the next one is made whatever it says.
    written = -1
    let result = Self.put(width, into: file)
    if result != 0 { throw LineError(result: -result) }
    written = width
  }

  /// The safe width, past what `set` remembers. A channel that has gone makes no pulses.
  public var safePulse: SafePulse {
    SafePulse(descriptor: file, nanoseconds: Int64(Double(safe) * 1000))
  }

  /// Writes a number in digits; 0 or the error number.
  fileprivate static func put(_ number: Int64, into file: Int32) -> Int32 {
    var digits = InlineArray<24, UInt8>(repeating: 0)
    var first = digits.count - 1
    digits[first] = 0x0A
    var rest = max(number, 0)
    repeat {
      first -= 1
      digits[first] = 0x30 + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    return digits.span.extracting(droppingFirst: first).withUnsafeBytes { bytes in
      while true {
        let count = pwrite(file, bytes.baseAddress, bytes.count, 0)
        if count == bytes.count { return 0 }
        if count >= 0 { return EIO }
        if errno != EINTR { return errno }
      }
    }
  }

  private static func export(
    _ chip: PWMChip, _ channel: Int, _ folder: String, _ files: SystemFiles
  ) throws(LinuxError) {
    try write(String(channel), "\(chip.folder)/export", files)
    // udev gives the new files to their group a moment later, one after the other.
    var refused: Int32 = 0
    for _ in 0..<100 {
      refused =
        ["enable", "duty_cycle", "period", "polarity"].map { file in
          // Not every chip has a polarity.
          let number = files.readWriteRefusal("\(folder)/\(file)")
          return file == "polarity" && number == ENOENT ? 0 : number
        }.first { $0 != 0 } ?? 0
      if refused == 0 { return }
      usleep(10_000)
    }
    throw refusal("use", files.root + folder, refused)
  }

  private static func write(_ text: String, _ path: String, _ files: SystemFiles) throws(LinuxError) {
    let number = files.write(text, to: path)
    if number == 0 { return }
    // Some chips have one polarity and no file to say so, or one that refuses to be told.
    if path.hasSuffix("/polarity") { return }
    throw refusal("write \(text) to", files.root + path, number)
  }

  private static func refusal(_ verb: String, _ path: String, _ number: Int32) -> LinuxError {
    switch number {
    case EACCES, EPERM:
      LinuxError(
        "no permission to \(verb) \(path)",
        remedy:
          "Join the group that owns it (sudo usermod -aG gpio $USER, then log in again); scripts/deploy sets "
          + "this up with a udev rule.", errno: number)
    case EBUSY:
      LinuxError(
        "cannot \(verb) \(path): in use", remedy: "Another driver or program has this channel; use another.",
        errno: number)
    default:
      LinuxError(
        "cannot \(verb) \(path): \(errorText(number))", remedy: "See the kernel's words: dmesg | tail.",
        errno: number)
    }
  }
}
