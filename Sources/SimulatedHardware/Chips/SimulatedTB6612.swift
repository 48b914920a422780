/// Toshiba TB6612FNG: two H bridges on digital lines and pulse outputs of the board, without a bus.
///
/// Modelled: the table of control functions (datasheet, page 4), standby. Not modelled: the chip's own dead time of
/// 50 ns to 230 ns, currents and heat. Resistance is the motors' business.
public final class SimulatedTB6612: SimulatedChip {
  /// The lines of one bridge, by their names on the board.
  public struct Wiring: Equatable, Sendable {
    /// IN1, which is active to drive forward, and IN2.
    public var forward, reverse: String
    /// The pulse output at the pin PWM.
    public var pulses: String

    /// Wiring from names.
    public init(forward: String, reverse: String, pulses: String) {
      (self.forward, self.reverse, self.pulses) = (forward, reverse, pulses)
    }
  }

  /// What a bridge does.
  public enum Drive: Equatable, Sendable {
    /// Open: the motor runs out.
    case open
    /// Short-circuited.
    case braked
    /// Driven with a share of the supply's voltage, −1 to 1, and braked between pulses.
    case driven(Double)
  }

  /// The lines of both bridges.
  let wiring: [Wiring]
  /// The line at the pin STBY; `nil` where it is tied high.
  let standby: String?
  /// Time between pulses in µs.
  let period: Double
  /// What each bridge did when it got stuck.
  private var kept: [Drive?] = [nil, nil]

  /// A chip with its wires: of one or two bridges, of STBY, and pulses `rate` times a second.
  public convenience init(_ wiring: [Wiring], standby: String?, pulseRate rate: Double) {
    self.init(wiring, standby: standby, period: 1e6 / max(rate, 1))
  }

  /// The same with pulses every `period` µs.
  public init(_ wiring: [Wiring], standby: String?, period: Double) {
    self.wiring = Array(wiring.prefix(2))
    self.standby = standby
    self.period = period
  }

  override public var faultsItLacks: Set<FaultKind> {
    [.flat, .saturated, .slow, .wrongIdentity, .garbage, .nack, .brownOut]
  }

  /// What bridge `index` does with its lines as they are.
  func drive(_ index: Int, standby: Bool, forward: Bool, reverse: Bool, width: Double) -> Drive {
    let now = ideal(standby: standby, forward: forward, reverse: reverse, width: width)
    guard kept.indices.contains(index) else { return now }
    kept[index] = faults.contains(.stuck) ? kept[index] ?? now : nil
    return kept[index] ?? now
  }

  private func ideal(standby: Bool, forward: Bool, reverse: Bool, width: Double) -> Drive {
    guard standby, !faults.contains(.off) else { return .open }
    if forward == reverse { return forward ? .braked : .open }
    let duty = min(max(width / period, 0), 1) * (faults.contains(.bias) ? 0.5 : 1)
    return duty == 0 ? .braked : .driven(forward ? duty : -duty)
  }
}
