import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

/// An MPU-6050's identity and more at 0x68.
let i2cDevice: [UInt8: [UInt8]] = [0x68: (0..<128).map { UInt8($0) }]
/// What a bus offers that has SMBus transfers only, as the kernel's simulated one.
let smbusFunctions: UInt64 = 0x0C7F_0000

/// The error of a two-byte read from register 0x10 of `address`.
func i2cReadError(_ system: FakeI2C, options: I2COptions = I2COptions(retries: 0)) throws -> BusError? {
  var bus = try LinuxI2CBus(system, options: options)
  do throws(BusError) {
    let bytes: InlineArray<2, UInt8> = try bus.readRegisters(0x10, of: 0x68)
    #expect(bytes[0] == 0x10)
    return nil
  } catch {
    return error
  }
}

/// The error of a write to register 0x10.
func i2cWriteError(_ system: FakeI2C) throws -> BusError? {
  var bus = try LinuxI2CBus(system, options: I2COptions(retries: 0))
  do throws(BusError) {
    try bus.writeRegister(0x10, 1, of: 0x68)
    return nil
  } catch {
    return error
  }
}
