import LinuxFakes
import Testing

@testable import LinuxHardware

@Suite("I2C adapters of a machine")
struct AdapterTests {
  private func machine() throws -> MachineFiles {
    let machine = try MachineFiles()
    try machine.put("sys/bus/i2c/devices/i2c-1/name", "bcm2835 (i2c@7e804000)")
    try machine.put("sys/bus/i2c/devices/i2c-1/of_node/clock-frequency", [0x00, 0x01, 0x86, 0xA0])
    try machine.put("sys/bus/i2c/devices/i2c-10/name", "CP2112 SMBus Bridge on hidraw0")
    try machine.put("sys/bus/i2c/devices/1-0076/name", "bmp280")
    try machine.link("sys/bus/i2c/devices/1-0076/driver", to: "../../../bus/i2c/drivers/bmp280")
    return machine
  }

  @Test("An adapter is found by its number, its device file, and the beginning of its name")
  func finding() throws {
    let machine = try machine()
    let adapters = I2CAdapters(machine.files)
    #expect(adapters.all.map(\.device) == ["i2c-1", "i2c-10"])
    for name in ["i2c-10", "/dev/i2c-10", "CP2112 SMBus Bridge"] {
      #expect(try adapters.find(name).number == 10)
    }
  }

  @Test("An adapter that is not there is answered with those that are")
  func missing() throws {
    let machine = try machine()
    let error = linuxError { () throws(LinuxError) in _ = try I2CAdapters(machine.files).find("i2c-2") }
    #expect(error?.what.contains("i2c-1 (bcm2835 (i2c@7e804000))") == true)
    let empty = try MachineFiles()
    let none = linuxError { () throws(LinuxError) in _ = try I2CAdapters(empty.files).find("i2c-1") }
    #expect(none?.remedy.contains("dtparam=i2c_arm=on") == true)
  }

  @Test("Two adapters of one name are refused")
  func ambiguous() throws {
    let machine = try machine()
    try machine.put("sys/bus/i2c/devices/i2c-11/name", "CP2112 SMBus Bridge on hidraw1")
    let error = linuxError { () throws(LinuxError) in
      _ = try I2CAdapters(machine.files).find("CP2112 SMBus Bridge")
    }
    #expect(error?.what.contains("2 I2C adapters") == true)
  }

  @Test("A device that a kernel driver owns is named with the driver and how to free it")
  func owned() throws {
    let machine = try machine()
    let adapters = I2CAdapters(machine.files)
    let adapter = try adapters.find("i2c-1")
    #expect(adapters.owner(of: 0x76, on: adapter) == "bmp280")
    let error = linuxError { () throws(LinuxError) in try adapters.checkFree(0x76, on: adapter) }
    #expect(error?.what == "0x76 on i2c-1 is owned by the kernel driver 'bmp280'")
    #expect(error?.remedy.contains("echo 1-0076 | sudo tee /sys/bus/i2c/drivers/bmp280/unbind") == true)
    try adapters.checkFree(0x77, on: adapter)
  }

  @Test("A bus at the wrong speed is refused where the device tree tells its speed")
  func speed() throws {
    let machine = try machine()
    let adapters = I2CAdapters(machine.files)
    let adapter = try adapters.find("i2c-1")
    #expect(adapter.clockHz == 100_000)
    let error = linuxError { () throws(LinuxError) in try adapters.check(rate: 400_000, of: adapter) }
    #expect(error?.description.contains("i2c_arm_baudrate=400000") == true)
    try adapters.check(rate: 100_000, of: adapter)
    try adapters.check(rate: 400_000, of: adapters.find("i2c-10"))
  }
}
