import HardwareInterfaces

/// What a stick or a wheel in a pilot's hands asks for.
public struct StickSettings: Sendable, Equatable {
  /// A receiver's channel, from 1 on, or the code of a gamepad's axis.
  public var input: Int
  /// What is asked for at the input's lower and at its upper end.
  public var from, to: Double
  /// Share of the way from the middle to an end that still is the middle.
  public var deadBand: Double
  /// How much of the answer is cubic, 0 to 1.
  public var expo: Double
  /// Whether it falls where the input rises.
  public var isReversed: Bool
  /// Lower end, middle and upper end of the input, in 1/8 µs or the axis's units; `nil` takes what is usual, or what the device says.
  public var ends: [Int32]?
  /// Whether it must be at `from` when somebody asks to arm, as a throttle must.
  public var mustRest: Bool

  /// A stick from its parts.
  public init(
    input: Int, from: Double, to: Double, deadBand: Double = 0, expo: Double = 0, isReversed: Bool = false,
    ends: [Int32]? = nil, mustRest: Bool = false
  ) {
    (self.input, self.from, self.to) = (input, from, to)
    (self.deadBand, self.expo, self.isReversed) = (deadBand, expo, isReversed)
    (self.ends, self.mustRest) = (ends, mustRest)
  }
}

/// When a switch, a button or a place of a stick stands for "yes".
public struct SwitchSettings: Sendable, Equatable {
  /// A receiver's channel, from 1 on, or the code of a gamepad's axis or button.
  public var input: Int
  /// Whether `input` is a button.
  public var isButton: Bool
  /// It is on between these places, −1 to 1 being the ends of the input.
  public var above, below: Double
  /// Whether each press turns it on or off, as a button does that springs back.
  public var toggles: Bool

  /// A switch from its parts.
  public init(
    input: Int, isButton: Bool = false, above: Double = 0.3, below: Double = 2, toggles: Bool = false
  ) {
    (self.input, self.isButton, self.above, self.below) = (input, isButton, above, below)
    self.toggles = toggles
  }
}

/// A stick ready to be read: from its input to what it asks for.
public struct StickMap: Sendable, BitwiseCopyable {
  /// Where it is read.
  public let input: Int
  /// Whether it must be at rest for arming.
  public let mustRest: Bool
  private let scaling: StickScaling
  private let from, to: Float
  private let ends: (low: Int32, high: Int32)
  private let isReversed: Bool

  /// The ends of a receiver's channels and their middle, in 1/8 µs: 988, 1500 and 2012 µs, of which the last is what CRSF and SBUS give for it.
  public static let receiverEnds: [Int32] = [7_904, 12_000, 16_095]

  /// A map of an input whose lower end, middle and upper end are `ends`, unless the settings say others.
  ///
  /// - Throws: `StickScalingError` when the ends are in no order, or the dead band leaves nothing.
  public init(_ settings: StickSettings, ends given: [Int32]) throws(StickScalingError) {
    let ends = settings.ends ?? given
    guard ends.count == 3, ends[0] < ends[1], ends[1] < ends[2] else { throw .endsOutOfOrder }
    let half = Double(min(Int64(ends[1]) - Int64(ends[0]), Int64(ends[2]) - Int64(ends[1])))
    guard settings.deadBand >= 0, settings.deadBand < 1 else { throw .deadBandTooWide }
    guard settings.expo >= 0, settings.expo <= 1 else { throw .expoOutOfRange }
    scaling = try StickScaling(
      low: ends[0], middle: ends[1], high: ends[2], deadBand: Int32(settings.deadBand * half),
      expo: Int32((settings.expo * Double(StickScaling.one)).rounded()), isReversed: settings.isReversed)
    (input, mustRest, isReversed) = (settings.input, settings.mustRest, settings.isReversed)
    (from, to, self.ends) = (Float(settings.from), Float(settings.to), (ends[0], ends[2]))
  }

  /// What is asked for. `from` and `to` exactly at the ends, and their mean in the middle.
  public func callAsFunction(_ raw: Int32) -> Float {
    // Exact, and so are the shares: multiples of 2⁻¹⁶.
    let place = Float(scaling(raw)) / Float(StickScaling.one)
    if place == -1 { return from }
    return place == 1 ? to : from * (0.5 - place * 0.5) + to * (0.5 + place * 0.5)
  }

  /// Whether the input is where nothing is asked for: within 5 % of the way from the end that gives `from`.
  public func isAtRest(_ raw: Int32) -> Bool { scaling(raw) < -StickScaling.one / 10 * 9 }

  /// The input that asks for the nearest to `value`: what a simulated pilot's hand does.
  public func raw(for value: Float) -> Int32 {
    let isRising = (to > from) != isReversed
    var (low, high) = (Int64(ends.low), Int64(ends.high))
    while low < high {
      let middle = (low + high) >> 1
      let answer = self(Int32(truncatingIfNeeded: middle))
      if isRising ? answer < value : answer > value { low = middle + 1 } else { high = middle }
    }
    return Int32(truncatingIfNeeded: low)
  }
}

/// A switch ready to be read.
public struct SwitchMap: Sendable, BitwiseCopyable {
  /// Where it is read.
  public let input: Int
  /// Whether that is a button.
  public let isButton: Bool
  /// Whether each press turns it on or off.
  public let toggles: Bool
  private let low, high: Int32
  private let above, below: Int64

  /// How far beyond a border of its range a switch must go to leave it: a share of half the way.
  private static let hysteresis = 0.06

  /// A switch of an input with these ends.
  public init(_ settings: SwitchSettings, ends: [Int32]) throws(StickScalingError) {
    guard ends.count == 3, ends[0] < ends[2] else { throw .endsOutOfOrder }
    (input, isButton, toggles) = (settings.input, settings.isButton, settings.toggles)
    (low, high) = (ends[0], ends[2])
    let (middle, half) = (
      (Double(ends[0]) + Double(ends[2])) / 2, (Double(ends[2]) - Double(ends[0])) / 2
    )
    above = Int64((middle + settings.above * half).rounded())
    below = Int64((middle + settings.below * half).rounded())
    guard above < below else { throw .noSwitch }
  }

  /// Whether it is on, or pressed where presses toggle. `previous` is what it was, so that noise at a border changes nothing.
  public func callAsFunction(_ raw: Int32, previous: Bool) -> Bool {
    if isButton { return raw != 0 }
    let margin = Int64(Double(Int64(high) - Int64(low)) / 2 * Self.hysteresis)
    let held = previous ? margin : 0
    return Int64(raw) > above - held && Int64(raw) < below + held
  }

  /// An input that says so: what a simulated pilot's hand does.
  public func raw(for isOn: Bool) -> Int32 {
    if isButton { return isOn ? 1 : 0 }
    let (first, last) = (max(above, Int64(low)), min(below, Int64(high)))
    if isOn { return Int32(clamping: (first + last) / 2) }
    return Int64(low) <= above ? low : high
  }
}
