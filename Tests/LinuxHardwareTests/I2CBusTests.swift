import CAllocationCounter
import HardwareInterfaces
import LinuxFakes
import Synchronization
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An MPU-6050's identity and more at 0x68.
private let device: [UInt8: [UInt8]] = [0x68: (0..<128).map { UInt8($0) }]
/// What a bus offers that has SMBus transfers only, as the kernel's simulated one.
private let smbusFunctions: UInt64 = 0x0C7F_0000

/// The error of a two-byte read from register 0x10 of `address`.
private func readError(_ system: FakeI2C, options: I2COptions = I2COptions(retries: 0)) throws -> BusError? {
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
private func writeError(_ system: FakeI2C) throws -> BusError? {
  var bus = try LinuxI2CBus(system, options: I2COptions(retries: 0))
  do throws(BusError) {
    try bus.writeRegister(0x10, 1, of: 0x68)
    return nil
  } catch {
    return error
  }
}

@Suite("I2C over i2c-dev: transfers")
struct I2CTransferTests {
  @Test(
    "An adapter with combined transfers gets one write and one read message with a repeated start between")
  func combined() throws {
    let system = FakeI2C { $0.devices = device }
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
      $0.devices = device
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
      $0.devices = device
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
      $0.devices = device
      $0.timeoutResult = -ENOTTY
    }
    let bus = try LinuxI2CBus(system, options: I2COptions(timeoutMilliseconds: 25))
    #expect(system.with { $0.timeouts } == [3])
    #expect(bus.functions == .combined)
  }

  @Test("The adapter is closed with the bus")
  func closing() throws {
    let system = FakeI2C { $0.devices = device }
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

@Suite("I2C over i2c-dev: what a failure is")
struct I2CFailureTests {
  @Test("Numbers that leave no doubt are named without asking the device again")
  func certain() throws {
    let cases: [(Int32, BusError)] = [
      (ENXIO, .noDevice(address: 0x68)), (ENODEV, .noDevice(address: 0x68)),
      (EAGAIN, .arbitrationLost(address: 0x68)), (EBUSY, .timeout(address: 0x68)),
      (EOPNOTSUPP, .unsupported(address: 0x68)), (EINVAL, .unsupported(address: 0x68)),
      (EPROTO, .system(errno: EPROTO, address: 0x68)), (ENOMEM, .system(errno: ENOMEM, address: 0x68)),
    ]
    for (number, expected) in cases {
      let system = FakeI2C {
        $0.devices = device
        $0.results = [-number]
      }
      #expect(try readError(system) == expected, "errno \(number)")
      #expect(system.calls.count == 1, "errno \(number)")
    }
  }

  @Test(
    "EREMOTEIO (Raspberry Pi, DesignWare) is a missing device, or a refused byte where the address answers")
  func remoteIO() throws {
    let missing = FakeI2C { $0.standing = { _ in -EREMOTEIO } }
    #expect(try readError(missing) == .noDevice(address: 0x68))
    let refusing = FakeI2C {
      $0.devices = device
      $0.results = [-EREMOTEIO]
    }
    #expect(try writeError(refusing) == .dataNotAcknowledged(address: 0x68))
  }

  @Test(
    "ETIMEDOUT that comes at once (CP2112) is a missing device; after the adapter's patience it is a timeout")
  func timedOut() throws {
    let missing = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.duration = 1_000_000
    }
    #expect(try readError(missing) == .noDevice(address: 0x68))
    let hanging = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.duration = 20_000_000
    }
    #expect(try readError(hanging) == .timeout(address: 0x68))
    #expect(hanging.calls.count == 1, "a bus that hangs is not asked again")
  }

  @Test("A scheduler's hiccup does not turn a missing device into a timeout: the fastest attempt counts")
  func hiccup() throws {
    let system = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.durations = [1_000_000, 30_000_000]
    }
    #expect(try readError(system, options: I2COptions(retries: 2)) == .noDevice(address: 0x68))
  }

  @Test("EIO in a read is a short read where the address answers, and lost arbitration where that fails too")
  func inputOutputError() throws {
    let short = FakeI2C {
      $0.devices = device
      $0.results = [-EIO]
    }
    #expect(try readError(short) == .shortRead(address: 0x68, expected: 2, received: 0))
    let refused = FakeI2C {
      $0.devices = device
      $0.results = [-EIO]
    }
    #expect(try writeError(refused) == .dataNotAcknowledged(address: 0x68))
    let lost = FakeI2C { $0.standing = { _ in -EIO } }
    #expect(try readError(lost) == .arbitrationLost(address: 0x68))
    let missing = FakeI2C { $0.results = [-EIO, -ENXIO] }
    #expect(try readError(missing) == .noDevice(address: 0x68))
  }

  @Test("Fewer messages or bytes than asked for are a short read")
  func shortRead() throws {
    let combined = FakeI2C {
      $0.devices = device
      $0.results = [1]
    }
    #expect(try readError(combined) == .shortRead(address: 0x68, expected: 2, received: 0))
    let smbus = FakeI2C {
      $0.devices = device
      $0.functions = I2CFunctions.readBlock.rawValue | smbusFunctions & ~I2CFunctions.readWordData.rawValue
      $0.results = [1]
    }
    #expect(try readError(smbus) == .shortRead(address: 0x68, expected: 2, received: 1))
  }

  @Test("The address is asked by a write of nothing where the adapter can, else by the read of one byte")
  func question() throws {
    let quick = FakeI2C {
      $0.functions = 0x1 | I2CFunctions.quick.rawValue
      $0.standing = { _ in -EREMOTEIO }
    }
    _ = try readError(quick)
    #expect(quick.calls.last == .init(address: 0x68, written: [], readCount: 0, smbus: nil))
    let slow = FakeI2C { $0.standing = { _ in -EREMOTEIO } }
    _ = try readError(slow)
    #expect(slow.calls.last == .init(address: 0x68, written: [], readCount: 1, smbus: nil))
  }

  @Test("A device that a kernel driver took meanwhile is not taken for a bus that is busy")
  func takenAway() throws {
    let system = FakeI2C {
      $0.devices = device
      $0.functions = smbusFunctions
      $0.selectResult = -EBUSY
    }
    #expect(try readError(system) == .system(errno: EBUSY, address: 0x68))
  }
}

@Suite("I2C over i2c-dev: repetitions")
struct I2CRepetitionTests {
  @Test("A transfer that fails by chance is repeated and succeeds")
  func repeated() throws {
    let system = FakeI2C {
      $0.devices = device
      $0.results = [-ENXIO, -EAGAIN]
    }
    #expect(try readError(system, options: I2COptions(retries: 2)) == nil)
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
    let system = FakeI2C { $0.devices = device }
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
    #expect(try readError(system, options: I2COptions(retries: 5)) != nil)
    #expect(system.calls.count == 1)
  }
}

@Suite("I2C over i2c-dev: opening and losing an adapter")
struct I2COpeningTests {
  @Test("Why an adapter cannot be used is said with what to do")
  func refusals() throws {
    func refusal(_ change: (inout FakeI2C.State) -> Void) -> String {
      let system = FakeI2C(change)
      let error = linuxError { () throws(LinuxError) in _ = try LinuxI2CBus(system) }
      #expect(error != nil)
      let state = system.with { $0 }
      if state.openResult >= 0 { #expect(state.closed == [state.openResult]) }
      return error?.description ?? ""
    }
    #expect(refusal { $0.openResult = -ENOENT }.contains("modprobe i2c-dev"))
    #expect(refusal { $0.openResult = -EACCES }.contains("usermod -aG i2c"))
    #expect(refusal { $0.openResult = -EIO }.contains("dmesg"))
    #expect(refusal { $0.lockResult = -EWOULDBLOCK }.contains("another ganglion"))
    #expect(refusal { $0.functions = 0 }.contains("neither combined transfers nor SMBus"))
    #expect(refusal { $0.functionsResult = -ENOTTY }.contains("cannot open"))
  }

  @Test("An adapter that is unplugged is gone, and is taken up again under its new number")
  func unplugged() throws {
    let system = FakeI2C {
      $0.devices = device
      $0.present = ["/dev/i2c-3", "/dev/i2c-5"]
    }
    let told = Mutex<[String?]>([])
    var bus = try LinuxI2CBus(path: "/dev/i2c-3", system: system) {
      system.with { $0.present.contains("/dev/i2c-5") } ? "/dev/i2c-5" : nil
    } adapterChanged: { path in
      told.withLock { $0.append(path) }
    }
    system.with {
      $0.present = []
      $0.standing = { _ in -EIO }
    }
    #expect(throws: BusError.busGone) { try bus.writeRegister(0, 0, of: 0x68) }
    #expect(system.with { $0.closed } == [3])
    // It is looked for at once, then twice a second: asking for it costs nothing in between.
    #expect(throws: BusError.busGone) { try bus.writeRegister(0, 0, of: 0x68) }
    system.with {
      $0.present = ["/dev/i2c-5"]
      $0.standing = nil
    }
    #expect(throws: BusError.busGone) { try bus.writeRegister(0, 0, of: 0x68) }
    system.with { $0.time += 600_000_000 }
    try bus.writeRegister(0, 0, of: 0x68)
    #expect(system.with { $0.opened } == ["/dev/i2c-3", "/dev/i2c-5"])
    #expect(
      told.withLock { $0 } == ["/dev/i2c-3", nil, "/dev/i2c-5"], "whoever opens it beside this is told")
    #expect(bus.statistics.reopened == 1)
  }

  @Test("ESHUTDOWN is a bus that has gone, even while its device file is there")
  func shutDown() throws {
    let system = FakeI2C { $0.standing = { _ in -ESHUTDOWN } }
    #expect(try readError(system) == .busGone)
  }

  @Test("The kernel's own calls report what a file that is no bus refuses")
  func kernel() {
    let kernel = KernelI2C()
    #expect(kernel.open("/dev/no-such-bus") == -ENOENT)
    let file = kernel.open("/dev/null")
    #expect(file >= 0)
    var functions: UInt64 = 0
    #expect(kernel.functions(file, &functions) == -ENOTTY)
    #expect(kernel.setTimeout(file, tensOfMilliseconds: 2) == -ENOTTY)
    #expect(kernel.select(file, address: 0x68) == -ENOTTY)
    var bytes: [UInt8] = [0x75, 0]
    bytes.withUnsafeMutableBufferPointer { buffer in
      let written = UnsafeBufferPointer(rebasing: buffer[..<1])
      let read = UnsafeMutableBufferPointer(rebasing: buffer[1...])
      #expect(kernel.transfer(file, address: 0x68, written: written, read: read) == -ENOTTY)
      for kind in [SMBusTransfer.readByte, .readByteData, .readBlock] {
        #expect(
          kernel.smbus(
            file, kind, command: 0x75, written: UnsafeBufferPointer(start: nil, count: 0), read: read)
            == -ENOTTY)
      }
    }
    kernel.close(file)
  }
}
