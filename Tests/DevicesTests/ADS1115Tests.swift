import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The ADS1115: conversions, its driver on a script, and against the chip at register level.
@Suite struct ADS1115Tests {
  @Test func `32768 counts are full scale, of either sign`() {
    #expect(ADS1115.voltage(raw: 16_384, range: .v4) == 2.048)
    #expect(ADS1115.voltage(raw: -32_768, range: .v6) == -6.144)
    #expect(ADS1115.voltage(raw: 1, range: .millivolts256) == 7.812_5e-6)
  }

  @Test func `configurations are those of the datasheet's fields`() {
    // OS, AIN0 against ground, ±4.096 V, single, 860 per second, comparator off.
    #expect(ADS1115.configuration(input: 0, range: .v4) == 0xC3E3)
    #expect(ADS1115.configuration(input: 3, range: .millivolts256) == 0xFBE3)
  }

  private static let identify: [ScriptedBus.Step] = [
    .read([0x02], of: 0x48, [0x80, 0x00]), .read([0x03], of: 0x48, [0x7F, 0xFF]),
  ]

  @Test func `it converts input after input, waits for each end, and gives one round`() {
    var options = ADS1115.Options()
    options.inputs = 0x05
    var bus = ScriptedBus(
      Self.identify + [
        .write([0x01, 0xC3, 0xE3], to: 0x48),
        // A slow clock: not finished at the first look.
        .read([0x01], of: 0x48, [0x43, 0xE3]),
        .read([0x01], of: 0x48, [0xC3, 0xE3]),
        .read([0x00], of: 0x48, [0x40, 0x00]),
        .write([0x01, 0xE3, 0xE3], to: 0x48),
        .read([0x01], of: 0x48, [0xE3, 0xE3]),
        .read([0x00], of: 0x48, [0x7F, 0xFF]),
      ])
    var driver = ADS1115(options: options)
    var now = MonotonicTime.zero
    var samples: [AnalogSample] = []
    while now.nanoseconds < 40_000_000 {
      let poll = driver.poll(&bus, now: now)
      #expect(poll.fault == (poll.sample == nil && samples.isEmpty ? .none : .endOfRange))
      if let sample = poll.sample { samples.append(sample) }
      now = poll.next
    }
    bus.expectFinished()
    #expect(samples.count == 1)
    #expect(samples.first?.voltages[0] == 2.048)
    #expect(samples.first?.clipped == 0b100)
  }

  @Test func `a chip that was reset under way is noticed at the next look`() {
    var bus = ScriptedBus(
      Self.identify + [
        .write([0x01, 0xC3, 0xE3], to: 0x48), .read([0x01], of: 0x48, [0x85, 0x83]),
      ])
    var driver = ADS1115()
    var (now, fault) = (MonotonicTime.zero, DeviceFault.none)
    for _ in 0..<3 {
      let poll = driver.poll(&bus, now: now)
      (now, fault) = (poll.next, poll.fault)
    }
    bus.expectFinished()
    #expect(fault == .wrongRegister)
  }

  @Test func `readings scatter about the truth at the asked rate`() throws {
    let board = SimulatedBoard(seed: 9, biasScale: 0)
    try board.attach(SimulatedADS1115(), name: "analog", address: 0x48)
    board.physics.analogInputs = SIMD4(0.5, 1.5, 3.3, 5)
    var rig = Rig(board, ADS1115())
    rig.run(until: 5)
    // Input 3 stands above the full scale of 4.096 V, which the others do not suffer from.
    #expect(rig.faults == [.endOfRange])
    #expect(rig.samples.count >= 98)
    for (input, wanted) in [0.5, 1.5, 3.3].enumerated() {
      let values = rig.samples.map { Double($0.voltages[input]) }
      #expect(abs(values.mean - wanted) < 0.000_05)
      #expect(values.deviation < 0.000_2)
    }
    #expect(rig.samples.allSatisfy { $0.clipped == 0b1000 })
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.garbage, [.wrongRegister]), (.slow, [.notReady]),
    (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity, .wrongRegister]),
  ]

  @Test(arguments: faults)
  func `it reports the fault and recovers`(_ kind: FaultKind, _ expected: Set<DeviceFault>) throws {
    expectRecovery(
      try runThroughFault(SimulatedADS1115(), ADS1115(), at: 0x48, kind), reported: expected, perSecond: 20)
  }

  @Test func `a brown-out between two conversions costs nothing: each one configures the chip`() throws {
    let rig = try runThroughFault(SimulatedADS1115(), ADS1115(), at: 0x48, .brownOut)
    #expect(rig.faults == [] || rig.faults == [.wrongRegister, .none])
    #expect(rig.samples(from: 2, until: 3).count >= 18)
  }

  @Test(arguments: 0..<8, [UInt64(0), 200, 250, 255]) func `it bears any bus`(_ seed: Int, _ honesty: UInt64)
  {
    fuzz(ADS1115(), plant: [2: 0x80, 3: 0, 4: 0xFF], seed: UInt64(seed), honesty: honesty)
  }

  @Test func `a single conversion takes its time, and one of another input does not leak into it`() throws {
    let board = SimulatedBoard(seed: 1, noiseScale: 0, biasScale: 0)
    board.physics.analogInputs = SIMD4(1, 2, 0, 0)
    try board.attach(SimulatedADS1115(), name: "analog", address: 0x48)
    var bus = board.bus()
    #expect(try bus.readWord(1, of: 0x48) == 0x8583)
    try bus.writeWord(1, 0xD3E3, of: 0x48)
    board.advance(to: MonotonicTime.zero.advanced(microseconds: 1_100))
    #expect(try bus.readWord(1, of: 0x48) & 0x8000 == 0)
    board.advance(to: MonotonicTime.zero.advanced(microseconds: 1_200))
    #expect(try bus.readWord(1, of: 0x48) & 0x8000 != 0)
    #expect(try bus.readWord(0, of: 0x48) == 16_000)
    // Input 0 against input 1.
    try bus.writeWord(1, 0x83E3, of: 0x48)
    board.advance(to: MonotonicTime.zero.advanced(milliseconds: 5))
    #expect(Int16(bitPattern: try bus.readWord(0, of: 0x48)) == -8_000)
  }
}
