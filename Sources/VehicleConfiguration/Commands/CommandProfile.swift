import Files
import Signals

/// What a vehicle is asked for, by a list of times: the signals that are commanded, and what each is to be.
public struct CommandProfile: Sendable, Equatable {
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
  public var commands: [CommandSignal] = []
  /// The steps in order of time.
  public var steps: [Step] = []
}

extension CommandProfile {
  private static let timeKey = Key<Double>.number(
    "at_s", 0...86_400, unit: "s", "Time from which the step holds.")

  /// The key of a profile's steps.
  static let stepsKey = KeyDescription.section(
    "steps", as: "list of 1 to 1000 objects",
    "Of a profile: what is asked for from each time on, in order of time: `at_s`, `arm`, and the names of `signals`. What a step leaves "
      + "out stays as it was. Of a receiver: what a simulated pilot does with the sticks.")

  /// The profile of a source; `nil` after an error was noted.
  ///
  /// - Parameter named: The names of all signals, of which those that could not be read are none of `commands`.
  init?(_ section: Section, _ commands: [CommandSignal], named: [String]) {
    guard let steps = Self.readSteps(section, commands, named: named) else { return nil }
    self.init(commands: commands, steps: steps)
  }

  private static func readSteps(
    _ section: Section, _ commands: [CommandSignal], named: [String]
  ) -> [Step]? {
    let read = section.readElements("steps", most: 1000)
    let entries = read.entries
    guard !entries.isEmpty || !read.isWhole else {
      section.complain(
        "steps",
        section.has("steps") ? "found none, expected at least one" : "missing; expected a list of steps")
      return nil
    }
    let keys = commands.map { command in
      Key<Double?>.optionalNumber(
        command.name, command.lowest...command.highest, unit: "\(command.unit)", absent: "as before",
        "What is asked for.")
    }
    let arm = Key<Bool?>.optionalFlag("arm", absent: "as before", "Whether the vehicle is asked to arm.")
    let schema = SectionSchema(
      path: "commands[].steps[]", about: "A step.",
      keys: [timeKey.description, arm.description] + keys.map(\.description)
        + named.filter { name in !commands.contains { $0.name == name } }.map {
          .section($0, as: "number", absent: "as before", "What is asked for.")
        })
    var steps: [Step] = []
    var last = Step(time: -1, arm: false, values: commands.map(\.standard))
    for entry in entries {
      guard let step = Section(entry.value, path: entry.path, schema: schema, context: section.context)
      else { continue }
      let (seconds, arms) = (step.read(timeKey), step.read(arm))
      let values = keys.map { step.read($0) ?? nil }
      guard let seconds, let arms else { continue }
      let time = Int64((seconds * 1e9).rounded())
      if time <= last.time {
        step.complain("at_s", "found \(seconds.shown), expected more than the step before")
      }
      last = Step(time: time, arm: arms ?? last.arm, values: last.values)
      for case (let place, let value?) in values.enumerated() { last.values[place] = value }
      steps.append(last)
    }
    return read.isWhole && steps.count == entries.count ? steps : nil
  }
}
