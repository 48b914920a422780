import Testing

@testable import Devices

/// Pure conversions from raw values to SI units.
@Suite struct ConversionTests {
  @Test func `BMP280 compensation gives the datasheet's example`() throws {
    // Section 3.12 of BST-BMP280-DS001: 25.08 °C and 100653.27 Pa.
    let words = [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000]
    var bytes = InlineArray<24, UInt8>(repeating: 0)
    for (index, word) in words.enumerated() {
      bytes[2 * index] = UInt8(truncatingIfNeeded: word)
      bytes[2 * index + 1] = UInt8(truncatingIfNeeded: word >> 8)
    }
    let value = try #require(
      BMP280.compensate(rawPressure: 415_148, rawTemperature: 519_888, trim: BMP280.Trim(bytes)))
    #expect(abs(value.temperature - 25.0825) < 0.0001)
    #expect(abs(value.pressure - 100_653.267) < 0.001)
  }

  @Test func `BMP280 compensation refuses a trim that divides by zero`() {
    let blank = BMP280.Trim(InlineArray<24, UInt8>(repeating: 0))
    #expect(!blank.isPlausible)
    #expect(BMP280.compensate(rawPressure: 415_148, rawTemperature: 519_888, trim: blank) == nil)
    #expect(!BMP280.Trim(InlineArray<24, UInt8>(repeating: 0xFF)).isPlausible)
  }

  @Test func `BMP280 raw values are twenty bits, high byte first`() {
    #expect(BMP280.raw20(0x65, 0x5A, 0xC0) == 0x655AC)
    #expect(BMP280.raw20(0xFF, 0xFF, 0xFF) == 0xFFFFF)
  }

  @Test func `BMP280 measurements take at most what the datasheet's table says`() {
    var options = BMP280.Options()
    let table: [(BMP280.Oversampling, BMP280.Oversampling, Int)] = [
      (.x1, .x1, 6_425), (.x2, .x1, 8_725), (.x4, .x1, 13_325), (.x8, .x1, 22_525), (.x16, .x2, 43_225),
    ]
    for (pressure, temperature, microseconds) in table {
      options.pressureOversampling = pressure
      options.temperatureOversampling = temperature
      #expect(options.longestMeasurement == microseconds)
    }
  }

  @Test func `MPU-6050 full scale is 32768 counts`() {
    #expect(MPU6050.AccelerometerRange.g2.scale * 16384 == 9.80665)
    #expect(MPU6050.AccelerometerRange.g16.scale * 2048 == 9.80665)
    #expect(abs(MPU6050.GyroRange.dps250.scale * 32768 - 4.363323) < 1e-6)
    #expect(abs(MPU6050.GyroRange.dps2000.scale * 16384 - 17.453293) < 1e-5)
  }

  @Test func `MPU-6050 sensitivity is the datasheet's within its rounding`() {
    let perDegree = 1 / (MPU6050.GyroRange.dps250.scale * 180 / Float.pi)
    #expect(abs(perDegree - 131) < 131 * 0.0006)
  }

  @Test func `MPU temperature follows the identity`() {
    #expect(MPU6050.temperature(raw: 0, identity: 0x68) == 36.53)
    #expect(abs(MPU6050.temperature(raw: -3_920, identity: 0x68) - 25.0006) < 0.001)
    #expect(MPU6050.temperature(raw: 0, identity: 0x70) == 21)
    #expect(abs(MPU6050.temperature(raw: 3_339, identity: 0x71) - 31) < 0.01)
    #expect(MPU6050.temperature(raw: 3_268, identity: 0x98) == 35)
  }

  // MARK: - BMP388

  /// A trim in the fuses' form, with the check value before it.
  private static let bmp388Fuses: InlineArray<22, UInt8> = [
    0x00, 0x6B, 0x6C, 0x2E, 0x4A, 0xF9, 0x3A, 0x01, 0x04, 0xFD, 0x23, 0x00, 0x22, 0x62, 0x9C, 0x75, 0x03,
    0xFA,
    0xEA, 0x3E, 0x14, 0xC4,
  ]

  @Test(arguments: [(6_400_000, 8_300_000), (8_123_456, 7_900_000), (10_000_000, 9_100_000)])
  func `BMP388 compensation agrees with the datasheet's sum of powers`(_ rawP: Int, _ rawT: Int) {
    // The same fourteen numbers as above, read by hand, in the expanded form of BST-BMP388-DS001, section 9.
    let t1 = 27755.0 * 256
    let (t2, t3) = (18990.0 / 1_073_741_824, -7.0 / 281_474_976_710_656)
    let t = (Double(rawT) - t1) * t2 + (Double(rawT) - t1) * (Double(rawT) - t1) * t3
    let raw = Double(rawP)
    let out1 = 25122.0 * 8 + 30108.0 / 64 * t + 3.0 / 256 * t * t - 6.0 / 32_768 * t * t * t
    let slope =
      (314.0 - 16384) / 1_048_576 + (-764.0 - 16384) / 536_870_912 * t + 35.0 / 4_294_967_296 * t * t
    let square = 16106.0 / 281_474_976_710_656 + 20.0 / 281_474_976_710_656 * t
    let cube = -60.0 / 36_893_488_147_419_103_232
    let expected = out1 + raw * slope + raw * raw * square + raw * raw * raw * cube

    let value = BMP388.compensate(
      rawPressure: UInt32(rawP), rawTemperature: UInt32(rawT), trim: BMP388.Trim(Self.bmp388Fuses, at: 1))
    #expect(abs(value.temperature - t) < 1e-9)
    #expect(abs(value.pressure - expected) < 1e-6)
    #expect(value.pressure > 30_000 && value.pressure < 125_000)
  }

  @Test func `BMP388 check value is CRC-8 0x1D, from ones, inverted`() {
    // CRC-8/SAE-J1850 of "123456789" is 0x4B; the message stands at the end of the 22 bytes.
    var bytes = InlineArray<22, UInt8>(repeating: 0)
    for (index, byte) in "123456789".utf8.enumerated() { bytes[13 + index] = byte }
    #expect(BMP388.checksum(bytes, from: 13) == 0x4B)
  }

  @Test func `BMP388 data rate holds the longest measurement`() {
    // 5.0, 7.0, 11.0, 19.1, 35.3 and 67.6 ms, and a tenth for the chip's clock, in 5 ms times a power of two.
    var options = BMP388.Options()
    for (oversampling, setting) in zip(BMP388.Oversampling.allCases, [1, 1, 2, 3, 3, 4]) {
      options.pressureOversampling = oversampling
      #expect(options.dataRateSetting == UInt8(setting))
    }
  }

  // MARK: - VL53L1X

  @Test func `VL53L1X distance is the raw value times 2011/2048, rounded`() {
    #expect(VL53L1X.distance(raw: 0) == 0)
    #expect(VL53L1X.distance(raw: 2048) == 2.011)
    #expect(VL53L1X.distance(raw: 1000) == 0.982)
    #expect(VL53L1X.distance(raw: 0xFFFF) == 64.351)
  }

  @Test(arguments: VL53L1X.DistanceMode.allCases, [33_000, 50_000, 140_000])
  func `VL53L1X registers hold the timing budget`(_ mode: VL53L1X.DistanceMode, _ budget: Int) {
    let fast: UInt16 = 0xB8CD
    let timing = VL53L1X.timing(budget: budget, fastOscillator: fast, mode: mode)
    // A macro period by the definition, in µs: 2304 laser periods of 2 · (setting + 1) clocks.
    let clock = Double(fast) / 4096 * 64
    for (register, setting) in [(timing.rangeA, mode.laserPeriodA), (timing.rangeB, mode.laserPeriodB)] {
      let macro = 2304 * 2 * (Double(setting) + 1) / clock
      let held = (Double((Int(register) & 0xFF) << (Int(register) >> 8)) + 1) * macro
      let asked = Double(budget - 4_528) / 2
      // The mantissa has eight bits and is cut, not rounded.
      #expect(held <= asked + macro && held > asked * (1 - 1.0 / 128) - macro)
    }
  }

  @Test func `VL53L1X status tells valid, invalid, broken and unknown apart`() {
    let valid = (0..<32).filter { VL53L1X.verdict(status: UInt8($0)) == .valid }
    let invalid = (0..<32).filter { VL53L1X.verdict(status: UInt8($0)) == .invalid }
    let broken = (0..<32).filter { VL53L1X.verdict(status: UInt8($0)) == .broken }
    #expect(valid == [8, 9])
    #expect(invalid == [4, 5, 6, 7, 12, 13, 18])
    #expect(broken == [1, 2, 3, 17])
    #expect(VL53L1X.verdict(status: 0xE9) == .valid)
  }

  @Test func `VL53L1X asks for the photodiodes that give the target rate`() {
    // 10 Mcps from 64 photodiodes: twice as many would give the 20 Mcps wanted.
    #expect(VL53L1X.requiredSpads(effective: 64 << 8, ambient: 3 << 7, signal: 7 << 7) == 128 << 8)
    #expect(VL53L1X.requiredSpads(effective: 0, ambient: 100, signal: 100) == 0x8000)
    #expect(VL53L1X.requiredSpads(effective: 0xFFFF, ambient: 0, signal: 0) == 0x8000)
    #expect(VL53L1X.requiredSpads(effective: 0xFFFF, ambient: 0, signal: 1) == 0xFFFF)
    #expect(VL53L1X.requiredSpads(effective: 1, ambient: 0xFFFF, signal: 0xFFFF) == 0)
  }

  // MARK: - INA219

  @Test func `INA219 bus voltage is 4 mV per step above three flag bits`() {
    #expect(INA219.busVoltage(raw: 0) == 0)
    #expect(INA219.busVoltage(raw: 2775 << 3 | 2) == 2775 * Float(0.004))
    #expect(INA219.busVoltage(raw: 8000 << 3) == 32)
  }

  @Test func `INA219 current is 10 µV per step over the shunt`() {
    #expect(abs(INA219.current(rawShunt: 2000, resistance: 0.1) - 0.2) < 1e-7)
    #expect(abs(INA219.current(rawShunt: -32_000, resistance: 0.002) + 160) < 1e-4)
    #expect(INA219.current(rawShunt: 0, resistance: 0.002) == 0)
  }
}
