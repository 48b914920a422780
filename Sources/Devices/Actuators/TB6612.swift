import HardwareInterfaces

/// One half of a Toshiba TB6612FNG: an H bridge through two direction lines and a pulse output.
///
/// The chip's pin STBY is not this driver's: wire it to the enable line, with a pull-down, so that the bridge is open
/// whenever nobody vouches for it.
///
/// With pulses, the motor is driven while a pulse lasts and short-circuited between two (datasheet, table of control
/// functions: IN1 ≠ IN2, PWM low), so its voltage is the supply's times the duty.
public struct TB6612<Line: DigitalOutput & ~Copyable, Pulses: PulseOutput & ~Copyable>: ~Copyable {
  /// What the bridge does now; `nil` while that is not known: at first, and after an error.
  public private(set) var direction: Direction?

  /// Which way the bridge drives.
  public enum Direction: Sendable {
    /// Neither: it is open, and the motor runs out.
    case open
    case forward
    case reverse
  }

  private var forward: Line
  private var reverse: Line
  private var pulses: Pulses
  /// Time between pulses in µs.
  private let period: Float

  /// A bridge of which nothing is known, at the line IN1, the line IN2 and `pulses`, which come `rate` times a second,
  /// at least once.
  public init(forward: consuming Line, reverse: consuming Line, pulses: consuming Pulses, rate: Float) {
    self.forward = forward
    self.reverse = reverse
    self.pulses = pulses
    period = rate >= 1 ? 1e6 / rate : 1e6
  }

  /// Drives the motor with `duty`, −1 to 1, of the supply's voltage; beyond is cut, and what is not a number drives
  /// nothing.
  public mutating func set(duty: Float) throws(LineError) {
    try drive(duty, microseconds: min(duty.magnitude, 1) * period)
  }

  /// Drives the motor by the sign of `way`, with pulses of a width in µs; 0, and what is not a number, opens the bridge.
  ///
  /// A line that goes inactive goes first, and without pulses: never are both directions active (break before make),
  /// and what stays after an error is a bridge that drives less, not more.
  public mutating func drive(_ way: Float, microseconds: Float) throws(LineError) {
    let wanted: Direction = way > 0 ? .forward : way < 0 ? .reverse : Direction.open
    if wanted != direction {
      direction = nil
      try pulses.set(microseconds: 0)
      switch wanted {
      case .forward:
        try reverse.set(false)
        try forward.set(true)
      case .reverse:
        try forward.set(false)
        try reverse.set(true)
      case .open:
        try forward.set(false)
        try reverse.set(false)
      }
    }
    // A width that was not set is as good as an unknown direction: the next call begins without pulses.
    direction = nil
    if wanted != .open { try pulses.set(microseconds: microseconds) }
    direction = wanted
  }

  /// Opens the bridge, whatever it is thought to do: no pulses, both lines inactive. Every step is tried; the first
  /// error is thrown at the end.
  public mutating func open() throws(LineError) {
    var failure: LineError?
    do throws(LineError) { try pulses.set(microseconds: 0) } catch { failure = error }
    do throws(LineError) { try forward.set(false) } catch { failure = failure ?? error }
    do throws(LineError) { try reverse.set(false) } catch { failure = failure ?? error }
    direction = failure == nil ? Direction.open : nil
    if let failure { throw failure }
  }
}

/// The pulses of a bridge that may be made by something else: by a chip on a bus, which takes those of all motors in one burst.
public struct BridgePulses<Output: PulseOutput & ~Copyable>: PulseOutput, ~Copyable {
  private var output: Output?

  /// The pulses of `output`; without it they are left to the bus.
  public init(_ output: consuming Output?) { self.output = output }

  /// Makes the pulses `microseconds` long, or leaves them to the bus.
  public mutating func set(microseconds: Float) throws(LineError) {
    try output?.set(microseconds: microseconds)
  }
}
