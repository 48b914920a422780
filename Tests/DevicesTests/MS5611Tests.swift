import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The MS5611, and the MS5607 that is often sold as one.
@Suite struct MS5611Tests {
  private static func driver(_ variant: MS5611.Variant = .ms5611) -> MS5611 {
    var options = MS5611.Options()
    options.variant = variant
    return MS5611(options: options)
  }

  private static func words(_ words: [UInt16]) -> InlineArray<8, UInt16> {
    var result = InlineArray<8, UInt16>(repeating: 0)
    for (index, word) in words.enumerated() where index < 8 { result[index] = word }
    return result
  }

  @Test func `compensation gives the datasheets' examples and integers, as the script works them out`() throws
  {
    let vectors = try ConversionVectors.load().pressure
    #expect(vectors.count >= 20)
    #expect(vectors.contains { $0.temperature < -15 } && vectors.contains { $0.temperature > 20 })
    for vector in vectors {
      let value = MS5611.compensate(
        rawPressure: vector.raw_pressure, rawTemperature: vector.raw_temperature,
        words: Self.words(vector.words), variant: vector.chip == "ms5607" ? .ms5607 : .ms5611)
      // The datasheets' integers round down: 0.01 °C for each of two steps, and what that is in Pa.
      #expect(abs(value.temperature - vector.temperature) < 0.021)
      #expect(abs(value.pressure - vector.pressure) < 4)
    }
  }

  @Test func `the check value is the application note's example`() {
    // AN520: 0xB.
    let words: [UInt16] = [0x3132, 0x3334, 0x3536, 0x3738, 0x3940, 0x4142, 0x4344, 0x4500]
    #expect(MS5611.checksum(Self.words(words)) == 0xB)
    // The value itself is no part of what it checks.
    #expect(MS5611.checksum(Self.words(words.dropLast() + [0x450B])) == 0xB)
  }

  /// The example's trim with its check value.
  private static let trim: [UInt16] = [0x00BE, 40127, 36924, 23317, 23282, 33464, 28312, 0x5A0F]

  private static func readTrim(_ words: [UInt16]) -> [ScriptedBus.Step] {
    words.enumerated().map {
      .read(
        [0xA0 | UInt8($0.offset) << 1], of: 0x77,
        [UInt8(truncatingIfNeeded: $0.element >> 8), UInt8(truncatingIfNeeded: $0.element)])
    }
  }

  @Test func `it converts the temperature, then the pressure, at its datasheet's times`() throws {
    var bus = ScriptedBus(
      [.write([0x1E], to: 0x77)] + Self.readTrim(Self.trim) + [
        .write([0x58], to: 0x77), .read([0x00], of: 0x77, [0x82, 0xC1, 0x3E]),
        .write([0x48], to: 0x77), .read([0x00], of: 0x77, [0x8A, 0xA2, 0x1A]),
      ])
    var driver = MS5611()
    let result = script(&driver, &bus, until: 25_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    let sample = try #require(result.samples.first)
    #expect(abs(sample.temperature - 20.07) < 0.01)
    #expect(abs(sample.pressure - 100_009) < 1.5)
  }

  @Test(
    arguments: [
      [0, 0, 0, 0, 0, 0, 0, 0], [0x00BE, 40127, 36924, 23317, 23282, 33464, 28312, 0x5A0E],
      [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF],
    ] as [[UInt16]])
  func `a blank or damaged trim is refused`(_ words: [UInt16]) {
    var bus = ScriptedBus([.write([0x1E], to: 0x77)] + Self.readTrim(words))
    var driver = MS5611()
    let result = script(&driver, &bus, until: 100_000_000)
    bus.expectFinished()
    #expect(result.faults == [.badTrim])
  }

  @Test(
    arguments: [(30_500.0, -30.0), (85_000.0, -5.0), (101_325.0, 25.0), (108_000.0, 60.0)], [false, true])
  func `readings scatter about the truth`(_ truth: (Double, Double), _ is5607: Bool) throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedMS5611(is5607: is5607), name: "barometer", address: 0x77)
    (board.physics.pressure, board.physics.temperature) = truth
    var rig = Rig(board, Self.driver(is5607 ? .ms5607 : .ms5611))
    rig.run(until: 10)
    #expect(rig.faults == [])
    #expect(rig.samples(from: 1, until: 10).count == 225)
    let pressures = rig.samples.map { Double($0.pressure) }
    #expect(abs(pressures.mean - truth.0) < 0.5)
    #expect(pressures.deviation > 0.9 && pressures.deviation < 1.6)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - truth.1) < 0.01)
  }

  @Test func `an MS5607 sold as MS5611 shows half the pressure, which is no fault that a driver can see`()
    throws
  {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedMS5611(is5607: true), name: "barometer", address: 0x77)
    var rig = Rig(board, MS5611())
    rig.run(until: 1)
    #expect(rig.faults == [])
    #expect(abs(rig.samples.map { Double($0.pressure) }.mean - 101_325 / 2) < 500)
  }

  @Test func `a conversion takes no longer than the driver waits`() {
    for oversampling in MS5611.Oversampling.allCases {
      var options = MS5611.Options()
      options.oversampling = oversampling
      #expect(options.conversionTime >= oversampling.longestConversion)
      #expect(options.maximumRate > 45)
    }
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.wrongRegister, .implausibleData, .badTrim]), (.slow, [.notReady]), (.nack, [.transfer]),
    (.wrongIdentity, [.wrongRegister]), (.brownOut, [.notReady, .wrongRegister]),
  ]

  @Test(arguments: faults) func `each fault is reported and over afterwards`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedMS5611(), MS5611(), at: 0x77, kind), reported: expected, perSecond: 25)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedMS5611() }, MS5611(), at: 0x77, perSecond: 25)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    var plant: [Int: UInt8] = [0x00: 0x82]
    for (index, word) in Self.trim.enumerated() {
      plant[0xA0 + 2 * index] = UInt8(truncatingIfNeeded: word >> 8)
      plant[0xA1 + 2 * index] = UInt8(truncatingIfNeeded: word)
    }
    fuzz(MS5611(), plant: plant, seed: UInt64(seed), honesty: honesty)
  }
}
