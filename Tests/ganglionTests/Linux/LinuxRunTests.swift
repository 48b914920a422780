import CAllocationCounter
import FlightLog
import Foundation
import HardwareInterfaces
import LinuxHardware
import SimulatedHardware
import Synchronization
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("A vehicle on Linux", .serialized)
struct LinuxRunTests {
  @Test("It arms, drives its outputs, and ends with the enable line low, safe pulses, and a log that replays")
  func wholeRun() throws {
    try withFolder { folder in
      let machine = try TestMachine()
      let run = try machine.makeRun()
      let path = "\(folder)/run.mcap"
      let log = try LinuxLog(machine.loaded, sink: FileLogSink(path: path))
      try run.start(ring: log.ring, duration: nil, clock: SystemClock())
      expect(run, reaches: .active)
      #expect(eventually { (machine.i2c.pulse(0) ?? 0) > 1000 }, "the motors idle")
      #expect(machine.enableLevels == [0, 1] || machine.enableLevels == [1])
      run.slots.stop()
      let outcome = run.end()
      #expect(machine.enableLevels.last == 0)
      for channel in 0..<4 {
        let pulse = try #require(machine.i2c.pulse(channel))
        #expect(abs(pulse - 900) < 1)
      }
      #expect(machine.lamp.with { $0.levels.contains(1) && $0.levels.last == 0 })
      #expect(outcome.loop.told.wasArmed)
      #expect(outcome.loop.told.conditions.isEmpty)
      for entry in outcome.loop.latencies.all { #expect(entry.histogram.total > 0, "\(entry.name)") }
      #expect(log.finish(outcome) == nil)

      let reader = try FlightLogReader(path: path)
      #expect(reader.metadata.backend == "linux")
      #expect(reader.metadata.extra["started"] != nil)
      let record = try #require(reader.outline.metadata.first { $0.name == FlightLogMetadata.runRecordName })
      #expect(record.entries.contains { $0.key == "histogram_ns: wake_up" && !$0.value.isEmpty })
      #expect(record.entries.contains { $0.key == "bus: sensors" })
      #expect(MCAPVerification(reader.outline).findings.isEmpty)
      let listing = LogListing(path, reader.outline)
      #expect(listing.text.contains("latency_us: wake_up: p50"))
      #expect(!listing.text.contains("histogram"))
      var replay = try Replay(path: path)
      let replayed = try replay.run()
      #expect(replayed.isIdentical, "\(replayed.text)")
      #expect(replayed.ticks == outcome.loop.last.ticks)
    }
  }

  @Test("The loop's thread takes no heap block from tick to tick, on the ground, armed and stopped")
  func noHeap() throws {
    let machine = try TestMachine()
    // The fake line's own memory.
    machine.enable.with { $0.levels.reserveCapacity(1000) }
    let run = try machine.makeRun()
    let ring = try TickRing(capacity: 16, of: machine.loaded.makeTable())
    let clock = CountingClock()
    try run.start(ring: ring, duration: nil, clock: clock)
    expect(run, reaches: .active)
    machine.pullKillSwitchForAMoment()
    expect(run, reaches: .terminated)
    let ticks = run.slots.status.latest.ticks
    #expect(eventually { run.slots.status.latest.ticks > ticks + 20 })
    _ = run.end()
    #expect(clock.ticks > 60)
    #expect(clock.blocks == 0)
  }

  @Test("A kill switch that is pulled for a moment between two looks at its level disarms")
  func killSwitchEdge() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    machine.pullKillSwitchForAMoment()
    expect(run, reaches: .terminated)
    #expect(machine.enableLevels.last == 0)
    #expect(run.end().loop.told.saw(.killSwitch))
  }

  @Test("A kill switch that cannot be read counts as pulled")
  func killSwitchGone() throws {
    let machine = try TestMachine()
    machine.killSwitch.with { $0.active = -19 }
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.slots.status.latest.elapsed > 700_000_000 })
    let (mode, inhibits) = (run.mode, run.inhibits)
    #expect(mode == "disarmed")
    #expect(inhibits.contains(.killSwitch))
    _ = run.end()
  }

  @Test("A loop that hangs has its outputs made safe from outside, and they stay so until it has disarmed")
  func hangingLoop() throws {
    let machine = try TestMachine([("loop_stopped_ms: 10000", "loop_stopped_ms: 500")])
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    #expect(eventually { (machine.i2c.pulse(0) ?? 0) > 1000 })
    clock.hang(true)
    #expect(eventually { machine.enableLevels.last == 0 })
    #expect(eventually { abs((machine.i2c.pulse(0) ?? 0) - 900) < 1 })
    #expect(run.loopGuard.isTripped)
    clock.hang(false)
    expect(run, reaches: .terminated)
    #expect(eventually { !run.loopGuard.isTripped })
    #expect(machine.enableLevels.last == 0)
    #expect(run.end().loop.told.saw(.actuatorFault))
  }

  @Test("Periods that a late wake-up lost are skipped, counted and told to the network as elapsed time")
  func clockThatJumps() throws {
    try withFolder { folder in
      let machine = try TestMachine()
      let run = try machine.makeRun()
      let clock = HangingClock()
      let log = try LinuxLog(machine.loaded, sink: FileLogSink(path: "\(folder)/run.mcap"))
      try run.start(ring: log.ring, duration: nil, clock: clock)
      expect(run, reaches: .active)
      clock.jump(nanoseconds: 5_000_000_000)
      let ticks = run.slots.status.latest.ticks
      #expect(eventually { run.slots.status.latest.ticks > ticks + 20 })
      let outcome = run.end()
      #expect(outcome.loop.longestGap >= 499)
      #expect(machine.enableLevels.last == 0)
      #expect(log.finish(outcome) == nil)
      var replay = try Replay(path: "\(folder)/run.mcap")
      #expect(try replay.run().isIdentical)
    }
  }
}

/// The machine's clock, which counts the heap blocks that its thread takes from tick to tick.
final class CountingClock: LoopClock {
  private let last = Atomic<UInt64>(0)
  private let total = Atomic<UInt64>(0)
  private let sleeps = Atomic<UInt64>(0)
  private let clock = SystemClock()

  /// Heap blocks between the tenth tick and now: until then the runtime sets up its metadata.
  var blocks: UInt64 { total.load(ordering: .relaxed) }
  var ticks: UInt64 { sleeps.load(ordering: .relaxed) }

  func now() -> MonotonicTime { clock.now() }

  func sleep(until time: MonotonicTime) {
    let count = allocation_count()
    let number = sleeps.add(1, ordering: .relaxed).newValue
    let before = last.exchange(count, ordering: .relaxed)
    if number > 10 { total.add(count &- before, ordering: .relaxed) }
    clock.sleep(until: time)
  }
}

/// A clock whose sleepers do not wake while it hangs, and that can jump ahead.
final class HangingClock: LoopClock {
  private let isHanging = Atomic<Bool>(false)
  private let offset = Atomic<Int64>(0)
  private let clock = SystemClock()

  func hang(_ hangs: Bool) { isHanging.store(hangs, ordering: .relaxed) }
  func jump(nanoseconds: Int64) { offset.add(nanoseconds, ordering: .relaxed) }
  func now() -> MonotonicTime { clock.now().advanced(nanoseconds: offset.load(ordering: .relaxed)) }

  func sleep(until time: MonotonicTime) {
    clock.sleep(until: time.advanced(nanoseconds: -offset.load(ordering: .relaxed)))
    while isHanging.load(ordering: .relaxed) { clock.sleep(until: clock.now().advanced(milliseconds: 1)) }
  }
}
