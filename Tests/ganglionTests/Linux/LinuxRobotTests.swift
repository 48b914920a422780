import FlightLog
import Foundation
import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("A balancing robot on Linux", .serialized)
struct LinuxRobotTests {
  /// The shipped robot on a patient machine, flown by its classical controller.
  private func robot(_ changes: [(String, String)] = []) throws -> TestMachine {
    let path = shippedConfiguration.replacing("quadrotor-hold", with: "balancer-hold")
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new) in TestMachine.patience + [("stale_after_ms: 20,\n", "stale_after_ms: 20000,\n")] + changes
    {
      try #require(text.contains(old), "the shipped robot no longer has '\(old)'")
      text = text.replacing(old, with: new)
    }
    return try TestMachine(
      LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"]))
  }

  private func levels(_ machine: TestMachine, _ offset: Int) -> [UInt64] {
    machine.directions[offset]?.with { $0.levels } ?? []
  }

  @Test(
    "It arms with its encoders behind a multiplexer, drives both bridges, and leaves them open; its log replays"
  )
  func wholeRun() throws {
    try withFolder { folder in
      let machine = try robot()
      let run = try machine.makeRun()
      let path = "\(folder)/run.mcap"
      let log = try LinuxLog(machine.loaded, sink: FileLogSink(path: path))
      try run.start(ring: log.ring, duration: nil, clock: SystemClock())
      expect(run, reaches: .active)
      #expect(eventually { levels(machine, 5).contains(1) || levels(machine, 6).contains(1) })
      #expect(eventually { levels(machine, 23).contains(1) || levels(machine, 24).contains(1) })
      #expect(run.count(of: "left_encoder") > 0)
      let outcome = run.end()
      for offset in [5, 6, 23, 24] { #expect(levels(machine, offset).last == 0, "line \(offset)") }
      #expect(machine.enableLevels.last == 0)
      #expect(outcome.loop.told.wasArmed)
      #expect(log.finish(outcome) == nil)
      var replay = try Replay(path: path)
      let replayed = try replay.run()
      #expect(replayed.isIdentical, "\(replayed.text)")
    }
  }

  @Test("The loop's thread takes no heap block from tick to tick, whichever way the bridges drive")
  func noHeap() throws {
    let machine = try robot()
    for line in machine.directions.values { line.with { $0.levels.reserveCapacity(10_000) } }
    machine.enable.with { $0.levels.reserveCapacity(100) }
    let run = try machine.makeRun()
    let clock = CountingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    let ticks = run.slots.status.latest.ticks
    #expect(eventually { run.slots.status.latest.ticks > ticks + 100 })
    _ = run.end()
    #expect(clock.blocks == 0)
  }

  @Test("Bridges of a loop that hangs are opened from outside")
  func hangingLoop() throws {
    let machine = try robot([("loop_stopped_ms: 10000", "loop_stopped_ms: 500")])
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    clock.hang(true)
    #expect(eventually { run.loopGuard.isTripped && machine.enableLevels.last == 0 })
    #expect(eventually { [5, 6, 23, 24].allSatisfy { levels(machine, $0).last == 0 } })
    clock.hang(false)
    expect(run, reaches: .terminated)
    _ = run.end()
  }

  @Test("A direction line that has gone disarms and is named")
  func lineGone() throws {
    let machine = try robot()
    for line in machine.directions.values { line.with { $0.setResult = -19 } }
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.slots.status.latest.haveOutputsFailed })
    let outcome = run.end()
    #expect(!outcome.loop.told.wasArmed)
    #expect(machine.enableLevels.last != 1)
    #expect(outcome.complaints.contains { $0.hasPrefix("actuators: ") })
  }
}
