import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The INA226: conversions, its driver on a script, and against the chip at register level.
@Suite struct INA226Tests {
  @Test func `conversions give the datasheet's example`() {
    // SBOS547, table 8-1: 10 A through 2 mΩ is 20 mV, 8000 counts; 11.98 V is 9584 counts.
    #expect(abs(INA226.current(rawShunt: 8000, resistance: 0.002) - 10) < 1e-5)
    #expect(abs(INA226.busVoltage(raw: 9584) - 11.98) < 1e-5)
    #expect(abs(INA226.current(rawShunt: -32_768, resistance: 0.1) + 0.8192) < 1e-6)
    #expect(abs(INA226.busVoltage(raw: 0x7FFF) - 40.958_75) < 1e-4)
  }

  private func poll(_ driver: inout INA226, _ bus: inout ScriptedBus, until end: Int64) -> [PowerSample] {
    var now = MonotonicTime.zero
    var samples: [PowerSample] = []
    while now.nanoseconds < end {
      let poll = driver.poll(&bus, now: now)
      if let sample = poll.sample { samples.append(sample) }
      now = poll.next
    }
    return samples
  }

  private static let start: [ScriptedBus.Step] = [
    .write([0x00, 0x80, 0x00], to: 0x40),
    .read([0xFE], of: 0x40, [0x54, 0x49]),
    .read([0xFF], of: 0x40, [0x22, 0x60]),
    .write([0x00, 0x43, 0x27], to: 0x40),
    .read([0x00], of: 0x40, [0x43, 0x27]),
  ]

  @Test func `it resets, identifies both numbers, configures, reads back, and samples flag first`() {
    var bus = ScriptedBus(
      Self.start + [
        .read([0x06], of: 0x40, [0x00, 0x08]),
        .read([0x02], of: 0x40, [0x25, 0x70]),
        .read([0x01], of: 0x40, [0x1F, 0x40]),
        .read([0x00], of: 0x40, [0x43, 0x27]),
      ])
    var options = INA226.Options()
    options.shuntResistance = 0.002
    var driver = INA226(options: options)
    let samples = poll(&driver, &bus, until: 12_000_000)
    bus.expectFinished()
    #expect(driver.identity == 0x54)
    #expect(samples.count == 1)
    #expect(abs((samples.first?.current ?? 0) - 10) < 1e-5)
  }

  @Test func `an INA219 at the address is not taken for it`() {
    var bus = ScriptedBus([
      .write([0x00, 0x80, 0x00], to: 0x40),
      .read([0xFE], of: 0x40, [0x39, 0x9F]),
      .read([0xFF], of: 0x40, [0x39, 0x9F]),
    ])
    var driver = INA226()
    let result = poll(&driver, &bus, until: 90_000_000)
    bus.expectFinished()
    #expect(result.isEmpty && driver.stage == .reset)
  }

  @Test func `readings scatter about the truth within the converters' steps, both ways`() throws {
    let board = SimulatedBoard(seed: 9, biasScale: 0)
    try board.attach(SimulatedINA226(shuntResistance: 0.002), name: "power", address: 0x41)
    board.physics.batteryVoltage = 11.1
    board.physics.batteryCurrent = -14
    var options = INA226.Options()
    options.address = 0x41
    options.rate = 100
    options.shuntResistance = 0.002
    var rig = Rig(board, INA226(options: options))
    rig.run(until: 5)
    #expect(rig.faults == [])
    #expect(rig.samples.count >= 495)
    #expect(abs(rig.samples.map { Double($0.voltage) }.mean - 11.1) < 0.000_5)
    let currents = rig.samples.map { Double($0.current) }
    #expect(abs(currents.mean + 14) < 0.000_5)
    #expect(currents.deviation < 0.002)
  }

  // A conversion ten times as long, 88 ms, still ends within the 100 ms between two samples: no fault.
  private static let faults: [(FaultKind, Set<DeviceFault>)] = [
    (FaultKind.off, [DeviceFault.missing]), (.stuck, [.frozenData]),
    (.garbage, [.wrongRegister, .implausibleData, .wrongIdentity]), (.nack, [.transfer]),
    (.wrongIdentity, [.wrongIdentity]), (.brownOut, [.wrongRegister]),
  ]

  @Test(arguments: faults)
  func `it reports the fault and recovers`(_ kind: FaultKind, _ expected: Set<DeviceFault>) throws {
    expectRecovery(
      try runThroughFault(SimulatedINA226(), INA226(), at: 0x40, kind), reported: expected, perSecond: 10)
  }

  @Test(arguments: 0..<8, [UInt64(0), 200, 250, 255]) func `it bears any bus`(_ seed: Int, _ honesty: UInt64)
  {
    fuzz(
      INA226(), plant: [0: 0x43, 1: 0x27, 0xFE: 0x54, 0xFF: 0x49, 0x100: 0x60], seed: UInt64(seed),
      honesty: honesty)
  }

  @Test func `the chip works out current and power from its calibration, as in the datasheet`() throws {
    let board = SimulatedBoard(seed: 1, noiseScale: 0, biasScale: 0)
    board.physics.batteryVoltage = 11.98
    board.physics.batteryCurrent = 10
    try board.attach(SimulatedINA226(shuntResistance: 0.002), name: "power", address: 0x40)
    var bus = board.bus()
    #expect(try bus.readWord(0, of: 0x40) == 0x4127)
    try bus.writeWord(5, 2560, of: 0x40)
    board.advance(to: MonotonicTime.zero.advanced(milliseconds: 3))
    #expect(try bus.readWord(1, of: 0x40) == 8000)
    #expect(try bus.readWord(2, of: 0x40) == 9584)
    #expect(try bus.readWord(4, of: 0x40) == 10_000)
    #expect(try bus.readWord(3, of: 0x40) == 4792)
    #expect(try bus.readWord(6, of: 0x40) & 8 == 8)
    #expect(try bus.readWord(6, of: 0x40) & 8 == 0)
  }
}
