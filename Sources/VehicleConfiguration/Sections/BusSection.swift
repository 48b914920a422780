extension Configuration {
  /// An I2C bus.
  public struct Bus: ConfigurationSection, Equatable {
    /// Name that sensors and actuators refer to.
    public var name: String
    /// Name of the adapter on a real machine, for example "i2c-1".
    public var adapter: String
    /// SCL frequency in Hz.
    public var rateHz: Int
    /// Longest time of a transfer on a real machine in ms.
    public var timeoutMilliseconds: Int
    /// Repetitions of a failed transfer on a real machine, at most.
    public var retries: Int
  }
}

extension Configuration.Bus {
  private static let name = Key<String>.text("name", "Name that `bus` keys refer to.")
  private static let adapter = Key<String>.text(
    "adapter",
    "I2C adapter on a real machine: \"i2c-1\" for /dev/i2c-1, or the beginning of the name that `ganglion probe` "
      + "shows, which stays when numbers move. Simulation ignores it.")
  private static let rate = Key<Int>.integer(
    "rate_hz", 10_000...3_400_000, unit: "Hz",
    "SCL frequency. Many adapters start with 100000; sampling an inertial sensor fast needs 400000.")
  private static let timeout = Key<Int>.integer(
    "timeout_ms", 10...1000, unit: "ms", standard: 20,
    "Longest time of a transfer, in steps of 10; for all programs that use the adapter.")
  private static let retries = Key<Int>.integer(
    "retries", 0...5, standard: 2,
    "How often a failed transfer is repeated at once, while the device has not failed too often.")

  static let schema = SectionSchema(
    path: "buses[]", about: "The I2C buses.",
    keys: [
      name.description, adapter.description, rate.description, timeout.description, retries.description,
    ])

  init?(_ section: Section) {
    let (name, adapter) = (section.read(Self.name), section.read(Self.adapter))
    let (timeout, retries) = (section.read(Self.timeout), section.read(Self.retries))
    guard let rate = section.read(Self.rate), let name, let adapter, let timeout, let retries else {
      return nil
    }
    (self.name, self.adapter, self.rateHz) = (name, adapter, rate)
    (self.timeoutMilliseconds, self.retries) = (timeout, retries)
  }
}
