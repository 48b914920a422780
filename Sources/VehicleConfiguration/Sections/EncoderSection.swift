import Devices
import HardwareInterfaces
import Sampling

extension Configuration {
  /// The angle sensor of a wheel's shaft.
  public struct Encoder: ConfigurationSection, DevicePlace, Equatable {
    /// Which chip.
    public var chip: AngleChip
    /// Name of its bus.
    public var bus: String
    /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
    public var channel: BusChannel?
    /// 7-bit I2C address.
    public var address: UInt8
    /// Samples per second.
    public var rateHz: Int
    /// Whether its angle falls while the wheel rolls forward.
    public var isReversed: Bool
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
  }
}

extension Configuration.Encoder {
  private static let chip = Key<AngleChip>.chip(SensorTable.angleSensors)
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(SensorTable.angleSensors.map(\.facts.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second; at least `loop.rate_hz`.")
  private static let reversed = Key<Bool>.flag(
    "reversed", standard: false,
    "Whether the angle falls while the wheel rolls forward, as one of two that look at each other does.")
  private static let stale = SensorPlace.staleKey(20)

  static let schema = SectionSchema(
    path: "sensors.left_encoder, sensors.right_encoder", about: "The angle sensor of a wheel's shaft.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, reversed.description, stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    guard let reversed = section.read(Self.reversed), let chip, let rate, let place else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.isReversed, self.staleAfter) = (reversed, place.staleAfter)
  }
}
