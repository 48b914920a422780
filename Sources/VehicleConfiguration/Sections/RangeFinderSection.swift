import Devices
import HardwareInterfaces

extension Configuration {
  /// The range finder that looks down.
  public struct RangeFinder: SpareableSensor, Equatable {
    /// Which chip.
    public var chip: RangeChip
    /// Name of its bus.
    public var bus: String
    /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
    public var channel: BusChannel?
    /// 7-bit I2C address.
    public var address: UInt8
    /// Samples per second.
    public var rateHz: Int
    /// Distance in m beyond which a reading is not trusted.
    public var maximumDistance: Double
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
    /// Its spares, in order of priority.
    public var spares: [Self]
    /// How it and its spares are judged.
    public var health: HealthRules
  }
}

extension Configuration.RangeFinder {
  static let kind = SensorKind.range

  private static let chip = Key<RangeChip>.chip(SensorTable.rangeFinders)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.rangeFinders.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Measurements per second.")
  private static let maximum = Key<Double>.number(
    "maximum_m", 0.1...4, unit: "m", standard: 3.5, "Distance beyond which a reading is not trusted.")
  private static let stale = SensorPlace.staleKey(200)

  static let schema = SectionSchema(
    path: "sensors.range", about: "The range finder, looking down.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, maximum.description, stale.description,
    ] + kind.redundancyKeys)

  init?(_ section: Section) {
    let (chip, rate, maximum) = (section.read(Self.chip), section.read(Self.rate), section.read(Self.maximum))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let spares = section.readSpares(Self.self)
    let health = Configuration.HealthRules(section, of: Self.kind, hasSpares: spares?.isEmpty == false)
    guard let chip, let rate, let maximum, let place, let spares, let health else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.maximumDistance, self.staleAfter) = (maximum, place.staleAfter)
    (self.spares, self.health) = (spares, health)
  }
}
