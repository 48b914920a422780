import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The QMC5883L, whose identity is what a floating bus reads.
@Suite struct QMC5883LTests {
  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "qmc5883l", at: 0x00, address: 0x0D, before: [.read([0x06], of: 0x0D, [0x01])]) {
      var options = QMC5883L.Options()
      options.range = QMC5883L.Range(rawValue: $0.trim[0]) ?? options.range
      return QMC5883L(options: options)
    }
  }

  @Test func `the status is read before the data, which clear it`() throws {
    var bus = ScriptedBus([
      .write([0x0A, 0x80], to: 0x0D), .read([0x0D], of: 0x0D, [0xFF]), .read([0x09], of: 0x0D, [0x00]),
      .write([0x0B, 0x01], to: 0x0D), .write([0x09, 0x1D], to: 0x0D),
      .read([0x09], of: 0x0D, [0x1D]), .read([0x0B], of: 0x0D, [0x01]),
      .read([0x06], of: 0x0D, [0x01]), .read([0x00], of: 0x0D, [0xB8, 0x0B, 0x48, 0xF4, 0x00, 0x00]),
      .read([0x09], of: 0x0D, [0x1D]),
    ])
    var driver = QMC5883L()
    let result = script(&driver, &bus, until: 16_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    // 3000 counts per gauss, which is 100 µT.
    let sample = try #require(result.samples.first)
    #expect(abs(sample.fieldX - 100e-6) < 1e-10)
    #expect(abs(sample.fieldY + 100e-6) < 1e-10)
  }

  @Test func `a floating bus is not taken for the chip`() {
    var bus = ScriptedBus([
      .write([0x0A, 0x80], to: 0x0D), .read([0x0D], of: 0x0D, [0xFF]), .read([0x09], of: 0x0D, [0xFF]),
    ])
    var driver = QMC5883L()
    let result = script(&driver, &bus, until: 100_000_000)
    bus.expectFinished()
    #expect(result.faults == [.wrongIdentity])
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(SimulatedQMC5883L(), QMC5883L(), at: 0x0D, perSecond: 50, noise: 0.2e-6)
  }

  @Test func `a variant is refused until it is accepted`() throws {
    try expectRefusal(of: { SimulatedQMC5883L(identity: 0xE8) }, identity: 0xE8, at: 0x0D) {
      var options = QMC5883L.Options()
      options.acceptedIdentities = $0 ?? options.acceptedIdentities
      return QMC5883L(options: options)
    }
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.implausibleData, .wrongRegister]), (.slow, [.notReady]), (.nack, [.transfer]),
    (.wrongIdentity, [.wrongIdentity]), (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults) func `each fault is reported and over afterwards`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedQMC5883L(), QMC5883L(), at: 0x0D, kind), reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedQMC5883L() }, QMC5883L(), at: 0x0D, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(QMC5883L(), plant: [0x0D: 0xFF], seed: UInt64(seed), honesty: honesty)
  }
}
