import HardwareInterfaces

/// Bosch BME280 on I2C: the barometer of the `BMP280` with a hygrometer beside it.
///
/// As with the BMP280, each sample is one burst that holds the settings and the data, here thirteen bytes. The
/// humidity, which no estimator needs, is at `humidity` after each sample.
public struct BME280: BarometerRegisterSensor {
  /// How the chip is used; only its own identity, 0x60, is taken.
  public let options: BMP280.Options
  /// Relative humidity of the newest sample, 0 to 1; `nil` before the first.
  public private(set) var humidity: Float?

  var core: SensorCore
  private var trim: BMP280.Trim?
  private var humidityTrim: HumidityTrim?

  /// Register addresses beside those of the BMP280 (BST-BME280-DS002, section 5.3).
  private enum Register {
    static let firstHumidityTrim: UInt16 = 0xA1
    static let humidityTrim: UInt16 = 0xE1
    /// Humidity control, status, measurement control, configuration, one reserved byte, pressure, temperature and
    /// humidity.
    static let humidityControl: UInt16 = 0xF2
  }

  /// The defaults of the BMP280, with this chip's identity.
  public static var standardOptions: BMP280.Options {
    var options = BMP280.Options()
    options.acceptedIdentities = [0x60]
    return options
  }

  /// Longest time of one measurement in µs: the BMP280's, and 2.3 + 0.575 ms for the humidity (section 9.1).
  static func longestMeasurement(_ options: BMP280.Options) -> Int { options.longestMeasurement + 2_875 }

  /// Samples per second at which each reads a new measurement: the chip rests 0.5 ms between two.
  static func maximumRate(_ options: BMP280.Options) -> Double {
    1e6 / Double(longestMeasurement(options) + 500)
  }

  /// A driver at power-on; nothing moves before the first `poll`.
  public init(options: BMP280.Options = BME280.standardOptions) {
    self.options = options
    core = SensorCore(rate: min(options.rate, Self.maximumRate(options)))
  }

  // MARK: - Start

  var settlingTime: Int64 { Int64(Self.longestMeasurement(options)) }

  static let reset = BMP280.reset
  static let identityRegister = BMP280.identityRegister

  mutating func prepare<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) {
    guard try hasCopiedTrim(&bus, now: now) else { return }
    let read = BMP280.Trim(try readFrame(BMP280.Register.trim, &bus))
    let first = try self.read(Register.firstHumidityTrim, &bus)
    let humid = HumidityTrim(first: first, try readFrame(Register.humidityTrim, &bus))
    guard read.isPlausible, humid.isPlausible else { return core.state.retry(.badTrim, now: now) }
    (trim, humidityTrim) = (read, humid)
    humidity = nil
    core.state.enter(.configure, at: now)
  }

  var rows: Int { 3 }

  /// The register table: configuration, humidity control (oversampling 1), and measurement control, with which the
  /// humidity's setting comes into force and the measurements start.
  func setting(at row: Int) -> RegisterSetting {
    switch row {
    case 0: options.configuration
    case 1: RegisterSetting(Register.humidityControl, 0x01, mask: 0x07)
    default: options.measurementControl
    }
  }

  // MARK: - Sampling

  mutating func sample<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
    -> PressureSample?
  {
    let frame: InlineArray<13, UInt8> = try readFrame(Register.humidityControl, &bus)
    guard !frame.isUniform(0x00), !frame.isUniform(0xFF) else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    guard setting(at: 0).holds(frame[3]), setting(at: 1).holds(frame[0]), setting(at: 2).holds(frame[2])
    else {
      core.state.restart(.wrongRegister, at: now)
      return nil
    }
    let pressure = BMP280.raw20(frame[5], frame[6], frame[7])
    let temperature = BMP280.raw20(frame[8], frame[9], frame[10])
    let humid = frame.uint16(bigEndianAt: 11)
    // 0x80000 and 0x8000 stand for measurements that were left out.
    guard pressure != 0x80000, temperature != 0x80000, humid != 0x8000, let trim, let humidityTrim,
      let value = BMP280.compensate(rawPressure: pressure, rawTemperature: temperature, trim: trim),
      let sample = PressureSample(value, below: BMP280.endOfRange)
    else {
      core.state.fail(.implausibleData, now: now)
      return nil
    }
    // The settings came with the frame; the identity is what is left to look at.
    core.state.row = rows
    let digest = FrameDigest(high: UInt64(pressure), low: UInt64(temperature) << 16 | UInt64(humid))
    guard isFreshUnflagged(digest, limit: options.frozenAfter, now: now) else { return nil }
    humidity = Float(
      Self.relativeHumidity(raw: humid, fineTemperature: value.temperature * 5120, trim: humidityTrim))
    return sample
  }
}

extension BME280 {
  /// The factory trim of the hygrometer.
  public struct HumidityTrim: Equatable, Sendable, BitwiseCopyable {
    /// Coefficients dig_H1...dig_H6.
    public var h1, h2, h3, h4, h5, h6: Double

    /// The coefficients in register 0xA1 and in the bytes from register 0xE1: H4 and H5 have twelve bits and share
    /// the byte at 0xE5.
    public init(first: UInt8, _ bytes: InlineArray<7, UInt8>) {
      h1 = Double(first)
      h2 = Double(bytes.int16(littleEndianAt: 0))
      h3 = Double(bytes[2])
      h4 = Double(Int(Int8(bitPattern: bytes[3])) << 4 | Int(bytes[4] & 0x0F))
      h5 = Double(Int(Int8(bitPattern: bytes[5])) << 4 | Int(bytes[4] >> 4))
      h6 = Double(Int8(bitPattern: bytes[6]))
    }

    /// Whether a factory could have burnt it.
    public var isPlausible: Bool { h2 != 0 && !(h2 == -1 && h4 == -1 && h5 == -1) }
  }

  /// Relative humidity, 0 to 1, of a raw measurement at the fine temperature (5120 per °C).
  ///
  /// The formula in double precision of Bosch's published driver, which the datasheet BST-BME280-DS002, section 8.1,
  /// prints; only + − · /.
  public static func relativeHumidity(raw: UInt16, fineTemperature: Double, trim: HumidityTrim) -> Double {
    let t = fineTemperature - 76_800
    let offset = trim.h4 * 64 + trim.h5 / 16_384 * t
    let slope =
      trim.h2 / 65_536 * (1 + trim.h6 / 67_108_864 * t * (1 + trim.h3 / 67_108_864 * t))
    let humidity = (Double(raw) - offset) * slope
    let percent = humidity * (1 - trim.h1 * humidity / 524_288)
    return max(0, min(percent, 100)) / 100
  }
}

extension BME280 {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "bme280", addresses: [0x76, 0x77], maximumRate: Int(maximumRate(standardOptions)),
      bitsPerSample: TransferBits.readRegisters(13),
      identity: ChipIdentity(
        register: [UInt8(truncatingIfNeeded: identityRegister)], values: standardOptions.acceptedIdentities
      ) { $0 == 0x58 ? .other("BMP280, without a hygrometer") : BMP280.likelyPart(identity: $0) })
  }
}
