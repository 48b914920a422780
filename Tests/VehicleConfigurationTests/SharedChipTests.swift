import Devices
import HardwareInterfaces
import Signals
import SimulatedHardware
import Testing

@testable import Sampling
@testable import VehicleConfiguration

/// An MCP23017 with a switch at one line and a pump at another.
@Suite("A chip that is read and driven")
struct SharedChipTests {
  private static let device = Configuration.PortInputs(
    chip: SensorTable.ports[0], bus: "main", channel: nil, address: 0x20, rateHz: 200,
    staleAfter: 200_000_000,
    inputs: [Configuration.NamedInput(name: "bumper", number: 3)], pullUps: 8, activeLow: 8
  ).group(DeviceNaming(name: "lines", path: "devices.lines", twin: "lines")).devices[0]

  private static func plan() throws -> ActuatorPlan {
    try ActuatorPlan(
      [
        ActuatorPlanTests.actuator(
          "pump", "relay", [:],
          ActuatorOutput("on", .chip(try ActuatorPlanTests.place("devices.pump", "mcp23017"), channel: 10))),
        ActuatorPlanTests.actuator(
          "lamp", "relay", ["needs_arming": .flag(false)],
          ActuatorOutput("on", .chip(try ActuatorPlanTests.place("devices.lamp", "mcp23017"), channel: 11))),
      ], besides: [device])
  }

  @Test("Its actuators' driver reads as the device asks for")
  func settings() throws {
    let plan = try Self.plan()
    #expect(plan.chips.count == 1)
    #expect(plan.chips[0].use.settings["reads_hz"] == 200 && plan.chips[0].use.settings["pull_ups"] == 8)
    #expect(plan.sent.map(\.needsArming) == [true, false])
  }

  @Test("One driver has it: inputs come in, levels go out, and nobody undoes the other's registers")
  func oneOwner() throws {
    let board = SimulatedBoard(seed: 1)
    let chip = try board.attach(SimulatedMCP23017(), name: "lines", address: 0x20)
    let table = try SignalTable(
      Self.device.signals(bus: 0) + [
        Signal("pump.on", .flag, from: .block("pump")), Signal("lamp.on", .flag, from: .block("lamp")),
        Signal("pump.fault", .deviceFault, from: .device("pump", bus: 0)),
      ])
    let worker = BusWorker(
      bus: board.bus(), devices: [Self.device], chips: try Self.plan().chips(on: "main"), table: table,
      start: .zero)
    let frame = worker.frame
    let pressed: SignalIndex<Bool> = try #require(table.index(of: "lines.bumper"))
    let count: SignalIndex<UInt32> = try #require(table.index(of: "lines.count"))
    let pump: SignalIndex<Bool> = try #require(table.index(of: "pump.on"))
    let faults: [SignalIndex<UInt8>] = [
      try #require(table.index(of: "pump.fault")), try #require(table.index(of: "lines.fault")),
    ]
    func run(until seconds: Double) {
      let end = MonotonicTime(nanoseconds: Int64(seconds * 1e9))
      while worker.due <= end {
        board.advance(to: worker.due)
        worker.runNext(now: worker.due)
      }
      board.advance(to: end)
    }
    #expect(worker.actuatorFault == .notReady)
    #expect(frame[faults[0]] == DeviceFault.notReady.rawValue)
    run(until: 0.2)
    #expect(worker.actuatorFault == .none)
    #expect(faults.allSatisfy { frame[$0] == 0 })
    #expect(!frame[pressed] && frame[count] > 20)
    chip.drive(3, high: false)
    frame[pump] = true
    #expect(worker.write(now: board.now))
    run(until: 0.4)
    #expect(frame[pressed] && chip.outputLevel(10) == true && chip.outputLevel(11) == false)
    #expect(worker.writeSafe(now: board.now))
    #expect(chip.outputLevel(10) == false)
    #expect(faults.allSatisfy { frame[$0] == 0 })
    // Without supply both say so.
    try board.inject(FaultInjection(parsing: "lines:off@0.5s", targets: board.chipNames))
    run(until: 1)
    #expect(worker.actuatorFault == .missing)
    #expect(faults.allSatisfy { frame[$0] == DeviceFault.missing.rawValue })
  }

  @Test("The worst fault of several chips is what counts")
  func worst() {
    #expect(DeviceFault.none.worse(.notReady) == .notReady)
    #expect(DeviceFault.notReady.worse(.missing) == .missing)
    #expect(DeviceFault.missing.worse(.transfer) == .transfer)
    #expect(DeviceFault.transfer.worse(.missing) == .transfer)
    #expect(DeviceFault.missing.worse(.none) == .missing)
  }
}
