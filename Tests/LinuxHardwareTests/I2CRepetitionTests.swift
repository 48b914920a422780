import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

@Suite("I2C over i2c-dev: repetitions")
struct I2CRepetitionTests {
  @Test("A transfer that fails by chance is repeated and succeeds")
  func repeated() throws {
    let system = FakeI2C {
      $0.devices = i2cDevice
      $0.results = [-ENXIO, -EAGAIN]
    }
    #expect(try i2cReadError(system, options: I2COptions(retries: 2)) == nil)
    #expect(system.calls.count == 3)
  }

  @Test("A device that fails again and again uses up its own budget, and no other's")
  func budget() throws {
    let system = FakeI2C { $0.devices = [0x69: [UInt8](repeating: 7, count: 128)] }
    var bus = try LinuxI2CBus(system, options: I2COptions(retries: 2))
    for _ in 0..<20 {
      #expect(throws: BusError.noDevice(address: 0x68)) { try bus.writeRegister(0, 0, of: 0x68) }
    }
    // 20 first attempts, 8 repetitions.
    #expect(system.calls.count == 28)
    system.with { $0.results = [-ENXIO] }
    #expect(try bus.readRegister(0, of: 0x69) == 7)
    #expect(bus.statistics.repetitions == 9)
    #expect(bus.statistics.failures == 20)
  }

  @Test("Sixteen good transfers earn one repetition back")
  func earning() throws {
    let system = FakeI2C { $0.devices = i2cDevice }
    var bus = try LinuxI2CBus(system, options: I2COptions(retries: 1))
    system.with { $0.standing = { _ in -ENXIO } }
    for _ in 0..<10 {
      #expect(throws: BusError.noDevice(address: 0x68)) { try bus.writeRegister(0, 0, of: 0x68) }
    }
    #expect(bus.statistics.repetitions == 8)
    system.with { $0.standing = nil }
    for _ in 0..<16 { try bus.writeRegister(0, 0, of: 0x68) }
    system.with { $0.results = [-ENXIO] }
    try bus.writeRegister(0, 0, of: 0x68)
    #expect(bus.statistics.repetitions == 9)
  }

  @Test("What another attempt cannot cure is not repeated", arguments: [EOPNOTSUPP, EPROTO, EBUSY])
  func hopeless(_ number: Int32) throws {
    let system = FakeI2C { $0.standing = { _ in -number } }
    #expect(try i2cReadError(system, options: I2COptions(retries: 5)) != nil)
    #expect(system.calls.count == 1)
  }
}
