import Devices
import Files
import Sampling

extension Configuration {
  /// A chip of digital lines, as inputs.
  struct PortInputs: ConfigurationSection, DevicePlace {
    /// Which chip.
    var chip: PortChip
    var bus: String
    var channel: BusChannel?
    var address: UInt8
    var rateHz: Int
    var staleAfter: Int64
    /// The lines that are read, by their names.
    var inputs: [NamedInput]
    /// The lines that are pulled up inside the chip, a bit for each.
    var pullUps: UInt16
    /// The lines whose flag is set while they are low, a bit for each.
    var activeLow: UInt16
  }
}

extension Configuration.PortInputs {
  private static let chip = Key<PortChip>.chip(SensorTable.ports)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.ports.map(\.facts.maximumRate).max() ?? 1), unit: "Hz", "Samples per second.")
  private static let stale = SensorPlace.staleKey(200)
  /// Lines of a chip.
  private static let count = 16

  static let schema = SectionSchema(
    path: "devices.NAME of digital lines", about: "A chip of digital lines, as inputs.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description, rate.description,
      .section(
        "channels", as: "names of 1 to \(count) lines",
        "The lines that are read: `{ bumper: 0, start: 8 }`, 0 to 7 for port A and 8 to 15 for port B; each is a flag `NAME.bumper`."
      ),
      .section(
        "pull_ups", as: "list of names", absent: "none", "The lines that are pulled up inside the chip."),
      .section(
        "active_low", as: "list of names", absent: "none",
        "The lines whose flag is set while they are low, as of a switch to ground."), stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let inputs = section.readInputs("channels", count: Self.count)
    let pullUps = section.readMask("pull_ups", of: inputs ?? [])
    let activeLow = section.readMask("active_low", of: inputs ?? [])
    guard let chip, let rate, let place, let inputs, let pullUps, let activeLow else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    (channel, staleAfter) = (place.channel, place.staleAfter)
    (self.inputs, self.pullUps, self.activeLow) = (inputs, pullUps, activeLow)
  }
}

extension Section {
  /// The list `name` of names among `inputs`, a bit for each; 0 when it is not there.
  fileprivate func readMask(_ name: String, of inputs: [Configuration.NamedInput]) -> UInt16? {
    guard let value = value(name) else { return 0 }
    guard let names = value.texts else {
      complain(name, "found \(value.shown), expected a list of names of `channels`")
      return nil
    }
    var mask: UInt16 = 0
    for word in names.prefix(16) {
      guard let input = inputs.first(where: { $0.name == word }) else {
        complain(
          name, "\(JSON5Value.quoted(word)) is none of `channels`" + hint(word, among: inputs.map(\.name)))
        return nil
      }
      mask |= 1 << UInt16(input.number)
    }
    return mask
  }
}
