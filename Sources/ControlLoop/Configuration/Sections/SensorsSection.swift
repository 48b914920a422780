extension Configuration {
  /// The sensors that the vehicle has.
  public struct Sensors: ConfigurationSection, Equatable {
    /// The inertial measurement unit; every vehicle has one.
    public var imu: InertialSensor
    /// The barometer, if any.
    public var barometer: Barometer?
    /// The range finder that looks down, if any.
    public var range: RangeFinder?
    /// The battery monitor, if any.
    public var power: PowerMonitor?
  }
}

extension Configuration.Sensors {
  static let schema = SectionSchema(
    path: "sensors", about: "The sensors. A section that is absent means that the vehicle lacks that sensor.",
    keys: [
      .section("imu", "The inertial measurement unit."),
      .section("barometer", absent: "no barometer", "The barometer."),
      .section("range", absent: "no range finder", "The range finder, looking down."),
      .section("power", absent: "no battery monitor", "The battery monitor."),
    ])

  init?(_ section: Section) {
    let imu = section.read(Configuration.InertialSensor.self, "imu")
    let barometer = section.readOptional(Configuration.Barometer.self, "barometer")
    let range = section.readOptional(Configuration.RangeFinder.self, "range")
    let power = section.readOptional(Configuration.PowerMonitor.self, "power")
    guard let imu, let barometer, let range, let power else { return nil }
    (self.imu, self.barometer, self.range, self.power) = (imu, barometer, range, power)
  }
}

/// Where a device sits and how long its data stay good; the same for every sensor.
struct SensorPlace {
  var bus: String
  var address: UInt8
  var staleAfter: Int64

  static let busKey = Key<String>.text("bus", "Name of one of the `buses`.")
  static func staleKey(_ standard: Double) -> Key<Double> {
    .number(
      "stale_after_ms", 1...60_000, unit: "ms", standard: standard,
      "Age at which the newest sample counts as stale.")
  }

  /// Reads bus, address and staleness of `section`, and checks that a sample lives longer than the time to the
  /// next one at `rateHz`.
  init?(_ section: Section, address: Key<UInt8>, stale: Key<Double>, rateHz: Int?) {
    let bus = section.read(Self.busKey)
    let address = section.read(address)
    let milliseconds = section.read(stale)
    if let rateHz, let milliseconds, milliseconds * Double(rateHz) <= 1000 {
      section.complain(
        stale.name,
        "\(milliseconds.shown) ms is no longer than the time between samples, "
          + "\((1000 / Double(rateHz)).shown) ms at \(rateHz) Hz: every sample would count as stale")
      return nil
    }
    guard let bus, let address, let milliseconds else { return nil }
    (self.bus, self.address, self.staleAfter) = (bus, address, Int64(milliseconds * 1e6))
  }
}
