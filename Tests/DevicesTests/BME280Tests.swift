import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The BME280 with its hygrometer.
@Suite struct BME280Tests {
  @Test func `humidity is what Bosch's integers say, as the script works them out`() throws {
    let vectors = try ConversionVectors.load().humidity
    #expect(vectors.count >= 16)
    for vector in vectors {
      var bytes = InlineArray<7, UInt8>(repeating: 0)
      for (index, byte) in vector.trim.enumerated() where index < 7 { bytes[index] = byte }
      let trim = BME280.HumidityTrim(first: vector.first, bytes)
      let value = BME280.relativeHumidity(raw: vector.raw, fineTemperature: vector.fine, trim: trim)
      // The integers lose up to 0.02 % on the way.
      #expect(abs(value - vector.humidity) < 0.0003)
    }
    #expect(vectors.contains { $0.humidity > 0.05 && $0.humidity < 0.95 })
  }

  @Test func `humidity stays between none and all`() {
    let trim = BME280.HumidityTrim(first: 75, [0x6A, 0x01, 0, 0x14, 0x24, 0x03, 30])
    #expect(BME280.relativeHumidity(raw: 0, fineTemperature: 128_000, trim: trim) == 0)
    #expect(BME280.relativeHumidity(raw: 0xFFFF, fineTemperature: 128_000, trim: trim) == 1)
  }

  @Test func `it configures asleep, the humidity before the measurements`() throws {
    let trim: [UInt8] = [
      0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E, 0x43, 0xD6, 0xD0, 0x0B, 0x27, 0x0B, 0x8C, 0x00, 0xF9,
      0xFF, 0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17,
    ]
    var bus = ScriptedBus([
      .write([0xE0, 0xB6], to: 0x76), .read([0xD0], of: 0x76, [0x60]), .read([0xF3], of: 0x76, [0x00]),
      .read([0x88], of: 0x76, trim), .read([0xA1], of: 0x76, [75]),
      .read([0xE1], of: 0x76, [0x6A, 0x01, 0, 0x14, 0x24, 0x03, 30]),
      .write([0xF5, 0x00], to: 0x76), .write([0xF2, 0x01], to: 0x76), .write([0xF4, 0x2F], to: 0x76),
      .read([0xF5], of: 0x76, [0x00]), .read([0xF2], of: 0x76, [0x01]), .read([0xF4], of: 0x76, [0x2F]),
      // The BMP280 datasheet's example, 415148 and 519888, and a raw humidity of 30000.
      .read(
        [0xF2], of: 0x76,
        [0x01, 0x08, 0x2F, 0x00, 0x00, 0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x75, 0x30]),
      .read([0xD0], of: 0x76, [0x60]),
    ])
    var driver = BME280()
    let result = script(&driver, &bus, until: 22_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    let sample = try #require(result.samples.first)
    #expect(abs(sample.pressure - 100_653.27) < 0.01)
    #expect(abs(sample.temperature - 25.08) < 0.01)
    let humidity = try #require(driver.humidity)
    #expect(humidity > 0.4 && humidity < 0.6)
  }

  @Test(arguments: [(0.05, -10.0), (0.4, 25.0), (0.95, 50.0)])
  func `readings scatter about the truth`(_ humidity: Double, _ temperature: Double) throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedBMP280(identity: 0x60), name: "barometer", address: 0x76)
    (board.physics.humidity, board.physics.temperature) = (humidity, temperature)
    board.physics.pressure = 90_000
    var rig = Rig(board, BME280())
    var seen: [Double] = []
    for step in 1...100 {
      rig.run(until: Double(step) * 0.05)
      if let humidity = rig.driver.humidity { seen.append(Double(humidity)) }
    }
    #expect(rig.faults == [])
    #expect(rig.samples(from: 4, until: 5).count >= 23)
    #expect(abs(rig.samples.map { Double($0.pressure) }.mean - 90_000) < 1)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - temperature) < 0.01)
    #expect(abs(seen.mean - humidity) < 0.0005)
  }

  @Test func `a BMP280 in its place is refused by name`() throws {
    let board = SimulatedBoard(seed: 3)
    try board.attach(SimulatedBMP280(), name: "barometer", address: 0x76)
    var rig = Rig(board, BME280())
    rig.run(until: 1)
    #expect(rig.faults == [.wrongIdentity])
    #expect(BME280.facts.identity?.likelyPart(0x58) == .other("BMP280, without a hygrometer"))
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]), (.garbage, [.wrongRegister]),
    (.slow, [.notReady]), (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity]),
    (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults) func `each fault is reported and over afterwards`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedBMP280(identity: 0x60), BME280(), at: 0x76, kind), reported: expected,
      perSecond: 25)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedBMP280(identity: 0x60) }, BME280(), at: 0x76, perSecond: 25)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    var plant: [Int: UInt8] = [0xD0: 0x60, 0xA1: 75]
    for register in 0x88..<0xA0 { plant[register] = UInt8(truncatingIfNeeded: register &* 37) }
    for register in 0xE1..<0xE8 { plant[register] = UInt8(truncatingIfNeeded: register &* 29) }
    fuzz(BME280(), plant: plant, seed: UInt64(seed), honesty: honesty)
  }
}
