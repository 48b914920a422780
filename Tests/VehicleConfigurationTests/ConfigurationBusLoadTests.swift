import Devices
import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import VehicleConfiguration

/// The bits that the configuration counts are those that the drivers transfer.
@Suite struct ConfigurationBusLoadTests {
  /// Bit times a second that `driver` puts on a 400 kHz bus of `board` once it runs.
  private func measured<Driver: SensorDriver>(_ driver: Driver, on board: SimulatedBoard) -> Double {
    var driver = driver
    var bus = board.bus(0, bitRate: 400_000)
    var due = MonotonicTime.zero
    var start: (time: MonotonicTime, busy: Int64)?
    while due < MonotonicTime(nanoseconds: 3_000_000_000) {
      board.advance(to: due)
      due = max(driver.poll(&bus, now: due).next, bus.busyUntil)
      if start == nil, due >= MonotonicTime(nanoseconds: 1_000_000_000) { start = (due, bus.busyNanoseconds) }
    }
    guard let start else { return .nan }
    let busy = Double(bus.busyNanoseconds - start.busy) / Double(due.nanoseconds(since: start.time))
    return busy * 400_000
  }

  /// Re-checked registers, ten a second of at most 48 bits, come on top of the samples.
  private func expectMatch(measured: Double, counted: Double) {
    #expect(measured > counted * 0.97, "\(measured) bits/s, counted \(counted)")
    #expect(measured < counted + 11 * 48, "\(measured) bits/s, counted \(counted)")
  }

  @Test func ofTheMPU6050() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var options = MPU6050.Options()
    options.rate = 500
    expectMatch(
      measured: measured(MPU6050(options: options), on: board),
      counted: 500 * Double(MPU6050.facts.bitsPerSample))
  }

  @Test func ofTheBMP280() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedBMP280(), name: "barometer", address: 0x76)
    var options = BMP280.Options()
    options.rate = 25
    expectMatch(
      measured: measured(BMP280(options: options), on: board),
      counted: 25 * Double(BMP280.facts.bitsPerSample))
  }

  @Test func ofTheBMP388() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedBMP388(), name: "barometer", address: 0x76)
    expectMatch(
      measured: measured(BMP388(), on: board),
      counted: BMP388.Options().rate * Double(BMP388.facts.bitsPerSample))
  }

  @Test func ofTheVL53L1X() throws {
    let board = SimulatedBoard(seed: 1)
    board.physics.rangeToGround = 1
    try board.attach(SimulatedVL53L1X(), name: "range", address: 0x29)
    expectMatch(
      measured: measured(VL53L1X(), on: board),
      counted: VL53L1X.Options().rate * Double(VL53L1X.facts.bitsPerSample))
  }

  @Test func ofTheVL53L0X() throws {
    let board = SimulatedBoard(seed: 1)
    board.physics.rangeToGround = 1
    try board.attach(SimulatedVL53L0X(), name: "range", address: 0x29)
    expectMatch(
      measured: measured(VL53L0X(), on: board),
      counted: VL53L0X.Options().rate * Double(VL53L0X.facts.bitsPerSample))
  }

  @Test func ofTheINA219() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedINA219(), name: "power", address: 0x41)
    var options = INA219.Options()
    options.address = 0x41
    expectMatch(
      measured: measured(INA219(options: options), on: board),
      counted: options.rate * Double(INA219.facts.bitsPerSample))
  }

  @Test func ofThePCA9685() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedPCA9685(), name: "motors", address: 0x40)
    var bus = board.bus(0, bitRate: 400_000)
    var driver = PCA9685()
    var due = MonotonicTime.zero
    while !driver.isReady, due < MonotonicTime(nanoseconds: 1_000_000_000) {
      board.advance(to: due)
      due = max(driver.poll(&bus, now: due).next, bus.busyUntil)
    }
    let before = bus.busyNanoseconds
    let pulses: [Float] = [1000, 1100, 1200, 1300]
    #expect(try driver.write(microseconds: pulses.span, to: &bus, now: due))
    let bits = Double(bus.busyNanoseconds - before) * 400_000 / 1e9
    #expect(bits == Double(PulseChip.pca9685.bitsPerWrite(channels: [3, 0, 2, 1])))
  }
}
