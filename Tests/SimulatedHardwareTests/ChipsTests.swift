import HardwareInterfaces
import PortableMath
import Testing

@testable import SimulatedHardware

/// Registers as the datasheets have them, without any driver.
@Suite struct ChipsTests {
  private func at(_ microseconds: Int64) -> MonotonicTime {
    MonotonicTime.zero.advanced(microseconds: microseconds)
  }

  @Test func `MPU-6050 sleeps after power-on, and converts only once awake, at its own rate`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var bus = board.bus()
    #expect(try bus.readRegister(0x6B, of: 0x68) == 0x40)
    board.advance(to: at(50_000))
    #expect(try bus.readRegister(0x3F, of: 0x68) == 0)
    // Awake, filter 94 Hz, 1 kHz / (1 + 9).
    try bus.writeRegister(0x1A, 2, of: 0x68)
    try bus.writeRegister(0x19, 9, of: 0x68)
    try bus.writeRegister(0x6B, 1, of: 0x68)
    var changes = 0
    var last: InlineArray<6, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
    for step in 1...1000 {
      board.advance(to: at(50_000 + Int64(step) * 500))
      let now: InlineArray<6, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
      for index in 0..<6 where now[index] != last[index] {
        changes += 1
        break
      }
      last = now
    }
    #expect(changes == 50)
  }

  @Test func `MPU-6050 loses what is written while it resets`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var bus = board.bus()
    try bus.writeRegister(0x1B, 0x18, of: 0x68)
    try bus.writeRegister(0x6B, 0x80, of: 0x68)
    try bus.writeRegister(0x1C, 0x18, of: 0x68)
    board.advance(to: at(100_000))
    #expect(try bus.readRegister(0x1B, of: 0x68) == 0)
    #expect(try bus.readRegister(0x1C, of: 0x68) == 0)
    #expect(try bus.readRegister(0x6B, of: 0x68) == 0x40)
  }

  @Test func `MPU-6050 filter passes slow motion and damps fast`() throws {
    let board = SimulatedBoard(seed: 1, noiseScale: 0, biasScale: 0)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var bus = board.bus()
    try bus.writeRegister(0x1A, 4, of: 0x68)
    try bus.writeRegister(0x6B, 1, of: 0x68)
    board.advance(to: at(100_000))
    board.physics.angularRate = Vector3(1, 0, 0)
    // Full scale 250 °/s: 1 rad/s is 7509.9 counts. One time constant of 20 Hz is 8 ms.
    board.advance(to: at(108_000))
    var x: InlineArray<2, UInt8> = try bus.readRegisters(0x43, of: 0x68)
    let early = Int(x[0]) << 8 | Int(x[1])
    #expect(early > 7_510 / 2 && early < 7_510 * 3 / 4)
    board.advance(to: at(300_000))
    x = try bus.readRegisters(0x43, of: 0x68)
    #expect(Int(x[0]) << 8 | Int(x[1]) == 7_510)
  }

  @Test func `BMP280 measures once when forced, and sleeps again`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedBMP280(), name: "barometer", address: 0x76)
    var bus = board.bus()
    #expect(try bus.readRegister(0xF7, of: 0x76) == 0x80)
    try bus.writeRegister(0xF4, 0x25, of: 0x76)
    board.advance(to: at(5_400))
    #expect(try bus.readRegister(0xF3, of: 0x76) == 0x08)
    board.advance(to: at(5_500))
    #expect(try bus.readRegister(0xF3, of: 0x76) == 0x00)
    #expect(try bus.readRegister(0xF4, of: 0x76) == 0x24)
    #expect(try bus.readRegister(0xF7, of: 0x76) != 0x80)
  }

  @Test func `BMP280 takes its configuration only asleep`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedBMP280(), name: "barometer", address: 0x76)
    var bus = board.bus()
    try bus.writeRegister(0xF4, 0x27, of: 0x76)
    try bus.writeRegister(0xF5, 0x10, of: 0x76)
    #expect(try bus.readRegister(0xF5, of: 0x76) == 0x00)
    try bus.writeRegister(0xF4, 0x00, of: 0x76)
    try bus.writeRegister(0xF5, 0x10, of: 0x76)
    #expect(try bus.readRegister(0xF5, of: 0x76) == 0x10)
  }

  @Test func `BMP280 trim inverted is the datasheet's example`() {
    // Section 3.12: raw 519888 and 415148 are 25.0825 °C and 100653.27 Pa.
    let trim = BMP280FactoryTrim.datasheetExample
    let fine = 128_422.28
    #expect(abs(trim.rawTemperature(fineTemperature: fine) - 519_888) < 0.2)
    #expect(abs(trim.rawPressure(100_653.267, fineTemperature: fine) - 415_148) < 0.01)
  }

  @Test func `BMP388 refuses a data rate that its oversampling cannot keep`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedBMP388(), name: "barometer", address: 0x76)
    var bus = board.bus()
    try bus.writeRegister(0x1C, 0x03, of: 0x76)
    try bus.writeRegister(0x1D, 0x00, of: 0x76)
    try bus.writeRegister(0x1B, 0x33, of: 0x76)
    #expect(try bus.readRegister(0x02, of: 0x76) == 0x04)
    #expect(try bus.readRegister(0x1B, of: 0x76) == 0x03)
  }

  @Test func `VL53L0X gives no range without its calibrations, and none before it is told to measure`() throws
  {
    let board = SimulatedBoard(seed: 1)
    board.physics.rangeToGround = 0.5
    try board.attach(SimulatedVL53L0X(), name: "range", address: 0x29)
    var bus = board.bus()
    try bus.writeRegister(0x0A, 0x04, of: 0x29)
    board.advance(to: at(500_000))
    #expect(try bus.readRegister(0x13, of: 0x29) == 0)
    try bus.writeRegister(0x00, 0x02, of: 0x29)
    board.advance(to: at(1_000_000))
    #expect(try bus.readRegister(0x13, of: 0x29) == 4)
    let result: InlineArray<12, UInt8> = try bus.readRegisters(0x14, of: 0x29)
    #expect(result[0] >> 3 == 3)
    #expect(Int(result[10]) << 8 | Int(result[11]) == 8_190)
  }

  @Test func `VL53L0X hides its stop variable until it is opened`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedVL53L0X(), name: "range", address: 0x29)
    var bus = board.bus()
    try bus.writeRegister(0xFF, 0x01, of: 0x29)
    #expect(try bus.readRegister(0x91, of: 0x29) == 0)
    try bus.writeRegister(0x80, 0x01, of: 0x29)
    try bus.writeRegister(0x00, 0x00, of: 0x29)
    #expect(try bus.readRegister(0x91, of: 0x29) != 0)
  }

  @Test func `VL53L1X holds a result until its interrupt is cleared`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedVL53L1X(), name: "range", address: 0x29)
    var bus = board.bus()
    func status() throws -> UInt8 {
      let byte: InlineArray<1, UInt8> = try bus.readRegisters(wide: 0x0031, of: 0x29)
      return byte[0] & 1
    }
    func count() throws -> UInt8 {
      let byte: InlineArray<1, UInt8> = try bus.readRegisters(wide: 0x008B, of: 0x29)
      return byte[0]
    }
    try bus.writeRegister(wide: 0x005F, 0x60, of: 0x29)
    try bus.writeRegister(wide: 0x0087, 0x40, of: 0x29)
    #expect(try status() == 1)
    board.advance(to: at(500_000))
    #expect(try status() == 0)
    #expect(try count() == 0)
    try bus.writeRegister(wide: 0x0086, 1, of: 0x29)
    #expect(try status() == 1)
    board.advance(to: at(1_000_000))
    #expect(try status() == 0)
    #expect(try count() == 1)
  }

  @Test func `INA219 works out current and power from its calibration`() throws {
    let board = SimulatedBoard(seed: 1, noiseScale: 0, biasScale: 0)
    board.physics.batteryVoltage = 12
    board.physics.batteryCurrent = 2
    try board.attach(SimulatedINA219(shuntResistance: 0.1), name: "power", address: 0x40)
    var bus = board.bus()
    func word(_ register: UInt8) throws -> Int {
      let bytes: InlineArray<2, UInt8> = try bus.readRegisters(register, of: 0x40)
      return Int(bytes[0]) << 8 | Int(bytes[1])
    }
    #expect(try word(0) == 0x399F)
    // 0.1 mA per step and 0.1 Ω.
    let calibration: [UInt8] = [5, 0x10, 0x00]
    try bus.write(calibration.span, to: 0x40)
    board.advance(to: at(2_000))
    #expect(try word(1) == 20_000)
    #expect(try word(2) == 3_000 << 3 | 2)
    #expect(try word(4) == 20_000)
    // 24 W in steps of 2 mW, and reading it clears the flag of a finished conversion.
    #expect(try word(3) == 12_000)
    #expect(try word(2) == 3_000 << 3)
  }

  @Test func `PCA9685 takes its prescaler only asleep, and pulses only awake`() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.attach(SimulatedPCA9685(), name: "motors", address: 0x40)
    var bus = board.bus()
    #expect(try bus.readRegister(0x00, of: 0x40) == 0x11)
    #expect(try bus.readRegister(0xFE, of: 0x40) == 0x1E)
    try bus.writeRegister(0xFE, 121, of: 0x40)
    try bus.writeRegister(0x00, 0x20, of: 0x40)
    try bus.writeRegister(0xFE, 14, of: 0x40)
    #expect(try bus.readRegister(0xFE, of: 0x40) == 121)
    let pulse: [UInt8] = [0x0A, 0, 0, 0x33, 0x01]
    try bus.write(pulse.span, to: 0x40)
    #expect(chip.pulseWidth(1) == nil)
    board.advance(to: at(30_000))
    // 307 counts at 25 MHz / 122.
    #expect(abs((chip.pulseWidth(1) ?? 0) - 307 * 122 / 25.0) < 1e-9)
    #expect(chip.pulseWidth(0) == nil)
    try bus.writeRegister(0x00, 0x30, of: 0x40)
    #expect(chip.pulseWidth(1) == nil)
    #expect(try bus.readRegister(0x00, of: 0x40) == 0xB0)
  }

  @Test func `PCA9685 never cuts a pulse: new widths begin with a cycle`() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.attach(SimulatedPCA9685(), name: "motors", address: 0x40)
    var bus = board.bus()
    try bus.writeRegister(0xFE, 121, of: 0x40)
    try bus.writeRegister(0x00, 0x20, of: 0x40)
    let short: [UInt8] = [0x06, 0, 0, 0x00, 0x01]
    try bus.write(short.span, to: 0x40)
    // Cycles of 19.98848 ms from 0.5 ms on.
    board.advance(to: at(500 + 19_988 * 2 + 5_000))
    let long: [UInt8] = [0x06, 0, 0, 0x00, 0x02]
    try bus.write(long.span, to: 0x40)
    let before = try #require(chip.pulseWidth(0))
    board.advance(to: at(500 + 19_988 * 3 - 100))
    #expect(chip.pulseWidth(0) == before)
    board.advance(to: at(500 + 19_988 * 3 + 100))
    #expect(chip.pulseWidth(0) == 2 * before)
  }
}
