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
  case bmp388(BMP388)

  init(_ section: Configuration.Barometer) {
    switch section.chip {
    case .bmp280: self = .bmp280(BMP280(options: BMP280.Options(section)))
    case .bmp388: self = .bmp388(BMP388(options: BMP388.Options(section)))
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
    case .bmp388(var driver):
      let result = driver.poll(&bus, now: now)
      self = .bmp388(driver)
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

/// A range finder of any supported kind.
enum RangeDriver: SensorDriver {
  /// With the distance in m beyond which a reading is not trusted.
  case vl53l1x(VL53L1X, maximum: Float)

  init(_ section: Configuration.RangeFinder) {
    switch section.chip {
    case .vl53l1x:
      self = .vl53l1x(
        VL53L1X(options: VL53L1X.Options(section)), maximum: Float(section.maximumDistance))
    }
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> SensorPoll<RangeSample>
  {
    switch self {
    case .vl53l1x(var driver, let maximum):
      var result = driver.poll(&bus, now: now)
      self = .vl53l1x(driver, maximum: maximum)
      if let sample = result.sample, sample.distance > maximum { result.sample?.isValid = false }
      return result
    }
  }
}

/// A battery monitor of any supported kind.
enum PowerDriver: SensorDriver {
  case ina219(INA219)

  init(_ section: Configuration.PowerMonitor) {
    switch section.chip {
    case .ina219: self = .ina219(INA219(options: INA219.Options(section)))
    }
  }

  mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> SensorPoll<PowerSample>
  {
    switch self {
    case .ina219(var driver):
      let result = driver.poll(&bus, now: now)
      self = .ina219(driver)
      return result
    }
  }
}

extension BMP388.Options {
  init(_ section: Configuration.Barometer) {
    self.init()
    address = section.address
    rate = Double(section.rateHz)
  }
}

extension VL53L1X.Options {
  init(_ section: Configuration.RangeFinder) {
    self.init()
    address = section.address
    rate = Double(section.rateHz)
  }
}

extension INA219.Options {
  init(_ section: Configuration.PowerMonitor) {
    self.init()
    address = section.address
    rate = Double(section.rateHz)
    shuntResistance = Float(section.shuntOhm)
  }
}
