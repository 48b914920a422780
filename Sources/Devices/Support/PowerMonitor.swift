import HardwareInterfaces

/// How a battery monitor with a shunt is used.
public struct PowerMonitorOptions: Sendable {
  /// 7-bit address: 0x40 to 0x4F by two pins.
  public var address: UInt8 = 0x40
  /// Samples per second; at most 100, so that each is a new measurement.
  public var rate: Double = 10
  /// Resistance of the shunt in Ω: 0.1 on the usual breakout board, about 0.001 for a drone's current.
  public var shuntResistance: Float = 0.1

  /// The defaults above.
  public init() {}
}

/// Registers that all of Texas Instruments' battery monitors have, 16 bits each, high byte first.
enum PowerMonitorRegister {
  static let configuration: UInt8 = 0x00
  static let shuntVoltage: UInt8 = 0x01
  static let busVoltage: UInt8 = 0x02
}

/// One frame of a battery monitor.
struct PowerFrame: Equatable, Sendable, BitwiseCopyable {
  /// The battery's voltage in V.
  var voltage: Float
  /// The voltage across the shunt, in counts.
  var shunt: Int16
  /// The chip's word that it has converted since the last frame.
  var isNew: Bool
  /// Whether a living chip could have sent the frame.
  var isPlausible: Bool
  /// Whether the battery's voltage, and whether the shunt's, is at the end of what the chip measures.
  var isVoltageAtEnd, isShuntAtEnd: Bool
}

/// The state machine that battery monitors share; a driver adds its identity and its frame.
///
/// The current is worked out here from the shunt's voltage: the chips' own current register needs a calibration value
/// that they forget without a word when their supply sags.
protocol PowerMonitor: StagedSensor, ConfiguredSensor where Sample == PowerSample, Use == PowerUse {
  /// How the chip is used.
  var options: PowerMonitorOptions { get }
  /// What every driver keeps.
  var core: SensorCore { get set }
  /// What the configuration is to hold; the first frame with it is ready in 10 ms.
  static var configuration: UInt16 { get }
  /// V per count across the shunt.
  static var shuntScale: Float { get }
  /// Whether the chip says what it is at any time, and not only after a reset.
  static var keepsIdentity: Bool { get }

  /// A driver at power-on.
  init(options: PowerMonitorOptions)
  /// Whether it is the expected chip.
  mutating func isExpected<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool
  /// Reads one frame.
  func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> PowerFrame
}

extension PowerMonitor {
  /// See `ConfiguredSensor`.
  public init(_ use: PowerUse) {
    var options = PowerMonitorOptions()
    options.address = use.sensor.address
    options.rate = use.sensor.rate
    options.shuntResistance = Float(use.shuntResistance)
    self.init(options: options)
  }

  /// Where the driver is.
  var state: DeviceState {
    get { core.state }
    set { core.state = newValue }
  }

  /// Amperes through the shunt of its voltage in counts and the resistance in Ω.
  static func current(rawShunt: Int16, resistance: Float) -> Float {
    Float(rawShunt) * shuntScale / resistance
  }

  private func isConfigured<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> Bool {
    try bus.readWord(PowerMonitorRegister.configuration, of: options.address) == Self.configuration
  }

  mutating func start<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    switch core.state.stage {
    case .reset:
      try bus.writeWord(PowerMonitorRegister.configuration, 0x8000, of: options.address)
      core.state.enter(.identity, at: now.advanced(milliseconds: 1))
    case .identity:
      guard try isExpected(&bus) else { return core.state.retry(.wrongIdentity, now: now) }
      core.state.enter(.configure, at: now)
    case .configure:
      try bus.writeWord(PowerMonitorRegister.configuration, Self.configuration, of: options.address)
      core.state.enter(.verify, at: now)
    case .verify:
      guard try isConfigured(&bus) else { return core.state.retry(.wrongRegister, now: now) }
      core.startSampling(at: now.advanced(milliseconds: 10))
    case .trim, .running:
      break
    }
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> PowerSample?
  {
    core.schedule.advance(past: now)
    core.state.wake = core.schedule.next
    let frame = try frame(&bus)
    if now >= core.state.nextCheck, try !recheck(&bus, now: now) { return nil }
    guard frame.isPlausible else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    // A battery at rest may well read the same for hours: only the chip's flag tells a stopped converter.
    let digest = FrameDigest(
      high: UInt64(frame.voltage.bitPattern), low: UInt64(UInt16(bitPattern: frame.shunt)))
    guard core.isFresh(digest, isNew: frame.isNew, limit: nil, now: now) else { return nil }
    core.state.note(endOfRange: frame.isShuntAtEnd || frame.isVoltageAtEnd, now: now)
    let current = Self.current(rawShunt: frame.shunt, resistance: options.shuntResistance)
    return PowerSample(voltage: frame.voltage, current: frame.isShuntAtEnd ? .nan : current)
  }

  /// Looks at the configuration and, where the chip keeps its identity, every other time at that; returns whether all
  /// is well.
  private mutating func recheck<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime)
    throws(BusError) -> Bool
  {
    core.state.nextCheck = now.advanced(milliseconds: DeviceState.checkPeriod)
    let isIdentityTurn = Self.keepsIdentity && core.state.row == 1
    core.state.row = isIdentityTurn ? 0 : 1
    guard try isIdentityTurn ? isExpected(&bus) : isConfigured(&bus) else {
      core.state.restart(isIdentityTurn ? .wrongIdentity : .wrongRegister, at: now)
      return false
    }
    return true
  }
}
