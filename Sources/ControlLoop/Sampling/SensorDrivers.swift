import Devices
import HardwareInterfaces

// One case for each supported chip of a kind: the registration of a new driver is a case here and a name in the
// configuration. Enumerations instead of existentials, so that the call is direct and nothing is boxed.

/// An inertial sensor of any supported kind, with its mounting.
enum InertialDriver: SensorDriver {
  case mpu6050(MPU6050, Configuration.Mounting)

  init(_ section: Configuration.InertialSensor) {
    switch section.chip {
    case .mpu6050: self = .mpu6050(MPU6050(options: MPU6050.Options(section)), section.mounting)
    }
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> SensorPoll<
    InertialSample
  > {
    switch self {
    case .mpu6050(var driver, let mounting):
      var result = driver.poll(&bus, now: now)
      self = .mpu6050(driver, mounting)
      if let sample = result.sample { result.sample = mounting.body(sample) }
      return result
    }
  }
}

/// A barometer of any supported kind.
enum BarometerDriver: SensorDriver {
  case bmp280(BMP280)

  init(_ section: Configuration.Barometer) {
    switch section.chip {
    case .bmp280: self = .bmp280(BMP280(options: BMP280.Options(section)))
    }
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> SensorPoll<
    PressureSample
  > {
    switch self {
    case .bmp280(var driver):
      let result = driver.poll(&bus, now: now)
      self = .bmp280(driver)
      return result
    }
  }
}

extension MPU6050.Options {
  init(_ section: Configuration.InertialSensor) {
    self.init()
    address = section.address
    rate = Double(section.rateHz)
    acceptedIdentities = section.acceptIdentities
    gyroRange = .init(degreesPerSecond: section.gyroRangeDps) ?? gyroRange
    accelerometerRange = .init(g: section.accelRangeG) ?? accelerometerRange
    lowPass = .init(hertz: section.lowpassHz) ?? lowPass
  }
}

extension BMP280.Options {
  init(_ section: Configuration.Barometer) {
    self.init()
    address = section.address
    rate = Double(section.rateHz)
  }
}
