import Devices
import Sampling

extension Configuration {
  /// A converter of several analog inputs.
  struct AnalogInputs: ConfigurationSection, DevicePlace {
    /// Which chip.
    var chip: AnalogChip
    var bus: String
    var channel: BusChannel?
    var address: UInt8
    var rateHz: Int
    var staleAfter: Int64
    /// The inputs that are read, by their names.
    var inputs: [NamedInput]
    /// Largest voltage in V that is measured.
    var fullScale: Double
  }

  /// An input of a chip with several, under a name of the user's.
  struct NamedInput: Sendable, Equatable {
    var name: String
    /// From 0.
    var number: Int
  }
}

extension Configuration.AnalogInputs {
  private static let chip = Key<AnalogChip>.chip(SensorTable.analogInputs)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.analogInputs.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Rounds over all inputs per second; one input takes 1.5 ms.")
  private static let fullScale = Key<Double>.number(
    "full_scale_v", 0.01...6.144, unit: "V", standard: 4.096,
    "Largest voltage that is measured, of either sign; the chip takes its smallest range that has it. It does not widen what the "
      + "inputs bear.")
  private static let stale = SensorPlace.staleKey(200)
  /// Inputs of a chip.
  private static let count = 4

  static let schema = SectionSchema(
    path: "devices.NAME of analog inputs", about: "A converter of several analog inputs.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description, rate.description,
      .section(
        "channels", as: "names of 1 to \(count) inputs",
        "The inputs that are read: `{ left: 0, middle: 1 }`; each is a signal `NAME.left` in V, with a flag `NAME.left_clipped`."
      ),
      fullScale.description, stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let inputs = section.readInputs("channels", count: Self.count)
    guard let fullScale = section.read(Self.fullScale), let chip, let rate, let place, let inputs else {
      return nil
    }
    if Double(rate) * Double(inputs.count) > 660 {
      section.complain(
        "rate_hz",
        "found \(rate), expected at most \(660 / inputs.count): \(inputs.count) inputs take 1.5 ms each")
    }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    (channel, staleAfter) = (place.channel, place.staleAfter)
    (self.inputs, self.fullScale) = (inputs, fullScale)
  }
}

extension Section {
  /// The object `name` of names and numbers of a chip's inputs, no two of one number.
  func readInputs(_ name: String, count: Int) -> [Configuration.NamedInput]? {
    guard has(name) else {
      complain(name, "missing; expected names of inputs: { left: 0, right: 1 }")
      return nil
    }
    guard let entries = entries(name, most: count) else { return nil }
    var inputs: [Configuration.NamedInput] = []
    for entry in entries {
      guard let number = entry.value.wholeNumber, (0..<count).contains(number) else {
        context.complain(
          entry.path, "found \(entry.value.shown), expected the input's number, 0 to \(count - 1)")
        continue
      }
      if let other = inputs.first(where: { $0.number == number }) {
        context.complain(entry.path, "found \(number), which is \(other.name) already")
        continue
      }
      inputs.append(Configuration.NamedInput(name: entry.name, number: number))
    }
    if entries.isEmpty { complain(name, "found no names, expected at least one input") }
    return inputs.count == entries.count && !entries.isEmpty ? inputs : nil
  }
}
