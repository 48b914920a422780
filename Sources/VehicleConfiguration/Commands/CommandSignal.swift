import Files
import Signals

/// Something that a vehicle can be asked for: the signal `setpoint.NAME`.
public struct CommandSignal: Sendable, Equatable {
  /// Its name behind `setpoint.`.
  public var name: String
  /// Its unit.
  public var unit: Unit
  /// What it is before anybody says.
  public var standard: Double
  /// Its largest change per second; `nil` for a jump.
  public var rate: Double?
  /// What may be asked for, in its unit.
  public var lowest, highest: Double
  /// Where it goes when all who command are lost.
  public var lost: Double

  /// It from its parts; without others any number, and lost as before anybody says.
  init(
    name: String, unit: Unit, standard: Double = 0, rate: Double? = nil, lowest: Double = -1e12,
    highest: Double = 1e12, lost: Double? = nil
  ) {
    (self.name, self.unit, self.standard, self.rate) = (name, unit, standard, rate)
    (self.lowest, self.highest, self.lost) = (lowest, highest, lost ?? standard)
  }
}

extension CommandSignal {
  private static let unitKey = Key<String>.text("unit", standard: "1", "Its unit, for example \"m/s\".")
  private static let standardKey = Key<Double>.number(
    "standard", -1e12...1e12, standard: 0, "What it is before anybody says.")
  private static let rateKey = Key<Double?>.optionalNumber(
    "rate", 0...1e12, absent: "it jumps", "Its largest change per second, in its unit.")
  private static let lowestKey = Key<Double>.number(
    "minimum", -1e12...1e12, standard: -1e12,
    "Smallest number that may be asked for; whoever asks for less is not heard.")
  private static let highestKey = Key<Double>.number(
    "maximum", -1e12...1e12, standard: 1e12, "Largest number that may be asked for.")
  private static let lostKey = Key<Double?>.optionalNumber(
    "lost", -1e12...1e12, absent: "`standard`", "Where it goes when all sources are lost.")

  /// What is said of each signal.
  static let schema = SectionSchema(
    path: "commands[].signals.NAME", about: "Something that is asked for.",
    keys: [
      unitKey.description, standardKey.description, rateKey.description, lowestKey.description,
      highestKey.description, lostKey.description,
    ])
  /// Signals that can be asked for at most.
  static let most = 64
  /// Names that are those of keys and of what every source has.
  static let reserved = [
    "arm", "at_s", "time", "count", "fault", "takes", "refused", "source", "stage", "lost", "not_low",
    "valid", "low", "failsafe", "link_quality", "skipped",
  ]

  /// The signals of an object that could be read, and whether all could.
  static func read(_ section: Section) -> (signals: [CommandSignal], areWhole: Bool) {
    let read = section.readEntries("signals", most: most)
    let signals = read.entries.compactMap { entry -> CommandSignal? in
      guard !reserved.contains(entry.name) else {
        section.context.complain(
          entry.path, "\"\(entry.name)\" has a meaning of its own here: give the signal another name")
        return nil
      }
      return Section(entry.value, path: entry.path, schema: schema, context: section.context)
        .flatMap { CommandSignal(entry.name, $0) }
    }
    return (signals, read.isWhole && signals.count == read.entries.count)
  }

  private init?(_ name: String, _ section: Section) {
    let (text, standard) = (section.read(Self.unitKey), section.read(Self.standardKey))
    let (lowest, highest) = (section.read(Self.lowestKey), section.read(Self.highestKey))
    let (rate, lost) = (section.read(Self.rateKey), section.read(Self.lostKey))
    guard let text, let standard, let lowest, let highest, let rate, let lost else { return nil }
    guard let unit = Unit(text) else {
      section.complain("unit", noUnit(text))
      return nil
    }
    guard lowest < highest else {
      section.complain("maximum", "found \(highest.shown), expected more than the minimum, \(lowest.shown)")
      return nil
    }
    for (key, value) in [("standard", standard), ("lost", lost ?? standard)]
    where !(lowest...highest).contains(value) {
      section.complain(
        key, "found \(value.shown), expected \((lowest...highest).shown) as minimum and maximum say")
      return nil
    }
    self.init(
      name: name, unit: unit, standard: standard, rate: rate, lowest: lowest, highest: highest, lost: lost)
  }
}

/// What is said of a text that is no unit.
func noUnit(_ text: String) -> String {
  "found \(JSON5Value.quoted(text)), expected a unit such as \"m/s\", of the symbols "
    + Unit.symbols.joined(separator: ", ")
}
