import Devices
import Sampling

extension Configuration {
  /// A differential pressure sensor, as of a pitot tube.
  struct DifferentialPressure: ConfigurationSection, DevicePlace {
    /// Which chip.
    var chip: DifferentialPressureChip
    var bus: String
    var channel: BusChannel?
    var address: UInt8
    var rateHz: Int
    var staleAfter: Int64
    /// The pressure in Pa at the end of its range.
    var range: Double
  }
}

extension Configuration.DifferentialPressure {
  private static let chip = Key<DifferentialPressureChip>.chip(SensorTable.differentialPressure)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.differentialPressure.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second.")
  private static let range = Key<Double>.number(
    "range_psi", 0.5...150, unit: "psi", standard: 1,
    "The end of its range, of either sign, as its part number says; output of type A.")
  private static let stale = SensorPlace.staleKey(200)

  static let schema = SectionSchema(
    path: "devices.NAME of differential pressure",
    about:
      "A differential pressure sensor, as of a pitot tube: the signal `NAME.differential_pressure` in Pa.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description, rate.description,
      range.description, stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate, range) = (section.read(Self.chip), section.read(Self.rate), section.read(Self.range))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    guard let chip, let rate, let range, let place else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    (channel, staleAfter) = (place.channel, place.staleAfter)
    self.range = range * MS4525DO.pascalPerPSI
  }
}

extension Configuration.DifferentialPressure {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let range = range
    return naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, self, chip: chip, kin: SensorTable.differentialPressure,
        rank: .pressure, twin: naming.twin(0, identity: nil),
        use: { playsBack in DifferentialPressureUse(sensor: use([], playsBack), range: range) })
    ])
  }
}
