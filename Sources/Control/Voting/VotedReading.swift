/// The newest reading of a device as its voter sees it, whatever it measures.
struct VotedReading: BitwiseCopyable, Sendable, Equatable {
  /// What was measured and is compared, a lane for each channel; lanes without one are 0.
  var channels = SIMD8<Float>.zero
  /// What is handed on and not compared: a temperature may rest while the chip measures, and move while it does not.
  var other: Float = 0
  /// Whether there is something to compare: a range finder that sees no target says nothing about the distance.
  var isComparable = false
  /// When it was taken, in ns.
  var time: Int64 = 0
  /// How many readings there were; 0 before the first.
  var count: UInt32 = 0
  /// The fault as the driver reports it, and what it means to a voter.
  var faultValue: UInt8 = 0
  var fault = FaultClass.none
  /// Whether the vehicle has the device at all.
  var isPresent = false
}

/// What a device's fault means to a voter.
enum FaultClass: UInt8, BitwiseCopyable, Sendable {
  case none
  /// May be a single transfer's: it counts as an error, and when nothing else comes the readings grow stale.
  case passing
  /// The device answers well; what its readings are worth is judged by themselves.
  case endOfRange
  /// The device is being started again.
  case lasting

  /// What a value of `SignalKind.deviceFault` means.
  init(_ value: UInt8) {
    switch value {
    case 0: self = .none
    // Missing, transfer, implausible data.
    case 1, 2, 5: self = .passing
    case 10: self = .endOfRange
    default: self = .lasting
    }
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
