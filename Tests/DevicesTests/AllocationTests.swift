import CAllocationCounter
import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

@Suite struct AllocationTests {
  /// Heap blocks taken by two seconds of sampling, after one second of start.
  private func blocks<Driver: SensorDriver>(_ driver: Driver, on board: SimulatedBoard) -> UInt64 {
    var driver = driver
    var bus = board.bus()
    var next = MonotonicTime.zero
    func run(until seconds: Int64) {
      while next < MonotonicTime.zero.advanced(milliseconds: seconds * 1_000) {
        board.advance(to: next)
        next = driver.poll(&bus, now: next).next
      }
    }
    run(until: 1)
    let before = allocation_count()
    run(until: 3)
    return allocation_count() - before
  }

  /// A driver as the bus's worker holds it.
  private struct Erased<Sample: BitwiseCopyable & Sendable>: SensorDriver {
    var driver: any SensorDriver<Sample>

    mutating func poll<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) -> SensorPoll<Sample> {
      driver.poll(&bus, now: now)
    }
  }

  private func blocks<Sample: BitwiseCopyable & Sendable>(
    _ driver: any SensorDriver<Sample>, ofTable facts: ChipFacts
  ) throws -> UInt64 {
    let chip = try #require(SimulatedChips.make(facts.name))
    let address = try #require(facts.addresses.first)
    return blocks(Erased(driver: driver), on: try board(chip, at: address))
  }

  @Test func `sampling through the table's drivers takes no heap block either`() throws {
    func use(_ facts: ChipFacts) -> SensorUse {
      SensorUse(
        address: facts.addresses.first ?? 0, rate: 25, acceptedIdentities: facts.identity?.values ?? [])
    }
    for chip in SensorTable.inertial {
      let standard = try #require(chip.facts.inertial).standard
      let use = InertialUse(
        sensor: use(chip.facts), gyroRange: standard.gyro, accelerometerRange: standard.accelerometer,
        lowPass: standard.lowPass)
      #expect(try blocks(chip.makeDriver(use), ofTable: chip.facts) == 0, "\(chip.name)")
    }
    for chip in SensorTable.barometers {
      #expect(try blocks(chip.makeDriver(use(chip.facts)), ofTable: chip.facts) == 0, "\(chip.name)")
    }
    for chip in SensorTable.magnetometers {
      #expect(try blocks(chip.makeDriver(use(chip.facts)), ofTable: chip.facts) == 0, "\(chip.name)")
    }
    for chip in SensorTable.differentialPressure {
      let use = DifferentialPressureUse(sensor: use(chip.facts), range: 6894)
      #expect(try blocks(chip.makeDriver(use), ofTable: chip.facts) == 0, "\(chip.name)")
    }
    for chip in SensorTable.rangeFinders {
      #expect(try blocks(chip.makeDriver(use(chip.facts)), ofTable: chip.facts) == 0, "\(chip.name)")
    }
  }

  private func board(_ chip: SimulatedChip, at address: UInt8) throws -> SimulatedBoard {
    let board = SimulatedBoard(seed: 1)
    try board.attach(chip, name: "chip", address: address)
    return board
  }

  @Test func `sampling takes no heap block, in the drivers, the bus or the chips`() throws {
    #expect(blocks(MPU6050(), on: try board(SimulatedMPU6050(), at: 0x68)) == 0)
    #expect(blocks(BMP280(), on: try board(SimulatedBMP280(), at: 0x76)) == 0)
    #expect(blocks(BMP388(), on: try board(SimulatedBMP388(), at: 0x76)) == 0)
    #expect(blocks(VL53L1X(), on: try board(SimulatedVL53L1X(), at: 0x29)) == 0)
    #expect(blocks(VL53L0X(), on: try board(SimulatedVL53L0X(), at: 0x29)) == 0)
    #expect(blocks(INA219(), on: try board(SimulatedINA219(), at: 0x40)) == 0)
    #expect(blocks(INA226(), on: try board(SimulatedINA226(), at: 0x40)) == 0)
    #expect(blocks(AS5600(), on: try board(SimulatedAS5600(), at: 0x36)) == 0)
    #expect(blocks(ADS1115(), on: try board(SimulatedADS1115(), at: 0x48)) == 0)
    #expect(blocks(MCP23017(), on: try board(SimulatedMCP23017(), at: 0x20)) == 0)
  }

  @Test func `driving outputs takes no heap block`() throws {
    let board = try board(SimulatedPCA9685(), at: 0x40)
    var driver = PCA9685()
    var bus = board.bus()
    var millisecond: Int64 = 0
    // A `for` over a range of Int64 takes heap blocks of its own without optimisation.
    func run(until end: Int64) throws {
      // Here, because Swift 6.2 cannot make a span of an array that a function captures.
      let widths = InlineArray<4, Float>(repeating: 1500)
      while millisecond < end {
        let now = MonotonicTime.zero.advanced(milliseconds: millisecond)
        board.advance(to: now)
        _ = driver.poll(&bus, now: now)
        try driver.write(microseconds: widths.span, to: &bus, now: now)
        millisecond += 1
      }
    }
    try run(until: 500)
    let before = allocation_count()
    try run(until: 1_000)
    #expect(allocation_count() == before)
  }

  @Test func `driving bridges, through lines or over a bus behind a multiplexer, takes no heap block`() throws
  {
    let board = try board(SimulatedDRV8830(), at: 0x60)
    let channel = BusChannel(multiplexer: 0x70, number: 1)
    try board.attach(SimulatedTCA9548A(), name: "multiplexer", address: 0x70)
    try board.attach(
      SimulatedAS5600(), name: "encoder", at: BusPlace(address: 0x36, behind: ("multiplexer", 1)))
    var bus = MultiplexedBus(board.bus(), channels: [channel])
    var (motor, encoder) = (DRV8830(), AS5600())
    var bridge = TB6612(
      forward: board.output("f"), reverse: board.output("r"), pulses: board.pulseOutput("p"), rate: 20_000)
    var millisecond: Int64 = 0
    func run(until end: Int64) throws {
      while millisecond < end {
        let now = MonotonicTime.zero.advanced(milliseconds: millisecond)
        board.advance(to: now)
        let volts: Float = millisecond % 100 < 50 ? 2 : -2
        bus.route(to: nil)
        _ = motor.poll(&bus, now: now)
        try motor.write(volts: volts, to: &bus, now: now)
        bus.route(to: channel)
        _ = encoder.poll(&bus, now: now)
        try bridge.set(duty: volts / 4)
        millisecond += 1
      }
    }
    try run(until: 500)
    let before = allocation_count()
    try run(until: 1_000)
    #expect(allocation_count() == before)
  }
}
