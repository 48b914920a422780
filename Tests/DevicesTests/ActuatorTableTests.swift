import CAllocationCounter
import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The table of actuators: what is known of each, and that its driver, its safe writes and its simulated twin agree.
@Suite struct ActuatorTableTests {
  private static let names = ActuatorTable.all.map(\.name)

  /// A use of every channel, each safe at a value of its own.
  private static func use(_ chip: ActuatorChip, quantity: ActuatorQuantity, _ given: [String: Double] = [:])
    -> ActuatorUse
  {
    let facts = chip.facts
    let channels = (0..<facts.channels).map { number in
      let safe: Double =
        switch quantity {
        case .pulse: 900 + 10 * Double(number)
        case .duty: Double(number + 1) / 32
        case .voltage: 1
        case .level: number % 3 == 0 ? 1 : 0
        }
      return ActuatorChannel(number, quantity, safe: safe)
    }
    return ActuatorUse(
      address: facts.standardAddress, channels: channels, settings: ActuatorSettings(given, of: facts))
  }

  /// A driver with its twin, polled each millisecond.
  private struct Rig: ~Copyable {
    let board: SimulatedBoard
    let twin: any SimulatedActuator
    var bus: SimulatedI2CBus
    var driver: any ActuatorDriver
    private var millisecond: Int64 = 0
    private(set) var isReady = false

    init(_ chip: ActuatorChip, _ use: ActuatorUse) throws {
      let board = SimulatedBoard(seed: 1)
      let twin = try #require(SimulatedActuatorChips.make(chip.name))
      try board.attach(twin, name: "chip", address: use.address)
      (self.board, self.twin) = (board, twin)
      driver = chip.makeDriver(use)
      bus = board.bus()
    }

    mutating func run(milliseconds: Int64, _ values: InlineArray<16, Float>?, count: Int) throws {
      let end = millisecond + milliseconds
      while millisecond < end {
        let now = MonotonicTime.zero.advanced(milliseconds: millisecond)
        board.advance(to: now)
        isReady = driver.poll(&bus, now: now).isReady
        if let values {
          _ = try driver.write(values.span.extracting(first: count), from: 0, to: &bus, now: now)
        }
        millisecond += 1
      }
    }

    /// Makes the chip safe as a guard does: the driver is dead.
    mutating func makeSafe(_ chip: ActuatorChip, _ use: ActuatorUse, isWhole: Bool) throws {
      for bytes in chip.safeWrites(use, isWhole: isWhole) {
        #expect((1...(isWhole ? 8 : 2)).contains(bytes.count))
        try bus.write(bytes.span, to: use.address)
      }
      board.advance(to: board.now.advanced(milliseconds: 10))
    }
  }

  @Test func `every driver has a simulated twin, and every twin a driver`() {
    #expect(Self.names == SimulatedActuatorChips.names)
    #expect(ActuatorTable.chip("pca9686") == nil && SimulatedActuatorChips.make("pca9686") == nil)
  }

  @Test(arguments: names) func `what is known of a chip is sound`(_ name: String) throws {
    let facts = try #require(ActuatorTable.chip(name)).facts
    #expect(facts.addresses == facts.addresses.sorted() && facts.addresses.contains(facts.standardAddress))
    #expect(facts.addresses.allSatisfy { (0x08...0x77).contains($0) })
    #expect((1...16).contains(facts.channels) && !facts.takes.isEmpty)
    for setting in facts.settings {
      #expect(setting.range.contains(setting.standard) && !setting.about.isEmpty)
    }
    #expect(facts.bitsPerWrite([0]) >= TransferBits.write(2))
  }

  @Test(arguments: names) func `settings stay in their ranges, whatever is given`(_ name: String) throws {
    let facts = try #require(ActuatorTable.chip(name)).facts
    for setting in facts.settings {
      for value in [-1e300, 1e300, -.infinity, .infinity, .nan] {
        let settings = ActuatorSettings([setting.name: value], of: facts)
        #expect(setting.range.contains(settings[setting.name]))
        // No driver traps on them.
        let chip = try #require(ActuatorTable.chip(name))
        _ = chip.makeDriver(Self.use(chip, quantity: facts.takes[0], [setting.name: value]))
        _ = chip.safeWrites(Self.use(chip, quantity: facts.takes[0], [setting.name: value]), isWhole: true)
      }
    }
    #expect(ActuatorSettings(["colour": 3], of: facts)["colour"] == 0)
  }

  @Test(arguments: names, ActuatorQuantity.allCases)
  func `what is written leaves the twin's channels, and safe writes make them safe`(
    _ name: String, _ quantity: ActuatorQuantity
  ) throws {
    let chip = try #require(ActuatorTable.chip(name))
    guard chip.facts.takes.contains(quantity) else { return }
    let use = Self.use(chip, quantity: quantity)
    var rig = try Rig(chip, use)
    let factor = Float(chip.factor(of: quantity, use.settings))
    var values = InlineArray<16, Float>(repeating: 0)
    for number in 0..<chip.facts.channels {
      let value: Float =
        switch quantity {
        case .pulse: 1500
        case .duty: 0.5
        case .voltage: -2
        case .level: number % 2 == 0 ? 1 : 0
        }
      values[number] = value * factor
    }
    try rig.run(milliseconds: 100, values, count: chip.facts.channels)
    let isReady = rig.isReady
    #expect(isReady)
    let whole = quantity == .duty ? rig.twin.wholeDuty : 1
    // A count of a pulse of the PCA9685 is 0.6 µs at 400 Hz, a step of the DRV8830 0.08 V.
    let tolerances: [ActuatorQuantity: Double] = [.pulse: 0.31, .duty: 0.0002, .voltage: 0.041]
    let tolerance = tolerances[quantity] ?? 0
    for number in 0..<chip.facts.channels {
      let wanted = Double(values[number] / factor)
      #expect(abs(rig.twin.output(number) / whole - wanted) <= tolerance, "channel \(number)")
    }
    try rig.makeSafe(chip, use, isWhole: true)
    for (number, channel) in use.channels.enumerated() {
      #expect(abs(rig.twin.output(number) / whole - channel.safe) <= tolerance, "channel \(number)")
    }
  }

  @Test(arguments: names) func `an adapter that writes single registers makes a chip safe or off`(
    _ name: String
  ) throws {
    let chip = try #require(ActuatorTable.chip(name))
    let use = Self.use(chip, quantity: chip.facts.takes[0])
    var rig = try Rig(chip, use)
    let values = InlineArray<16, Float>(repeating: 1500)
    try rig.run(milliseconds: 100, values, count: chip.facts.channels)
    try rig.makeSafe(chip, use, isWhole: false)
    for (number, channel) in use.channels.enumerated() {
      let output = rig.twin.output(number)
      #expect(output == 0 || abs(output - channel.safe) <= 0.041, "channel \(number)")
    }
  }

  @Test func `what is no number drives nothing`() throws {
    for chip in ActuatorTable.all {
      let use = Self.use(chip, quantity: chip.facts.takes[0])
      var rig = try Rig(chip, use)
      try rig.run(milliseconds: 100, InlineArray(repeating: .nan), count: chip.facts.channels)
      for number in 0..<chip.facts.channels { #expect(rig.twin.output(number) == 0, "\(chip.name)") }
    }
  }

  @Test func `channels that a chip does not have are not written`() throws {
    for chip in ActuatorTable.all {
      let use = Self.use(chip, quantity: chip.facts.takes[0])
      var rig = try Rig(chip, use)
      try rig.run(milliseconds: 100, nil, count: 0)
      let values: [Float] = [1]
      for first in [-1, chip.facts.channels, .max, .min] {
        #expect(try !rig.driver.write(values.span, from: first, to: &rig.bus, now: rig.board.now))
      }
    }
  }

  @Test func `driving takes no heap block through the table's drivers either`() throws {
    for chip in ActuatorTable.all {
      var rig = try Rig(chip, Self.use(chip, quantity: chip.facts.takes[0]))
      let values = InlineArray<16, Float>(repeating: 1)
      try rig.run(milliseconds: 500, values, count: chip.facts.channels)
      let before = allocation_count()
      try rig.run(milliseconds: 500, values, count: chip.facts.channels)
      #expect(allocation_count() == before, "\(chip.name)")
    }
  }

  @Test func `an MCP23017's inputs come along with its outputs`() throws {
    let board = SimulatedBoard(seed: 1)
    let twin = try board.attach(SimulatedMCP23017(), name: "lines", address: 0x21)
    var driver = MCP23017Outputs(
      ActuatorUse(
        address: 0x21, channels: [ActuatorChannel(8, .level, safe: 1)],
        settings: ActuatorSettings(["pull_ups": 4, "reads_hz": 100], of: MCP23017Outputs.facts)))
    var bus = board.bus()
    var seen: [UInt16] = []
    twin.drive(0, high: true)
    for millisecond: Int64 in 0..<200 {
      let now = MonotonicTime.zero.advanced(milliseconds: millisecond)
      board.advance(to: now)
      _ = driver.poll(&bus, now: now)
      if let sample = driver.inputs { seen.append(sample.levels) }
    }
    // Line 0 is driven, 2 is pulled up, 8 is the output at its safe level.
    #expect(Set(seen) == [0x0105])
    #expect((15...21).contains(seen.count))
  }

  @Test
  func
    `an MCP23017 whose outputs fell away is started again within two looks, and stays with one that is held`()
    throws
  {
    let board = SimulatedBoard(seed: 1)
    let twin = try board.attach(SimulatedMCP23017(), name: "lines", address: 0x20)
    try board.inject(FaultInjection(target: "lines", kind: .brownOut, start: 1))
    try board.inject(FaultInjection(target: "lines", kind: .bias, start: 2, duration: 0.1))
    var driver = MCP23017Outputs(
      ActuatorUse(
        address: 0x20, channels: [ActuatorChannel(3, .level, safe: 0)],
        settings: ActuatorSettings(of: MCP23017Outputs.facts)))
    var bus = board.bus()
    let high: [Float] = [1]
    var faults: [(millisecond: Int64, fault: DeviceFault)] = []
    var restarts = 0
    var (millisecond, wasReady) = (Int64(0), false)
    while millisecond < 3000 {
      let now = MonotonicTime.zero.advanced(milliseconds: millisecond)
      board.advance(to: now)
      let poll = driver.poll(&bus, now: now)
      if poll.isReady, !wasReady { restarts += 1 }
      wasReady = poll.isReady
      if poll.fault != faults.last?.fault ?? .none { faults.append((millisecond, poll.fault)) }
      _ = try driver.write(high.span, from: 3, to: &bus, now: now)
      millisecond += 1
    }
    #expect(faults.map { $0.fault } == [.wrongRegister, .none, .wrongRegister, .none])
    #expect(restarts == 2 && twin.output(3) == 1)
    // Looks are 20 ms apart.
    #expect(faults[0].millisecond <= 1020 && faults[1].millisecond <= 1120)
    #expect(faults[2].millisecond <= 2020 && (2100...2120).contains(faults[3].millisecond))
  }
}
