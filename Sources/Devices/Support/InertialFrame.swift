import HardwareInterfaces

/// One frame of an inertial chip, in counts.
struct InertialFrame: Equatable, Sendable, BitwiseCopyable {
  var acceleration: RawVector
  var rate: RawVector
  var temperature: Int16
  /// The chip's word that it has converted since the last frame; `nil` when it does not say.
  var isNew: Bool?

  /// Whether every number is `value`: the signature of a dead (0) or floating (−1) bus, or of data never measured.
  func isUniform(_ value: Int16) -> Bool {
    let uniform = RawVector(x: value, y: value, z: value)
    return acceleration == uniform && rate == uniform && temperature == value
  }

  /// The 96 bits of acceleration and rate; the temperature, which may rest, is left out.
  var digest: FrameDigest { FrameDigest(high: acceleration.bits, low: rate.bits) }
}

/// Three axes in counts.
struct RawVector: Equatable, Sendable, BitwiseCopyable {
  var x, y, z: Int16

  /// The 48 bits.
  var bits: UInt64 {
    UInt64(UInt16(bitPattern: x)) << 32 | UInt64(UInt16(bitPattern: y)) << 16 | UInt64(UInt16(bitPattern: z))
  }

  /// Whether every axis is within `range`.
  func isWithin(_ range: ClosedRange<Int16>) -> Bool {
    range.contains(x) && range.contains(y) && range.contains(z)
  }

  /// Whether an axis is at an end of its range: the most that 16 bits hold, or what chips give that keep −32768 for data
  /// that are not valid.
  var isAtEnd: Bool { !isWithin(-32766...32766) }

  /// Each axis times `scale`.
  func scaled(_ scale: Float) -> (x: Float, y: Float, z: Float) {
    (Float(x) * scale, Float(y) * scale, Float(z) * scale)
  }
}

extension InlineArray where Element == UInt8 {
  /// Three big-endian numbers from `offset` on.
  func vector(bigEndianAt offset: Int) -> RawVector {
    RawVector(
      x: int16(bigEndianAt: offset), y: int16(bigEndianAt: offset + 2), z: int16(bigEndianAt: offset + 4))
  }

  /// Three little-endian numbers from `offset` on.
  func vector(littleEndianAt offset: Int) -> RawVector {
    RawVector(
      x: int16(littleEndianAt: offset), y: int16(littleEndianAt: offset + 2),
      z: int16(littleEndianAt: offset + 4))
  }
}

/// What inertial sensors share: how they are configured, judging a frame and turning it into SI units.
protocol InertialRegisterSensor: RegisterSensor, ConfiguredSensor
where Sample == InertialSample, Use == InertialUse, Options: InertialOptions {
  /// m/s² per count.
  var accelerometerScale: Float { get }
  /// rad/s per count.
  var gyroScale: Float { get }
  /// The die's temperature in °C at the last frame; `nil` before the first.
  var lastTemperature: Float? { get set }
  /// The die's temperature in °C.
  func celsius(_ raw: Int16) -> Float
  /// Reads one frame.
  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> InertialFrame
}

extension InertialRegisterSensor {
  /// See `ConfiguredSensor`.
  public init(_ use: InertialUse) { self.init(options: Options(use)) }

  var accelerometerScale: Float { options.accelerometerRange.scale }
  var gyroScale: Float { options.gyroRange.scale }

  mutating func beginSampling() { lastTemperature = nil }

  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> InertialSample?
  {
    let frame = try frame(&bus)
    guard isPlausible(frame) else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    guard core.isFresh(frame.digest, isNew: frame.isNew, limit: frozenAfter, now: now) else { return nil }
    core.state.note(endOfRange: frame.acceleration.isAtEnd || frame.rate.isAtEnd, now: now)
    return InertialSample(
      acceleration: frame.acceleration.scaled(accelerometerScale), rate: frame.rate.scaled(gyroScale),
      temperature: celsius(frame.temperature))
  }

  /// Whether a living chip could have sent the frame. Its data are neither all zero nor all one, nor the mark of data
  /// that were never measured; its die is neither colder than −50 °C nor hotter than 110 °C, and does not warm by
  /// 10 °C between two readings.
  private mutating func isPlausible(_ frame: InertialFrame) -> Bool {
    guard !frame.isUniform(0), !frame.isUniform(-1), !frame.isUniform(.min) else { return false }
    let celsius = celsius(frame.temperature)
    let last = lastTemperature
    lastTemperature = celsius
    guard celsius > -50, celsius < 110 else { return false }
    guard let last else { return true }
    return abs(celsius - last) < 10
  }
}
