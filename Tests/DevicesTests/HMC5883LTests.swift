import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The HMC5883L, the real one.
@Suite struct HMC5883LTests {
  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "hmc5883l", at: 0x03, address: 0x1E) {
      var options = HMC5883L.Options()
      options.range = HMC5883L.Range(rawValue: $0.trim[0]) ?? options.range
      return HMC5883L(options: options)
    }
  }

  @Test func `it is known by three letters, and set without a reset`() throws {
    var bus = ScriptedBus([
      .read([0x0A], of: 0x1E, [0x48]), .read([0x0A], of: 0x1E, [0x48, 0x34, 0x33]),
      .write([0x00, 0x78], to: 0x1E), .write([0x01, 0x40], to: 0x1E), .write([0x02, 0x00], to: 0x1E),
      .read([0x02], of: 0x1E, [0x00]), .read([0x01], of: 0x1E, [0x40]), .read([0x00], of: 0x1E, [0x78]),
      .read([0x03], of: 0x1E, [0x00, 0x52, 0xFF, 0x5C, 0x01, 0x9A]),
      .read([0x02], of: 0x1E, [0x00]),
    ])
    var driver = HMC5883L()
    let result = script(&driver, &bus, until: 32_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    // 82, −164 and 410 counts of 820 per gauss; the second is z.
    let sample = try #require(result.samples.first)
    #expect(abs(sample.fieldX - 10e-6) < 1e-11)
    #expect(abs(sample.fieldY - 50e-6) < 1e-11)
    #expect(abs(sample.fieldZ + 20e-6) < 1e-11)
  }

  @Test func `another chip that begins with H is refused`() {
    var bus = ScriptedBus([
      .read([0x0A], of: 0x1E, [0x48]), .read([0x0A], of: 0x1E, [0x48, 0x48, 0x48]),
    ])
    var driver = HMC5883L()
    let result = script(&driver, &bus, until: 90_000_000)
    bus.expectFinished()
    #expect(result.faults == [.wrongIdentity])
  }

  @Test func `a field that is too strong is no reading`() throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedHMC5883L(), name: "magnetometer", address: 0x1E)
    board.physics.magneticField.y = 300e-6
    var rig = Rig(board, HMC5883L())
    rig.run(until: 1)
    #expect(rig.faults.contains(.endOfRange))
    #expect(rig.samples.isEmpty)
  }

  @Test func `a board that carries a QMC5883L answers elsewhere, and the facts say where`() throws {
    let board = SimulatedBoard(seed: 3)
    try board.attach(SimulatedQMC5883L(), name: "magnetometer", address: 0x0D)
    var rig = Rig(board, HMC5883L())
    rig.run(until: 0.5)
    #expect(rig.faults == [.missing])
    #expect(
      HMC5883L.facts.whenMissing?.contains("QMC5883L, which answers at 0x0D (chip: \"qmc5883l\")") == true)
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(SimulatedHMC5883L(), HMC5883L(), at: 0x1E, perSecond: 50, noise: 0.2e-6)
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.implausibleData, .wrongRegister]), (.slow, [.notReady, .frozenData]), (.nack, [.transfer]),
    (.wrongIdentity, [.wrongIdentity]), (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults) func `each fault is reported and over afterwards`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedHMC5883L(), HMC5883L(), at: 0x1E, kind), reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedHMC5883L() }, HMC5883L(), at: 0x1E, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(
      HMC5883L(), plant: [0x0A: 0x48, 0x0B: 0x34, 0x0C: 0x33], seed: UInt64(seed), honesty: honesty)
  }
}
