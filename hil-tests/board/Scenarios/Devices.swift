import HardwareInterfaces
import LinuxHardware
import SimulatedHardware

/// The chips through libi2c, and the lines through libgpiod, without the program under test.
enum DeviceScenarios {
  static var all: [Scenario] {
    [
      Scenario("the kernel's driver offers an I2C adapter and a GPIO chip") { bench throws(HILError) in
        _ = try KernelDevices()
      },
      Scenario("each chip answers with its identity, and no other address does") { bench throws(HILError) in
        let devices = try KernelDevices()
        for (address, register, wanted) in [
          (FlyingBoard.Address.imu, 0x75, 0x68), (FlyingBoard.Address.barometer, 0xD0, 0x58),
          (FlyingBoard.Address.motors, 0x02, 0xE2), (FlyingBoard.Address.power, 0x00, 0x39),
        ] as [(UInt8, UInt8, UInt8)] {
          let found = try devices.readRegister(register, of: address)
          try bench.expect(found == wanted, "\(address): identity \(found) is not \(wanted)")
        }
      },
      Scenario("how long transfers take") { bench throws(HILError) in
        let devices = try KernelDevices()
        let start = Guest.now()
        for _ in 0..<200 { _ = try devices.readRegister(0x75, of: FlyingBoard.Address.imu) }
        Console.print("  200 register reads: \((Guest.now() - start) / 200_000) us each")
        let start2 = Guest.now()
        for _ in 0..<200 { try devices.readMany() }
        Console.print("  200 14-byte reads: \((Guest.now() - start2) / 200_000) us each")
        let start3 = Guest.now()
        Guest.sleep(milliseconds: 1000)
        Console.print("  slept \((Guest.now() - start3) / 1000) us")
      },
    ]
  }
}

/// The devices that the kernel made of the bridge.
final class KernelDevices {
  let adapter: I2CAdapter
  private var bus: LinuxI2CBus<KernelI2C>

  init() throws(HILError) {
    do throws(LinuxError) {
      adapter = try I2CAdapters().find("CP2112 SMBus Bridge")
      bus = try LinuxI2CBus(path: adapter.path, system: KernelI2C())
    } catch {
      throw HILError("\(error)")
    }
  }

  func readRegister(_ register: UInt8, of address: UInt8) throws(HILError) -> UInt8 {
    do throws(BusError) {
      return try bus.readRegister(register, of: address)
    } catch {
      throw HILError("\(address): \(error)")
    }
  }

  func readMany() throws(HILError) {
    do throws(BusError) {
      let _: InlineArray<14, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
    } catch {
      throw HILError("\(error)")
    }
  }
}
