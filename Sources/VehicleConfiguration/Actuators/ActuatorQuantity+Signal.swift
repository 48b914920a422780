import Control
import HardwareInterfaces
import Devices
import Signals

extension ActuatorQuantity {
  /// What a signal of a conversion is; `nil` for one that no carrier knows.
  init?(_ signal: SentSignal) {
    guard let quantity = Self.allCases.first(where: { $0.kind == signal.kind && $0.unit == signal.unit })
    else {
      return nil
    }
    self = quantity
  }

  /// The kind of a signal that is this.
  var kind: SignalKind { self == .level ? .flag : .number }

  /// Its unit.
  var unit: Unit {
    switch self {
    case .pulse: .microsecond
    case .voltage: .volt
    case .duty, .level: .none
    }
  }
}
