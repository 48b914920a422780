import Devices
import Sampling

extension Configuration {
  /// The inertial measurement unit.
  public struct InertialSensor: SpareableSensor, Equatable {
    /// Which chip.
    public var chip: InertialChip
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
    /// Full scale of the gyroscope in °/s.
    public var gyroRangeDps: Int
    /// Full scale of the accelerometer in standard gravities.
    public var accelRangeG: Int
    /// Bandwidth of the chip's low-pass filter in Hz.
    public var lowpassHz: Int
    /// Whether the chip joins its auxiliary bus, with a magnetometer on it, to the host's.
    public var auxiliaryBypass: Bool
    /// How the chip sits in the vehicle.
    public var mounting: SensorMounting
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
    /// Its spares, in order of priority.
    public var spares: [Self]
    /// How it and its spares are judged.
    public var health: HealthRules
  }
}

extension Configuration.InertialSensor {
  static let kind = SensorKind.imu

  private static let chip = Key<InertialChip>.chip(SensorTable.inertial)
  private static let rate = Key<Int>.integer(
    "rate_hz", 4...1000, unit: "Hz",
    "Samples per second; at least `loop.rate_hz`.")
  private static let gyroRange = Key<Int?>.oneOfTheChips(
    "gyro_range_dps", \.gyro, unit: "°/s", "Full scale of the gyroscope.")
  private static let accelRange = Key<Int?>.oneOfTheChips(
    "accel_range_g", \.accelerometer, unit: "g", "Full scale of the accelerometer.")
  private static let lowpass = Key<Int?>.oneOfTheChips(
    "lowpass_hz", \.lowPass, unit: "Hz",
    "Bandwidth of the chip's digital low-pass filter (accelerometer figure).")
  private static let bypass = Key<Bool?>.optionalFlag(
    "auxiliary_bypass", absent: "true if `sensors.magnetometer` sits inside the chip",
    "Whether the chip joins its auxiliary bus to the host's: true for boards such as the GY-86, which have a "
      + "magnetometer there.")
  private static let stale = SensorPlace.staleKey(12)

  static let schema = SectionSchema(
    path: "sensors.imu", about: "The inertial measurement unit.",
    keys: [
      chip.description, SensorPlace.busKey.description, SensorPlace.addressKey.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      rate.description, SensorPlace.identitiesKey.description, gyroRange.description, accelRange.description,
      lowpass.description,
      bypass.description,
      .section("mounting", absent: "chip axes are body axes", "How the chip sits in the vehicle."),
      stale.description,
    ] + kind.redundancyKeys)

  init?(_ section: Section) {
    let chip = section.read(Self.chip)
    let rate = section.read(Self.rate)
    let place = SensorPlace(section, chip: chip?.facts, stale: Self.stale, rateHz: rate)
    let gyroRange = section.read(Self.gyroRange)
    let accelRange = section.read(Self.accelRange)
    let lowpass = section.read(Self.lowpass)
    let bypass = section.read(Self.bypass)
    let mounting = section.readOrStandard(SensorMounting.self, "mounting")
    let spares = section.readSpares(Self.self)
    let health = Configuration.HealthRules(section, of: Self.kind, hasSpares: spares?.isEmpty == false)
    guard let chip, let rate, let place, let gyroRange, let accelRange, let lowpass, let bypass, let mounting,
      let spares, let health, let ranges = chip.facts.inertial
    else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    channel = place.channel
    (self.acceptIdentities, self.gyroRangeDps, self.accelRangeG) = (
      place.identities, gyroRange ?? ranges.standard.gyro, accelRange ?? ranges.standard.accelerometer
    )
    (self.lowpassHz, self.mounting) = (lowpass ?? ranges.standard.lowPass, mounting)
    (self.auxiliaryBypass, self.staleAfter) = (bypass ?? false, place.staleAfter)
    (self.spares, self.health) = (spares, health)
    if auxiliaryBypass, !ranges.hasAuxiliaryBus {
      section.complain(Self.bypass.name, "found true, but the \(chip.name) has no auxiliary bus to join")
    }
    for (key, value, choices) in [
      (Self.gyroRange.name, gyroRangeDps, ranges.gyro),
      (Self.accelRange.name, accelRangeG, ranges.accelerometer),
      (Self.lowpass.name, lowpassHz, ranges.lowPass),
    ] where !choices.contains(value) {
      section.complain(
        key,
        "found \(value), expected what the \(chip.name) has: one of "
          + choices.map(String.init).joined(separator: ", "))
    }
  }
}

extension Key<Int?> {
  /// A setting that one inertial chip or another has.
  fileprivate static func oneOfTheChips(
    _ name: String, _ settings: KeyPath<InertialRanges, [Int]> & Sendable, unit: String, _ about: String
  ) -> Key {
    let choices = Set(SensorTable.inertial.compactMap { $0.facts.inertial?[keyPath: settings] }.joined())
    return optionalOneOf(name, choices.sorted(), unit: unit, absent: "the chip's", about)
  }
}
