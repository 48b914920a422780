/// A number over time, the same on every machine.
public enum TimeCourse: Equatable, Sendable {
  /// Values that hold each from a time on, in order of time.
  case steps([Step])
  /// `offset + amplitude · sin(2π · frequency · t + phase)`: frequency in Hz, phase in rad.
  case sine(offset: Double, amplitude: Double, frequency: Double, phase: Double)

  /// A value, and the time in ns from which it holds.
  public struct Step: Equatable, Sendable {
    /// Time in ns.
    public var time: Int64
    /// The value from then on.
    public var value: Double

    /// A step from its parts.
    public init(time: Int64, value: Double) { (self.time, self.value) = (time, value) }
  }

  /// The value at a time in ns; `nil` before the first step.
  public func value(at time: Int64) -> Double? {
    switch self {
    case .steps(let steps):
      return steps.last { $0.time <= time }?.value
    case .sine(let offset, let amplitude, let frequency, let phase):
      let turns = frequency * (Double(time) * 1e-9)
      return offset + amplitude * sineAndCosine((turns - turns.rounded(.down)) * 2 * .pi + phase).sine
    }
  }

  /// When the value becomes another next, behind a time in ns; `.max` for never, and of what changes all the time.
  public func nextStep(after time: Int64) -> Int64 {
    guard case .steps(let steps) = self else { return .max }
    return steps.first { $0.time > time }?.time ?? .max
  }
}
