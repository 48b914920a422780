import HardwareInterfaces

/// A sample that can be compared with that of another sensor of its kind.
protocol VotedSample: BitwiseCopyable, Sendable, Equatable {
  /// What was measured, a lane for each axis; lanes without one are 0.
  var channels: SIMD8<Float> { get }
  /// Whether there is something to compare.
  var isComparable: Bool { get }
  /// The sample with what was measured moved by `offset`.
  func shifted(by offset: SIMD8<Float>) -> Self
}

extension VotedSample {
  var isComparable: Bool { true }
}

// Temperatures are left out: they may rest while the chip measures, and move while it does not.

extension InertialSample: VotedSample {
  /// Specific force in m/s², then rate in rad/s.
  var channels: SIMD8<Float> {
    SIMD8(accelerationX, accelerationY, accelerationZ, rateX, rateY, rateZ, 0, 0)
  }

  func shifted(by offset: SIMD8<Float>) -> Self {
    let moved = channels + offset
    return InertialSample(
      acceleration: (moved[0], moved[1], moved[2]), rate: (moved[3], moved[4], moved[5]),
      temperature: temperature)
  }
}

extension PressureSample: VotedSample {
  /// Pressure in Pa.
  var channels: SIMD8<Float> { SIMD8(pressure, 0, 0, 0, 0, 0, 0, 0) }

  func shifted(by offset: SIMD8<Float>) -> Self {
    PressureSample(pressure: pressure + offset[0], temperature: temperature)
  }
}

extension MagneticSample: VotedSample {
  /// Flux density in T.
  var channels: SIMD8<Float> { SIMD8(fieldX, fieldY, fieldZ, 0, 0, 0, 0, 0) }

  func shifted(by offset: SIMD8<Float>) -> Self {
    let moved = channels + offset
    return MagneticSample(field: (moved[0], moved[1], moved[2]))
  }
}

extension RangeSample: VotedSample {
  /// Distance in m.
  var channels: SIMD8<Float> { SIMD8(distance, 0, 0, 0, 0, 0, 0, 0) }

  /// A range finder that sees no target says nothing about the distance.
  var isComparable: Bool { isValid }

  func shifted(by offset: SIMD8<Float>) -> Self {
    RangeSample(distance: distance + offset[0], isValid: isValid)
  }
}

extension SIMD8<Float> {
  /// Whether any lane is farther from 0 than that of `limit`.
  @inline(__always)
  func exceeds(_ limit: Self) -> Bool {
    let outside = (self .> limit) .| (self .< -limit)
    return outside != SIMDMask(repeating: false)
  }

  /// Whether every lane is a number and finite.
  @inline(__always)
  var isFinite: Bool { (self - self) == .zero }

  /// Each lane, moved to the nearest within `limit` of 0.
  @inline(__always)
  func clamped(to limit: Self) -> Self { clamped(lowerBound: -limit, upperBound: limit) }
}
