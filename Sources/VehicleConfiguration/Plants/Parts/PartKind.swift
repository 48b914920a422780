import Control
import HardwareInterfaces
import Signals

/// Something that a part of a plant reads: what reaches an actuator, what another part gives, or a constant.
public struct PartInput: Sendable {
  /// Its name, a key of the part.
  public var name: String
  /// How many there may be.
  public var count: ClosedRange<Int>
  /// A few words for people.
  public var about: String

  /// An input from its parts; by default there is exactly one.
  public init(_ name: String, count: ClosedRange<Int> = 1...1, about: String) {
    (self.name, self.count, self.about) = (name, count, about)
  }
}

/// Something that a part of a plant gives.
public struct PartOutput: Sendable {
  /// Its name behind the part's.
  public var name: String
  /// Its unit.
  public var unit: Unit
  /// A few words for people.
  public var about: String

  /// An output from its parts.
  public init(_ name: String, _ unit: Unit, about: String) {
    (self.name, self.unit, self.about) = (name, unit, about)
  }
}

/// A kind of part that plants are put together from. How it moves is for VehicleRuntime to say, under the same name.
public struct PartKind: NamedRow {
  /// Its name in a file.
  public let name: String
  /// What it is, one sentence.
  public let about: String
  /// What it reads.
  public let inputs: [PartInput]
  /// What can be set.
  public let settings: [SettingDescription]
  /// What it gives, with settings as they are.
  public let outputs: @Sendable (BlockSettings) -> [PartOutput]

  /// A kind from its parts.
  public init(
    _ name: String, about: String, inputs: [PartInput], settings: [SettingDescription],
    outputs: @escaping @Sendable (BlockSettings) -> [PartOutput]
  ) {
    (self.name, self.about, self.inputs) = (name, about, inputs)
    (self.settings, self.outputs) = (settings, outputs)
  }

  /// The keys of a part of this kind.
  var schema: SectionSchema {
    let read = inputs.map { input in
      KeyDescription(
        name: input.name, expected: input.count.upperBound == 1 ? "a source" : "a source or a list of them",
        unit: "", standard: input.count.lowerBound == 0 ? "0" : nil, about: input.about)
    }
    let set = settings.map { setting in
      KeyDescription(
        name: setting.name, expected: setting.kind.words, unit: "", standard: setting.standard?.shown,
        about: setting.about)
    }
    return SectionSchema(
      path: "simulation.parts.NAME with part: \"\(name)\"", about: about,
      keys: read + set + [PartKeys.wear])
  }
}

/// The kinds of parts that there are: a new one is a file here, its motion in VehicleRuntime, and a row in both tables.
public enum PartTable {
  /// All kinds, in the order of the reference.
  public static let all = Rows<PartKind>([
    .firstOrder, .servo, .stateSpace, .waves, .steps, .gusts, .tank, .wheels, .panTilt, .fixedWing,
  ])
}

enum PartKeys {
  static let part = KeyDescription.section("part", as: "name of a kind", "Which kind of part it is.")
  static let wear = KeyDescription.section(
    "wear", as: "names and numbers", absent: "none",
    "By how much a setting may differ from what the file says, as a share of it: drawn for each seed, of either sign, and times `simulation.wear`."
  )
  /// The part's own key, before its kind is known.
  static let schema = SectionSchema(
    path: "simulation.parts.NAME",
    about:
      "A part of what moves. A source is the name of an actuator, for what reaches it (pulses in µs, a duty, a voltage, a level), or an output of another part, "
      + "`PART.OUTPUT`, or a number.", keys: [part])
}

extension SettingValue {
  /// As a file would have it.
  var shown: String {
    switch self {
    case .number(let value): value.shown
    case .numbers(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .choice(let name): "\"\(name)\""
    case .unit(let unit): "\"\(unit)\""
    case .flag(let flag): "\(flag)"
    case .names(let names): "[" + names.joined(separator: ", ") + "]"
    case .safety: ""
    }
  }
}
