import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The LIS3MDL.
@Suite struct LIS3MDLTests {
  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "lis3mdl", at: 0xA7, address: 0x1C) {
      var options = LIS3MDL.Options()
      options.range = LIS3MDL.Range(rawValue: $0.trim[0]) ?? options.range
      return LIS3MDL(options: options)
    }
  }

  @Test func `it is switched on last, and read with addresses that advance`() throws {
    let table: [(UInt8, UInt8)] = [(0x22, 0x00), (0x20, 0xFC), (0x21, 0x20), (0x23, 0x0C), (0x24, 0x40)]
    var steps: [ScriptedBus.Step] = [.write([0x21, 0x04], to: 0x1C), .read([0x0F], of: 0x1C, [0x3D])]
    steps += table.reversed().map { .write([$0, $1], to: 0x1C) }
    steps += table.map { .read([$0], of: 0x1C, [$1]) }
    steps += [
      .read([0xA7], of: 0x1C, [0x0F, 0x5D, 0x0D, 0xA3, 0xF2, 0x00, 0x00]), .read([0x22], of: 0x1C, [0x00]),
    ]
    var bus = ScriptedBus(steps)
    var driver = LIS3MDL()
    let result = script(&driver, &bus, until: 36_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    // 3421 counts per gauss, which is 100 µT.
    let sample = try #require(result.samples.first)
    #expect(abs(sample.fieldX - 100e-6) < 1e-10)
    #expect(abs(sample.fieldY + 100e-6) < 1e-10)
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(SimulatedLIS3MDL(), LIS3MDL(), at: 0x1C, perSecond: 50, noise: 0.35e-6)
  }

  @Test func `another chip is refused by name`() throws {
    try expectRefusal(of: { SimulatedLIS3MDL(identity: 0x40) }, identity: 0x40, at: 0x1C) {
      var options = LIS3MDL.Options()
      options.acceptedIdentities = $0 ?? options.acceptedIdentities
      return LIS3MDL(options: options)
    }
    #expect(LIS3MDL.facts.identity?.likelyPart(0x40) == .other("LIS2MDL or IIS2MDC"))
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
      try runThroughFault(SimulatedLIS3MDL(), LIS3MDL(), at: 0x1C, kind), reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedLIS3MDL() }, LIS3MDL(), at: 0x1C, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(LIS3MDL(), plant: [0x0F: 0x3D], seed: UInt64(seed), honesty: honesty)
  }
}
