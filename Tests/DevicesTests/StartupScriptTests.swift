import HardwareInterfaces
import Testing

@testable import Devices

/// What drivers say on the bus, transfer by transfer.
@Suite struct StartupScriptTests {
  private static let mpuTable: [(UInt8, UInt8)] = [
    (0x6B, 0x01), (0x1B, 0x10), (0x1C, 0x10), (0x1A, 0x02), (0x19, 0x00), (0x38, 0x01), (0x6A, 0x00),
    (0x6C, 0x00),
  ]

  @Test func `MPU-6050 resets, identifies, configures, reads back, and samples in one burst`() {
    var steps: [ScriptedBus.Step] = [.write([0x6B, 0x80], to: 0x68), .read([0x75], of: 0x68, [0x68])]
    steps += Self.mpuTable.map { .write([$0, $1], to: 0x68) }
    steps += Self.mpuTable.map { .read([$0], of: 0x68, [$1]) }
    // 1 g down, 25 °C, half of full scale about z; then the re-check of the first register.
    steps += [
      .read([0x3A], of: 0x68, [0x01, 0, 0, 0, 0, 0xF0, 0x00, 0xF0, 0xB1, 0, 0, 0, 0, 0x40, 0x00]),
      .read([0x6B], of: 0x68, [0x01]),
    ]
    var bus = ScriptedBus(steps)
    var driver = MPU6050()
    let result = script(&driver, &bus, until: 161_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    #expect(result.samples.count == 1)
    #expect(result.samples.first?.accelerationZ == -9.80665)
    #expect(abs((result.samples.first?.rateZ ?? 0) - 8.726646) < 1e-5)
    #expect(abs((result.samples.first?.temperature ?? 0) - 25) < 0.01)
  }

  @Test func `MPU-6050 family members get their accelerometer filter too`() {
    var options = MPU6050.Options()
    options.acceptedIdentities = [0x70]
    let table = Self.mpuTable + [(0x1D, 0x02)]
    var steps: [ScriptedBus.Step] = [.write([0x6B, 0x80], to: 0x68), .read([0x75], of: 0x68, [0x70])]
    steps += table.map { .write([$0, $1], to: 0x68) }
    steps += table.map { .read([$0], of: 0x68, [$1]) }
    var bus = ScriptedBus(steps)
    var driver = MPU6050(options: options)
    _ = script(&driver, &bus, until: 160_000_000)
    bus.expectFinished()
    #expect(driver.stage == .running)
  }

  @Test func `a register that does not take its value stops the start, and it is tried again`() {
    var steps: [ScriptedBus.Step] = [.write([0x6B, 0x80], to: 0x68), .read([0x75], of: 0x68, [0x68])]
    steps += Self.mpuTable.map { .write([$0, $1], to: 0x68) }
    // The chip still sleeps.
    steps += [.read([0x6B], of: 0x68, [0x40]), .write([0x6B, 0x80], to: 0x68)]
    var bus = ScriptedBus(steps)
    var driver = MPU6050()
    let result = script(&driver, &bus, until: 300_000_000)
    bus.expectFinished()
    #expect(result.faults == [.wrongRegister, .wrongRegister])
  }

  @Test func `BMP280 configures asleep, then starts measuring, and reads all in one burst`() throws {
    let trim: [UInt8] = [
      0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E, 0x43, 0xD6, 0xD0, 0x0B, 0x27, 0x0B, 0x8C, 0x00, 0xF9,
      0xFF,
      0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17,
    ]
    var bus = ScriptedBus([
      .write([0xE0, 0xB6], to: 0x76),
      .read([0xD0], of: 0x76, [0x58]),
      .read([0xF3], of: 0x76, [0x01]),
      .read([0xF3], of: 0x76, [0x00]),
      .read([0x88], of: 0x76, trim),
      .write([0xF5, 0x00], to: 0x76),
      .write([0xF4, 0x2F], to: 0x76),
      .read([0xF5], of: 0x76, [0x00]),
      .read([0xF4], of: 0x76, [0x2F]),
      // The datasheet's example: 415148 and 519888.
      .read([0xF3], of: 0x76, [0x08, 0x2F, 0x00, 0x00, 0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00]),
      .read([0xD0], of: 0x76, [0x58]),
    ])
    var driver = BMP280()
    let result = script(&driver, &bus, until: 20_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    let sample = try #require(result.samples.first)
    #expect(abs(sample.pressure - 100_653.27) < 0.01)
    #expect(abs(sample.temperature - 25.08) < 0.01)
  }

  @Test func `BMP280 with a blank trim is refused`() {
    var bus = ScriptedBus([
      .write([0xE0, 0xB6], to: 0x76),
      .read([0xD0], of: 0x76, [0x58]),
      .read([0xF3], of: 0x76, [0x00]),
      .read([0x88], of: 0x76, [UInt8](repeating: 0, count: 24)),
    ])
    var driver = BMP280()
    let result = script(&driver, &bus, until: 100_000_000)
    bus.expectFinished()
    #expect(result.faults == [.badTrim])
  }

  @Test func `BMP388 with a damaged trim is refused`() {
    var trim = [UInt8](repeating: 0x11, count: 22)
    trim[0] = 0x00
    var bus = ScriptedBus([
      .write([0x7E, 0xB6], to: 0x76),
      .read([0x00], of: 0x76, [0x50]),
      .read([0x30], of: 0x76, trim),
    ])
    var driver = BMP388()
    let result = script(&driver, &bus, until: 100_000_000)
    bus.expectFinished()
    #expect(result.faults == [.badTrim])
  }

  @Test func `INA219 is known by its reset value`() {
    var bus = ScriptedBus([
      .write([0x00, 0x80, 0x00], to: 0x40),
      .read([0x00], of: 0x40, [0x41, 0x27]),
    ])
    var driver = INA219()
    let result = script(&driver, &bus, until: 100_000_000)
    bus.expectFinished()
    #expect(result.faults == [.wrongIdentity])
  }

  @Test(arguments: [
    (BusError.noDevice(address: 0x68), DeviceFault.missing), (.timeout(address: 0x68), .transfer),
    (.busGone, .transfer), (.arbitrationLost(address: 0x68), .transfer),
  ])
  func `a failed start is reported by its cause and tried again after 100 ms`(
    _ error: BusError, _ fault: DeviceFault
  ) {
    var bus = ScriptedBus([ScriptedBus.Step.write([0x6B, 0x80], to: 0x68).failing(error)])
    var driver = MPU6050()
    let poll = driver.poll(&bus, now: .zero)
    #expect(poll.fault == fault)
    #expect(poll.next == MonotonicTime.zero.advanced(milliseconds: 100))
    bus.expectFinished()
  }
}
