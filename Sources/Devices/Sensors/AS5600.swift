import HardwareInterfaces

/// ams AS5600: the angle of a magnet on the end of a shaft, 12 bits a turn, on I2C.
///
/// The raw angle is read: the scaled one has a hysteresis of ten counts where the turn ends. The registers that
/// burn settings for good, and the one that programmes them, are never written.
public struct AS5600: StagedSensor {
  /// How the chip is used.
  public struct Options: Sendable {
    /// 7-bit address: the AS5600 has this one, the AS5600L (0x40 when new) any that was programmed.
    public var address: UInt8 = 0x36
    /// Samples per second; at most 1000.
    public var rate: Double = 250
    /// The chip's filter.
    public var filter = Filter.x4

    /// The defaults above.
    public init() {}
  }

  /// The slow filter's width (datasheet figure 32): the wider, the quieter and the later.
  public enum Filter: UInt16, CaseIterable, Sendable {
    /// Settles in 2.2 ms, 0.015° RMS.
    case x16 = 0
    /// Settles in 1.1 ms, 0.021° RMS.
    case x8 = 1
    /// Settles in 0.55 ms, 0.030° RMS.
    case x4 = 2
    /// Settles in 0.286 ms, 0.043° RMS.
    case x2 = 3
  }

  /// See `SensorDriver`.
  public typealias Sample = AngleSample
  /// How the chip is used.
  public let options: Options

  var state = DeviceState()
  private var schedule: SampleSchedule
  /// What the configuration must hold: read first, because blank bits may carry factory settings.
  private var configuration: UInt16 = 0

  /// Registers (datasheet v1-06, figure 21).
  private enum Register {
    static let configuration: UInt8 = 0x07
    /// Status, then the raw angle's high and low byte.
    static let status: UInt8 = 0x0B
  }

  private enum Status {
    static let magnetDetected: UInt8 = 0x20
    static let magnetWeak: UInt8 = 0x10
    static let magnetStrong: UInt8 = 0x08
    static let unused: UInt8 = 0xC7
  }

  /// The bits of the configuration that are set here: watchdog, fast filter, slow filter, output stage, hysteresis
  /// and power mode.
  private static let configurationMask: UInt16 = 0x3FFF

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: Options = Options()) {
    self.options = options
    schedule = SampleSchedule(rate: min(options.rate, 1000))
  }

  /// Radians of a raw angle: 4096 counts are a turn; the upper four bits are not looked at.
  public static func angle(raw: UInt16) -> Float { Float(raw & 0x0FFF) * (2 * Float.pi / 4096) }

  // MARK: - Start

  /// The chip has neither a reset nor an identity: it is configured as it is found, and known by bits that always
  /// read 0.
  mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) {
    switch state.stage {
    case .reset, .identity, .trim:
      let frame: InlineArray<3, UInt8> = try bus.readRegisters(Register.status, of: options.address)
      guard Self.isPlausible(frame) else { return state.retry(.wrongIdentity, now: now) }
      let found = try bus.readWord(Register.configuration, of: options.address)
      configuration = found & ~Self.configurationMask | options.filter.rawValue << 8
      state.enter(.configure, at: now)
    case .configure:
      try bus.writeWord(Register.configuration, configuration, of: options.address)
      state.enter(.verify, at: now)
    case .verify:
      guard try bus.readWord(Register.configuration, of: options.address) == configuration else {
        return state.retry(.wrongRegister, now: now)
      }
      // The widest filter settles in 2.2 ms.
      let first = now.advanced(milliseconds: 3)
      state.enter(.running, at: first)
      state.nextCheck = first
      schedule.start(at: first)
    case .running:
      break
    }
  }

  /// Whether the bits that are not used read 0, as they do not on a floating bus or in another chip.
  private static func isPlausible(_ frame: InlineArray<3, UInt8>) -> Bool {
    frame[0] & Status.unused == 0 && frame[1] & 0xF0 == 0
  }

  // MARK: - Sampling

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> AngleSample? {
    schedule.advance(past: now)
    state.wake = schedule.next
    let frame: InlineArray<3, UInt8> = try bus.readRegisters(Register.status, of: options.address)
    if now >= state.nextCheck {
      state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
      guard try bus.readWord(Register.configuration, of: options.address) == configuration else {
        state.restart(.wrongRegister, at: now)
        return nil
      }
    }
    guard Self.isPlausible(frame) else {
      state.fail(.implausibleData, now: now)
      return nil
    }
    guard frame[0] & Status.magnetDetected != 0 else {
      // No magnet, or a bus that reads all zero. A repaired magnet needs no new start.
      state.fault = .selfReported
      return nil
    }
    state.succeed()
    return AngleSample(
      angle: Self.angle(raw: frame.uint16(bigEndianAt: 1)), magnet: Self.magnet(status: frame[0]))
  }

  /// What a status with a detected magnet says of it.
  public static func magnet(status: UInt8) -> MagnetState {
    if status & Status.magnetWeak != 0 { return .weak }
    return status & Status.magnetStrong != 0 ? .strong : .good
  }
}

extension AS5600: ConfiguredSensor {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "as5600", addresses: [0x36, 0x40], standardAddress: 0x36, maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(3), identity: nil)
  }

  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) {
    var options = Options()
    options.address = use.address
    options.rate = use.rate
    self.init(options: options)
  }
}
