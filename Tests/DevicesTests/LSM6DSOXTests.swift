import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The LSM6DSOX.
@Suite struct LSM6DSOXTests {
  private static func driver(_ accepted: [UInt8]? = nil) -> LSM6DSOX {
    var options = LSM6DSOX.Options()
    options.acceptedIdentities = accepted ?? options.acceptedIdentities
    return LSM6DSOX(options: options)
  }

  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "lsm6dsox", at: 0x1E) { LSM6DSOX($0) }
  }

  @Test func `the converters are switched on last`() throws {
    // ±8 g with the second filter, ±1000 °/s, at 1667 Hz; the filters of about 83 and 100 Hz.
    let table: [(UInt8, UInt8)] = [
      (0x10, 0x8E), (0x11, 0x88), (0x12, 0x44), (0x13, 0x02), (0x15, 0x04), (0x17, 0x40),
    ]
    var steps: [ScriptedBus.Step] = [.write([0x12, 0x01], to: 0x6A), .read([0x0F], of: 0x6A, [0x6C])]
    steps += table.reversed().map { .write([$0, $1], to: 0x6A) }
    steps += table.map { .read([$0], of: 0x6A, [$1]) }
    // 26 °C, 1000 counts of 35 m°/s about x, 1000 counts of 0.244 mg along z.
    steps += [
      .read([0x1E], of: 0x6A, [7, 0, 0, 1, 0xE8, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0xE8, 0x03]),
      .read([0x10], of: 0x6A, [0x8E]),
    ]
    var bus = ScriptedBus(steps)
    var driver = LSM6DSOX()
    let result = script(&driver, &bus, until: 101_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    let sample = try #require(result.samples.first)
    #expect(abs(sample.accelerationZ - 0.244 * 9.80665) < 1e-6)
    #expect(abs(sample.rateX - 35 * Float.pi / 180) < 1e-6)
    #expect(sample.temperature == 26)
  }

  @Test(arguments: LSM6DSOX.LowPass.allCases) func `every filter is taken by the chip`(
    _ lowPass: LSM6DSOX.LowPass
  ) throws {
    let board = SimulatedBoard(seed: 2, biasScale: 0)
    try board.attach(SimulatedLSM6DSOX(), name: "imu", address: 0x6A)
    var options = LSM6DSOX.Options()
    options.lowPass = lowPass
    var rig = Rig(board, LSM6DSOX(options: options))
    rig.run(until: 1)
    #expect(rig.faults == [])
    // Less bandwidth, less noise: 70 µg/√Hz through a filter of first order.
    let expected = 70e-6 * 9.80665 * (Double(lowPass.hertz) * Double.pi / 2).squareRoot()
    let deviation = rig.samples.map { Double($0.accelerationX) }.deviation
    #expect(deviation > expected * 0.5 && deviation < expected * 1.3)
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(
      SimulatedLSM6DSOX(), LSM6DSOX(), at: 0x6A, gyro: (0.0038, 99.6), accelerometer: (70, 83.3))
  }

  @Test func `another chip is refused until it is accepted`() throws {
    try expectRefusal(of: { SimulatedLSM6DSOX(identity: 0x6A) }, identity: 0x6A, at: 0x6A) { Self.driver($0) }
    #expect(LSM6DSOX.facts.identity?.likelyPart(0x69) == .other("LSM6DS3"))
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
      try runThroughFault(SimulatedLSM6DSOX(), LSM6DSOX(), at: 0x6A, kind), reported: expected, perSecond: 500
    )
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedLSM6DSOX() }, LSM6DSOX(), at: 0x6A, perSecond: 500)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(LSM6DSOX(), plant: [0x0F: 0x6C], seed: UInt64(seed), honesty: honesty)
  }
}
