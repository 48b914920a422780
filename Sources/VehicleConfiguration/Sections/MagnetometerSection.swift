import Devices
import Sampling

extension Configuration {
  /// The magnetometer.
  public struct Magnetometer: SpareableSensor, Equatable {
    /// Which chip.
    public var chip: MagneticChip
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
    /// How the chip sits in the vehicle; `nil` for the same way as the inertial sensor.
    public var mounting: SensorMounting?
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
    /// Its spares, in order of priority.
    public var spares: [Self]
    /// How it and its spares are judged.
    public var health: HealthRules
  }
}

extension Configuration.Magnetometer {
  static let kind = SensorKind.magnetometer

  private static let chip = Key<MagneticChip>.chip(SensorTable.magnetometers)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.magnetometers.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second, at most the chip's own rate.")
  private static let stale = SensorPlace.staleKey(200)

  static let schema = SectionSchema(
    path: "sensors.magnetometer",
    about: "The magnetometer. It is sampled and calibrated; the estimator does not use it yet.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, SensorPlace.identitiesKey.description,
      .section("mounting", absent: "as the inertial sensor", "How the chip sits in the vehicle."),
      stale.description,
    ] + kind.redundancyKeys)

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let mounting = section.readOptional(SensorMounting.self, "mounting")
    let spares = section.readSpares(Self.self)
    let health = Configuration.HealthRules(section, of: Self.kind, hasSpares: spares?.isEmpty == false)
    guard let chip, let rate, let place, let mounting, let spares, let health else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.acceptIdentities, self.mounting) = (place.identities, mounting)
    staleAfter = place.staleAfter
    (self.spares, self.health) = (spares, health)
  }
}
