import HardwareInterfaces

/// One frame of a magnetometer, in counts.
struct MagneticFrame: Equatable, Sendable, BitwiseCopyable {
  var field: RawVector
  /// The chip's word that it has converted since the last frame; `nil` when it does not say.
  var isNew: Bool?
  /// Whether the field is beyond what the chip measures.
  var isOverflow: Bool
}

/// What magnetometers share: how they are configured, and judging a frame.
protocol MagneticRegisterSensor: RegisterSensor, ConfiguredSensor
where Sample == MagneticSample, Use == SensorUse {
  /// The reading of a frame, in T.
  func sample(_ field: RawVector) -> MagneticSample
  /// Reads one frame.
  mutating func frame<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) throws(BusError) -> MagneticFrame
}

extension MagneticRegisterSensor {
  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) { self.init(options: Options(use)) }

  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> MagneticSample?
  {
    let frame = try frame(&bus)
    let dead = RawVector(x: 0, y: 0, z: 0)
    let floating = RawVector(x: -1, y: -1, z: -1)
    guard frame.field != dead, frame.field != floating else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    guard !frame.isOverflow else {
      core.state.fail(.endOfRange, now: now)
      return nil
    }
    let digest = FrameDigest(high: 0, low: frame.field.bits)
    guard core.isFresh(digest, isNew: frame.isNew, limit: frozenAfter, now: now) else { return nil }
    return sample(frame.field)
  }
}
