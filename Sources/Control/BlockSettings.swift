import Signals

/// Something of a block that can be set.
public struct SettingDescription: Sendable {
  /// What its value may be.
  public enum Kind: Sendable {
    /// A number in a range, with its unit.
    case number(ClosedRange<Double>, unit: Unit)
    /// As many numbers, each in a range, with their unit.
    case numbers(ClosedRange<Double>, count: ClosedRange<Int>, unit: Unit)
    /// One of some names.
    case choice([String])
    /// A unit.
    case unit
    /// Yes or no.
    case flag
    /// As many names, which become parts of names of signals.
    case names(count: ClosedRange<Int>)
    /// Rules of safety.
    case safety
  }

  /// Its name in a configuration.
  public var name: String
  /// What its value may be.
  public var kind: Kind
  /// Its value when the configuration says nothing; `nil` when it must.
  public var standard: SettingValue?
  /// What it is, for people.
  public var about: String
  /// How many values it has, where that follows from others.
  public var count: SettingCount?
  /// By which other setting it is bounded, if it is.
  public var bound: SettingBound?
  /// The input whose choice its names are values of, if they are.
  public var choicePort: String?

  /// A description from its parts.
  public init(_ name: String, _ kind: Kind, standard: SettingValue? = nil, about: String) {
    (self.name, self.kind, self.standard, self.about) = (name, kind, standard, about)
  }
}

/// The value of a setting.
public enum SettingValue: Hashable, Sendable {
  case number(Double)
  case numbers([Double])
  case choice(String)
  case unit(Unit)
  case flag(Bool)
  case names([String])
  case safety(SafetyRules)
}

/// The settings of one block: every one that its description has, with a value that the description allows.
public struct BlockSettings: Sendable, Equatable {
  private let values: [String: SettingValue]

  /// The settings that `given` makes with the description's defaults; throws all that is wrong with them.
  package init(_ given: [String: SettingValue], _ descriptions: [SettingDescription]) throws(SettingErrors) {
    var (values, errors) = (given, [SettingError]())
    let names = descriptions.map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      errors.append(
        SettingError(name: name, problem: .unknown(nearest: nearestName(to: name, among: names), all: names)))
    }
    for description in descriptions {
      guard let value = given[description.name] ?? description.standard else {
        errors.append(SettingError(name: description.name, problem: .missing(description.kind)))
        continue
      }
      values[description.name] = value
      if !description.kind.allows(value) {
        errors.append(SettingError(name: description.name, problem: .notAllowed(value, description.kind)))
      }
      if case .safety(let rules) = value {
        errors += rules.mistakes.map { SettingError(name: description.name, problem: .rules($0)) }
      }
    }
    if errors.isEmpty {
      for description in descriptions {
        guard let rule = description.count, let count = values[description.name]?.count,
          !rule.allows(count, values)
        else { continue }
        errors.append(
          SettingError(name: description.name, problem: .count(count, expected: rule.words(values))))
      }
    }
    for description in descriptions {
      guard let bound = description.bound, case .number(let value)? = values[description.name],
        let broken = bound.broken(value, values)
      else { continue }
      errors.append(SettingError(name: description.name, problem: .bound(value, expected: broken)))
    }
    if !errors.isEmpty { throw SettingErrors(errors: errors) }
    self.values = values
  }

  /// A number; 0 for a name that the description does not have.
  public func number(_ name: String) -> Double {
    if case .number(let value)? = values[name] { return value }
    return 0
  }

  /// A number as the tick has it.
  public func float(_ name: String) -> Float { Float(number(name)) }

  /// Numbers; none for a name that the description does not have.
  public func numbers(_ name: String) -> [Double] {
    if case .numbers(let values)? = values[name] { return values }
    return []
  }

  /// A choice; empty for a name that the description does not have.
  public func choice(_ name: String) -> String {
    if case .choice(let value)? = values[name] { return value }
    return ""
  }

  /// A unit; none for a name that the description does not have.
  public func unit(_ name: String) -> Unit {
    if case .unit(let value)? = values[name] { return value }
    return .none
  }

  /// Names; none for a name that the description does not have.
  public func names(_ name: String) -> [String] {
    if case .names(let value)? = values[name] { return value }
    return []
  }

  /// Rules of safety; none for a name that the description does not have.
  public func safety(_ name: String) -> SafetyRules {
    if case .safety(let value)? = values[name] { return value }
    return SafetyRules()
  }

  /// A flag; `false` for a name that the description does not have.
  public func flag(_ name: String) -> Bool { values[name] == .flag(true) }
}

/// What is wrong with a setting.
public struct SettingError: Error, Equatable, Sendable, CustomStringConvertible {
  enum Problem: Equatable, Sendable {
    case unknown(nearest: String?, all: [String])
    case missing(SettingDescription.Kind)
    case notAllowed(SettingValue, SettingDescription.Kind)
    case count(Int, expected: String)
    case bound(Double, expected: String)
    case noValue(String, signal: String, nearest: String?, all: [String])
    case rules(SafetyMistake)
  }

  /// The setting's name.
  public var name: String
  let problem: Problem

  /// What is wrong, and what to do.
  public var description: String {
    switch problem {
    case .bound(let value, let expected): "\(name) is \(value), expected \(expected)"
    case .unknown(let nearest?, _): "unknown setting \"\(name)\"; did you mean \"\(nearest)\"?"
    case .unknown(nil, let all):
      "unknown setting \"\(name)\"; "
        + (all.isEmpty ? "there is none" : "there are " + all.joined(separator: ", "))
    case .missing(let kind): "\(name) is missing; expected \(kind.words)"
    case .notAllowed(let value, let kind): "\(name) is \(value.words), expected \(kind.words)"
    case .count(let count, let expected): "\(name) has \(count) values, expected \(expected)"
    case .noValue(let word, let signal, let nearest?, _):
      "\(name): \(signal) is never \"\(word.prefix(60))\"; did you mean \"\(nearest)\"?"
    case .noValue(let word, let signal, nil, let all):
      "\(name): \(signal) is never \"\(word.prefix(60))\"; it is " + all.joined(separator: ", ")
    case .rules(let mistake): "\(name): \(mistake)"
    }
  }
}

/// All that is wrong with the settings of a block.
package struct SettingErrors: Error {
  package var errors: [SettingError]
}

extension SettingDescription.Kind: Equatable {
  /// Whether a value may be given to a setting of this kind. No number that is not finite may.
  func allows(_ value: SettingValue) -> Bool {
    switch (self, value) {
    case (.number(let range, _), .number(let value)): range.contains(value)
    case (.numbers(let range, let count, _), .numbers(let values)):
      count.contains(values.count) && values.allSatisfy(range.contains)
    case (.choice(let names), .choice(let name)): names.contains(name)
    case (.names(let count), .names(let names)): count.contains(names.count)
    case (.unit, .unit), (.flag, .flag), (.safety, .safety): true
    default: false
    }
  }

  /// What is expected, in words.
  public var words: String {
    func range(_ range: ClosedRange<Double>, _ unit: Unit) -> String {
      "\(range.lowerBound.short) to \(range.upperBound.short)" + (unit == .none ? "" : " \(unit)")
    }
    return switch self {
    case .number(let limits, let unit): "a number from " + range(limits, unit)
    case .numbers(let limits, let count, let unit):
      (count.lowerBound == count.upperBound
        ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)")
        + " numbers from " + range(limits, unit)
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .unit: "a unit, for example \"rad/s\""
    case .flag: "true or false"
    case .names(let count): "\(count.lowerBound) to \(count.upperBound) names"
    case .safety: "rules of safety"
    }
  }
}

extension SettingValue {
  /// How many values a list has; `nil` for what is no list.
  var count: Int? {
    switch self {
    case .numbers(let list): list.count
    case .names(let list): list.count
    case .number, .choice, .unit, .flag, .safety: nil
    }
  }

  /// The value in words.
  var words: String {
    switch self {
    case .number(let value): value.short
    case .numbers(let values):
      "[" + values.prefix(8).map(\.short).joined(separator: ", ") + (values.count > 8 ? ", …]" : "]")
    case .choice(let name): "\"\(name.prefix(40))\""
    case .unit(let unit): "\"\(unit)\""
    case .flag(let value): "\(value)"
    case .names(let names): names.prefix(8).joined(separator: ", ")
    case .safety(let rules): "\(rules.conditions.count) conditions"
    }
  }
}

extension Double {
  /// Without a fraction where there is none.
  fileprivate var short: String { self == rounded() && magnitude < 1e15 ? "\(Int64(self))" : "\(self)" }
}
