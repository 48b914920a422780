import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The MPU-6500 and the MPU-9250, which share the driver of the MPU-6050, and the AK8963 inside the latter.
@Suite struct MPU9250Tests {
  private static func driver(_ accepted: [UInt8]? = nil, bypass: Bool = true) -> MPU6050 {
    var options = MPU6050.Options()
    options.acceptedIdentities = accepted ?? [0x71]
    options.auxiliaryBypass = bypass
    return MPU6050(options: options)
  }

  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "mpu6050", at: 0x3A) { MPU6050($0) }
    try expectVectors(of: "mpu9250", at: 0x3A) { use in
      // The thermometer's formula follows the identity, which a start reads.
      var driver = MPU6050(use)
      driver.core.identity = 0x71
      return driver
    }
  }

  @Test func `the way to the auxiliary bus is opened last, and read back`() {
    var steps: [ScriptedBus.Step] = [.write([0x6B, 0x80], to: 0x68), .read([0x75], of: 0x68, [0x71])]
    let table: [(UInt8, UInt8)] = [
      (0x6B, 0x01), (0x1B, 0x10), (0x1C, 0x10), (0x1A, 0x02), (0x19, 0x00), (0x38, 0x01), (0x6A, 0x00),
      (0x6C, 0x00), (0x1D, 0x02), (0x37, 0x02),
    ]
    steps += table.map { .write([$0, $1], to: 0x68) }
    steps += table.map { .read([$0], of: 0x68, [$1]) }
    var bus = ScriptedBus(steps)
    var driver = Self.driver()
    let result = script(&driver, &bus, until: 160_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    #expect(driver.stage == .running)
  }

  @Test(arguments: [0x70, 0x71] as [UInt8]) func `readings scatter about the truth`(_ identity: UInt8) throws
  {
    try expectTruth(
      SimulatedMPU6050(identity: identity), Self.driver([identity]), at: 0x68, gyro: (0.01, 92),
      accelerometer: (300, 92))
  }

  @Test func `an MPU-9255 is refused by name until it is accepted`() throws {
    try expectRefusal(of: { SimulatedMPU6050(identity: 0x73) }, identity: 0x73, at: 0x68) { Self.driver($0) }
    #expect(MPU6050.likelyPart(identity: 0x73) == .compatible("MPU-9255"))
    #expect(MPU6050.facts9250.identity?.values == [0x71])
    #expect(MPU6050.facts6500.identity?.values == [0x70])
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
      try runThroughFault(SimulatedMPU6050(identity: 0x71), Self.driver(), at: 0x68, kind),
      reported: expected,
      perSecond: 500)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors(
      { SimulatedMPU6050(identity: 0x71) }, Self.driver(), at: 0x68, perSecond: 500)
  }
}

/// The magnetometer inside the MPU-9250.
@Suite struct AK8963Tests {
  /// An MPU-9250 that has opened the way to its auxiliary bus.
  private static func carrier() throws -> SimulatedMPU6050 {
    let chip = SimulatedMPU6050(identity: 0x71)
    let board = SimulatedBoard(seed: 1)
    try board.attach(chip, name: "imu", address: 0x68)
    var bus = board.bus()
    try bus.writeRegister(0x37, 0x02, of: 0x68)
    return chip
  }

  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "ak8963", at: 0x02, address: 0x0C) { vector in
      var driver = AK8963()
      var bus = ScriptedBus([
        .write([0x0A, 0x1F], to: 0x0C), .read([0x10], of: 0x0C, vector.trim), .write([0x0A, 0x10], to: 0x0C),
      ])
      for _ in 0..<3 { try driver.prepare(&bus, now: .zero) }
      bus.expectFinished()
      return driver
    }
    #expect(AK8963.scale(adjustment: 128) == 0.15e-6)
    #expect(AK8963.scale(adjustment: 0) == 0.075e-6)
  }

  @Test func `the sensitivities are read from the fuses between two power-downs`() throws {
    var bus = ScriptedBus([
      .write([0x0B, 0x01], to: 0x0C), .read([0x00], of: 0x0C, [0x48]), .write([0x0A, 0x1F], to: 0x0C),
      .read([0x10], of: 0x0C, [128, 128, 128]), .write([0x0A, 0x10], to: 0x0C),
      .write([0x0A, 0x16], to: 0x0C), .read([0x0A], of: 0x0C, [0x16]),
      .read([0x02], of: 0x0C, [0x01, 0x64, 0x00, 0xC8, 0x00, 0x2C, 0x01, 0x10]),
      .read([0x0A], of: 0x0C, [0x16]),
    ])
    var driver = AK8963()
    let result = script(&driver, &bus, until: 22_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    // 100, 200 and 300 counts of 0.15 µT; x and y change places, z its sign.
    let sample = try #require(result.samples.first)
    #expect(abs(sample.fieldX - 30e-6) < 1e-11)
    #expect(abs(sample.fieldY - 15e-6) < 1e-11)
    #expect(abs(sample.fieldZ + 45e-6) < 1e-11)
  }

  @Test func `blank fuses are refused`() {
    var bus = ScriptedBus([
      .write([0x0B, 0x01], to: 0x0C), .read([0x00], of: 0x0C, [0x48]), .write([0x0A, 0x1F], to: 0x0C),
      .read([0x10], of: 0x0C, [0, 0, 0]),
    ])
    var driver = AK8963()
    let result = script(&driver, &bus, until: 90_000_000)
    bus.expectFinished()
    #expect(result.faults == [.badTrim])
  }

  @Test func `readings scatter about the truth, in the axes of the accelerometers`() throws {
    try expectTruth(
      SimulatedAK8963(), AK8963(), at: 0x0C, perSecond: 50, noise: 0.4e-6, behind: try Self.carrier())
  }

  @Test func `it answers only while the MPU-9250 joins the buses`() throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    let imu = try board.attach(SimulatedMPU6050(identity: 0x71), name: "imu", address: 0x68)
    let chip = try board.attach(SimulatedAK8963(), name: "magnetometer", address: 0x0C)
    chip.carrier = imu
    var rig = Rig(board, AK8963())
    rig.run(until: 0.5)
    #expect(rig.faults == [.missing])
    var bus = board.bus()
    try bus.writeRegister(0x37, 0x02, of: 0x68)
    rig.run(until: 1)
    #expect(rig.faults == [.missing, .none])
    // The MPU-9250 is started again: the way is closed for as long as that takes.
    try bus.writeRegister(0x6B, 0x80, of: 0x68)
    rig.run(until: 1.5)
    #expect(rig.faults == [.missing, .none, .missing])
  }

  @Test func `a field beyond the range is no reading`() throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedAK8963(), name: "magnetometer", address: 0x0C)
    board.physics.magneticField.x = 6e-3
    var rig = Rig(board, AK8963())
    rig.run(until: 1)
    #expect(rig.faults.contains(.endOfRange))
    #expect(rig.samples.isEmpty)
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
      try runThroughFault(SimulatedAK8963(), AK8963(), at: 0x0C, kind, behind: try Self.carrier()),
      reported: expected, perSecond: 50)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedAK8963() }, AK8963(), at: 0x0C, perSecond: 50)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(
      AK8963(), plant: [0x00: 0x48, 0x10: 170, 0x11: 171, 0x12: 172], seed: UInt64(seed), honesty: honesty)
  }
}
