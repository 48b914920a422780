/// A lithium-polymer battery's figures.
public struct BatteryParameters: Sendable, Equatable {
  /// Cells in series.
  public var cells = 3
  /// Capacity in A s.
  public var capacity = 2.2 * 3600
  /// Resistance of one cell with its share of the wiring, in Ω.
  public var cellResistance = 0.012

  /// Three cells of 2200 mAh.
  public init() {}
}

/// A battery that sags under load and empties.
///
/// The open-circuit voltage follows the charge; the load takes constant power, so voltage and current solve a
/// quadratic equation.
struct Battery: Sendable {
  let parameters: BatteryParameters
  /// State of charge, 0 to 1.
  private(set) var charge: Double
  /// Voltage at the terminals in V.
  private(set) var voltage: Double
  /// Current in A.
  private(set) var current = 0.0

  init(parameters: BatteryParameters, charge: Double) {
    self.parameters = parameters
    self.charge = charge
    voltage = Battery.openCircuitVoltage(charge: charge) * Double(parameters.cells)
  }

  /// Delivers `power` W for `seconds`.
  mutating func deliver(power: Double, seconds: Double) {
    let cells = Double(parameters.cells)
    let open = Battery.openCircuitVoltage(charge: charge) * cells
    let resistance = parameters.cellResistance * cells
    // V (open − V) / resistance = power. Beyond open² / (4 resistance) there is no more to be had.
    let discriminant = open * open - 4 * resistance * power
    voltage = 0.5 * (open + (discriminant > 0 ? discriminant.squareRoot() : 0))
    current = (open - voltage) / resistance
    charge = max(0, charge - current * seconds / parameters.capacity)
  }

  /// Voltage of one cell in V at rest: straight lines between points of a typical discharge curve.
  static func openCircuitVoltage(charge: Double) -> Double {
    switch charge {
    case ..<0.1: 3.00 + (3.60 - 3.00) / 0.1 * max(0, charge)
    case ..<0.2: 3.60 + (3.69 - 3.60) / 0.1 * (charge - 0.1)
    case ..<0.4: 3.69 + (3.78 - 3.69) / 0.2 * (charge - 0.2)
    case ..<0.6: 3.78 + (3.88 - 3.78) / 0.2 * (charge - 0.4)
    case ..<0.8: 3.88 + (4.02 - 3.88) / 0.2 * (charge - 0.6)
    default: 4.02 + (4.18 - 4.02) / 0.2 * (min(1, charge) - 0.8)
    }
  }
}
