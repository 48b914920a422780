import Foundation
import HardwareInterfaces
import LinuxFakes
import Signals
import SimulatedHardware
import Synchronization
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import LinuxHardware
@testable import VehicleRuntime
@testable import ganglion

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

@Suite("The last line of defence", .serialized)
struct LastDefenceTests {
  /// What a fake's call waits for while it hangs.
  private final class Gate: Sendable {
    private let isShut = Atomic<Bool>(false)
    func shut(_ shuts: Bool) { isShut.store(shuts, ordering: .releasing) }
    func pass() { while isShut.load(ordering: .acquiring) { usleep(1_000) } }
  }

  private func last(_ lines: FakeLines) -> UInt64? { lines.with { $0.levels.last } }

  @Test("A watcher that trips while the loop sets the enable line is not overwritten by it")
  func tripInsideActuate() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun()
    let tripped = Atomic<Bool>(false)
    // The watcher is as quick as it can be: its safe level comes right before the loop's own.
    machine.enable.with { state in
      state.onSet = { [loopGuard = run.loopGuard, enable = machine.enable] level in
        guard level == 1, !tripped.exchange(true, ordering: .relaxed) else { return }
        loopGuard.trip()
        enable.with { $0.levels += [0, 1] }
      }
    }
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { tripped.load(ordering: .relaxed) })
    expect(run, reaches: .terminated)
    #expect(machine.enableLevels == [0, 1, 0, 1, 0] || machine.enableLevels == [1, 0, 1, 0])
    let outcome = run.end()
    #expect(last(machine.enable) == 0)
    #expect(outcome.loop.told.saw(.actuatorFault))
  }

  @Test(
    "An enable line that refuses is asked again until it accepts; meanwhile the motors have their safe pulses"
  )
  func refusingLine() throws {
    let machine = try TestMachine([
      TestMachine.kernelPWM, ("loop_stopped_ms: 10000", "loop_stopped_ms: 500"),
    ])
    let width = try machine.addPWMChip()
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    #expect(eventually { (0..<4).allSatisfy { width($0) > 1_000_000 } })
    machine.enable.with { ($0.setResult, $0.levels) = (-5, []) }
    clock.hang(true)
    #expect(eventually { machine.enable.with { $0.levels.count } >= 5 })
    #expect(eventually { (0..<4).allSatisfy { width($0) == 900_000 } })
    #expect(!run.makeSafe(), "the line has not accepted")
    machine.enable.with { $0.setResult = 0 }
    #expect(eventually { run.makeSafe() })
    #expect(last(machine.enable) == 0)
    clock.hang(false)
    expect(run, reaches: .terminated)
    _ = run.end()
  }

  @Test("A line that hangs keeps neither the pulses from being made safe nor whoever ends the program")
  func hangingLine() throws {
    let machine = try TestMachine([
      TestMachine.kernelPWM, ("loop_stopped_ms: 10000", "loop_stopped_ms: 500"),
    ])
    let width = try machine.addPWMChip()
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    let gate = Gate()
    gate.shut(true)
    machine.enable.with { $0.onSet = { _ in gate.pass() } }
    clock.hang(true)
    #expect(eventually { (0..<4).allSatisfy { width($0) == 900_000 } })
    #expect(!run.makeSafe())
    gate.shut(false)
    #expect(eventually { run.makeSafe() })
    clock.hang(false)
    _ = run.end()
  }

  @Test("A motors' chip that was out of reach when the loop fell silent has its safe pulses when it is back")
  func chipOutOfReach() throws {
    let machine = try TestMachine([("loop_stopped_ms: 10000", "loop_stopped_ms: 500")])
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    #expect(eventually { (machine.i2c.pulse(0) ?? 0) > 1000 })
    machine.i2c.hang(true)
    clock.hang(true)
    #expect(eventually { run.loopGuard.isTripped })
    #expect((machine.i2c.pulse(0) ?? 0) > 1000)
    machine.i2c.hang(false)
    #expect(eventually { (0..<4).allSatisfy { abs((machine.i2c.pulse($0) ?? 0) - 900) < 1 } })
    clock.hang(false)
    _ = run.end()
  }

  @Test("A kill switch that nobody looks at counts as pulled")
  func staleSwitch() throws {
    let machine = try TestMachine([
      ("kill_switch: { stale_after_ms: 10000,", "kill_switch: { stale_after_ms: 300,")
    ])
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    let gate = Gate()
    gate.shut(true)
    machine.killSwitch.with { $0.onRead = { gate.pass() } }
    expect(run, reaches: .terminated)
    #expect(machine.enableLevels.last == 0)
    let complaints = run.complaints(about: run.slots.status.latest)
    #expect(complaints.contains { $0.hasPrefix("lines.kill_switch: not looked at for more than 300 ms") })
    gate.shut(false)
    let outcome = run.end()
    #expect(outcome.loop.told.saw(.killSwitch))
  }

  @Test("A lamp that hangs takes the switch's thread with it: the switch counts as pulled")
  func hangingLamp() throws {
    let machine = try TestMachine([
      ("kill_switch: { stale_after_ms: 10000,", "kill_switch: { stale_after_ms: 300,")
    ])
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    let gate = Gate()
    gate.shut(true)
    machine.lamp.with { $0.onSet = { _ in gate.pass() } }
    // Until its next change.
    machine.killSwitch.with { $0.onRead = { gate.pass() } }
    expect(run, reaches: .terminated)
    gate.shut(false)
    _ = run.end()
  }

  @Test("A motors' bus that hangs is an actuator fault; the end does not wait for it, and says so")
  func hangingBus() throws {
    let machine = try TestMachine([
      ("actuators: { stale_after_ms: 10000,", "actuators: { stale_after_ms: 300,")
    ])
    let run = try machine.makeRun()
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    machine.i2c.hang(true)
    defer { machine.i2c.hang(false) }
    expect(run, reaches: .terminated)
    #expect(machine.enableLevels.last == 0)
    #expect(eventually { run.slots.status.latest.staleOrders == 1 })
    // The same thread samples the sensors: without those it is disarmed already.
    #expect(eventually { run.faults.contains(.actuatorFault) })
    let complaints = run.complaints(about: run.slots.status.latest)
    #expect(
      complaints.contains {
        $0.hasPrefix("actuators: the bus \"sensors\" has carried out no orders for more than 300 ms")
      })
    let outcome = run.end()
    #expect(outcome.hanging == ["the bus \"sensors\""])
    #expect(outcome.complaints.last?.hasPrefix("the bus \"sensors\" did not end within 2 s") == true)
    #expect(outcome.loop.told.saw(.actuatorFault))
    #expect(outcome.buses.first.map { $0.statistics.transfers > 0 } == true)
    let report = LinuxRunReport(name: "x", outcome: outcome)
    #expect(report.table.contains("did not end within"))
  }

  @Test("Pulses that the motors' bus does not carry out are a fault for as long as it carries out none")
  func acknowledgements() throws {
    // Stale after 10 s.
    let configuration = try TestMachine().loaded.tables
    let table = try configuration.deviceTable()
    let slots = try BusSlots(readings: 0, orders: 0, devices: 0)
    let nothing = FramePatch(table) { _ in false }
    let vehicle = LinuxVehicle(
      configuration, try configuration.actuatorPlan(), table,
      buses: [BusEnds(slots: slots, readings: nothing, orders: nothing, hasActuators: true)],
      outputs: nil, safety: SafeOutputs(), enable: nil, lines: LineSlots(), loopGuard: try LoopGuard())
    let memory = FrameMemory(table)
    func fault(at seconds: Double, taken: Double? = nil) -> DeviceFault {
      if let taken {
        var report = BusReport()
        report.taken = Int64(taken * 10) * 100_000_000
        slots.report.publish(report)
      }
      let time = MonotonicTime(nanoseconds: Int64(seconds * 10) * 100_000_000)
      defer { vehicle.actuate(memory.frame) }
      vehicle.collectSamples(until: time, into: memory.frame)
      return vehicle.actuatorFault
    }
    #expect(fault(at: 1) == .none)
    #expect(fault(at: 2, taken: 1) == .none)
    #expect(fault(at: 12) == .none)
    #expect(fault(at: 12.5) == .transfer)
    // It goes on, if only with an older order.
    #expect(fault(at: 13, taken: 2) == .none)
    #expect(fault(at: 13.5, taken: 13) == .none)
    // The loop itself was away: every order that it had left was carried out.
    #expect(fault(at: 50, taken: 13.5) == .none)
    #expect(fault(at: 60) == .none)
    #expect(fault(at: 60.5) == .transfer)
  }

  @Test("A loop that was late finds no stale acknowledgement: it left no order behind")
  func lateLoop() throws {
    let machine = try TestMachine([
      ("actuators: { stale_after_ms: 10000,", "actuators: { stale_after_ms: 300,")
    ])
    let run = try machine.makeRun()
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    clock.hang(true)
    usleep(800_000)
    clock.hang(false)
    let ticks = run.slots.status.latest.ticks
    #expect(eventually { run.slots.status.latest.ticks > ticks + 30 })
    #expect(run.mode == "active")
    _ = run.end()
  }

  @Test("A guard that has died is said, and keeps the vehicle from arming")
  func deadGuard() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun(guarded: true)
    let process = try #require(run.guardIdentifier)
    run.lookAtGuard()
    #expect(!run.loopGuard.isUnguarded)
    kill(process, SIGKILL)
    #expect(
      eventually {
        run.lookAtGuard()
        return run.loopGuard.isUnguarded
      })
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    #expect(eventually { run.slots.status.latest.elapsed > 700_000_000 })
    let status = run.slots.status.latest
    let (mode, inhibits) = (run.mode, run.inhibits)
    #expect(mode == "disarmed")
    #expect(inhibits == [.guardLost])
    #expect(run.complaints(about: status).contains { $0.hasPrefix("the guard's process has ended") })
    let outcome = run.end()
    #expect(!outcome.loop.told.wasArmed)
    #expect(machine.enableLevels.last != 1)
  }

  @Test("A guard that dies in flight is said and warned of, and the flight goes on")
  func guardDiesInFlight() throws {
    let machine = try TestMachine()
    let run = try machine.makeRun(guarded: true)
    try run.start(ring: nil, duration: nil, clock: SystemClock())
    expect(run, reaches: .active)
    kill(try #require(run.guardIdentifier), SIGKILL)
    #expect(
      eventually {
        run.lookAtGuard()
        return run.loopGuard.isUnguarded
      })
    #expect(eventually { run.faults == [.guardLost] })
    let ticks = run.slots.status.latest.ticks
    #expect(eventually { run.slots.status.latest.ticks > ticks + 20 })
    #expect(run.mode == "active")
    #expect(run.complaints(about: run.slots.status.latest).contains { $0.contains("land it if it flies") })
    #expect(run.end().loop.told.conditions.map(\.name) == [FailsafeCondition.guardLost.name])
  }

  @Test("After the death of the process the kernel's PWM has its safe widths, though no enable line is there")
  func deathWithKernelPWM() throws {
    let machine = try TestMachine([
      TestMachine.kernelPWM,
      ("    enable: { chip: \"pinctrl-bcm2711\", line: \"GPIO17\", active: \"high\" },\n", ""),
    ])
    let width = try machine.addPWMChip()
    let run = try machine.makeRun(guarded: true)
    let clock = HangingClock()
    try run.start(ring: nil, duration: nil, clock: clock)
    expect(run, reaches: .active)
    #expect(eventually { (0..<4).allSatisfy { width($0) > 1_000_000 } })
    clock.hang(true)
    let process = try #require(run.abandonGuard())
    #expect(eventually { (0..<4).allSatisfy { width($0) == 900_000 } })
    waitpid(process, nil, 0)
    clock.hang(false)
    _ = run.end()
  }

  @Test("A robot's guard opens its bridges, and takes the kernel's pulses away")
  func robotsOutputs() throws {
    let path = shippedConfiguration.replacing("quadrotor-hold", with: "balancer-hold")
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new) in [
      (
        "driver: { chip: \"pca9685\", bus: \"sensors\", address: 0x40, rate_hz: 1500, oscillator_hz: 25000000 }",
        "driver: { chip: \"kernel_pwm\", pwm_chip: \"pwmchip0\", rate_hz: 1500 }"
      )
    ] {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let machine = try TestMachine(
      LoadedVehicle(configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"]))
    _ = try machine.addPWMChip()
    let outputs = try machine.makeBoard().safeOutputs
    #expect(outputs.lines.map(\.place.name) == ["GPIO17", "GPIO5", "GPIO6", "GPIO23", "GPIO24"])
    #expect(outputs.pulses.map(\.nanoseconds) == [0, 0])
    #expect(outputs.writes.isEmpty)
  }
}
