/// Texas Instruments DRV8830 at register level (datasheet SLVSAB2).
///
/// Modelled: control and fault register, the regulated voltage with the supply as its limit, faults that a test
/// reports, undervoltage. Not modelled: currents.
public final class SimulatedDRV8830: SimulatedChip {
  /// What the bridge does.
  public enum Drive: Equatable, Sendable {
    /// Open: the motor runs out.
    case coasting
    /// Short-circuited.
    case braking
    /// At a voltage in V, positive for OUT1 high.
    case driving(Double)
  }

  /// Faults to report besides those that follow from the supply, by the bits of the fault register.
  public var trouble: UInt8 = 0
  /// The supply in V.
  public var supply = 5.0

  private var control: UInt8 = 0
  private var fault: UInt8 = 0
  private var pointer: UInt8 = 0
  private var kept: Drive?

  /// A chip at power-on.
  override public init() {
    super.init()
    reset()
  }

  override public var faultsItLacks: Set<FaultKind> { [.flat, .saturated, .slow] }

  override public func reset() { (control, fault, pointer) = (0, 0, 0) }

  /// Conditions that hold now, as bits of the fault register.
  private var conditions: UInt8 {
    let bits = (trouble & 0x1E) | (supply < 2.6 ? 0x04 : 0)
    return bits == 0 ? 0 : bits | 1
  }

  /// What the bridge does now.
  public var drive: Drive {
    let now = ideal
    kept = faults.contains(.stuck) ? kept ?? now : nil
    return kept ?? now
  }

  private var ideal: Drive {
    // Short circuit, undervoltage and heat open the bridge; the current limit does not.
    guard !faults.contains(.off), (fault | conditions) & 0x0E == 0 else { return .coasting }
    let volts = min(Double(control >> 2) * 4 * 1.285 / 64, supply) * (faults.contains(.bias) ? 0.75 : 1)
    return switch control & 3 {
    case 1: control >> 2 < 6 ? .coasting : .driving(volts)
    case 2: control >> 2 < 6 ? .coasting : .driving(-volts)
    case 3: .braking
    default: .coasting
    }
  }

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = bytes[0] & 1
    for index in 1..<max(1, bytes.count) {
      fault |= conditions
      if pointer == 0 { control = bytes[index] } else if bytes[index] & 0x80 != 0 { fault = conditions }
      pointer = pointer &+ 1 & 1
    }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    fault |= conditions
    for index in 0..<buffer.count {
      buffer[index] = pointer == 0 ? control : fault
      if pointer == 1, faults.contains(.wrongIdentity) { buffer[index] |= 0x40 }
      pointer = pointer &+ 1 & 1
    }
  }
}

extension SimulatedDRV8830: SimulatedActuator {
  /// The voltage in V; 0 for a motor that runs out or is braked.
  public func output(_ channel: Int) -> Double {
    if channel == 0, case .driving(let volts) = drive { return volts }
    return 0
  }
}
