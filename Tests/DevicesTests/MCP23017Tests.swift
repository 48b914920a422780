import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The MCP23017: its driver on a script, and against the chip at register level.
@Suite struct MCP23017Tests {
  private static let options = {
    var options = MCP23017.Options()
    options.outputs = 0x0103
    options.initialLevels = 0x0001
    options.pullUps = 0x8000
    return options
  }()

  private static let table: [(UInt8, UInt8, UInt8)] = [
    (0x14, 0x01, 0x00), (0x02, 0, 0), (0x04, 0, 0), (0x0A, 0, 0), (0x0C, 0x00, 0x80), (0x00, 0xFC, 0xFE),
  ]

  @Test func `levels come before directions, and every register is read back`() throws {
    // First out of the other register map, in which a crashed program may have left it.
    var steps: [ScriptedBus.Step] = [.write([0x05, 0x00], to: 0x20)]
    steps += Self.table.map { .write([$0.0, $0.1, $0.2], to: 0x20) }
    steps += Self.table.map { .read([$0.0], of: 0x20, [$0.1, $0.2]) }
    steps += [.read([0x12], of: 0x20, [0x05, 0x80])]
    var bus = ScriptedBus(steps)
    var driver = MCP23017(options: Self.options)
    var (now, sample) = (MonotonicTime.zero, PortSample?.none)
    for _ in 0..<14 {
      let poll = driver.poll(&bus, now: now)
      (now, sample) = (poll.next, poll.sample)
    }
    #expect(sample == PortSample(levels: 0x8005))
    bus.expect([.write([0x14, 0x02, 0x01], to: 0x20)])
    let isTaken = try driver.write(levels: 0xFFFE, to: &bus, now: now)
    #expect(isTaken && driver.levels == 0x0102)
    bus.expectFinished()
  }

  @Test func `nothing is written before it runs`() throws {
    var bus = ScriptedBus([])
    var driver = MCP23017(options: Self.options)
    #expect(try !driver.write(levels: 1, to: &bus, now: .zero))
    bus.expectFinished()
  }

  private func rig(_ options: MCP23017.Options = options) throws -> (
    board: SimulatedBoard, chip: SimulatedMCP23017
  ) {
    let board = SimulatedBoard(seed: 4)
    return (board, try board.attach(SimulatedMCP23017(), name: "lines", address: 0x20))
  }

  @Test func `inputs are read, outputs are driven, and a pull-up holds what nobody drives`() throws {
    let (board, chip) = try rig()
    chip.drive(2, high: true)
    chip.drive(3, high: false)
    var rig = Rig(board, MCP23017(options: Self.options))
    rig.run(until: 0.5)
    #expect(rig.faults == [])
    #expect(rig.samples.last == PortSample(levels: 0x8005))
    #expect((0..<16).map { chip.outputLevel($0) }.compactMap(\.self) == [true, false, false])
    try rig.use { driver, bus in try driver.write(levels: 0x0102, to: &bus, now: board.now) }
    #expect(chip.outputLevel(0) == false && chip.outputLevel(1) == true && chip.outputLevel(8) == true)
    chip.drive(15, high: false)
    rig.run(until: 1)
    #expect(rig.samples.last == PortSample(levels: 0x0106))
  }

  @Test func `no pin is ever driven against its wanted level, from power-on through a restart`() throws {
    let (board, chip) = try rig()
    try board.inject(FaultInjection(target: "lines", kind: .brownOut, start: 0.5))
    var driver = MCP23017(options: Self.options)
    var bus = board.bus()
    var next = MonotonicTime.zero
    while next.seconds < 1 {
      board.advance(to: next)
      next = max(driver.poll(&bus, now: next).next, next.advanced(microseconds: 1))
      #expect(chip.outputLevel(0) != false)
      #expect(chip.outputLevel(1) != true)
    }
    #expect(driver.isReady)
  }

  @Test func `it comes out of the other register map`() throws {
    let (board, chip) = try rig()
    var bus = board.bus()
    try bus.writeRegister(0x0A, 0x80, of: 0x20)
    #expect(try bus.readRegister(0x10, of: 0x20) == 0xFF)
    var rig = Rig(board, MCP23017(options: Self.options))
    rig.run(until: 0.5)
    #expect(rig.faults == [])
    #expect(chip.outputLevel(0) == true)
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.garbage, [.wrongRegister]), (.nack, [.transfer]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults)
  func `it reports the fault and recovers`(_ kind: FaultKind, _ expected: Set<DeviceFault>) throws {
    expectRecovery(
      try runThroughFault(SimulatedMCP23017(), MCP23017(options: Self.options), at: 0x20, kind),
      reported: expected, perSecond: 100)
  }

  @Test(arguments: 0..<8, [UInt64(0), 200, 250, 255]) func `it bears any bus`(_ seed: Int, _ honesty: UInt64)
  {
    fuzz(MCP23017(options: Self.options), plant: [:], seed: UInt64(seed), honesty: honesty)
  }
}
