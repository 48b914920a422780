import Devices

/// Inertial measurement units with a driver.
public enum InertialChip: String, CaseIterable, Sendable {
  case mpu6050
}

extension Configuration {
  /// The inertial measurement unit.
  public struct InertialSensor: ConfigurationSection, Equatable {
    /// Which chip.
    public var chip: InertialChip
    /// Name of its bus.
    public var bus: String
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
    /// How the chip sits in the vehicle.
    public var mounting: Mounting
    /// Age at which a sample counts as stale, in ns.
    public var staleAfter: Int64
  }
}

extension Configuration.InertialSensor {
  private static let chip = Key<InertialChip>.choice("chip", "Which chip.")
  private static let address = Key<UInt8>.address(
    0x68...0x69, "7-bit I2C address: 0x68, or 0x69 with AD0 high.")
  private static let rate = Key<Int>.integer(
    "rate_hz", 4...1000, unit: "Hz",
    "Samples per second; at least `loop.rate_hz`. The chip itself converts at 1000 Hz.")
  private static let identities = Key<[UInt8]>.bytes(
    "accept_identities", standard: MPU6050.Options().acceptedIdentities,
    "Values of WHO_AM_I that are accepted. Clones answer 0x70, 0x72 or 0x98: add the one yours has, knowingly."
  )
  private static let gyroRange = Key<Int>.oneOf(
    "gyro_range_dps", MPU6050.GyroRange.allCases.map(\.degreesPerSecond), unit: "°/s",
    standard: MPU6050.Options().gyroRange.degreesPerSecond,
    "Full scale of the gyroscope.")
  private static let accelRange = Key<Int>.oneOf(
    "accel_range_g", MPU6050.AccelerometerRange.allCases.map(\.g), unit: "g",
    standard: MPU6050.Options().accelerometerRange.g,
    "Full scale of the accelerometer.")
  private static let lowpass = Key<Int>.oneOf(
    "lowpass_hz", MPU6050.LowPass.allCases.map(\.hertz), unit: "Hz",
    standard: MPU6050.Options().lowPass.hertz,
    "Bandwidth of the chip's digital low-pass filter (accelerometer figure).")
  private static let stale = SensorPlace.staleKey(12)

  static let schema = SectionSchema(
    path: "sensors.imu", about: "The inertial measurement unit.",
    keys: [
      chip.description, SensorPlace.busKey.description, address.description, rate.description,
      identities.description, gyroRange.description, accelRange.description, lowpass.description,
      .section("mounting", absent: "chip axes are body axes", "How the chip sits in the vehicle."),
      stale.description,
    ])

  init?(_ section: Section) {
    let chip = section.read(Self.chip)
    let rate = section.read(Self.rate)
    let place = SensorPlace(section, address: Self.address, stale: Self.stale, rateHz: rate)
    let identities = section.read(Self.identities)
    let gyroRange = section.read(Self.gyroRange)
    let accelRange = section.read(Self.accelRange)
    let lowpass = section.read(Self.lowpass)
    let mounting = section.readOrStandard(Configuration.Mounting.self, "mounting")
    guard let chip, let rate, let place, let identities, let gyroRange, let accelRange, let lowpass,
      let mounting
    else { return nil }
    (self.chip, self.bus, self.address, self.rateHz) = (chip, place.bus, place.address, rate)
    (self.acceptIdentities, self.gyroRangeDps, self.accelRangeG) = (identities, gyroRange, accelRange)
    (self.lowpassHz, self.mounting, self.staleAfter) = (lowpass, mounting, place.staleAfter)
  }
}
