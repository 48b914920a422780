import Devices

/// Barometers with a driver.
public enum BarometerChip: String, CaseIterable, Sendable {
  case bmp280, bmp388

  /// Samples per second that the driver's oversampling allows.
  var maximumRate: Int {
    switch self {
    case .bmp280: Int(BMP280.Options().maximumRate)
    case .bmp388: Int(BMP388.Options().maximumRate)
    }
  }
}

extension Configuration {
  /// The barometer.
  public struct Barometer: ConfigurationSection, Equatable {
    /// Which chip.
    public var chip: BarometerChip
    /// Name of its bus.
    public var bus: String
    /// 7-bit I2C address.
    public var address: UInt8
    /// Samples per second.
    public var rateHz: Int
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
  }
}

extension Configuration.Barometer {
  private static let chip = Key<BarometerChip>.choice("chip", "Which chip.")
  private static let address = Key<UInt8>.address(
    0x76...0x77, "7-bit I2C address: 0x76, or 0x77 with SDO high.")
  private static let rate = Key<Int>.integer(
    "rate_hz", 1...(BarometerChip.allCases.map(\.maximumRate).max() ?? 1), unit: "Hz",
    "Samples per second, at most what the driver's oversampling allows.")
  private static let stale = SensorPlace.staleKey(200)

  static let schema = SectionSchema(
    path: "sensors.barometer", about: "The barometer.",
    keys: [
      chip.description, SensorPlace.busKey.description, address.description, rate.description,
      stale.description,
    ])

  init?(_ section: Section) {
    let (chip, rate) = (section.read(Self.chip), section.read(Self.rate))
    if let chip, let rate, rate > chip.maximumRate {
      section.complain(
        "rate_hz", "found \(rate), expected at most \(chip.maximumRate), the \(chip.rawValue)'s limit")
    }
    let place = SensorPlace(section, address: Self.address, stale: Self.stale, rateHz: rate)
    guard let chip, let rate, let place else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    self.staleAfter = place.staleAfter
  }
}
