import Files
import Signals

/// What a vehicle is asked for, by a list of times: the signals that are commanded, and what each is to be.
public struct CommandProfile: Sendable, Equatable {
  /// Something that is asked for: the signal `setpoint.NAME`.
  public struct Command: Sendable, Equatable {
    /// Its name behind `setpoint.`.
    public var name: String
    /// Its unit.
    public var unit: Unit
    /// What it is before the first step that says.
    public var standard: Double
    /// Its largest change per second; `nil` for a jump.
    public var rate: Double?
  }

  /// What is asked for from a time on.
  public struct Step: Sendable, Equatable {
    /// Time since the first tick in ns.
    public var time: Int64
    /// Whether the vehicle is asked to arm.
    public var arm: Bool
    /// What each command is to be, in their order.
    public var values: [Double]
  }

  /// What is asked for besides arming.
  public var commands: [Command] = []
  /// The steps in order of time.
  public var steps: [Step] = []

  /// The signals that it gives: what is commanded, and whether to arm.
  public var signals: [Signal] {
    let asked = SignalOrigin.device("setpoint", bus: 0)
    return commands.map { Signal("setpoint.\($0.name)", .number, unit: $0.unit, from: asked) } + [
      Signal("setpoint.arm", .flag, from: asked, about: "whether the vehicle is wanted armed")
    ]
  }
}

extension CommandProfile {
  private static let sourceNames = ["profile"]
  private static let timeKey = Key<Double>.number(
    "at_s", 0...86_400, unit: "s", "Time from which the step holds.")
  private static let unitKey = Key<String>.text("unit", standard: "1", "Its unit, for example \"m/s\".")
  private static let standardKey = Key<Double>.number(
    "standard", -1e12...1e12, standard: 0, "What it is before the first step that says.")
  private static let rateKey = Key<Double?>.optionalNumber(
    "rate", 0...1e12, absent: "it jumps", "Its largest change per second, in its unit.")

  /// What an entry of `commands` may hold.
  static let schema = SectionSchema(
    path: "commands[]", about: "A source of commands.",
    keys: [
      KeyDescription(
        name: "source", expected: "\"profile\"", unit: "", standard: nil, about: "Where commands come from."),
      .section(
        "signals", as: "names and objects", absent: "only `arm`",
        "What is asked for besides arming: each is the signal `setpoint.NAME`."),
      .section(
        "steps", as: "list of 1 to 1000 objects",
        "What is asked for from each time on, in order of time: `at_s`, `arm`, and the names of `signals`. What a step leaves out stays as "
          + "it was."),
    ])
  /// What is said of each signal.
  static let signalSchema = SectionSchema(
    path: "commands[].signals.NAME", about: "Something that is asked for.",
    keys: [unitKey.description, standardKey.description, rateKey.description])
  /// Signals that a profile commands at most.
  private static let mostSignals = 64

  /// The sources of commands of a file. One profile at most.
  static func read(_ file: Section) -> CommandProfile? {
    guard let entries = file.elements("commands", most: 8) else { return nil }
    var profile: CommandProfile? = CommandProfile()
    for (index, entry) in entries.enumerated() {
      guard let section = Section(entry.value, path: entry.path, schema: schema, context: file.context) else {
        return nil
      }
      guard let source = section.value("source") else {
        section.complain("source", "missing; expected \"profile\"")
        profile = nil
        continue
      }
      guard let name = source.text, sourceNames.contains(name) else {
        section.complain(
          "source",
          "found \(source.shown), expected \"profile\"" + hint(source.text ?? "", among: sourceNames))
        profile = nil
        continue
      }
      guard index == 0 else {
        section.complain("source", "a second source of commands; there can be one so far")
        continue
      }
      profile = CommandProfile(section)
    }
    return profile
  }

  private init?(_ section: Section) {
    guard let commands = Self.readCommands(section) else { return nil }
    self.commands = commands
    guard let steps = Self.readSteps(section, commands) else { return nil }
    self.steps = steps
  }

  private static func readCommands(_ section: Section) -> [Command]? {
    guard let entries = section.entries("signals", most: mostSignals) else { return nil }
    var commands: [Command] = []
    for entry in entries {
      guard !["arm", "at_s"].contains(entry.name) else {
        section.context.complain(
          entry.path, "\"\(entry.name)\" is a key of every step: give the signal another name")
        continue
      }
      guard
        let signal = Section(entry.value, path: entry.path, schema: signalSchema, context: section.context)
      else { continue }
      let (text, standard) = (signal.read(unitKey), signal.read(standardKey))
      guard let rate = signal.read(rateKey), let text, let standard else { continue }
      guard let unit = Unit(text) else {
        signal.complain("unit", noUnit(text))
        continue
      }
      commands.append(Command(name: entry.name, unit: unit, standard: standard, rate: rate))
    }
    return commands.count == entries.count ? commands : nil
  }

  private static func readSteps(_ section: Section, _ commands: [Command]) -> [Step]? {
    guard let entries = section.elements("steps", most: 1000) else { return nil }
    guard !entries.isEmpty else {
      section.complain(
        "steps",
        section.has("steps") ? "found none, expected at least one" : "missing; expected a list of steps")
      return nil
    }
    let keys = commands.map { command in
      Key<Double?>.optionalNumber(
        command.name, -1e12...1e12, unit: "\(command.unit)", absent: "as before", "What is asked for.")
    }
    let arm = Key<Bool?>.optionalFlag("arm", absent: "as before", "Whether the vehicle is asked to arm.")
    let schema = SectionSchema(
      path: "commands[].steps[]", about: "A step.",
      keys: [timeKey.description, arm.description] + keys.map(\.description))
    var steps: [Step] = []
    var last = Step(time: -1, arm: false, values: commands.map(\.standard))
    for entry in entries {
      guard let step = Section(entry.value, path: entry.path, schema: schema, context: section.context),
        let seconds = step.read(timeKey), let arms = step.read(arm)
      else { continue }
      let time = Int64((seconds * 1e9).rounded())
      if time <= last.time {
        step.complain("at_s", "found \(seconds.shown), expected more than the step before")
      }
      last = Step(time: time, arm: arms ?? last.arm, values: last.values)
      for (place, key) in keys.enumerated() {
        if let value = step.read(key) ?? nil { last.values[place] = value }
      }
      steps.append(last)
    }
    return steps.count == entries.count ? steps : nil
  }
}

/// What is said of a text that is no unit.
func noUnit(_ text: String) -> String {
  "found \(JSON5Value.quoted(text)), expected a unit such as \"m/s\", of the symbols "
    + Unit.symbols.joined(separator: ", ")
}
