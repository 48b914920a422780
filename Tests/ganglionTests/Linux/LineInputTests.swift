import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import Synchronization
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A line of the fake machine, whose edges wake who waits for them.
private final class FakeInput {
  let lines = FakeLines()
  private let ends: (read: Int32, write: Int32)
  private var sequence: UInt32 = 0

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw CommandFailure("no pipe") }
    self.ends = (ends[0], ends[1])
    let read = ends[0]
    lines.with { state in
      state.descriptor = read
      // A byte stands for each time that edges come.
      state.onEdges = {
        var byte: UInt8 = 0
        _ = takeByte(read, &byte)
      }
    }
  }

  deinit {
    close(ends.read)
    close(ends.write)
  }

  /// Moves the line through levels, an edge each, a millisecond apart and the last one now. `dropped` edges in front of them are not
  /// reported. Whoever asks for the level gets `answer` in its place.
  func move(_ levels: [Bool], dropped: UInt32 = 0, answer: Int32? = nil) {
    let now = SystemClock().now().nanoseconds
    sequence += dropped
    let edges = levels.enumerated().map { place, level in
      sequence += 1
      return LineEdge(
        time: now - Int64(levels.count - 1 - place) * 1_000_000, sequence: sequence, becameActive: level)
    }
    lines.with { state in
      state.active = answer ?? (levels.last == true ? 1 : 0)
      state.edges.append(edges)
    }
    var byte: UInt8 = 1
    _ = write(ends.write, &byte, 1)
  }
}

/// Takes a byte out of a pipe.
private func takeByte(_ descriptor: Int32, _ byte: inout UInt8) -> Int { read(descriptor, &byte, 1) }

@Suite("Lines that are read on Linux", .serialized)
struct LineInputTests {
  private let machine: TestMachine
  private let bumper: FakeInput
  /// A line whose chip reports no edges.
  private let slow = FakeLines()

  init() throws {
    machine = try TestMachine([
      (
        "backend: \"linux\"",
        """
        backend: "linux", format: 2,
        devices: {
          bumper: { chip: "line", line: "GPIO12", bias: "pull_up", active: "low", debounce_ms: 20, counts: "both" },
          slow: { chip: "line", line: "GPIO13", stale_after_ms: 500 },
        }
        """
      )
    ])
    bumper = try FakeInput()
    slow.with { $0.descriptor = -1 }
    machine.gpio.with { [bumper, slow] in
      $0.ownLines[12] = bumper.lines
      $0.ownLines[13] = slow
    }
  }

  private func start() throws -> LinuxRun<BoardI2C> {
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    return run
  }

  // The run itself is no part of an expectation: see `expect(_:reaches:)`.
  private func expectSoon(
    _ run: LinuxRun<BoardI2C>, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: (LinuxRun<BoardI2C>) -> Bool
  ) {
    let isSo = eventually { condition(run) }
    #expect(isSo, "\(what)", sourceLocation: sourceLocation)
  }

  @Test("are asked for as the configuration says, and looked at again and again")
  func opened() throws {
    let run = try start()
    let inputs = machine.gpio.with { $0.inputs }
    #expect(inputs.contains { $0.activeLow && $0.bias == .pullUp && $0.edges })
    expectSoon(run, "both are looked at") { $0.count(of: "bumper") > 5 && $0.count(of: "slow") > 5 }
    expectSoon(run, "both are good") {
      $0.values().isSet("bumper_freshness.good") && $0.values().isSet("slow_freshness.good")
    }
    let outcome = run.end()
    #expect(outcome.hanging.isEmpty && outcome.complaints.allSatisfy { !$0.contains("devices.") })
  }

  @Test("count edges by the kernel's times once a level has lasted, and no bounce before")
  func edges() throws {
    let run = try start()
    expectSoon(run, "it is looked at") { $0.count(of: "bumper") > 0 }
    bumper.move([true, false, true, false, true])
    expectSoon(run, "it is pressed") { $0.values().isSet("bumper.pressed") }
    bumper.move([false, true, false])
    expectSoon(run, "it is let go") { !$0.values().isSet("bumper.pressed") }
    let values = run.values()
    #expect(values["bumper.edges"] == 2 && values["bumper.lost"] == 0)
    #expect(run.end().hanging.isEmpty)
  }

  @Test("say how many edges the kernel has dropped, whether they are numbered or not")
  func lost() throws {
    let run = try start()
    bumper.move([true])
    expectSoon(run, "it is pressed") { $0.values()["bumper.edges"] == 1 }
    bumper.move([false], dropped: 6)
    expectSoon(run, "six are lost") { $0.values()["bumper.lost"] == 6 && $0.values()["bumper.edges"] == 2 }
    // A level that no edge has led to.
    bumper.lines.with { $0.active = 1 }
    expectSoon(run, "one more is lost") {
      $0.values()["bumper.lost"] == 7 && $0.values().isSet("bumper.pressed")
        && $0.values()["bumper.edges"] == 3
    }
    let complaints = run.end().complaints
    #expect(complaints.contains { $0.hasPrefix("devices.bumper: 7 edges were lost and not counted") })
  }

  @Test("without edges are asked for their level, and lose none")
  func withoutEdges() throws {
    let run = try start()
    expectSoon(run, "it is looked at") { $0.count(of: "slow") > 0 }
    for number in 1...3 {
      slow.with { $0.active = 1 }
      expectSoon(run, "it is pressed") {
        $0.values().isSet("slow.pressed") && $0.values()["slow.edges"] == Double(number)
      }
      slow.with { $0.active = 0 }
      expectSoon(run, "it is let go") { !$0.values().isSet("slow.pressed") }
    }
    #expect(run.values()["slow.lost"] == 0)
    #expect(run.end().hanging.isEmpty)
  }

  @Test(
    "whose chip has gone have a fault and are not good, whatever they were, and nobody else is touched by it")
  func gone() throws {
    let run = try start()
    bumper.move([true])
    expectSoon(run, "it is pressed") { $0.values().isSet("bumper.pressed") }
    bumper.lines.with { $0.active = -ENODEV }
    expectSoon(run, "it has a fault") { $0.fault(of: "bumper") == "missing" }
    expectSoon(run, "it is not good") { !$0.values().isSet("bumper_freshness.good") }
    expectSoon(run, "it is stale") { $0.values().isSet("bumper_freshness.missing") }
    #expect(run.values().isSet("slow_freshness.good"))
    #expect(!run.values().isSet("lines.kill_switch"))
    let complaints = run.end().complaints
    #expect(complaints.contains { $0.hasPrefix("devices.bumper: the line GPIO12 cannot be read") })
  }

  @Test("whose chip has gone while they bounced are not asked for without end")
  func goneWhileBouncing() throws {
    let run = try start()
    expectSoon(run, "it is good") { $0.values().isSet("bumper_freshness.good") }
    let reads = Counter()
    bumper.lines.with { $0.onRead = { reads.add() } }
    // The edge comes, and its level cannot last: nobody can ask for it.
    bumper.move([true], answer: -ENODEV)
    expectSoon(run, "it has a fault") { $0.fault(of: "bumper") == "missing" }
    let (begin, first) = (SystemClock().now(), reads.count)
    expectSoon(run, "it is stale") { $0.values().isSet("bumper_freshness.missing") }
    let milliseconds = SystemClock().now().nanoseconds(since: begin) / 1_000_000
    // It is looked at every 50 ms; a thread that does not rest would ask a hundred times as often.
    #expect(Int64(reads.count - first) <= 2 + milliseconds / 25)
    #expect(reads.count > first && !run.values().isSet("bumper.pressed"))
    #expect(run.end().hanging.isEmpty)
  }

  @Test("whose chip hangs are stale, and the kill switch is not")
  func hanging() throws {
    let run = try start()
    expectSoon(run, "it is good") { $0.values().isSet("slow_freshness.good") }
    let hangs = Flag()
    hangs.set(true)
    slow.with { $0.onRead = { while hangs.isSet { usleep(1_000) } } }
    expectSoon(run, "it is stale") { $0.values().isSet("slow_freshness.missing") }
    #expect(!run.values().isSet("lines.kill_switch"))
    hangs.set(false)
    expectSoon(run, "it is good again") { $0.values().isSet("slow_freshness.good") }
    #expect(run.end().hanging.isEmpty)
  }

  @Test("that are not there are named with their key")
  func absent() throws {
    machine.gpio.with { $0.chips["gpiochip0"]?.lines[12].name = "" }
    do {
      _ = try machine.makeBoard()
      Issue.record("the board was opened")
    } catch {
      #expect("\(error)".contains("devices.bumper: "), "\(error)")
    }
  }
}

/// A flag that two threads share.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set(_ isSet: Bool) { value.store(isSet, ordering: .releasing) }
}

/// A count of what another thread does.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .acquiring) }
  func add() { value.add(1, ordering: .acquiringAndReleasing) }
}
