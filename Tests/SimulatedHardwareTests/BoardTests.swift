import HardwareInterfaces
import PortableMath
import Testing

@testable import SimulatedHardware

@Suite struct BoardTests {
  private func read(_ register: UInt8, _ bus: inout SimulatedI2CBus, _ address: UInt8 = 0x68) throws -> UInt8
  {
    try bus.readRegister(register, of: address)
  }

  @Test func `refuses two chips on one address, two of a name, and addresses that I2C reserves`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    #expect(throws: SimulatedBoard.AssemblyError.addressTaken(bus: 0, address: 0x68, by: "imu")) {
      try board.attach(SimulatedMPU6050(), name: "second", address: 0x68)
    }
    #expect(throws: SimulatedBoard.AssemblyError.nameTaken("imu")) {
      try board.attach(SimulatedMPU6050(), name: "imu", address: 0x69)
    }
    #expect(throws: SimulatedBoard.AssemblyError.outOfRange(bus: 0, address: 0x78)) {
      try board.attach(SimulatedMPU6050(), name: "far", address: 0x78)
    }
    try board.attach(SimulatedMPU6050(), name: "second", bus: 1, address: 0x68)
    #expect(board.chipNames == ["imu", "second"])
  }

  @Test func `an address without a chip does not answer`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", bus: 1, address: 0x68)
    var bus = board.bus(0)
    #expect(throws: BusError.noDevice(address: 0x68)) { try read(0x75, &bus) }
    var other = board.bus(1)
    #expect(try read(0x75, &other) == 0x68)
    var missing = board.bus(7)
    #expect(throws: BusError.noDevice(address: 0x68)) { try read(0x75, &missing) }
  }

  @Test func `a transfer occupies the bus for its bits`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var bus = board.bus(bitRate: 400_000)
    let burst: InlineArray<14, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
    #expect(burst[0] == 0)
    // 9 · (3 + 14) + 3 bits of 2.5 µs.
    #expect(bus.busyNanoseconds == 390_000)
    #expect(bus.busyUntil.nanoseconds == 390_000)
    try bus.writeRegister(0x6B, 0, of: 0x68)
    #expect(bus.busyUntil.nanoseconds == 390_000 + 29 * 2_500)
    board.advance(to: MonotonicTime(nanoseconds: 1_000_000))
    #expect(throws: BusError.self) { try bus.writeRegister(0, 0, of: 0x10) }
    #expect(bus.busyUntil.nanoseconds == 1_000_000 + 11 * 2_500)
    #expect(bus.transfers == 3)
  }

  @Test func `lines carry levels both ways and gate the actuators`() throws {
    let board = SimulatedBoard(seed: 1)
    #expect(board.outputsEnabled)
    board.enableLine = "enable"
    #expect(!board.outputsEnabled)
    var output = board.output("enable")
    try output.set(true)
    #expect(board.outputsEnabled && board.isActive("enable"))
    var input = board.input("kill")
    #expect(try !input.isActive())
    board.drive("kill", active: true)
    #expect(try input.isActive())
  }

  /// The bytes of a second of IMU data.
  private func recording(seed: UInt64, alone: Bool) throws -> [UInt8] {
    let board = SimulatedBoard(seed: seed)
    if !alone { try board.attach(SimulatedBMP280(), name: "barometer", address: 0x76) }
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    var bus = board.bus()
    try bus.writeRegister(0x6B, 0x01, of: 0x68)
    if !alone { try bus.writeRegister(0xF4, 0x2F, of: 0x76) }
    var bytes: [UInt8] = []
    for millisecond in 1...1000 {
      board.advance(to: MonotonicTime.zero.advanced(milliseconds: Int64(millisecond)))
      let burst: InlineArray<14, UInt8> = try bus.readRegisters(0x3B, of: 0x68)
      for index in 0..<14 { bytes.append(burst[index]) }
    }
    return bytes
  }

  @Test func `the same seed gives the same bytes, another seed others`() throws {
    let first = try recording(seed: 5, alone: true)
    #expect(try recording(seed: 5, alone: true) == first)
    #expect(try recording(seed: 6, alone: true) != first)
  }

  @Test func `a chip's noise does not depend on its neighbours`() throws {
    #expect(try recording(seed: 5, alone: true) == recording(seed: 5, alone: false))
  }

  @Test func `constant errors differ between seeds and vanish at scale 0`() throws {
    func mean(seed: UInt64, biasScale: Double) throws -> Double {
      let board = SimulatedBoard(seed: seed, noiseScale: 0, biasScale: biasScale)
      try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
      var bus = board.bus()
      try bus.writeRegister(0x6B, 0x01, of: 0x68)
      board.advance(to: MonotonicTime.zero.advanced(milliseconds: 10))
      let z: InlineArray<2, UInt8> = try bus.readRegisters(0x3F, of: 0x68)
      return Double(Int16(truncatingIfNeeded: Int(z[0]) << 8 | Int(z[1])))
    }
    #expect(try mean(seed: 1, biasScale: 0) == -16_384)
    #expect(try mean(seed: 1, biasScale: 1) != mean(seed: 2, biasScale: 1))
  }

  @Test func `faults begin and end at their times`() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedMPU6050(), name: "imu", address: 0x68)
    try board.inject(FaultInjection(target: "imu", kind: .off, start: 1, duration: 0.5))
    var bus = board.bus()
    for (milliseconds, answers) in [(0, true), (999, true), (1_000, false), (1_499, false), (1_500, true)] {
      board.advance(to: MonotonicTime.zero.advanced(milliseconds: Int64(milliseconds)))
      #expect(((try? read(0x75, &bus)) != nil) == answers, "at \(milliseconds) ms")
    }
    #expect(throws: SimulatedBoard.AssemblyError.unknownChip("gps", known: ["imu"])) {
      try board.inject(FaultInjection(target: "gps", kind: .off, start: 1))
    }
  }
}
