import Devices
import Sampling

extension Configuration {
  /// The battery monitor.
  public struct PowerMonitor: ConfigurationSection, DevicePlace, Equatable {
    /// Which chip.
    public var chip: PowerChip
    /// Name of its bus.
    public var bus: String
    /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
    public var channel: BusChannel?
    /// 7-bit I2C address.
    public var address: UInt8
    /// Samples per second.
    public var rateHz: Int
    /// Resistance of the shunt in Ω.
    public var shuntOhm: Double
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
  }
}

extension Configuration.PowerMonitor {
  private static let chip = Key<PowerChip>.chip(SensorTable.powerMonitors)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.powerMonitors.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second.")
  private static let shunt = Key<Double>.number(
    "shunt_ohm", 0.0001...1, unit: "Ω",
    "Resistance of the shunt; full scale across it is 0.32 V (INA219) or 0.082 V (INA226).")
  private static let stale = SensorPlace.staleKey(500)

  static let schema = SectionSchema(
    path: "sensors.power", about: "The battery monitor.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, shunt.description, stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate, shunt) = (section.read(Self.chip), section.read(Self.rate), section.read(Self.shunt))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    guard let chip, let rate, let shunt, let place else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.shuntOhm, self.staleAfter) = (shunt, place.staleAfter)
  }
}
