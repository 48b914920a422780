import Devices
import Foundation
import HardwareInterfaces
import LinuxFakes
import LinuxHardware
import Signals
import SimulatedHardware
import Testing
import VehicleFixtures

@testable import Sampling
@testable import VehicleConfiguration
@testable import VehicleRuntime
@testable import ganglion

/// A vehicle with a servo at a PCA9685, a winch at a DRV8830 and a pump at a line, none of which any template has.
private final class PlannedMachine {
  let machine: TestMachine
  let plan: ActuatorPlan
  let pump = FakeLines()
  let lock = FakeLines()
  let loopGuard: LoopGuard
  let board: LinuxBoard<BoardI2C>
  let guardsOutputs: SafeOutputs
  let vehicle: LinuxVehicle
  let bus: BusThread<BoardI2C>
  private let table: SignalTable
  private let memory: FrameMemory
  /// When the last tick began, in ns.
  private var lastTick: Int64 = 0

  init() throws {
    let loaded = try shippedVehicle(TestMachine.patience)
    func place(_ name: String, _ chip: String, _ address: UInt8) throws -> ActuatorChipPlace {
      ActuatorChipPlace(
        path: "devices.\(name)", chip: try #require(ActuatorTable.chip(chip)), bus: "sensors",
        address: address, twin: name)
    }
    func line(_ number: Int) -> ActuatorCarrier {
      .line(DigitalLine(chip: "pinctrl-bcm2711", line: "GPIO\(number)", active: .high))
    }
    plan = try ActuatorPlan([
      ActuatorDeclaration(
        name: "fin", path: "devices.fin", conversion: "servo", settings: ["safe_us": .number(1200)],
        command: "x", outputs: [ActuatorOutput("pulse", .chip(place("motors", "pca9685", 0x40), channel: 2))]),
      ActuatorDeclaration(
        name: "winch", path: "devices.winch", conversion: "motor_voltage", settings: ["most_v": .number(5)],
        command: "x", outputs: [ActuatorOutput("voltage", .chip(place("winch", "drv8830", 0x60), channel: 0))]
      ),
      ActuatorDeclaration(
        name: "pump", path: "devices.pump", conversion: "relay", command: "x",
        outputs: [ActuatorOutput("on", line(12))]),
      ActuatorDeclaration(
        name: "lock", path: "devices.lock", conversion: "relay", settings: ["safe": .flag(true)],
        command: "x", outputs: [ActuatorOutput("on", line(13))]),
    ])
    machine = try TestMachine(loaded, plan: plan)
    machine.gpio.with { [pump, lock] in
      $0.ownLines[12] = pump
      $0.ownLines[13] = lock
    }
    table = try SignalTable(
      [
        Signal("safety.armed", .flag, from: .block("safety")),
        Signal("fin.pulse", .number, unit: .microsecond, from: .block("fin")),
        Signal("winch.voltage", .number, unit: .volt, from: .block("winch")),
        Signal("pump.on", .flag, from: .block("pump")), Signal("lock.on", .flag, from: .block("lock")),
        Signal("winch.fault", .deviceFault, from: .device("winch", bus: 0)),
      ])
    memory = FrameMemory(table)
    loopGuard = try LoopGuard()
    board = try LinuxBoard(
      loaded.tables, plan, table, systems: machine.systems, loopGuard: loopGuard,
      recordsTraffic: false)
    guardsOutputs = board.safeOutputs
    let entry = try #require(board.buses.first)
    // The macro wants what can be copied.
    guard let opened = entry.bus.take() else { throw CommandFailure("the bus is taken") }
    bus = try BusThread(
      entry.name, bus: opened, recorder: nil, devices: [], chips: plan.chips(on: entry.name), table: table,
      loopGuard: loopGuard, scheduling: ThreadScheduling(), system: ScriptedRealTime())
    vehicle = LinuxVehicle(
      loaded.tables, plan, table, buses: [bus.ends], outputs: board.outputs, safety: board.safety,
      enable: board.enable, lines: LineSlots(), loopGuard: loopGuard)
  }

  var frame: Frame { memory.frame }

  /// One tick, in which the program asks for everything or, disarmed, for what is safe.
  func tick(isArmed: Bool) {
    let now = SystemClock().now()
    lastTick = now.nanoseconds
    vehicle.collectSamples(until: now, into: frame)
    plan.makeSafe(frame, table)
    if isArmed {
      put(true, "safety.armed")
      put(Float(1700), "fin.pulse")
      put(Float(3), "winch.voltage")
      put(true, "pump.on")
      put(false, "lock.on")
    }
    vehicle.actuate(frame)
  }

  private func put<Value: SignalValue>(_ value: Value, _ name: String) {
    frame.put(value, table.index(of: name))
  }

  /// What leaves the outputs: pulse in µs, voltage in V, and both lines' levels.
  var outputs: (pulse: Double, volts: Double, pump: UInt64?, lock: UInt64?) {
    (
      machine.i2c.pulse(2) ?? 0,
      (machine.i2c.chip("winch") as? SimulatedDRV8830)?.output(0) ?? .nan,
      pump.with { $0.levels.last }, lock.with { $0.levels.last }
    )
  }

  var drives: Bool {
    let now = outputs
    return abs(now.pulse - 1700) < 3 && abs(now.volts - 3) < 0.1 && now.pump == 1 && now.lock == 0
  }

  var isSafe: Bool {
    let now = outputs
    return abs(now.pulse - 1200) < 3 && now.volts == 0 && now.pump == 0 && now.lock == 1
  }

  // The machine itself is no part of an expectation: a failed one would describe it, which cannot be done for a bus that has one owner.

  /// Waits until everything is safe.
  func expectSafe(_ sourceLocation: SourceLocation = #_sourceLocation) {
    let (isReached, now) = (eventually { isSafe }, outputs)
    #expect(isReached, "\(now)", sourceLocation: sourceLocation)
  }

  /// Ticks until everything moves.
  func begin() {
    let moves = eventually {
      tick(isArmed: true)
      return drives
    }
    tick(isArmed: true)
    let (now, fault) = (outputs, vehicle.actuatorFault)
    #expect(moves && fault == .none, "\(now), \(fault)")
  }

  /// Whether the bus has carried out all that the loop has ordered.
  var hasTakenAll: Bool { bus.ends.slots.report.latest.taken == lastTick }

  func end() {
    bus.stop()
    let hasEnded = bus.join(within: 2_000_000_000) != nil
    #expect(hasEnded)
  }
}

@Suite("Actuators of a plan on Linux", .serialized)
struct PlannedActuatorsTests {
  @Test("The loop drives all of them, and makes them safe at the end")
  func loop() throws {
    let planned = try PlannedMachine()
    planned.begin()
    planned.tick(isArmed: false)
    planned.expectSafe()
    planned.begin()
    planned.vehicle.makeSafe()
    let enabled = planned.machine.enableLevels.last
    #expect(enabled == 0)
    planned.end()
    planned.expectSafe()
  }

  @Test("Who ends the bus's thread leaves its chips safe")
  func bus() throws {
    let planned = try PlannedMachine()
    planned.begin()
    planned.end()
    let isSafe = eventually { abs(planned.outputs.pulse - 1200) < 3 && planned.outputs.volts == 0 }
    #expect(isSafe)
  }

  @Test(
    "The watchdog makes all of them safe past a loop that hangs, and the loop keeps them so until it disarms")
  func watchdog() throws {
    let planned = try PlannedMachine()
    planned.begin()
    planned.loopGuard.trip()
    let hasAccepted = planned.vehicle.makeSafeFromOutside()
    #expect(hasAccepted)
    planned.expectSafe()
    for _ in 0..<5 { planned.tick(isArmed: true) }
    usleep(20_000)
    let (isSafe, fault) = (planned.isSafe, planned.vehicle.actuatorFault)
    #expect(isSafe && fault == .notReady, "\(fault)")
    planned.tick(isArmed: false)
    planned.begin()
    planned.end()
  }

  @Test("The guard's plan makes all of them safe when the process is dead")
  func guardsPlan() throws {
    let planned = try PlannedMachine()
    let outputs = planned.guardsOutputs
    #expect(outputs.lines.map(\.place.name) == ["GPIO17", "GPIO12", "GPIO13"])
    #expect(outputs.lines.map(\.safeLevels) == [0, 0, 1])
    #expect(outputs.writes.map(\.address) == [0x40, 0x60])
    planned.begin()
    // The threads of a process that is dead come back with nothing.
    let hasTakenAll = eventually { planned.hasTakenAll }
    #expect(hasTakenAll)
    for line in outputs.lines { try line.set(line.isSafeActive) }
    for write in outputs.writes {
      let result = write.bytes.withUnsafeBufferPointer {
        planned.machine.i2c.transfer(
          3, address: write.address, written: $0, read: UnsafeMutableBufferPointer(start: nil, count: 0))
      }
      #expect(result == 1)
    }
    planned.expectSafe()
    planned.end()
  }

  @Test("A chip that has gone is told with its actuator, and keeps no other from its orders")
  func lostChip() throws {
    let planned = try PlannedMachine()
    planned.begin()
    try planned.machine.i2c.inject("winch:off@0s")
    let isTold = eventually {
      planned.tick(isArmed: true)
      return planned.vehicle.actuatorFault != .none
    }
    #expect(isTold)
    planned.tick(isArmed: false)
    let isServed = eventually {
      planned.tick(isArmed: false)
      return abs(planned.outputs.pulse - 1200) < 3
    }
    #expect(isServed)
    planned.end()
  }
}
