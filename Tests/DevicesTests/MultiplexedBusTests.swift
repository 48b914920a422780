import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// Buses behind a multiplexer: what is switched when, and against the simulated chip.
@Suite struct MultiplexedBusTests {
  private static let left = BusChannel(multiplexer: 0x70, number: 0)
  private static let right = BusChannel(multiplexer: 0x70, number: 5)

  private func read(_ bus: inout MultiplexedBus<ScriptedBus>, _ channel: BusChannel?) throws {
    bus.route(to: channel)
    _ = try bus.readRegister(0x0B, of: 0x36)
  }

  private static let reading = ScriptedBus.Step.read([0x0B], of: 0x36, [0x20])

  @Test func `a channel is opened before the first transfer to it, and not again`() throws {
    var bus = MultiplexedBus(
      ScriptedBus([
        .write([0x01], to: 0x70), Self.reading, Self.reading, .write([0x20], to: 0x70), Self.reading,
        Self.reading, .write([0x01], to: 0x70), Self.reading,
      ]), channels: [Self.left, Self.right])
    for channel in [Self.left, Self.left, Self.right, nil, Self.left] as [BusChannel?] {
      try read(&bus, channel)
    }
    bus.base.expectFinished()
  }

  @Test func `devices on the bus itself need no switching`() throws {
    var bus = MultiplexedBus(ScriptedBus([Self.reading]), channels: [Self.left])
    try read(&bus, nil)
    bus.base.expectFinished()
  }

  @Test func `after an error behind it the multiplexer is switched anew`() throws {
    var bus = MultiplexedBus(
      ScriptedBus([
        .write([0x01], to: 0x70), Self.reading.failing(.timeout(address: 0x36)), .write([0x01], to: 0x70),
        Self.reading,
      ]), channels: [Self.left])
    #expect(throws: BusError.timeout(address: 0x36)) { try read(&bus, Self.left) }
    try read(&bus, Self.left)
    bus.base.expectFinished()
  }

  @Test func `a multiplexer that does not answer is the error of the transfer`() {
    var bus = MultiplexedBus(
      ScriptedBus([ScriptedBus.Step.write([0x01], to: 0x70).failing(.noDevice(address: 0x70))]),
      channels: [Self.left])
    #expect(throws: BusError.noDevice(address: 0x70)) { try read(&bus, Self.left) }
    bus.base.expectFinished()
  }

  @Test func `of two multiplexers the other one is closed first`() throws {
    let other = BusChannel(multiplexer: 0x71, number: 2)
    var bus = MultiplexedBus(
      ScriptedBus([
        .write([0x00], to: 0x71), .write([0x01], to: 0x70), Self.reading, .write([0x00], to: 0x70),
        .write([0x04], to: 0x71), Self.reading,
      ]), channels: [Self.left, other])
    try read(&bus, Self.left)
    try read(&bus, other)
    bus.base.expectFinished()
  }

  /// Two encoders of one address behind one multiplexer, and what is asked of them.
  private struct Wheels: ~Copyable {
    let board: SimulatedBoard
    let chip: SimulatedTCA9548A
    var bus: MultiplexedBus<SimulatedI2CBus>
    private var drivers: [AS5600]
    private var due: [MonotonicTime]
    var angles: [Float?]
    var faults: [Set<DeviceFault>]

    init() throws {
      // Whatever throws comes before the first stored property: Swift cannot undo half a noncopyable value.
      let board = SimulatedBoard(seed: 1, noiseScale: 0, biasScale: 0)
      let chip = try board.attach(SimulatedTCA9548A(), name: "multiplexer", address: 0x70)
      for (shaft, channel) in [0, 5].enumerated() {
        try board.attach(
          SimulatedAS5600(shaft: shaft), name: "encoder \(shaft)",
          at: BusPlace(address: 0x36, behind: ("multiplexer", channel)))
      }
      (self.board, self.chip) = (board, chip)
      (drivers, due) = ([AS5600(), AS5600()], [.zero, .zero])
      (angles, faults) = ([nil, nil], [[], []])
      bus = MultiplexedBus(board.bus(), channels: [left, right])
    }

    mutating func run(until milliseconds: Int64) {
      let end = MonotonicTime.zero.advanced(milliseconds: milliseconds)
      while true {
        let first = due[0] <= due[1] ? 0 : 1
        let now = max(due[first], bus.base.busyUntil)
        guard now < end else { break }
        board.advance(to: now)
        bus.route(to: first == 0 ? left : right)
        let poll = drivers[first].poll(&bus, now: now)
        due[first] = max(poll.next, now.advanced(microseconds: 1))
        if let sample = poll.sample { angles[first] = sample.angle }
        if poll.fault != .none { faults[first].insert(poll.fault) }
      }
    }
  }

  @Test func `two sensors of one address are told apart`() throws {
    var wheels = try Wheels()
    wheels.board.physics.shaftAngles = [1, 2]
    wheels.run(until: 100)
    #expect(wheels.faults == [[], []])
    #expect(abs((wheels.angles[0] ?? 0) - 1) < 0.001)
    #expect(abs((wheels.angles[1] ?? 0) - 2) < 0.001)
  }

  @Test func `switching costs the bus what the load's arithmetic says`() throws {
    var wheels = try Wheels()
    wheels.run(until: 50)
    let before = wheels.bus.base.busyNanoseconds
    wheels.run(until: 1_050)
    // Each second: 250 rounds of two switches and two bursts, and ten re-checks of each sensor.
    let bits = 250 * 2 * (MultiplexedBus<SimulatedI2CBus>.bitsPerSwitch + AS5600.facts.bitsPerSample)
    let rechecks = 10 * 2 * TransferBits.readRegisters(2)
    let busy = wheels.bus.base.busyNanoseconds - before
    #expect(abs(busy - Int64((bits + rechecks) * 2_500)) < 400_000)
  }

  @Test func `a reset closes every channel, and the next transfer opens it again`() throws {
    var wheels = try Wheels()
    try wheels.board.connect(resetOf: "multiplexer", to: "mux-reset")
    wheels.run(until: 100)
    #expect(wheels.chip.mask != 0)
    wheels.board.drive("mux-reset", active: true)
    wheels.board.drive("mux-reset", active: false)
    #expect(wheels.chip.mask == 0)
    wheels.bus.forgetPositions()
    wheels.run(until: 200)
    #expect(wheels.faults == [[], []])
  }

  @Test func `a reset that nobody told of is noticed and mended at the next transfer`() throws {
    var wheels = try Wheels()
    wheels.run(until: 100)
    try wheels.board.inject(FaultInjection(target: "multiplexer", kind: .brownOut, start: 0.1))
    wheels.board.physics.shaftAngles = [3, 4]
    wheels.run(until: 300)
    #expect(wheels.faults[0].union(wheels.faults[1]).isSubset(of: [.missing]))
    #expect(abs((wheels.angles[0] ?? 0) - 3) < 0.001)
    #expect(abs((wheels.angles[1] ?? 0) - 4) < 0.001)
  }

  @Test func `without the multiplexer both sensors are missing, and come back with it`() throws {
    var wheels = try Wheels()
    try wheels.board.inject(FaultInjection(target: "multiplexer", kind: .off, start: 0.1, duration: 0.5))
    wheels.run(until: 600)
    #expect(wheels.faults == [[.missing], [.missing]])
    wheels.board.physics.shaftAngles = [3, 4]
    wheels.run(until: 1_200)
    #expect(abs((wheels.angles[0] ?? 0) - 3) < 0.001)
    #expect(abs((wheels.angles[1] ?? 0) - 4) < 0.001)
  }

  @Test func `closing is one write, and an address behind a closed channel does not answer`() throws {
    var wheels = try Wheels()
    wheels.run(until: 20)
    try wheels.bus.close(0x70)
    #expect(wheels.chip.mask == 0)
    wheels.bus.route(to: nil)
    #expect(throws: BusError.noDevice(address: 0x36)) { try wheels.bus.readRegister(0x0B, of: 0x36) }
  }

  @Test func `a board refuses a channel that is not there, and an address taken on the way`() throws {
    let board = SimulatedBoard(seed: 1)
    #expect(throws: SimulatedBoard.AssemblyError.noChannel(multiplexer: "multiplexer", number: 0)) {
      try board.attach(
        SimulatedAS5600(), name: "encoder", at: BusPlace(address: 0x36, behind: ("multiplexer", 0)))
    }
    try board.attach(SimulatedTCA9548A(), name: "multiplexer", address: 0x70)
    #expect(throws: SimulatedBoard.AssemblyError.addressTaken(bus: 0, address: 0x70, by: "multiplexer")) {
      try board.attach(
        SimulatedAS5600(), name: "encoder", at: BusPlace(address: 0x70, behind: ("multiplexer", 0)))
    }
  }
}

private let left = BusChannel(multiplexer: 0x70, number: 0)
private let right = BusChannel(multiplexer: 0x70, number: 5)
