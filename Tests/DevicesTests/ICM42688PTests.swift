import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The ICM-42688-P.
@Suite struct ICM42688PTests {
  private static func driver(_ accepted: [UInt8]? = nil) -> ICM42688P {
    var options = ICM42688P.Options()
    options.acceptedIdentities = accepted ?? options.acceptedIdentities
    return ICM42688P(options: options)
  }

  @Test func `frames mean what the script says`() throws {
    try expectVectors(of: "icm42688p", at: 0x1D, before: [.write([0x76, 0x00], to: 0x68)]) { ICM42688P($0) }
  }

  @Test func `power comes last, and the chip is left alone for a while`() throws {
    let table: [(UInt8, UInt8)] = [
      (0x4E, 0x0F), (0x4F, 0x26), (0x50, 0x26), (0x52, 0x44), (0x65, 0x08), (0x4D, 0x51),
    ]
    var steps: [ScriptedBus.Step] = [
      .write([0x76, 0x00], to: 0x68), .write([0x11, 0x01], to: 0x68), .write([0x76, 0x00], to: 0x68),
      .read([0x75], of: 0x68, [0x47]),
    ]
    steps += table.reversed().map { .write([$0, $1], to: 0x68) }
    steps += table.map { .read([$0], of: 0x68, [$1]) }
    // 25 °C, 1 g along z, half of full scale about x; then the re-check of the first register.
    steps += [
      .read([0x1D], of: 0x68, [0, 0, 0, 0, 0, 0, 0x10, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x08]),
      .read([0x4E], of: 0x68, [0x0F]),
    ]
    var bus = ScriptedBus(steps)
    var driver = ICM42688P()
    var times: [Int64] = []
    var now = MonotonicTime.zero
    while now.nanoseconds < 66_000_000 {
      times.append(now.nanoseconds)
      let poll = driver.poll(&bus, now: now)
      #expect(poll.fault == .none)
      if let sample = poll.sample {
        #expect(sample.accelerationZ == 9.80665)
        #expect(abs(sample.rateX - 8.726646) < 1e-5)
        #expect(sample.temperature == 25)
      }
      now = poll.next
    }
    bus.expectFinished()
    // 200 µs without a write after the converters are on.
    #expect(times.contains(5_000_000) && times.contains(5_300_000))
  }

  @Test func `data that were never measured are no reading`() throws {
    var driver = ICM42688P()
    let blank: [UInt8] = [0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0, 0, 0, 0]
    var bus = ScriptedBus([.write([0x76, 0x00], to: 0x68), .read([0x1D], of: 0x68, blank)])
    let sample = try driver.sample(&bus, now: .zero)
    #expect(sample == nil)
    #expect(driver.core.state.fault == .implausibleData)
  }

  @Test func `readings scatter about the truth`() throws {
    try expectTruth(
      SimulatedICM42688P(), ICM42688P(), at: 0x68, gyro: (0.0028, 100), accelerometer: (70, 100))
  }

  @Test func `another chip is refused until it is accepted`() throws {
    try expectRefusal(of: { SimulatedICM42688P(identity: 0x42) }, identity: 0x42, at: 0x68) {
      Self.driver($0)
    }
    #expect(ICM42688P.facts.identity?.likelyPart(0x42) == .compatible("ICM-42605, the same registers"))
    #expect(ICM42688P.facts.identity?.likelyPart(0x68) == .other("MPU-6050"))
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
      try runThroughFault(SimulatedICM42688P(), ICM42688P(), at: 0x68, kind), reported: expected,
      perSecond: 500)
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedICM42688P() }, ICM42688P(), at: 0x68, perSecond: 500)
  }

  @Test(arguments: 0..<4, honesties) func `it bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(ICM42688P(), plant: [0x75: 0x47], seed: UInt64(seed), honesty: honesty)
  }
}
