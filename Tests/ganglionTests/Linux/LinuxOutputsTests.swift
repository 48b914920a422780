import Foundation
import HardwareInterfaces
import LinuxHardware
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("What a run on Linux drives, records and takes from its command line", .serialized)
struct LinuxOutputsTests {
  @Test("The kernel's PWM makes the pulses: idle while armed, safe before, after, and when the loop hangs")
  func kernelPWM() throws {
    let machine = try TestMachine([
      TestMachine.kernelPWM, ("loop_stopped_ms: 10000", "loop_stopped_ms: 500"),
    ])
    let width = try machine.addPWMChip()
    let run = try machine.makeRun()
    for channel in 0..<4 { #expect(width(channel) == 900_000) }
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    #expect(eventually { (0..<4).allSatisfy { width($0) > 1_000_000 } })
    clock.hang(true)
    #expect(eventually { (0..<4).allSatisfy { width($0) == 900_000 } })
    clock.hang(false)
    let outcome = run.end()
    for channel in 0..<4 { #expect(width(channel) == 900_000) }
    #expect(outcome.loop.latencies.actuation.total > 0)
  }

  @Test("What the buses carry is recorded when asked for, as a text that can be played back")
  func traffic() throws {
    let machine = try TestMachine()
    let run = try LinuxRun(machine.loaded, systems: machine.systems, recordsTraffic: true)
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    let outcome = run.end()
    let recorder = try #require(outcome.traffic.first?.recorder)
    let operations = recorder.operations
    #expect(UInt64(operations.count) == outcome.buses.first?.statistics.transfers)
    #expect(operations.contains { $0.address == 0x68 && $0.written == [0x75] && $0.read == [0x68] })
    #expect(try BusTraffic.parse(BusTraffic.text(operations)) == operations)
  }

  @Test("A run of a given length ends by itself")
  func duration() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: 300_000_000, clock: SystemClock())
    #expect(eventually { run.isOver })
    #expect(run.end().loop.last.elapsed < 300_000_000)
  }

  @Test(
    "Options of the other backend, and backends that there are not, are wrong use",
    arguments: [
      ["--duration", "3"], ["--bus-traffic", "out"], ["--backend", "windows"],
      ["--backend", "linux", "--seed", "2"], ["--backend", "linux", "--fault", "imu:off@1s"],
      ["--backend", "linux", "--episodes", "2"], ["--backend", "linux", "--duration", "0"],
    ])
  func wrongUse(_ options: [String]) {
    #expect(runCommand([shippedConfiguration, "--no-log"] + options) == .wrongUse)
  }

  @Test("The idle loop is measured beside a bare wake-up, as many periods of each")
  func loopBenchmark() throws {
    let loaded = try shippedVehicle().at(rateHz: 1000)
    let benchmark = LoopBenchmark(blocks: 3, periodsPerBlock: 20)
    let result = try benchmark.run(loaded, system: ScriptedRealTime(result: -1))
    #expect(result.loop.wakeUp.total == 60)
    #expect(result.bare.wakeUp.total == 60)
    #expect(result.loop.work.total == 60)
    #expect(result.ratio(0.5) != nil)
    #expect(result.grants.allSatisfy { !$0.isObtained } && !result.grants.isEmpty)
  }
}
