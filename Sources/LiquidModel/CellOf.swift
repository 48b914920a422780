/// A cell of a chain, closed-form or liquid time-constant, in one description of a network: its weights
/// (`NetworkModel`), its shape (`Architecture`), or its formats (`FixedModel`).
public enum CellOf<CfC: Sendable & Equatable, LTC: Sendable & Equatable>: Sendable, Equatable {
  /// A closed-form continuous-time cell.
  case cfc(CfC)
  /// A liquid time-constant cell.
  case ltc(LTC)

  /// The closed-form cell, if it is one; what is set replaces the cell.
  public var cfc: CfC? {
    get { if case .cfc(let cell) = self { cell } else { nil } }
    set { if let newValue { self = .cfc(newValue) } }
  }

  /// The liquid time-constant cell, if it is one; what is set replaces the cell.
  public var ltc: LTC? {
    get { if case .ltc(let cell) = self { cell } else { nil } }
    set { if let newValue { self = .ltc(newValue) } }
  }
}

/// What has neurons.
public protocol HasUnits {
  /// Neurons.
  var units: Int { get set }
}

extension CellOf where CfC: HasUnits, LTC: HasUnits {
  /// Neurons.
  public var units: Int {
    get {
      switch self {
      case .cfc(let cell): cell.units
      case .ltc(let cell): cell.units
      }
    }
    set {
      switch self {
      case .cfc(var cell):
        cell.units = newValue
        self = .cfc(cell)
      case .ltc(var cell):
        cell.units = newValue
        self = .ltc(cell)
      }
    }
  }
}
