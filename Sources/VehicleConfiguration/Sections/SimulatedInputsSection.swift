import Files
import PortableMath
import Sampling
import Signals

/// What a channel of a device reads in simulation, in place of what moves says.
public struct SimulatedInput: Sendable, Equatable {
  /// The signal: `line.left`.
  public var signal: String
  /// Its value over time, in the signal's unit; a flag is set unless it is 0.
  public var course: TimeCourse
  /// Whether its values are flags.
  var isOfFlags: Bool
}

extension SimulatedInput {
  private static let timeKey = Key<Double>.number(
    "at_s", 0...86_400, unit: "s", "Time from the start of the run from which it holds.")
  private static let valueKey = KeyDescription.section(
    "value", as: "number, or true or false", "What is read from then on, in the channel's unit.")
  static let stepSchema = SectionSchema(
    path: "simulation.inputs.SIGNAL.steps[]", about: "A step.",
    keys: [timeKey.description, valueKey])
  private static let offsetKey = Key<Double>.number("offset", -1e12...1e12, standard: 0, "Its middle.")
  private static let amplitudeKey = Key<Double>.number(
    "amplitude", 0...1e12, "How far it swings to either side.")
  private static let rateKey = Key<Double>.number("rate_hz", 1e-6...10_000, unit: "Hz", "Swings in a second.")
  private static let phaseKey = Key<Double>.number(
    "phase_deg", -360...360, unit: "deg", standard: 0, "Where in its swing it begins.")
  static let sineSchema = SectionSchema(
    path: "simulation.inputs.SIGNAL.sine", about: "offset + amplitude · sin(2π · rate_hz · t + phase).",
    keys: [
      offsetKey.description, amplitudeKey.description, rateKey.description, phaseKey.description,
    ])
  /// What may be said of a channel.
  static let schema = SectionSchema(
    path: "simulation.inputs.SIGNAL", about: "What a channel reads over time: one of these.",
    keys: [
      .section(
        "steps", as: "list of 1 to 1000 objects", absent: "`sine` stands there",
        "Values, each from a time on, in order of time. Before the first the channel reads what moves says."),
      .section("sine", absent: "`steps` stand there", "A sine."),
    ])
  /// The key with all inputs.
  static let key = KeyDescription.section(
    "inputs", as: "names of signals, each with an object, a number or a flag", absent: "none",
    "What channels of devices read, in place of what moves says: a button, an analog input, a distance, a voltage. The `rate` of a line makes "
      + "that many pulses in a second. A number or a flag in place of the object holds all the time.")
  private static let most = 512

  /// Reads them; `nil` after an error was noted.
  static func read(_ section: Section) -> [SimulatedInput]? {
    let read = section.readEntries("inputs", most: most, anyName: true)
    let inputs = read.entries.compactMap { SimulatedInput($0, section.context) }
    return read.isWhole && inputs.count == read.entries.count ? inputs : nil
  }

  private init?(_ entry: NamedEntry, _ context: ReadingContext) {
    if let value = Self.number(entry.value) {
      self.init(
        signal: entry.name, course: .steps([TimeCourse.Step(time: 0, value: value)]),
        isOfFlags: entry.value.flag != nil)
      return
    }
    guard entry.value.members != nil else {
      context.complain(
        entry.path,
        "found \(entry.value.shown), expected a number, true, false, or an object: { steps: [ … ] } or { sine: { … } }"
      )
      return nil
    }
    guard let section = Section(entry.value, path: entry.path, schema: Self.schema, context: context),
      let input = Self.read(entry.name, section)
    else { return nil }
    self = input
  }

  private static func number(_ value: JSON5Value) -> Double? {
    value.finiteNumber ?? value.flag.map { $0 ? 1 : 0 }
  }

  private static func read(_ signal: String, _ section: Section) -> SimulatedInput? {
    guard section.has("steps") != section.has("sine") else {
      section.complain(
        section.has("steps") ? "sine" : "steps", "expected either `steps` or `sine`, and one of them")
      return nil
    }
    if section.has("steps") { return steps(signal, section) }
    guard let sine = section.subsection("sine", schema: sineSchema) else { return nil }
    let (offset, amplitude) = (sine.read(offsetKey), sine.read(amplitudeKey))
    let (rate, phase) = (sine.read(rateKey), sine.read(phaseKey))
    guard let offset, let amplitude, let rate, let phase else { return nil }
    return SimulatedInput(
      signal: signal,
      course: .sine(offset: offset, amplitude: amplitude, frequency: rate, phase: phase.radians),
      isOfFlags: false)
  }

  private static func steps(_ signal: String, _ section: Section) -> SimulatedInput? {
    guard let elements = section.elements("steps", most: 1000) else { return nil }
    guard !elements.isEmpty else {
      section.complain("steps", "found none, expected at least one")
      return nil
    }
    var steps: [TimeCourse.Step] = []
    let isOfFlags = elements[0].value.members?.first { $0.key == "value" }?.value.flag != nil
    for element in elements {
      guard
        let step = Section(element.value, path: element.path, schema: stepSchema, context: section.context)
      else { continue }
      let seconds = step.read(timeKey)
      guard let value = step.value("value"), let number = number(value), (value.flag != nil) == isOfFlags
      else {
        step.complain(
          "value",
          (step.value("value").map { "found \($0.shown)" } ?? "missing")
            + ", expected \(isOfFlags ? "true or false, as in the first step" : "a number")")
        continue
      }
      guard let seconds else { continue }
      let time = Int64((seconds * 1e9).rounded())
      if let last = steps.last, time <= last.time {
        step.complain("at_s", "found \(seconds.shown), expected more than the step before")
      }
      steps.append(TimeCourse.Step(time: time, value: number))
    }
    guard steps.count == elements.count else { return nil }
    return SimulatedInput(signal: signal, course: .steps(steps), isOfFlags: isOfFlags)
  }
}
