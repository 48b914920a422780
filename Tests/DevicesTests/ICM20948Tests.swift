import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The ICM-20948, with its four banks of registers.
@Suite struct ICM20948Tests {
  private static func driver(_ accepted: [UInt8]? = nil) -> ICM20948 {
    var options = ICM20948.Options()
    options.acceptedIdentities = accepted ?? options.acceptedIdentities
    return ICM20948(options: options)
  }

  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "icm20948", at: 0x2D, before: [.write([0x7F, 0x00], to: 0x68)]) { ICM20948($0) }
  }

  @Test func `the bank is selected where it is not known or another one, and only there`() throws {
    var bus = ScriptedBus([
      .write([0x7F, 0x00], to: 0x69), .write([0x06, 0x80], to: 0x69),
      // After the reset nothing is known.
      .write([0x7F, 0x00], to: 0x69), .read([0x00], of: 0x69, [0xEA]),
      .write([0x06, 0x01], to: 0x69), .write([0x07, 0x00], to: 0x69), .write([0x03, 0x00], to: 0x69),
      .write([0x0F, 0x02], to: 0x69),
      .write([0x7F, 0x20], to: 0x69), .write([0x00, 0x00], to: 0x69), .write([0x01, 0x15], to: 0x69),
      .write([0x10, 0x00], to: 0x69), .write([0x11, 0x00], to: 0x69), .write([0x14, 0x15], to: 0x69),
      .write([0x7F, 0x00], to: 0x69), .read([0x06], of: 0x69, [0x01]), .read([0x07], of: 0x69, [0x00]),
      .read([0x03], of: 0x69, [0x00]), .read([0x0F], of: 0x69, [0x02]),
      .write([0x7F, 0x20], to: 0x69), .read([0x00], of: 0x69, [0x00]), .read([0x01], of: 0x69, [0x15]),
      .read([0x10], of: 0x69, [0x00]), .read([0x11], of: 0x69, [0x00]), .read([0x14], of: 0x69, [0x15]),
      // 1 g along z, half of full scale about x, 21 °C; then the re-check of the first register.
      .write([0x7F, 0x00], to: 0x69),
      .read([0x2D], of: 0x69, [0, 0, 0, 0, 0x10, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]),
      .read([0x06], of: 0x69, [0x01]),
    ])
    var driver = ICM20948()
    let result = script(&driver, &bus, until: 161_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    let sample = try #require(result.samples.first)
    #expect(sample.accelerationZ == 9.80665)
    #expect(abs(sample.rateX - 8.726646) < 1e-5)
    #expect(sample.temperature == 21)
  }

  @Test func `an error makes the bank unknown`() {
    let start: [ScriptedBus.Step] = [
      .write([0x7F, 0x00], to: 0x69), .write([0x06, 0x80], to: 0x69), .write([0x7F, 0x00], to: 0x69),
    ]
    var bus = ScriptedBus(
      start + [ScriptedBus.Step.read([0x00], of: 0x69, [0]).failing(.timeout(address: 0x69))] + start
        + [.read([0x00], of: 0x69, [0x12])])
    var driver = ICM20948()
    let result = script(&driver, &bus, until: 320_000_000)
    bus.expectFinished()
    #expect(Set(result.faults) == [.transfer, .wrongIdentity])
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(
      SimulatedICM20948(), ICM20948(), at: 0x69, gyro: (0.015, 119.5), accelerometer: (230, 111.4))
  }

  @Test func `another chip is refused until it is accepted`() throws {
    try expectRefusal(of: { SimulatedICM20948(identity: 0xE1) }, identity: 0xE1, at: 0x69) { Self.driver($0) }
    #expect(
      ICM20948.facts.identity?.likelyPart(0xE1) == .compatible("ICM-20648, the same without a magnetometer"))
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
      try runThroughFault(SimulatedICM20948(), ICM20948(), at: 0x69, kind), reported: expected, perSecond: 500
    )
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedICM20948() }, ICM20948(), at: 0x69, perSecond: 500)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(ICM20948(), plant: [0x00: 0xEA], seed: UInt64(seed), honesty: honesty)
  }
}

/// The magnetometer inside the ICM-20948.
@Suite struct AK09916Tests {
  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "ak09916", at: 0x10, address: 0x0C) { _ in AK09916() }
  }

  @Test func `it is reset, named and set to 100 Hz`() throws {
    var bus = ScriptedBus([
      .write([0x32, 0x01], to: 0x0C), .read([0x01], of: 0x0C, [0x09]), .write([0x31, 0x08], to: 0x0C),
      .read([0x31], of: 0x0C, [0x08]),
      .read([0x10], of: 0x0C, [0x01, 0x64, 0x00, 0xC8, 0x00, 0x2C, 0x01, 0x00, 0x00]),
      .read([0x31], of: 0x0C, [0x08]),
    ])
    var driver = AK09916()
    let result = script(&driver, &bus, until: 22_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    // 100, 200 and 300 counts of 0.15 µT; y and z change their sign.
    let sample = try #require(result.samples.first)
    #expect(abs(sample.fieldX - 15e-6) < 1e-11)
    #expect(abs(sample.fieldY + 30e-6) < 1e-11)
    #expect(abs(sample.fieldZ + 45e-6) < 1e-11)
  }

  @Test func `readings scatter about the truth, in the axes of the accelerometers`() throws {
    try expectTruth(SimulatedAK09916(), AK09916(), at: 0x0C, perSecond: 50, noise: 0.4e-6)
  }

  @Test func `the ICM-20948's driver opens the way to it`() throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    let imu = try board.attach(SimulatedICM20948(), name: "imu", address: 0x69)
    let chip = try board.attach(SimulatedAK09916(), name: "magnetometer", address: 0x0C)
    chip.carrier = imu
    var before = Rig(board, AK09916())
    before.run(until: 0.3)
    #expect(before.faults == [.missing])
    var inertial = Rig(board, ICM20948())
    inertial.run(until: 0.6)
    #expect(inertial.faults == [])
    before.run(until: 0.9)
    #expect(before.faults == [.missing, .none])
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
      try runThroughFault(SimulatedAK09916(), AK09916(), at: 0x0C, kind), reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedAK09916() }, AK09916(), at: 0x0C, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(AK09916(), plant: [0x01: 0x09], seed: UInt64(seed), honesty: honesty)
  }
}
