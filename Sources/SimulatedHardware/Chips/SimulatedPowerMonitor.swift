/// Noise and constant errors of a battery monitor.
public struct PowerImperfections: Sendable {
  /// RMS noise in V of one conversion of the shunt, and of the bus: one step each. The datasheets give none.
  public var shuntNoise, busNoise: Double
  /// Standard deviation of the shunt's offset in V.
  public var shuntBias: Double
  /// Standard deviation of the bus voltage's relative error.
  public var busGain: Double

  /// Figures from a datasheet.
  public init(shuntNoise: Double, busNoise: Double, shuntBias: Double, busGain: Double) {
    (self.shuntNoise, self.busNoise) = (shuntNoise, busNoise)
    (self.shuntBias, self.busGain) = (shuntBias, busGain)
  }
}

/// What battery monitors have in common: the voltages of shunt and bus with noise, offset and gain.
public class SimulatedPowerMonitor: SimulatedWordChip {
  private let shuntResistance: Double
  private let imperfections: PowerImperfections
  private var shuntBias = 0.0
  private var busGain = 1.0

  init(shunt resistance: Double, imperfections: PowerImperfections) {
    (shuntResistance, self.imperfections) = (resistance, imperfections)
    super.init()
  }

  override public func drawConstants() {
    shuntBias = imperfection.bias(imperfections.shuntBias)
    busGain = 1 + imperfection.bias(imperfections.busGain)
  }

  /// The voltages of shunt and bus in V, each the average of so many conversions.
  final func measure(_ physics: borrowing PhysicalState, shuntSamples: Double, busSamples: Double) -> (
    shunt: Double, bus: Double
  ) {
    let shuntNoise = imperfection.noise(imperfections.shuntNoise / shuntSamples.squareRoot())
    let busNoise = imperfection.noise(imperfections.busNoise / busSamples.squareRoot())
    var shunt = physics.batteryCurrent * shuntResistance + shuntBias + shuntNoise
    var bus = physics.batteryVoltage * busGain + busNoise
    if faults.contains(.bias) {
      shunt += 0.02
      bus *= 0.75
    }
    return (shunt, bus)
  }
}
