import Foundation
import HardwareInterfaces
import LinuxHardware
import SimulatedHardware
import Synchronization
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("What the main thread does while the loop runs", .serialized)
struct SupervisorTests {
  @Test(
    "The service manager hears READY, WATCHDOG and STATUS from a loop that is well, and STOPPING at a signal")
  func healthyLoop() throws {
    try withFolder { folder in
      let machine = try TestMachine()
      let socket = try NotifySocket("\(folder)/notify")
      let device = "\(folder)/watchdog"
      try Data().write(to: URL(fileURLWithPath: device))
      let run = try machine.makeRun()
      try run.start(ring: nil, duration: nil, clock: SystemClock())
      let supervision = try Supervision(run, machine, socket, device: device)
      #expect(eventually { socket.has("READY=1") && socket.has("WATCHDOG=1") && socket.has("STATUS=") })
      expect(run, reaches: .active)
      #expect(!socket.has("STOPPING=1"))
      supervision.signal()
      #expect(supervision.hasEndedInOrder() == true)
      #expect(socket.has("STOPPING=1"))
      _ = run.end()
      #expect(machine.enableLevels.last == 0)
      let fed = try Data(contentsOf: URL(fileURLWithPath: device))
      #expect(fed.count > 1)
      #expect(fed.last == 0x56, "the machine's watchdog is told of the orderly end")
      #expect(fed.dropLast().allSatisfy { $0 == 0x31 })
    }
  }

  @Test(
    "No watchdog is fed while the loop hangs, and a loop that does not end is left behind with safe outputs")
  func hangingLoop() throws {
    try withFolder { folder in
      let machine = try TestMachine([("loop_stopped_ms: 10000", "loop_stopped_ms: 500")])
      let socket = try NotifySocket("\(folder)/notify")
      let run = try machine.makeRun()
      let clock = HangingClock()
      try run.start(ring: nil, duration: nil, clock: clock)
      let supervision = try Supervision(run, machine, socket, device: nil)
      expect(run, reaches: .active)
      clock.hang(true)
      #expect(eventually { run.loopGuard.isTripped })
      usleep(100_000)
      socket.forget()
      usleep(500_000)
      #expect(!socket.has("WATCHDOG=1"))
      supervision.signal()
      #expect(supervision.hasEndedInOrder() == false)
      #expect(machine.enableLevels.last == 0)
      clock.hang(false)
      _ = run.end()
    }
  }

  @Test("A guard that outlives the process gives each motor its safe pulse")
  func safeWrites() throws {
    let machine = try TestMachine()
    let outputs = try machine.makeBoard().safeOutputs
    let writes = outputs.writes
    #expect(outputs.lines.map(\.place.name) == ["GPIO17"])
    #expect(outputs.pulses.isEmpty)
    #expect(writes.count == 4)
    // On a chip that runs.
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    #expect(eventually { (machine.i2c.pulse(3) ?? 0) > 1000 })
    _ = run.end()
    for write in writes {
      #expect(write.bytes.count == 5)
      let result = write.bytes.withUnsafeBufferPointer {
        machine.i2c.transfer(
          3, address: write.address, written: $0,
          read: UnsafeMutableBufferPointer(start: nil, count: 0))
      }
      #expect(result == 1)
    }
    for channel in 0..<4 {
      let pulse = try #require(machine.i2c.pulse(channel))
      #expect(abs(pulse - 900) < 1)
    }
  }
}

/// A supervisor in a thread of its own.
private final class Supervision: @unchecked Sendable {
  // Sendable: the fields are written before `isReady` and `result` are, and read after.
  private let thread = Mutex<pthread_t?>(nil)
  private let result = Mutex<Bool?>(nil)

  init(_ run: LinuxRun<BoardI2C>, _ machine: TestMachine, _ socket: NotifySocket, device: String?) throws {
    let notifier = SystemdNotifier(
      environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "200000"])
    let (configuration, slots, loopGuard) = (machine.loaded.tables, run.slots, run.loopGuard)
    let watchdog = try device.map { try HardwareWatchdog(path: $0, timeout: 1) }
    let box = Box(
      Supervisor(
        configuration, table: try machine.loaded.makeTable(), slots: slots, loopGuard: loopGuard,
        notifier: notifier, device: watchdog), run
    )
    Thread {
      let signals = StopSignals()
      self.thread.withLock { $0 = pthread_self() }
      let ended = box.run(signals)
      self.result.withLock { $0 = ended }
    }.start()
  }

  private final class Box: @unchecked Sendable {
    // Sendable: handed to one thread.
    private var supervisor: Supervisor?
    private let flight: LinuxRun<BoardI2C>

    init(_ supervisor: consuming Supervisor, _ flight: LinuxRun<BoardI2C>) {
      self.supervisor = consume supervisor
      self.flight = flight
    }

    func run(_ signals: borrowing StopSignals) -> Bool? {
      guard var supervisor = supervisor.take() else { return nil }
      let ended = supervisor.run(
        signals, isOver: { flight.isOver }, complaints: { flight.complaints(about: $0) },
        logFailure: { nil })
      supervisor.end()
      return ended
    }
  }

  /// Sends SIGTERM to the supervising thread.
  func signal() {
    _ = eventually { thread.withLock { $0 != nil } }
    thread.withLock { thread in if let thread { pthread_kill(thread, SIGTERM) } }
  }

  /// Whether the loop ended when it was asked to; `nil` when the supervisor did not.
  func hasEndedInOrder() -> Bool? {
    _ = eventually { result.withLock { $0 != nil } }
    return result.withLock { $0 }
  }
}

/// What systemd would hear.
private final class NotifySocket: @unchecked Sendable {
  // Sendable: the descriptor does not change, and the texts are behind a lock.
  let path: String
  private let descriptor: Int32
  private let texts = Mutex("")

  init(_ path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw CommandFailure("cannot bind \(path)") }
  }

  deinit { close(descriptor) }

  func has(_ text: String) -> Bool {
    texts.withLock { heard in
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { break }
        heard += String(decoding: bytes.prefix(count), as: UTF8.self) + "\n"
      }
      return heard.contains(text)
    }
  }

  func forget() {
    _ = has("")
    texts.withLock { $0 = "" }
  }
}
