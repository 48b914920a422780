import Devices
import Sampling

/// Pulse generators with a driver.
public enum PulseChip: String, CaseIterable, Sendable {
  case pca9685
  /// PWM outputs of the processor, driven by the kernel.
  case kernelPWM = "kernel_pwm"
}

extension Configuration {
  /// The actuators and the chip that drives them.
  public struct Actuators: Sendable, Equatable {
    /// The pulse generator.
    public var driver: PulseDriver
    /// The motors in the order of the kind of vehicle.
    public var motors: [Motor]
    /// Thrust of each motor while armed and asked for none, as a fraction of full thrust; 0 for motors at bridges.
    public var idle: Double
    /// Largest change of a motor's command in 1/s.
    public var slewPerSecond: Double
    /// Time in ns without pulses that the driver's chip has taken, after which the actuators do not follow.
    public var staleAfter: Int64
  }

  /// The chip that makes the motors' pulses.
  public struct PulseDriver: ConfigurationSection, Equatable {
    /// Which chip.
    public var chip: PulseChip
    /// Name of its bus; `nil` for a chip that is on none.
    public var bus: String?
    /// 7-bit I2C address, for a chip that has a bus.
    public var address: UInt8
    /// Name or device of the kernel's PWM chip; only for `kernelPWM`.
    public var pwmChip: String?
    /// Pulses per second.
    public var rateHz: Int
    /// The chip's oscillator in Hz, as measured.
    public var oscillatorHz: Int

    /// Pulses per second that the chip's coarse prescaler really gives.
    public var actualRate: Double {
      switch chip {
      case .pca9685:
        let oscillator = Double(oscillatorHz)
        return PCA9685.rate(
          prescale: PCA9685.prescale(rate: Double(rateHz), oscillator: oscillator), oscillator: oscillator)
      case .kernelPWM: return Double(rateHz)
      }
    }
  }

  /// One motor: its speed controller, or its H bridge.
  public struct Motor: Sendable, Equatable {
    /// Output of the pulse driver, 0 to 15.
    public var channel: Int
    /// Pulse widths in µs of the least and the greatest command.
    public var minimumMicroseconds, maximumMicroseconds: Double
    /// Pulse width in µs while disarmed and after a failsafe; 0 for no pulse.
    public var safeMicroseconds: Double
    /// The direction lines of its bridge; `nil` for a speed controller.
    public var bridge: Bridge?
  }

  /// The lines that say which way an H bridge drives; with both inactive it is open.
  public struct Bridge: Sendable, Equatable {
    /// Active to drive the vehicle forward, and backward.
    public var forward, reverse: DigitalLine
  }
}

extension Configuration.Actuators: ConfigurationPart {
  private static let idle = Key<Double>.number(
    "idle", 0...0.3, standard: 0.05, "Thrust of each motor while armed and asked for none, of full thrust.")
  private static let slew = Key<Double>.number(
    "slew_per_s", 0.1...1000, unit: "1/s", standard: 20,
    "Largest change of a motor's command: 20 means from none to full in 50 ms.")

  private static let staleAfter = Key<Int>.integer(
    "stale_after_ms", 10...10_000, unit: "ms", standard: 100,
    "Time without pulses that a chip on a bus has taken, after which the condition `actuator_fault` holds; at least two "
      + "periods of the loop.")

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    let actuation = vehicle.parts.actuation
    let order = actuation.motors.joined(separator: ", ")
    return SectionSchema(
      path: "actuators", about: "The motors and the chip that drives them.",
      keys: [
        .section("driver", "The chip that makes the motors' pulses."),
        .section(
          "motors",
          as:
            "list of \(actuation.motors.count)\(actuation.hasBridges ? "" : ", or as many as `airframe.rotors`,") objects",
          "The motors in the order \(order)"
            + (actuation.hasBridges ? "." : ", or in that of `airframe.rotors`.")),
        actuation.hasBridges ? nil : idle.description, slew.description,
        staleAfter.description,
      ].compactMap(\.self))
  }

  init?(_ section: Section) {
    let actuation = section.context.vehicle.parts.actuation
    let count = actuation.hasBridges ? actuation.motors.count : section.context.rotorCount
    let driver = section.read(Configuration.PulseDriver.self, "driver")
    let motors = section.readList(Configuration.Motor.self, "motors", count: count...count)
    let idle = actuation.hasBridges ? 0 : section.read(Self.idle)
    let (slew, staleAfter) = (section.read(Self.slew), section.read(Self.staleAfter))
    if let motors { Self.check(motors, driver: driver, in: section) }
    guard let driver, var motors, let idle, let slew, let staleAfter else { return nil }
    // A bridge's pulses may last as long as the time between them.
    for index in motors.indices where motors[index].bridge != nil {
      motors[index].maximumMicroseconds = 1e6 / driver.actualRate
    }
    (self.driver, self.motors, self.idle, self.slewPerSecond) = (driver, motors, idle, slew)
    self.staleAfter = Int64(staleAfter) * 1_000_000
  }

  private static func check(
    _ motors: [Configuration.Motor], driver: Configuration.PulseDriver?, in section: Section
  ) {
    var motorOnChannel: [Int: Int] = [:]
    for (index, motor) in motors.enumerated() {
      if let other = motorOnChannel[motor.channel] {
        section.complain("motors[\(index)].channel", "\(motor.channel) is taken by motors[\(other)]")
      }
      motorOnChannel[motor.channel] = index
      guard let driver, motor.bridge == nil else { continue }
      let period = 1e6 / driver.actualRate
      if motor.maximumMicroseconds >= period {
        section.complain(
          "motors[\(index)].maximum_us",
          "found \(motor.maximumMicroseconds.shown), expected less than the time between pulses, "
            + "\(rounded(period, 1)) µs: driver.rate_hz \(driver.rateHz) is really "
            + "\(rounded(driver.actualRate, 1)) Hz by the chip's prescaler")
      }
    }
  }
}

extension Configuration.PulseDriver {
  /// Which chip; the names of pulses made by software are refused with the reason.
  private static let chip: Key<PulseChip> = {
    var key = Key<PulseChip>.choice("chip", "Which chip.")
    let convert = key.convert
    key.convert = { value in
      guard case .string(let name) = value.content else { return convert(value) }
      guard ["gpio", "software", "software_pwm"].contains(name) else {
        // A name with a number is a chip's, and another chip has other registers.
        let isPart = PulseChip(rawValue: name) == nil && name.contains { $0.isNumber }
        return isPart ? noSuchChip(name, value, among: PulseChip.allCases.map(\.rawValue)) : convert(value)
      }
      return .wrong(
        "pulses that software makes on a line cannot drive speed controllers: they are as uneven as the scheduler, and "
          + "10 µs of a 1 to 2 ms pulse are a hundredth of the range; use \"pca9685\" or \"kernel_pwm\"")
    }
    return key
  }()
  private static let bus = Key<String?>.optionalText(
    "bus", absent: "needed by a chip on I2C", "Name of one of the `buses`.")
  private static let pwmChip = Key<String?>.optionalText(
    "pwm_chip", absent: "needed by kernel_pwm",
    "The kernel's PWM chip by its device, for example \"1f00098000.pwm\", or its name, \"pwmchip0\".")
  private static let address = Key<UInt8>.address(
    standard: 0x40, "7-bit I2C address, 0x40 to 0x77 by its pins.")
  // Prescaler 3 to 255 at 25 MHz (PCA9685 datasheet, 7.3.5).
  private static let rate = Key<Int>.integer(
    "rate_hz", 24...50_000, unit: "Hz", standard: Int(PCA9685.Options().rate),
    "Pulses per second, the same for all channels; of a pca9685 at most 1526.")
  private static let oscillator = Key<Int>.integer(
    "oscillator_hz", 20_000_000...30_000_000, unit: "Hz", standard: Int(PCA9685.Options().oscillator),
    "The chip's oscillator as measured: real ones are off by up to 5 %, and so are the pulses.")

  static let schema = SectionSchema(
    path: "actuators.driver", about: "The chip that makes the motors' pulses.",
    keys: [
      chip.description, bus.description, address.description, pwmChip.description, rate.description,
      oscillator.description,
    ])

  init?(_ section: Section) {
    let (chip, bus, address) = (section.read(Self.chip), section.read(Self.bus), section.read(Self.address))
    let (rate, oscillator) = (section.read(Self.rate), section.read(Self.oscillator))
    let pwmChip = section.read(Self.pwmChip)
    guard let chip, let bus, let address, let pwmChip, let rate, let oscillator else { return nil }
    let (needed, other) = chip == .kernelPWM ? ("pwm_chip", "bus") : ("bus", "pwm_chip")
    let (given, superfluous) = chip == .kernelPWM ? (pwmChip, bus) : (bus, pwmChip)
    if given == nil { section.complain(needed, "missing; \(chip.rawValue) needs it") }
    if superfluous != nil { section.complain(other, "\(chip.rawValue) has none; remove it") }
    if chip == .pca9685, rate > 1526 {
      section.complain("rate_hz", "found \(rate), expected at most 1526, the pca9685's limit")
    }
    guard given != nil, superfluous == nil else { return nil }
    (self.chip, self.bus, self.address, self.pwmChip) = (chip, bus, address, pwmChip)
    (self.rateHz, self.oscillatorHz) = (rate, oscillator)
  }
}

extension Actuation {
  /// Whether the motors are at bridges.
  var hasBridges: Bool {
    if case .bridges = self { true } else { false }
  }
}

extension Configuration.Motor: ConfigurationPart {
  private static let channel = Key<Int>.integer("channel", 0...15, "Output of the pulse driver.")
  private static let minimum = Key<Double>.number(
    "minimum_us", 100...3000, unit: "µs", standard: 1000, "Pulse width at no thrust.")
  private static let maximum = Key<Double>.number(
    "maximum_us", 100...3000, unit: "µs", standard: 2000, "Pulse width at full thrust.")
  private static let safe = Key<Double>.number(
    "safe_us", 0...3000, unit: "µs", standard: 900,
    "Pulse width while disarmed and after a failsafe, at most `minimum_us`; 0 for no pulse at all.")

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    let path = "actuators.motors[]"
    switch vehicle.parts.actuation {
    case .speedControllers:
      return SectionSchema(
        path: path, about: "One motor's speed controller.",
        keys: [channel.description, minimum.description, maximum.description, safe.description])
    case .bridges:
      return SectionSchema(
        path: path,
        about: "One motor's H bridge (TB6612 or its kind): pulses at the pin PWM, two direction lines.",
        keys: [
          channel.description,
          .section(
            "forward", "Output, active to drive the vehicle forward: IN1, or IN2 of a motor that is mirrored."
          ),
          .section("reverse", "Output, active to drive it backward; never while `forward` is active."),
        ])
    }
  }

  init?(_ section: Section) {
    switch section.context.vehicle.parts.actuation {
    case .speedControllers: self.init(speedController: section)
    case .bridges: self.init(bridge: section)
    }
  }

  private init?(bridge section: Section) {
    let channel = section.read(Self.channel)
    let forward = section.read(DigitalLine.self, "forward")
    let reverse = section.read(DigitalLine.self, "reverse")
    guard let channel, let forward, let reverse else { return nil }
    self.channel = channel
    // The greatest width is the time between pulses, which the driver knows.
    (minimumMicroseconds, maximumMicroseconds, safeMicroseconds) = (0, 0, 0)
    bridge = Configuration.Bridge(forward: forward, reverse: reverse)
  }

  private init?(speedController section: Section) {
    let (channel, minimum) = (section.read(Self.channel), section.read(Self.minimum))
    let (maximum, safe) = (section.read(Self.maximum), section.read(Self.safe))
    guard let channel, let minimum, let maximum, let safe else { return nil }
    if minimum >= maximum {
      section.complain(
        "maximum_us", "found \(maximum.shown), expected more than minimum_us, \(minimum.shown)")
    }
    if safe > minimum {
      section.complain("safe_us", "found \(safe.shown), expected at most minimum_us, \(minimum.shown)")
    }
    (self.channel, self.minimumMicroseconds) = (channel, minimum)
    (self.maximumMicroseconds, self.safeMicroseconds) = (maximum, safe)
  }
}
