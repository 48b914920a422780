import Signals

extension SettingDescription {
  /// A number in a range, with its unit and its default.
  static func number(
    _ name: String, _ range: ClosedRange<Double>, _ unit: Unit, _ standard: Double?, _ about: String
  ) -> SettingDescription {
    SettingDescription(
      name, .number(range, unit: unit), standard: standard.map { .number($0) }, about: about)
  }
}

extension InputPort {
  /// Several lists of ports as one. Not by `+`, whose chains older compilers cannot check in reasonable time.
  static func all(_ lists: [InputPort]...) -> [InputPort] { lists.flatMap(\.self) }

  /// Numbers that a block reads, by default the signals of these names.
  static func numbers(_ unit: Unit, _ names: KeyValuePairs<String, String>) -> [InputPort] {
    names.map { InputPort($0.key, .number, unit: unit, standard: $0.value) }
  }
}

extension OutputPort {
  /// Several lists of ports as one. Not by `+`, whose chains older compilers cannot check in reasonable time.
  static func all(_ lists: [OutputPort]...) -> [OutputPort] { lists.flatMap(\.self) }

  /// Numbers that a block writes.
  static func numbers(_ unit: Unit, _ names: String..., isLogged: Bool = true) -> [OutputPort] {
    names.map { OutputPort($0, .number, unit: .fixed(unit), isLogged: isLogged) }
  }

  /// Wide numbers that go from one block to another; they follow from what is logged.
  static func wides(_ unit: Unit, _ names: String...) -> [OutputPort] {
    names.map { OutputPort($0, .wide, unit: .fixed(unit), isLogged: false) }
  }

  /// Flags that a block writes.
  static func flags(_ names: String..., isLogged: Bool = true) -> [OutputPort] {
    names.map { OutputPort($0, .flag, isLogged: isLogged) }
  }
}
