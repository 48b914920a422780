import Devices
import FlightLog
import Foundation
import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import SimulatedHardware
import Synchronization
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// A program that commands a vehicle through its socket, from a thread of its own.
private final class Client: Sendable {
  private final class Wish: Sendable {
    let value = Mutex<(arm: Bool, speed: Float, isEnding: Bool)>((false, 0, false))
  }

  private let wish = Wish()

  init(_ socket: String, digest: UInt32, places: (speed: Int, count: Int)) {
    let wish = wish
    let thread = Thread {
      guard let sender = try? CommandSender(to: socket) else { return }
      var sequence: UInt32 = 0
      while true {
        let now = wish.value.withLock { $0 }
        if now.isEnding { return }
        sequence += 1
        var numbers = [Float](repeating: 0, count: places.count)
        numbers[places.speed] = now.speed
        _ = try? sender.send(
          CommandRecord.bytes(
            sequence: sequence, digest: digest, arm: now.arm, takes: true, numbers: numbers))
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    thread.start()
  }

  func ask(arm: Bool, speed: Float = 0) { wish.value.withLock { ($0.arm, $0.speed) = (arm, speed) } }
  func end() { wish.value.withLock { $0.isEnding = true } }
}

@Suite("A vehicle that a program commands", .serialized)
struct CommandedRunTests {
  private func robot(_ commands: String) throws -> TestMachine {
    let path = shippedConfiguration.replacing("quadrotor-hold", with: "balancer-hold")
    var text = try String(contentsOfFile: path, encoding: .utf8)
    let changes =
      TestMachine.patience + [("stale_after_ms: 20,\n", "stale_after_ms: 20000,\n")] + [
        ("  vehicle: \"balancing_robot\",", "  vehicle: \"balancing_robot\", format: 2, \(commands)")
      ]
    for (old, new) in changes {
      try #require(text.contains(old), "the shipped robot no longer has '\(old)'")
      text = text.replacing(old, with: new)
    }
    return try TestMachine(
      LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"]))
  }

  private static let commands =
    "commands: [{ source: \"socket\", name: \"program\", stale_after_ms: 2000 }], safety: [{ when: \"setpoint.lost\", then: \"disarm\" }],"

  @Test(
    "The profile arms nothing on a machine; a program at the socket does, and its end is a lost source; the log replays"
  )
  func commanded() throws {
    try withFolder { folder in
      let machine = try robot(Self.commands)
      let run = try machine.makeRun()
      let path = "\(folder)/run.mcap"
      let log = try LinuxLog(machine.loaded, sink: FileLogSink(path: path))
      let sockets = try #require(try CommandSockets(machine.loaded.tables, folder: "\(folder)/run"))
      #expect(sockets.paths == ["\(folder)/run/command"])
      try run.start(
        ring: log.ring, duration: nil, clock: SystemClock(), sockets: sockets, flysProfile: false)
      let source = machine.loaded.tables.commands.sources[0]
      let client = Client(
        sockets.paths[0], digest: source.digest,
        places: (source.signals.firstIndex { $0.name == "speed" } ?? 0, source.signals.count))
      #expect(eventually { run.values().isSet("program.takes") })
      #expect(run.values().choice("safety.mode") == "disarmed")
      // Nobody arms what is asked to drive already.
      client.ask(arm: true)
      expect(run, reaches: .active)
      client.ask(arm: true, speed: 0.25)
      #expect(eventually { (run.values()["setpoint.speed"] ?? 0) > 0.2 })
      #expect(run.values().choice("setpoint.source") == "program")
      client.end()
      #expect(eventually { run.values().isSet("setpoint.lost") })
      expect(run, reaches: .terminated)
      let outcome = run.end()
      #expect(outcome.loop.told.wasArmed)
      #expect(log.finish(outcome) == nil)
      var replay = try Replay(path: path)
      let replayed = try replay.run()
      #expect(replayed.isIdentical, "\(replayed.text)")
    }
  }

  @Test(
    "Asked to end, a vehicle that is armed comes to rest as its file says, and ends then; unarmed it ends at once"
  )
  func ending() throws {
    let machine = try robot("")
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    run.slots.end()
    expect(run, reaches: .landing)
    #expect(eventually { run.isOver })
    let outcome = run.end()
    #expect(outcome.loop.told.conditions.contains { $0.name == FailsafeCondition.ending.name })
    #expect(outcome.loop.mode == "disarmed")
    #expect(machine.enableLevels.last == 0)
    let resting = try robot("").makeRun()
    try resting.start(ring: nil, duration: nil, clock: SystemClock(), flysProfile: false)
    #expect(eventually { resting.slots.status.latest.ticks > 10 })
    resting.slots.end()
    #expect(eventually { resting.isOver })
    _ = resting.end()
  }

  @Test("Without a source and without --profile nothing arms")
  func nobody() throws {
    let machine = try robot("")
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock(), flysProfile: false)
    #expect(eventually { run.slots.status.latest.ticks > 700 })
    #expect(run.values().choice("safety.mode") == "disarmed")
    #expect(!run.end().loop.told.wasArmed)
  }

  @Test("The loop takes no heap block while a program floods its socket")
  func noHeap() throws {
    try withFolder { folder in
      let machine = try robot(Self.commands)
      let run = try machine.makeRun()
      let sockets = try #require(try CommandSockets(machine.loaded.tables, folder: folder))
      let clock = CountingClock()
      try run.start(ring: nil, duration: nil, clock: clock, sockets: sockets, flysProfile: false)
      let sender = try CommandSender(to: sockets.paths[0])
      let source = machine.loaded.tables.commands.sources[0]
      var sequence: UInt32 = 0
      let first = run.slots.status.latest.ticks
      while run.slots.status.latest.ticks < first + 200 {
        sequence += 1
        let numbers = [Float](repeating: sequence % 3 == 0 ? .nan : 0, count: source.signals.count)
        _ = try sender.send(
          CommandRecord.bytes(
            sequence: sequence, digest: source.digest, arm: false, takes: true, numbers: numbers))
      }
      #expect(eventually { (run.values()["program.refused"] ?? 0) > 10 })
      #expect((run.values()["program.count"] ?? 0) > 10)
      _ = run.end()
      #expect(clock.blocks == 0)
    }
  }

  @Test("A socket that is used is not taken away, one that was left is, and what is no socket stays")
  func paths() throws {
    try withFolder { folder in
      let path = "\(folder)/command"
      var first: CommandSocket? = try CommandSocket(path)
      #expect(throws: LinuxError.self) { try CommandSocket(path) }
      #expect(first?.path == path)
      first = nil
      #expect(!FileManager.default.fileExists(atPath: path))
      try Data("something".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: LinuxError.self) { try CommandSocket(path) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("something".utf8))
      #expect(throws: LinuxError.self) {
        try CommandSocket("\(folder)/" + String(repeating: "x", count: 200))
      }
    }
  }

  @Test(
    "A receiver at a serial port arms and drives; unplugged it is a lost source that is named, and plugged in again it is back"
  )
  func radio() throws {
    let terminal = try PseudoTerminal()
    let machine = try robot(
      """
      commands: [{ source: "receiver", name: "radio", port: "\(terminal.path)", stale_after_ms: 1000,
        sticks: { speed: { channel: 1, from: -0.3, to: 0.3 } }, switches: { arm: { channel: 5 } } }],
      safety: [{ when: "setpoint.lost", then: "disarm" }],
      """)
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock(), flysProfile: false)
    let radio = Radio(terminal)
    #expect(eventually { (run.values().value("radio.count", as: UInt32.self) ?? 0) > 10 })
    radio.set(arm: true, speed: 1500)
    expect(run, reaches: .active)
    radio.set(arm: true, speed: 2012)
    #expect(eventually { (run.values()["setpoint.speed"] ?? 0) > 0.25 })
    radio.end()
    #expect(
      eventually { run.values().isSet("setpoint.lost") || run.values().choice("safety.mode") != "active" })
    terminal.hangUp()
    #expect(eventually { run.values().choice("radio.fault") == "missing" })
    #expect(eventually { run.complaints(about: run.slots.status.latest).contains { $0.contains("radio") } })
    run.slots.stop()
    #expect(run.end().hanging.isEmpty)
  }
}

/// A radio at a pseudo terminal, which sends a frame every 10 ms from a thread of its own.
private final class Radio: @unchecked Sendable {
  // Sendable: what both threads use is behind the mutex; the terminal's descriptor may be written by any.
  private let wish = Mutex<(arm: Bool, speed: Float, isEnding: Bool)>((false, 1500, false))

  init(_ terminal: PseudoTerminal) {
    let descriptor = terminal.master
    let thread = Thread { [wish = Borrow(self)] in
      let line = SimulatedSerialLine(settings: CRSFParser.port, seed: 1)
      var port = line.port()
      line.transmitter = SimulatedTransmitter(.crsf)
      var time: Int64 = 0
      while true {
        let now = wish.value.wish.withLock { $0 }
        if now.isEnding { return }
        line.transmitter?.sticks[0] = now.speed
        line.transmitter?.sticks[4] = now.arm ? 2012 : 988
        time += 10_000_000
        line.advance(to: MonotonicTime(nanoseconds: time))
        var bytes = InlineArray<512, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let count = (try? port.read(into: &span)) ?? 0
        _ = bytes.span.extracting(0..<count).withUnsafeBufferPointer {
          write(descriptor, $0.baseAddress, count)
        }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    thread.start()
  }

  private struct Borrow: @unchecked Sendable {
    let value: Radio
    init(_ value: Radio) { self.value = value }
  }

  func set(arm: Bool, speed: Float) { wish.withLock { ($0.arm, $0.speed) = (arm, speed) } }
  func end() { wish.withLock { $0.isEnding = true } }
}
