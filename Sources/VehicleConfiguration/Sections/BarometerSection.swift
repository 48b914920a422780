import Devices

extension Configuration {
  /// The barometer.
  public struct Barometer: SpareableSensor, Equatable {
    /// Which chip.
    public var chip: BarometerChip
    /// Name of its bus.
    public var bus: String
    /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
    public var channel: BusChannel?
    /// 7-bit I2C address.
    public var address: UInt8
    /// Samples per second.
    public var rateHz: Int
    /// Values of the identity register that are accepted.
    public var acceptIdentities: [UInt8]
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
    /// Its spares, in order of priority.
    public var spares: [Self]
    /// How it and its spares are judged.
    public var health: HealthRules
  }
}

extension Configuration.Barometer {
  static let kind = SensorKind.barometer

  private static let chip = Key<BarometerChip>.chip(SensorTable.barometers)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.barometers.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second, at most what the driver's oversampling allows.")
  private static let stale = SensorPlace.staleKey(200)

  static let schema = SectionSchema(
    path: "sensors.barometer", about: "The barometer.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, SensorPlace.identitiesKey.description, stale.description,
    ] + kind.redundancyKeys)

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let spares = section.readSpares(Self.self)
    let health = Configuration.HealthRules(section, of: Self.kind, hasSpares: spares?.isEmpty == false)
    guard let chip, let rate, let place, let spares, let health else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.acceptIdentities, self.staleAfter) = (place.identities, place.staleAfter)
    (self.spares, self.health) = (spares, health)
  }
}
