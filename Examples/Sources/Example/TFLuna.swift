import Devices
import HardwareInterfaces

/// Benewake TF-Luna: distance along a beam of 2°, 0.2 to 8 m, on I2C when its pin 5 is at ground.
///
/// A driver is plain data and one small state machine that `poll` moves: it never sleeps, and after a failure it starts again. Registers
/// after the product manual A03, section 7.3.
struct TFLuna: SensorDriver {
  typealias Sample = RangeSample

  private enum Register {
    /// Distance in cm, amplitude, temperature in 0.01 °C: each low byte first.
    static let distance: UInt8 = 0x00
    /// Frames in a second, low byte first.
    static let rate: UInt8 = 0x26
    /// "LUNA" in ASCII.
    static let signature: UInt8 = 0x3C
  }

  /// Amplitude below which a distance is not to be trusted, and that of a light that blinds (manual, section 4).
  private static let weakest: UInt16 = 100
  private static let blinded: UInt16 = 0xFFFF

  private let address: UInt8
  private let rate: UInt16
  private let period: Int64
  private var next = MonotonicTime.zero
  private var isRunning = false
  private(set) var identity: UInt8?

  init(_ use: SensorUse) {
    address = use.address
    rate = UInt16(min(max(use.rate, 1), 250))
    period = 1_000_000_000 / Int64(rate)
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<RangeSample> {
    do throws(BusError) {
      guard isRunning else { return try start(&bus, now: now) }
      // Absolute times: a late call does not move the ones after it.
      next = max(next.advanced(nanoseconds: period), now)
      let frame: InlineArray<4, UInt8> = try bus.readRegisters(Register.distance, of: address)
      let distance = UInt16(frame[1]) << 8 | UInt16(frame[0])
      let amplitude = UInt16(frame[3]) << 8 | UInt16(frame[2])
      let isValid = amplitude >= Self.weakest && amplitude != Self.blinded && distance > 0
      return SensorPoll(
        sample: RangeSample(distance: Float(distance) * 0.01, isValid: isValid), next: next)
    } catch {
      isRunning = false
      next = now.advanced(milliseconds: 100)
      return SensorPoll(sample: nil, fault: DeviceFault(error), next: next)
    }
  }

  private mutating func start<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) throws(BusError) -> SensorPoll<RangeSample> {
    next = now.advanced(milliseconds: 100)
    let signature: InlineArray<4, UInt8> = try bus.readRegisters(Register.signature, of: address)
    identity = signature[0]
    guard signature[0] == 0x4C, signature[1] == 0x55, signature[2] == 0x4E, signature[3] == 0x41 else {
      return SensorPoll(sample: nil, fault: .wrongIdentity, next: next)
    }
    try bus.writeRegister(Register.rate, UInt8(rate & 0xFF), of: address)
    try bus.writeRegister(Register.rate + 1, UInt8(rate >> 8), of: address)
    let seen: InlineArray<2, UInt8> = try bus.readRegisters(Register.rate, of: address)
    guard UInt16(seen[1]) << 8 | UInt16(seen[0]) == rate else {
      return SensorPoll(sample: nil, fault: .wrongRegister, next: next)
    }
    isRunning = true
    return SensorPoll(sample: nil, next: next)
  }
}

extension TFLuna: ConfiguredSensor {
  static let facts = ChipFacts(
    name: "tf_luna", addresses: Array(0x08...0x77), standardAddress: 0x10, maximumRate: 250,
    bitsPerSample: TransferBits.readRegisters(4),
    identity: ChipIdentity(register: [Register.signature], values: [0x4C]) { _ in nil },
    whenMissing: "without pin 5 at ground when it is switched on it talks over its serial port")
}
