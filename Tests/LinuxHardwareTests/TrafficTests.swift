import Devices
import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import LinuxHardware

@Suite("Recorded bus traffic")
struct TrafficTests {
  @Test("A session of a driver, recorded and played back, gives the same samples")
  func roundTrip() throws {
    let board = SimulatedBoard(seed: 3, noiseScale: 1)
    try board.attach(SimulatedMPU6050(mounting: .aligned, identity: 0x68), name: "imu", bus: 0, address: 0x68)
    let recorder = BusRecorder(capacity: 4096)
    let clock = BoardClock(board)
    var bus = RecordingBus(board.bus(0), recorder: recorder) { clock.now }
    var driver = MPU6050()
    var recorded: [InertialSample] = []
    var due = MonotonicTime.zero
    while due.nanoseconds < 300_000_000 {
      board.advance(to: due)
      let poll = driver.poll(&bus, now: due)
      if let sample = poll.sample { recorded.append(sample) }
      due = max(poll.next, due.advanced(microseconds: 100))
    }
    #expect(recorded.count > 50)
    #expect(recorder.omitted == 0)

    let text = BusTraffic.text(recorder.operations, note: "a simulated MPU-6050")
    let operations = try BusTraffic.parse(text)
    #expect(operations == recorder.operations)
    var playback = PlaybackBus(operations)
    var replayed: [InertialSample] = []
    var fresh = MPU6050()
    var wake = MonotonicTime.zero
    while let next = playback.nextTime {
      let poll = fresh.poll(&playback, now: max(MonotonicTime(nanoseconds: next), wake))
      if let sample = poll.sample { replayed.append(sample) }
      wake = poll.next
      if playback.mismatch != nil { break }
    }
    #expect(playback.mismatch == nil)
    #expect(replayed == recorded)
  }

  /// The board's time, for the recorder.
  private final class BoardClock: @unchecked Sendable {
    // Sendable: used by one thread.
    let board: SimulatedBoard
    init(_ board: SimulatedBoard) { self.board = board }
    var now: Int64 { board.now.nanoseconds }
  }

  @Test("Every error survives the text")
  func errors() throws {
    let errors: [BusError] = [
      .noDevice(address: 0x68), .dataNotAcknowledged(address: 0x68), .timeout(address: 0x68),
      .arbitrationLost(address: 0x68), .shortRead(address: 0x68, expected: 4, received: 1),
      .unsupported(address: 0x68), .busGone, .system(errno: 71, address: 0x68),
    ]
    let operations = errors.map {
      BusOperation(time: 5, address: 0x68, written: [1, 2], readCount: 4, error: $0)
    }
    #expect(try BusTraffic.parse(BusTraffic.text(operations)) == operations)
  }

  @Test("A text that is no traffic is refused with its line")
  func refused() {
    let heading = "# ganglion bus traffic 1\n"
    for (text, line) in [
      ("", 1), ("something else", 1), (heading + "1 68 00", 2), (heading + "1 80 00 0", 2),
      (heading + "# note\n1 68 0 0", 3), (heading + "1 68 00 2 01", 2), (heading + "1 68 00 1 ! weather", 2),
      (heading + "x 68 00 0", 2), (heading + "1 68 00 9000 00", 2), (heading + "1 68 00 0 00", 2),
    ] {
      do {
        _ = try BusTraffic.parse(text)
        Issue.record("accepted: \(text)")
      } catch {
        #expect(error.line == line, "\(text)")
      }
    }
  }

  @Test("A transfer that was not recorded ends the playback, and says so")
  func mismatch() {
    var bus = PlaybackBus([BusOperation(address: 0x68, written: [0x75], readCount: 1, read: [0x68])])
    #expect(throws: BusError.busGone) { try bus.readRegister(0x6B, of: 0x68) }
    #expect(bus.mismatch?.contains("transfer 0: recorded 0x68") == true)
    #expect(throws: BusError.busGone) { try bus.readRegister(0x75, of: 0x68) }
    var short = PlaybackBus([])
    #expect(throws: BusError.busGone) { try short.writeRegister(0, 0, of: 0x68) }
    #expect(short.mismatch?.contains("after the last") == true)
  }

  @Test("A full recorder counts what it leaves out, and the bus works on")
  func full() throws {
    let system = FakeI2C { $0.devices = [0x68: [UInt8](repeating: 9, count: 128)] }
    let recorder = BusRecorder(capacity: 2)
    var bus = RecordingBus(try LinuxI2CBus(system), recorder: recorder) { 0 }
    for _ in 0..<5 { #expect(try bus.readRegister(0, of: 0x68) == 9) }
    #expect(recorder.operations.count == 2)
    #expect(recorder.omitted == 3)
  }

  @Test("Without a recorder the bus is the bus")
  func off() throws {
    let system = FakeI2C { $0.devices = [0x68: [UInt8](repeating: 9, count: 128)] }
    var bus = RecordingBus(try LinuxI2CBus(system), recorder: nil) { 0 }
    try bus.writeRegister(1, 2, of: 0x68)
    #expect(try bus.readRegister(1, of: 0x68) == 2)
    #expect(bus.withBase { $0.statistics.transfers } == 2)
  }
}
