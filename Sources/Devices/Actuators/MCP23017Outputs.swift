import HardwareInterfaces

/// An MCP23017 as an actuator: its used lines are outputs, and what its other lines read comes along.
public struct MCP23017Outputs: Sendable {
  /// The chip.
  public private(set) var chip: MCP23017
  /// See `ActuatorDriver`.
  public private(set) var inputs: PortSample?
  /// Whether an output did not have its level when the lines were read last.
  private var isHeld = false

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: MCP23017.Options) { chip = MCP23017(options: options) }
}

extension MCP23017Outputs: ConfiguredActuator {
  /// See `ConfiguredActuator`.
  public static let facts = ActuatorFacts(
    name: "mcp23017", addresses: Array(0x20...0x27), standardAddress: 0x20, channels: 16, takes: [.level],
    settings: [
      ActuatorSetting(
        "reads_hz", 10...1000, standard: 50,
        "Looks at the lines in a second, of which some watch the registers."),
      ActuatorSetting(
        "pull_ups", 0...65_535, standard: 0, "Input lines with a pull-up resistor of 100 kΩ, a bit for each."),
    ],
    bitsPerWrite: { _ in TransferBits.write(3) })

  /// A driver at power-on for a chip used so: its channels are outputs, which begin at their safe levels.
  public init(_ use: ActuatorUse) {
    var options = MCP23017.Options()
    options.address = use.address
    options.rate = use.settings["reads_hz"]
    options.pullUps = UInt16(clamping: Int(use.settings["pull_ups"]))
    (options.outputs, options.initialLevels) = Self.levels(use)
    self.init(options: options)
  }

  /// The used lines, and which of them are safe at a high level.
  private static func levels(_ use: ActuatorUse) -> (used: UInt16, safe: UInt16) {
    var (used, safe): (UInt16, UInt16) = (0, 0)
    for channel in use.channels where (0..<16).contains(channel.number) {
      used |= 1 << UInt16(channel.number)
      if channel.safe > 0.5 { safe |= 1 << UInt16(channel.number) }
    }
    return (used, safe)
  }

  /// See `ConfiguredActuator`: both latches at once, or one after the other, none of which changes what is in between.
  public static func safeWrites(_ use: ActuatorUse, isWhole: Bool) -> [[UInt8]] {
    let safe = levels(use).safe
    let (a, b) = (UInt8(truncatingIfNeeded: safe), UInt8(truncatingIfNeeded: safe >> 8))
    return isWhole ? [[MCP23017.latch, a, b]] : [[MCP23017.latch, a], [MCP23017.latch + 1, b]]
  }

  /// See `ActuatorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> ActuatorPoll {
    let result = chip.poll(&bus, now: now)
    inputs = result.sample
    if let sample = result.sample {
      // The pins of a chip that lost its supply are inputs. Without such a loss something holds the pin against its level.
      isHeld = (sample.levels ^ chip.levels) & chip.options.outputs != 0
      if isHeld { chip.suspect(now: now) }
    } else if !chip.isReady {
      isHeld = false
    }
    let fault = result.fault == .none && isHeld ? DeviceFault.wrongRegister : result.fault
    return ActuatorPoll(isReady: chip.isReady, fault: fault, next: result.next)
  }

  /// See `ActuatorDriver`. A line is high for a value above one half.
  public mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, from first: Int, to bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> Bool {
    guard (0..<16).contains(first) else { return false }
    var (levels, mask): (UInt16, UInt16) = (0, 0)
    for index in 0..<min(values.count, 16 - first) {
      let bit: UInt16 = 1 << UInt16(first + index)
      mask |= bit
      if values[index] > 0.5 { levels |= bit }
    }
    return try chip.write(levels: levels, mask: mask, to: &bus, now: now)
  }
}
