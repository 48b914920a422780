import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The MS4525DO: its formulas, what is said on the bus, and against the chip at the level of its bytes.
@Suite struct MS4525DOTests {
  @Test func `frames mean what the script works out`() throws {
    let vectors = try ConversionVectors.load().differential
    #expect(vectors.count >= 20)
    for vector in vectors {
      var bus = ScriptedBus([.write([0], to: 0x28), .read([], of: 0x28, vector.frame)])
      var driver = MS4525DO()
      let result = script(&driver, &bus, until: 15_000_000)
      bus.expectFinished()
      let sample = try #require(result.samples.first)
      // The pound-force is rounded to a millipascal in the driver, and samples are single precision.
      #expect(abs(Double(sample.pressure) - vector.pressure) < 0.002)
      #expect(abs(Double(sample.temperature) - vector.temperature) < 1e-4)
    }
  }

  @Test(
    arguments: [
      ([0x9F, 0xFF, 0x60, 0x00], .notReady), ([0xDF, 0xFF, 0x60, 0x00], .selfReported),
      ([0x5F, 0xFF, 0x60, 0x00], .implausibleData), ([0x00, 0x00, 0x60, 0x00], .implausibleData),
      ([0xFF, 0xFF, 0xFF, 0xFF], .implausibleData), ([0x1F, 0xFF, 0x00, 0x20], .implausibleData),
      ([0x3E, 0x00, 0x60, 0x00], .endOfRange),
    ] as [([UInt8], DeviceFault)])
  func `what its status says, and what cannot be, is reported`(_ frame: [UInt8], _ fault: DeviceFault) {
    var bus = ScriptedBus([.write([0], to: 0x28), .read([], of: 0x28, frame)])
    var driver = MS4525DO()
    let result = script(&driver, &bus, until: 15_000_000)
    bus.expectFinished()
    #expect(result.faults == [fault])
    #expect(result.samples.isEmpty == (fault != .endOfRange))
  }

  @Test func `readings scatter about the truth at the asked rate`() throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedMS4525DO(), name: "pitot", address: 0x28)
    board.physics.differentialPressure = 88
    var rig = Rig(board, MS4525DO())
    rig.run(until: 10)
    #expect(rig.faults == [])
    #expect(rig.samples(from: 1, until: 10).count == 450)
    let pressures = rig.samples.map { Double($0.pressure) }
    #expect(abs(pressures.mean - 88) < 0.5)
    #expect(pressures.deviation > 1 && pressures.deviation < 2)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - 25) < 0.1)
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]), (.flat, [.frozenData]),
    (.garbage, [.implausibleData, .selfReported, .notReady]), (.slow, [.notReady]), (.nack, [.transfer]),
  ]

  @Test(arguments: faults) func `each fault is reported and over afterwards`(
    _ kind: FaultKind, _ expected: Set<DeviceFault>
  ) throws {
    expectRecovery(
      try runThroughFault(SimulatedMS4525DO(), MS4525DO(), at: 0x28, kind), reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedMS4525DO() }, MS4525DO(), at: 0x28, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(MS4525DO(), plant: [0: 0x1F], seed: UInt64(seed), honesty: honesty)
  }
}
