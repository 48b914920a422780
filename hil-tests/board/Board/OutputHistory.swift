/// What the controller did with the board's outputs so far.
struct OutputHistory: Sendable {
  /// Whether the enable line is high.
  private(set) var isEnabled = false
  /// How often it went high.
  private(set) var enables = 0
  /// Whether the status lamp is lit.
  var statusLamp = false
  /// Whether the loop-back wire pulls the kill switch.
  var isKillDriven = false
  /// Largest pulse in µs that each motor got while enabled.
  private(set) var largestPulses: [Double] = [0, 0, 0, 0]

  init() {}

  mutating func setEnable(_ isHigh: Bool) {
    if isHigh, !isEnabled { enables += 1 }
    isEnabled = isHigh
  }

  mutating func note(pulse: Double, of motor: Int) {
    largestPulses[motor] = max(largestPulses[motor], pulse)
  }
}
