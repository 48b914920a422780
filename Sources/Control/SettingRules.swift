import Signals

/// How many values a setting must have, by other settings of the block: lists of different lengths would leave some without a value.
public struct SettingCount: Sendable, Equatable {
  /// The settings whose product it is: of a list how many values it has, of a number itself.
  public var factors: [String]
  /// Whether there may be none at all.
  public var mayBeEmpty = false
  /// Whether it may be any multiple.
  public var isMultiple = false

  /// How many that is with some values; 0 when one of them is missing.
  func expected(_ values: [String: SettingValue]) -> Int {
    factors.reduce(1) { product, name in
      switch values[name] {
      case .numbers(let list): product * list.count
      case .names(let list): product * list.count
      case .number(let number): product * (Int(exactly: number.rounded()) ?? 0)
      case .choice, .unit, .flag, .safety, nil: 0
      }
    }
  }

  func allows(_ count: Int, _ values: [String: SettingValue]) -> Bool {
    let expected = expected(values)
    if mayBeEmpty, count == 0 { return true }
    return isMultiple ? expected > 0 && count % expected == 0 : count == expected
  }

  /// What is expected, in words.
  func words(_ values: [String: SettingValue]) -> String {
    (isMultiple ? "a multiple of " : "") + "\(expected(values)), as " + factors.joined(separator: " times ")
      + (factors.count == 1 ? " says" : " say") + (mayBeEmpty ? ", or none" : "")
  }
}

/// A bound of a number by another setting of the block.
public struct SettingBound: Sendable, Equatable {
  /// The other setting.
  public var other: String
  /// By what its value is multiplied.
  public var factor: Double
  /// Whether the number must be below, and not only at most, that.
  public var isStrict: Bool

  /// What a number breaks, in words; `nil` when it keeps the bound.
  func broken(_ value: Double, _ values: [String: SettingValue]) -> String? {
    guard case .number(let other)? = values[other] else { return nil }
    let most = other * factor
    if isStrict ? value < most : value <= most { return nil }
    let what = factor == 1 ? self.other : "\(factor) times \(self.other)"
    return "\(isStrict ? "less than" : "at most") \(what), \(most)"
  }
}

extension SettingDescription {
  /// The same with a number that must be at most another setting's; with `isStrict` below it, times `factor`.
  func atMost(_ other: String, times factor: Double = 1, isStrict: Bool = false) -> SettingDescription {
    var copy = self
    copy.bound = SettingBound(other: other, factor: factor, isStrict: isStrict)
    return copy
  }

  /// The same with as many values as others say.
  func counted(
    by factors: String..., mayBeEmpty: Bool = false, isMultiple: Bool = false
  ) -> SettingDescription {
    var copy = self
    copy.count = SettingCount(factors: factors, mayBeEmpty: mayBeEmpty, isMultiple: isMultiple)
    return copy
  }

  /// The same with names among the values of the choice that the input `port` reads.
  func among(_ port: String) -> SettingDescription {
    var copy = self
    copy.choicePort = port
    return copy
  }
}

extension ProgramBuilder {
  /// Complains about names that what they are compared with never has: a mode that is spelt wrong would be none.
  mutating func checkNames(_ block: Planned, _ written: Written) {
    for setting in block.declaration.kind.description.settings {
      // What is not said is the block's own, and may mean a mode that the vehicle does not have.
      guard let port = setting.choicePort, case .names(let names)? = block.declaration.settings[setting.name],
        let place = block.ports.inputs.firstIndex(where: { $0.name == port }),
        let read = block.reads[place].first, case .choice(let values)? = written[read.name]?.signal.kind
      else { continue }
      for name in names where !values.contains(name) {
        complain(
          block.declaration,
          .setting(
            SettingError(
              name: setting.name,
              problem: .noValue(
                name, signal: read.name, nearest: nearestName(to: name, among: values), all: values))))
      }
    }
    for case .safety(let rules) in block.declaration.settings.values { checkChoices(block, rules, written) }
  }

  private mutating func checkChoices(_ block: Planned, _ rules: SafetyRules, _ written: Written) {
    let parts =
      rules.conditions.map { ("condition \($0.name)", $0.any + $0.all) }
      + rules.arming.map { ("reason \($0.name)", $0.any + $0.all) } + [("rest", rules.atRest)]
    for (place, tests) in parts {
      for case .isOneOf(let signal, let names) in tests {
        let plain = Self.signal(ofInput: signal)
        guard case .choice(let values)? = written[plain]?.signal.kind else { continue }
        for name in names where !values.contains(name) {
          let mistake = SafetyMistake(
            place: place,
            problem: .noValue(name, signal: plain, nearest: nearestName(to: name, among: values)))
          complain(block.declaration, .setting(SettingError(name: "rules", problem: .rules(mistake))))
        }
      }
    }
  }
}
