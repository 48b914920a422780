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

/// Reads at most `room` bytes.
private func take<System: PortSystem>(
  _ room: Int, from port: inout LinuxSerialPort<System>
) throws(PortError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: room)
  var span = bytes.mutableSpan
  let count = try port.read(into: &span)
  return Array(bytes.prefix(count))
}

@Suite struct SerialPortTests {
  @Test func `a port gives what has arrived, in pieces of the room that there is, and never waits`() throws {
    let other = try PseudoTerminal()
    var port = try LinuxSerialPort(
      path: other.path, settings: SerialSettings(baud: 420_000), system: KernelPorts())
    #expect(port.baud == 420_000)
    #expect(try take(64, from: &port) == [])
    // Bytes that a terminal would translate, echo, or take as signals.
    let sent = (0...255).map { UInt8($0) }
    other.send(sent)
    #expect(try take(100, from: &port) == Array(sent[..<100]))
    #expect(try take(512, from: &port) == Array(sent[100...]))
    #expect(try take(512, from: &port) == [])
    #expect(other.receive(64) == [], "nothing is echoed")
    #expect(port.statistics.received == 256)
    #expect(port.statistics.reads == 4, "one system call for each read")
    let answer: [UInt8] = [0xC8, 0x0A, 0x0D, 0x03]
    #expect(try port.write(answer.span) == 4)
    #expect(other.receive(64) == answer)
  }

  @Test func `a port whose reader sleeps takes no more than there is room for`() throws {
    let other = try PseudoTerminal()
    var port = try LinuxSerialPort(
      path: other.path, settings: SerialSettings(baud: 115_200), system: KernelPorts())
    let frame = [UInt8](repeating: 0x55, count: 256)
    var (taken, rounds) = (0, 0)
    while rounds < 4096 {
      let count = try port.write(frame.span)
      taken += count
      rounds += 1
      if count == 0 { break }
    }
    #expect(rounds < 4096, "a full port takes 0 bytes")
    #expect(port.statistics.sent == UInt64(taken))
  }

  @Test func `with parity the stream is marked, so that a byte ff is told from a mark`() throws {
    let other = try PseudoTerminal()
    var port = try LinuxSerialPort(
      path: other.path, settings: SerialSettings(baud: 100_000, parity: .even, stopBits: 2),
      system: KernelPorts())
    other.send([0x0F, 0xFF, 0x00, 0xFF, 0xFF, 0x24])
    let stream = try take(64, from: &port)
    #expect(stream == [0x0F, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x24])
    var marks = ParityMarks()
    #expect(stream.compactMap { marks.take($0) }.map(\.value) == [0x0F, 0xFF, 0x00, 0xFF, 0xFF, 0x24])
  }

  @Test func `a damaged byte is told by its mark`() {
    var marks = ParityMarks()
    let bytes = [0x01, 0xFF, 0x00, 0x42, 0xFF, 0xFF, 0xFF, 0x07, 0xFF, 0x00, 0xFF, 0x02].compactMap {
      marks.take($0)
    }
    #expect(bytes.map(\.value) == [0x01, 0x42, 0xFF, 0x07, 0xFF, 0x02])
    #expect(bytes.map(\.isSound) == [true, false, true, false, false, true])
  }

  @Test func `a port whose other end closes has gone, for reads and writes, and stays so`() throws {
    let other = try PseudoTerminal()
    var port = try LinuxSerialPort(
      path: other.path, settings: SerialSettings(baud: 115_200), system: KernelPorts())
    other.hangUp()
    for _ in 0..<2 {
      var error: PortError?
      do throws(PortError) { _ = try take(8, from: &port) } catch let thrown { error = thrown }
      #expect(error == .gone)
    }
    #expect(port.openDescriptor < 0)
  }

  @Test func `nobody else opens a port that is in use`() throws {
    let other = try PseudoTerminal()
    let settings = SerialSettings(baud: 115_200)
    let port = try LinuxSerialPort(path: other.path, settings: settings, system: KernelPorts())
    let error = linuxError { () throws(LinuxError) in
      _ = try LinuxSerialPort(path: other.path, settings: settings, system: KernelPorts())
    }
    #expect(error?.what.contains("in use") == true)
    #expect(port.openDescriptor >= 0)
  }

  @Test func `what is no serial port is refused, with what to do`() {
    let settings = SerialSettings(baud: 115_200)
    func complaint(_ path: String, _ settings: SerialSettings) -> String {
      linuxError { () throws(LinuxError) in
        _ = try LinuxSerialPort(path: path, settings: settings, system: KernelPorts())
      }?.description ?? ""
    }
    #expect(complaint("/dev/none-such", settings).contains("there is no /dev/none-such"))
    #expect(complaint("/dev/null", settings).contains("is no device of this kind"))
    #expect(complaint("/dev/null", SerialSettings(baud: 9600, dataBits: 9)).contains("9 data bits"))
    #expect(complaint("/dev/null", SerialSettings(baud: 0)).contains("0 Bd"))
  }

  @Test func `a rate that the hardware does not make is named`() {
    let error = linuxError { () throws(LinuxError) in
      _ = try LinuxSerialPort(path: "p", settings: SerialSettings(baud: 420_000), system: PoorPorts())
    }
    #expect(error?.what == "p cannot make 420000 Bd, only 9600")
  }

  @Test func `a read asks once, for no more than its buffer holds`() throws {
    let system = CountingPorts()
    var port = try LinuxSerialPort(path: "p", settings: SerialSettings(baud: 420_000), system: system)
    for room in [0, 1, 25, 512] { #expect(try take(room, from: &port).count == room) }
    #expect(system.asked.withLock { $0 } == [0, 1, 25, 512])
  }

  @Test func `errors of the system are told apart`() {
    #expect(PortError(errno: ENODEV) == .gone)
    #expect(PortError(errno: EIO) == .gone)
    #expect(PortError(errno: EACCES) == .refused)
    #expect(PortError(errno: EINVAL) == .unsupported)
    #expect(PortError(errno: ENOMEM) == .system(errno: ENOMEM))
    for error in [PortError.gone, .refused, .unsupported, .system(errno: 5)] {
      #expect(!error.cause.isEmpty && error.remedy.hasSuffix("."))
    }
  }

  @Test func `reading and writing take no heap block`() throws {
    let other = try PseudoTerminal()
    var port = try LinuxSerialPort(
      path: other.path, settings: SerialSettings(baud: 420_000), system: KernelPorts())
    var buffer = InlineArray<512, UInt8>(repeating: 0)
    let answer = InlineArray<8, UInt8>(repeating: 1)
    var round = 0
    var before: UInt64 = 0
    while round < 20 {
      if round == 10 { before = allocation_count() }
      var span = buffer.mutableSpan
      _ = try port.read(into: &span)
      _ = try port.write(answer.span)
      round += 1
    }
    #expect(allocation_count() == before)
  }

  @Test func `what is no input device is refused`() {
    let error = linuxError { () throws(LinuxError) in _ = try LinuxEventDevice(path: "/dev/null") }
    #expect(error?.description.contains("/dev/null is no device of this kind") == true)
    let missing = linuxError { () throws(LinuxError) in _ = try LinuxEventDevice(path: "/dev/input/none") }
    #expect(missing?.description.contains("there is no /dev/input/none") == true)
  }
}

/// Ports that make no rate but one.
private struct PoorPorts: PortSystem {
  func open(_ path: String, writes: Bool) -> Int32 { 3000 }
  func close(_ descriptor: Int32) {}
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func set(_ descriptor: Int32, _ settings: SerialSettings, baud: inout UInt32) -> Int32 {
    baud = 9600
    return -EINVAL
  }
  func read(_ descriptor: Int32, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int32 { -EIO }
  func write(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 { -EIO }
}

/// Ports that always have as many bytes as anybody asks for, and count how many those are.
private final class CountingPorts: PortSystem {
  let asked = Mutex<[Int]>([])

  func open(_ path: String, writes: Bool) -> Int32 { 3000 }
  func close(_ descriptor: Int32) {}
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func set(_ descriptor: Int32, _ settings: SerialSettings, baud: inout UInt32) -> Int32 { 0 }
  func read(_ descriptor: Int32, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int32 {
    asked.withLock { $0.append(bytes.count) }
    return Int32(bytes.count)
  }
  func write(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 { Int32(bytes.count) }
}
