extension Configuration {
  /// An I2C bus.
  public struct Bus: ConfigurationSection, Equatable {
    /// Name that sensors and actuators refer to.
    public var name: String
    /// Name of the adapter on a real machine, for example "i2c-1".
    public var adapter: String
    /// SCL frequency in Hz.
    public var rateHz: Int
  }
}

extension Configuration.Bus {
  private static let name = Key<String>.text("name", "Name that `bus` keys refer to.")
  private static let adapter = Key<String>.text(
    "adapter", "I2C adapter on a real machine, for example \"i2c-1\" for /dev/i2c-1. Simulation ignores it.")
  private static let rate = Key<Int>.integer(
    "rate_hz", 10_000...3_400_000, unit: "Hz",
    "SCL frequency. Many adapters start with 100000; sampling an inertial sensor fast needs 400000.")

  static let schema = SectionSchema(
    path: "buses[]", about: "The I2C buses.", keys: [name.description, adapter.description, rate.description])

  init?(_ section: Section) {
    let (name, adapter) = (section.read(Self.name), section.read(Self.adapter))
    guard let rate = section.read(Self.rate), let name, let adapter else { return nil }
    (self.name, self.adapter, self.rateHz) = (name, adapter, rate)
  }
}
