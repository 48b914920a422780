import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The AS5600: conversions, its driver on a script, and against the chip at register level.
@Suite struct AS5600Tests {
  @Test func `4096 counts are a turn`() {
    #expect(AS5600.angle(raw: 0) == 0)
    #expect(abs(AS5600.angle(raw: 1024) - Float.pi / 2) < 1e-6)
    #expect(AS5600.angle(raw: 2048) == Float.pi)
    #expect(abs(AS5600.angle(raw: 4095) - 6.281_651_3) < 1e-6)
    #expect(AS5600.angle(raw: 0xF800) == Float.pi)
  }

  @Test func `the status tells a good magnet from one too far and one too near`() {
    #expect(AS5600.magnet(status: 0x20) == .good)
    #expect(AS5600.magnet(status: 0x30) == .weak)
    #expect(AS5600.magnet(status: 0x28) == .strong)
  }

  private static let start: [ScriptedBus.Step] = [
    .read([0x0B], of: 0x36, [0x20, 0x0F, 0xFF]),
    .read([0x07], of: 0x36, [0xC0, 0x00]),
    // Factory bits stay, the rest is set: the filter that settles in 0.55 ms.
    .write([0x07, 0xC2, 0x00], to: 0x36),
    .read([0x07], of: 0x36, [0xC2, 0x00]),
  ]

  private func poll(_ driver: inout AS5600, _ bus: inout ScriptedBus, until end: Int64) -> (
    samples: [AngleSample], faults: [DeviceFault]
  ) {
    var now = MonotonicTime.zero
    var (samples, faults): ([AngleSample], [DeviceFault]) = ([], [])
    while now.nanoseconds < end {
      let poll = driver.poll(&bus, now: now)
      if let sample = poll.sample { samples.append(sample) }
      if poll.fault != .none { faults.append(poll.fault) }
      now = poll.next
    }
    return (samples, faults)
  }

  @Test func `it keeps factory bits, reads back, and samples status and angle in one burst`() {
    var bus = ScriptedBus(
      Self.start + [
        .read([0x0B], of: 0x36, [0x20, 0x04, 0x00]),
        .read([0x07], of: 0x36, [0xC2, 0x00]),
        .read([0x0B], of: 0x36, [0x30, 0x08, 0x00]),
      ])
    var driver = AS5600()
    let result = poll(&driver, &bus, until: 11_000_000)
    bus.expectFinished()
    #expect(result.faults == [])
    #expect(result.samples.map(\.magnet) == [.good, .weak])
    #expect(result.samples.last?.angle == Float.pi)
  }

  @Test func `bits that are not used tell another chip`() {
    var bus = ScriptedBus([.read([0x0B], of: 0x36, [0x68, 0x00, 0x00])])
    var driver = AS5600()
    #expect(driver.poll(&bus, now: .zero).fault == .wrongIdentity)
    bus.expectFinished()
  }

  @Test(arguments: [0.0, 1.0, 3.0, 6.28, -0.001, 1_000.5])
  func `readings scatter about the truth within a turn`(_ angle: Double) throws {
    let board = SimulatedBoard(seed: 3, biasScale: 0)
    try board.attach(SimulatedAS5600(), name: "encoder", address: 0x36)
    board.physics.shaftAngles[0] = angle
    var rig = Rig(board, AS5600())
    rig.run(until: 2)
    #expect(rig.faults == [])
    #expect(rig.samples.count >= 495)
    #expect(rig.samples.allSatisfy { $0.angle >= 0 && $0.angle < 2 * Float.pi })
    let turns = (angle / (2 * Double.pi)).rounded(.down)
    let wanted = angle - turns * 2 * Double.pi
    // Across the end of the turn the nearer of both ways counts.
    let errors = rig.samples.map { sample -> Double in
      let error = Double(sample.angle) - wanted
      return error > 3 ? error - 2 * Double.pi : error < -3 ? error + 2 * Double.pi : error
    }
    #expect(abs(errors.mean) < 0.000_5)
    #expect(errors.deviation < 0.001_2)
  }

  @Test func `a missing magnet is a fault of its own, and is over when the magnet is back`() throws {
    let board = SimulatedBoard(seed: 3)
    let chip = try board.attach(SimulatedAS5600(), name: "encoder", address: 0x36)
    var rig = Rig(board, AS5600())
    rig.run(until: 1)
    chip.magnet = .missing
    rig.run(until: 1.5)
    #expect(rig.faults == [.selfReported])
    #expect(rig.samples(from: 1.01, until: 1.5).isEmpty)
    chip.magnet = .strong
    rig.run(until: 2)
    #expect(rig.faults.last == DeviceFault.none)
    #expect(rig.samples.last?.magnet == .strong)
  }

  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.garbage, [.implausibleData, .wrongRegister]),
    (.nack, [.transfer]), (.wrongIdentity, [.wrongIdentity, .implausibleData]), (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults)
  func `it reports the fault and recovers`(_ kind: FaultKind, _ expected: Set<DeviceFault>) throws {
    let chip = SimulatedAS5600()
    expectRecovery(
      try runThroughFault(chip, AS5600(), at: 0x36, kind), reported: expected, perSecond: 250)
    #expect(!chip.wasBurned)
  }

  @Test(arguments: 0..<8, [UInt64(0), 200, 250, 255]) func `it bears any bus, and never burns`(
    _ seed: Int, _ honesty: UInt64
  ) {
    fuzz(AS5600(), plant: [0x0B: 0x20], seed: UInt64(seed), honesty: honesty)
  }

  @Test func `the address pointer stays on an angle, and moves on from the status`() throws {
    let board = SimulatedBoard(seed: 3, noiseScale: 0, biasScale: 0)
    try board.attach(SimulatedAS5600(), name: "encoder", address: 0x36)
    board.physics.shaftAngles[0] = Double.pi
    board.advance(to: MonotonicTime.zero.advanced(milliseconds: 10))
    var bus = board.bus()
    let four: InlineArray<4, UInt8> = try bus.readRegisters(0x0C, of: 0x36)
    #expect([four[0], four[1], four[2], four[3]] == [8, 0, 8, 0])
    let burst: InlineArray<3, UInt8> = try bus.readRegisters(0x0B, of: 0x36)
    #expect([burst[0], burst[1], burst[2]] == [0x20, 8, 0])
  }
}
