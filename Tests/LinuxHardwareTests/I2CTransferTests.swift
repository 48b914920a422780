import CAllocationCounter
import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

@Suite("I2C over i2c-dev: transfers")
struct I2CTransferTests {
  @Test(
    "An adapter with combined transfers gets one write and one read message with a repeated start between")
  func combined() throws {
    let system = FakeI2C { $0.devices = i2cDevice }
    var bus = try LinuxI2CBus(system)
    let bytes: InlineArray<3, UInt8> = try bus.readRegisters(0x20, of: 0x68)
    #expect([bytes[0], bytes[1], bytes[2]] == [0x20, 0x21, 0x22])
    try bus.writeRegister(0x20, 0xAA, of: 0x68)
    #expect(
      system.calls == [
        .init(address: 0x68, written: [0x20], readCount: 3, smbus: nil),
        .init(address: 0x68, written: [0x20, 0xAA], readCount: 0, smbus: nil),
      ])
  }

  @Test("An adapter without combined transfers gets the SMBus transfer that is the same on the wire")
  func smbus() throws {
    let system = FakeI2C {
      $0.devices = i2cDevice
      $0.functions = smbusFunctions
    }
    var bus = try LinuxI2CBus(system)
    #expect(try bus.readRegister(0x20, of: 0x68) == 0x20)
    let two: InlineArray<2, UInt8> = try bus.readRegisters(0x30, of: 0x68)
    #expect([two[0], two[1]] == [0x30, 0x31])
    let six: InlineArray<6, UInt8> = try bus.readRegisters(0x40, of: 0x68)
    #expect(six[5] == 0x45)
    try bus.writeRegister(0x20, 0xAA, of: 0x68)
    let long: [UInt8] = [0x50, 1, 2, 3, 4]
    try bus.write(long.span, to: 0x68)
    let word: [UInt8] = [0x60, 1, 2]
    try bus.write(word.span, to: 0x68)
    let pointer: [UInt8] = [0x61]
    try bus.write(pointer.span, to: 0x68)
    var byte = InlineArray<1, UInt8>(repeating: 0)
    var span = byte.mutableSpan
    try bus.read(from: 0x68, into: &span)
    #expect(byte[0] == 2)
    #expect(
      system.calls.map(\.smbus) == [
        .readByteData, .readWordData, .readBlock, .writeByteData, .writeBlock, .writeWordData, .writeByte,
        .readByte,
      ])
    #expect(system.with { $0.selected } == [0x68], "a device is chosen once, not for each transfer")
  }

  @Test(
    "What SMBus cannot say is refused, not sent in pieces", arguments: [(2, 2), (1, 33), (0, 2), (34, 0)])
  func notSMBus(_ size: (writes: Int, reads: Int)) throws {
    let system = FakeI2C {
      $0.devices = i2cDevice
      $0.functions = smbusFunctions
    }
    var bus = try LinuxI2CBus(system)
    let bytes = [UInt8](repeating: 0, count: size.writes)
    var read = [UInt8](repeating: 0, count: size.reads)
    var error: BusError?
    do throws(BusError) {
      var buffer = read.mutableSpan
      if size.reads == 0 {
        try bus.write(bytes.span, to: 0x68)
      } else if size.writes == 0 {
        try bus.read(from: 0x68, into: &buffer)
      } else {
        try bus.write(bytes.span, to: 0x68, thenRead: &buffer)
      }
    } catch let failure {
      error = failure
    }
    #expect(error == .unsupported(address: 0x68))
    #expect(system.calls.isEmpty)
  }

  @Test(
    "The adapter's timeout is set at opening, in tens of milliseconds; one that has none is used all the same"
  )
  func timeout() throws {
    let system = FakeI2C {
      $0.devices = i2cDevice
      $0.timeoutResult = -ENOTTY
    }
    let bus = try LinuxI2CBus(system, options: I2COptions(timeoutMilliseconds: 25))
    #expect(system.with { $0.timeouts } == [3])
    #expect(bus.functions == .combined)
  }

  @Test("The adapter is closed with the bus")
  func closing() throws {
    let system = FakeI2C { $0.devices = i2cDevice }
    do {
      let bus = try LinuxI2CBus(system)
      #expect(bus.openDescriptor == 3)
    }
    #expect(system.with { $0.closed } == [3])
  }

  @Test("Transfers that succeed at once are counted with their time and their bits on the wire")
  func timeAndBits() throws {
    let system = FakeI2C { $0.devices[0x68] = [UInt8](repeating: 0, count: 256) }
    var bus = try LinuxI2CBus(system)
    _ = try bus.readRegister(0x75, of: 0x68)
    #expect(bus.statistics.good == 300_000)
    #expect(bus.statistics.bits == 9 * 4 + 3)
    try bus.writeRegister(0x6B, 0, of: 0x68)
    #expect(bus.statistics.good == 600_000)
    #expect(bus.statistics.bits == 9 * 4 + 3 + 9 * 3 + 2)
    // One that had to be repeated says little about the bus's speed.
    system.with { $0.results = [-6] }
    _ = try bus.readRegister(0x75, of: 0x68)
    #expect(bus.statistics.bits == 9 * 4 + 3 + 9 * 3 + 2)
  }

  @Test("A transfer takes no heap block, not even one that has to be repeated")
  func noAllocation() throws {
    // Not the fake above, which takes heap blocks itself. An error that reaches the test would cost one too: the test
    // library looks at everything that is thrown.
    var bus = try LinuxI2CBus(path: "/dev/i2c-1", system: EveryOtherTransferFails())
    var sum = 0
    var before: UInt64 = 0
    for round in 0..<100 {
      if round == 1 { before = allocation_count() }
      let bytes: InlineArray<14, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
      sum += Int(bytes[0])
    }
    #expect(allocation_count() == before)
    #expect(sum == 0)
    #expect(bus.statistics.repetitions > 5)
  }
}

/// Every other transfer succeeds; the others are not acknowledged.
private struct EveryOtherTransferFails: I2CSystem {
  private let count = Tally()

  func open(_ path: String) -> Int32 { 3 }
  func close(_ descriptor: Int32) {}
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func functions(_ descriptor: Int32, _ functions: inout UInt64) -> Int32 {
    functions = 1
    return 0
  }
  func setTimeout(_ descriptor: Int32, tensOfMilliseconds: UInt32) -> Int32 { 0 }
  func select(_ descriptor: Int32, address: UInt8) -> Int32 { 0 }
  func transfer(
    _ descriptor: Int32, address: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 {
    count.add()
    // While the device's budget lasts; then all is well.
    return count.value % 2 == 1 && count.value < 16 ? -ENXIO : 2
  }
  func smbus(
    _ descriptor: Int32, _ kind: SMBusTransfer, command: UInt8, written: UnsafeBufferPointer<UInt8>,
    read: UnsafeMutableBufferPointer<UInt8>
  ) -> Int32 { -EOPNOTSUPP }
  func exists(_ path: String) -> Bool { true }
  func now() -> Int64 { 0 }
}
