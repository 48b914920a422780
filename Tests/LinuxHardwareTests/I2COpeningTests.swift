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
      $0.devices = i2cDevice
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
    #expect(try i2cReadError(system) == .busGone)
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
