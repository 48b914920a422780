import HardwareInterfaces

/// Why a stick or a switch cannot be scaled as asked for.
public enum StickScalingError: Error, Equatable, Sendable {
  /// The ends are not below and above the middle.
  case endsOutOfOrder
  /// The dead band leaves nothing between itself and an end.
  case deadBandTooWide
  /// The curve is not between straight (0) and all cubic (`StickScaling.one`).
  case expoOutOfRange
  /// A switch has 2 to 16 places, more steps than places, and a hysteresis below half a place.
  case noSwitch
}

/// What becomes of a stick, in integers: the same bits on every machine.
///
/// The middle is 0, the ends are −`one` and `one` exactly, and beyond the ends it stays there. Within the dead band it is 0; outside it
/// begins at 0, without a step. It never falls where the input rises (or never rises, when it is reversed).
public struct StickScaling: Sendable, BitwiseCopyable, Equatable {
  /// The number that stands for 1, 2¹⁵: exact as a `Float`.
  public static let one: Int32 = 32_768

  private let low, middle, high, deadBand: Int32
  private let expo: Int32
  private let isReversed: Bool

  /// A stick with a middle, from its ends in the units of its input: 1/8 µs of a ``ReceiverSample``, whatever a gamepad's axis has.
  ///
  /// - Parameters:
  ///   - deadBand: How far from the middle it still is the middle, in the same units.
  ///   - expo: How much of the answer is cubic, 0 to ``one``: y = (1 − e)·x + e·x³.
  ///   - isReversed: Whether the answer falls where the input rises.
  public init(
    low: Int32, middle: Int32, high: Int32, deadBand: Int32 = 0, expo: Int32 = 0, isReversed: Bool = false
  ) throws(StickScalingError) {
    guard low < middle, middle < high else { throw .endsOutOfOrder }
    guard deadBand >= 0, Int64(deadBand) < min(Int64(middle) - Int64(low), Int64(high) - Int64(middle)) else {
      throw .deadBandTooWide
    }
    guard expo >= 0, expo <= Self.one else { throw .expoOutOfRange }
    (self.low, self.middle, self.high, self.deadBand) = (low, middle, high, deadBand)
    (self.expo, self.isReversed) = (expo, isReversed)
  }

  /// A gamepad's axis, by what its device says of it: the middle is between the ends, and `flat` the dead band unless a larger one is asked
  /// for.
  public init(
    _ axis: AxisState, deadBand: Int32 = 0, expo: Int32 = 0, isReversed: Bool = false
  ) throws(StickScalingError) {
    let middle = Int32(truncatingIfNeeded: (Int64(axis.minimum) + Int64(axis.maximum)) >> 1)
    try self.init(
      low: axis.minimum, middle: middle, high: axis.maximum, deadBand: max(deadBand, axis.flat), expo: expo,
      isReversed: isReversed)
  }

  /// The stick's place, −`one` to `one`.
  public func callAsFunction(_ input: Int32) -> Int32 {
    let offset = Int64(input) - Int64(middle)
    let span = (offset < 0 ? Int64(middle) - Int64(low) : Int64(high) - Int64(middle)) - Int64(deadBand)
    let beyond = abs(offset) - Int64(deadBand)
    guard beyond > 0 else { return 0 }
    // At most 2³² · 2¹⁵; rounded to the nearest, so that what rises goes on rising.
    let one = Int64(Self.one)
    let straight = beyond >= span ? one : (beyond * one + span / 2) / span
    let curved = Self.curve(straight, Int64(expo))
    let answer = Int32(truncatingIfNeeded: curved)
    return (offset < 0) != isReversed ? -answer : answer
  }

  /// (1 − e)·x + e·x³ for 0 ≤ x, e ≤ 1, all in units of 2⁻¹⁵: exact in 2⁻⁴⁵, then rounded to the nearest.
  private static func curve(_ x: Int64, _ e: Int64) -> Int64 {
    // Each product is at most 2⁶⁰, and so is their sum.
    let exact = ((Int64(one) - e) * x) << 30 + e * x * x * x
    return (exact + 1 << 44) >> 45
  }

  /// The place of a stick without a middle, such as a throttle, from its answer: 0 to `one`, over the whole way.
  public static func throttle(_ place: Int32) -> Int32 { (min(max(place, -one), one) + one) / 2 }
}

/// What becomes of a switch that a receiver gives as a channel, or of anything that is to be one of a few places.
public struct SwitchScaling: Sendable, BitwiseCopyable, Equatable {
  private let low, high: Int32
  private let places: Int32
  private let hysteresis: Int32

  /// A switch from its ends in the units of its input. Between them all places are equally wide; `hysteresis` in the same units is how far
  /// beyond the border of its place the input must go to leave it, so that noise at a border changes nothing.
  public init(low: Int32, high: Int32, places: Int32, hysteresis: Int32 = 0) throws(StickScalingError) {
    guard low < high else { throw .endsOutOfOrder }
    let width = (Int64(high) - Int64(low)) / Int64(max(places, 1))
    guard places >= 2, places <= 16, width >= 1, hysteresis >= 0, Int64(hysteresis) * 2 < width else {
      throw .noSwitch
    }
    (self.low, self.high, self.places, self.hysteresis) = (low, high, places, hysteresis)
  }

  /// The switch's place, 0 to `places` − 1. `previous` is where it was; `nil` when that is not known.
  public func callAsFunction(_ input: Int32, previous: Int32? = nil) -> Int32 {
    guard let previous, previous >= 0, previous < places else { return place(Int64(input)) }
    // It leaves its place only when it is out of it by more than the hysteresis, seen from either side.
    let least = place(Int64(input) - Int64(hysteresis))
    let most = place(Int64(input) + Int64(hysteresis))
    return previous < least ? least : previous > most ? most : previous
  }

  private func place(_ input: Int64) -> Int32 {
    let span = Int64(high) - Int64(low)
    let way = min(max(input - Int64(low), 0), span)
    return min(Int32(truncatingIfNeeded: way * Int64(places) / span), places - 1)
  }
}
