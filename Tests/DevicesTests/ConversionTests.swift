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
    #expect(MPU6050.accelerometerScale(.g2) * 16384 == 9.80665)
    #expect(MPU6050.accelerometerScale(.g16) * 2048 == 9.80665)
    #expect(abs(MPU6050.gyroScale(.dps250) * 32768 - 4.363323) < 1e-6)
    #expect(abs(MPU6050.gyroScale(.dps2000) * 16384 - 17.453293) < 1e-5)
  }

  @Test func `MPU-6050 sensitivity is the datasheet's within its rounding`() {
    let perDegree = 1 / (MPU6050.gyroScale(.dps250) * 180 / Float.pi)
    #expect(abs(perDegree - 131) < 131 * 0.0006)
  }

  @Test func `MPU temperature follows the identity`() {
    #expect(MPU6050.temperature(raw: 0, identity: 0x68) == 36.53)
    #expect(abs(MPU6050.temperature(raw: -3_920, identity: 0x68) - 25.0006) < 0.001)
    #expect(MPU6050.temperature(raw: 0, identity: 0x70) == 21)
    #expect(abs(MPU6050.temperature(raw: 3_339, identity: 0x71) - 31) < 0.01)
    #expect(MPU6050.temperature(raw: 3_268, identity: 0x98) == 35)
  }
}
