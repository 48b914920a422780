import HardwareInterfaces
import Signals
import Testing

@testable import Control

/// One sensor of 500 Hz in a loop of 500 Hz, whose every reading differs from the last unless a test says otherwise.
private struct Specimen {
  private var health = InstanceHealth()
  private var reading = VotedReading()
  private var now: Int64 = 0
  private var count: Float = 0
  var limits = InstanceLimits()
  var goodFor: Int64 = 100_000_000

  init() {
    (limits.staleAfter, limits.period) = (12_000_000, 2_000_000)
    (limits.flatAfter, limits.saturatedAfter, limits.errorsAbove) = (5, 3, 0.3)
    limits.fullScale = SIMD8(repeating: 1000)
    (reading.isPresent, reading.isComparable) = (true, true)
  }

  /// A tick without a new reading.
  mutating func silence(
    _ fault: DeviceFault = .none, ticks: Int = 1, isOutvoted: Bool = false, isStartUp: Bool = false
  ) -> SensorHealth {
    for _ in 0..<ticks {
      now += 2_000_000
      reading.fault = FaultClass(fault.rawValue)
      settle(isOutvoted, isStartUp)
    }
    return health.health
  }

  /// Ticks with a new reading each; of the same `value`, or of one of its own.
  mutating func read(
    _ value: Float? = nil, _ fault: DeviceFault = .none, ticks: Int = 1, isOutvoted: Bool = false,
    isStartUp: Bool = false
  ) -> SensorHealth {
    for _ in 0..<ticks {
      now += 2_000_000
      count = count > 900 ? 1 : count + 1
      reading.channels[0] = value ?? count
      reading.time = now
      reading.count += 1
      reading.fault = FaultClass(fault.rawValue)
      settle(isOutvoted, isStartUp)
    }
    return health.health
  }

  mutating func jumpBack(milliseconds: Int64) {
    now -= 1_000_000 * milliseconds
  }

  var errorShare: Float { health.errorShare }

  private mutating func settle(_ isOutvoted: Bool, _ isStartUp: Bool) {
    let judged = health.judge(reading, at: now, limits)
    health.settle(judged, isOutvoted: isOutvoted, isStartUp: isStartUp, goodFor: goodFor, at: now)
  }
}

@Suite struct InstanceHealthTests {
  @Test func `a sensor that is not there is absent`() {
    var health = InstanceHealth()
    #expect(health.judge(VotedReading(), at: 0, InstanceLimits()) == .absent)
  }

  @Test func `the first reading makes a starting sensor good at once`() {
    var specimen = Specimen()
    #expect(specimen.silence(isStartUp: true) == .starting)
    #expect(specimen.silence(.notReady, isStartUp: true) == .faulty)
    #expect(specimen.read(isStartUp: true) == .good)
  }

  @Test func `a sensor that appears when all others have started must prove itself`() {
    var specimen = Specimen()
    #expect(specimen.silence(.missing) == .faulty)
    #expect(specimen.read() == .recovering)
    #expect(specimen.read(ticks: 48) == .recovering)
    #expect(specimen.read() == .good)
  }

  @Test func `readings grow stale with their age, not with the number of ticks`() {
    var specimen = Specimen()
    #expect(specimen.read() == .good)
    #expect(specimen.silence(ticks: 6) == .good)
    #expect(specimen.silence() == .stale)
    #expect(specimen.read() == .recovering)
  }

  @Test(arguments: [
    DeviceFault.wrongIdentity, .wrongRegister, .frozenData, .notReady, .badTrim, .selfReported,
  ])
  func `a fault that starts the device again makes it faulty at once`(_ fault: DeviceFault) {
    var specimen = Specimen()
    #expect(specimen.read() == .good)
    #expect(specimen.silence(fault) == .faulty)
    #expect(specimen.read() == .recovering)
  }

  @Test(arguments: [DeviceFault.missing, .transfer, .implausibleData])
  func `a single failed transfer is no reason to leave a sensor`(_ fault: DeviceFault) {
    var specimen = Specimen()
    #expect(specimen.read() == .good)
    #expect(specimen.silence(fault) == .good)
    #expect(specimen.read() == .good)
  }

  @Test func `the same reading is flat at the configured count, and not before`() {
    var specimen = Specimen()
    #expect(specimen.read(7, ticks: 4) == .good)
    #expect(specimen.read(7) == .flat)
    #expect(specimen.read(8) == .recovering)
  }

  @Test func `a reading that is read in several ticks counts once`() {
    var specimen = Specimen()
    specimen.limits.staleAfter = .max
    #expect(specimen.read(7) == .good)
    #expect(specimen.silence(ticks: 20) == .good)
  }

  @Test func `without a count nothing is flat`() {
    var specimen = Specimen()
    specimen.limits.flatAfter = 0
    #expect(specimen.read(7, ticks: 1000) == .good)
  }

  @Test(arguments: [Float(1001), -1001]) func `readings beyond the range are saturated, equal as they are`(
    _ value: Float
  ) {
    var specimen = Specimen()
    #expect(specimen.read(value, ticks: 2) == .good)
    #expect(specimen.read(value, ticks: 20) == .saturated)
    #expect(specimen.read() == .recovering)
  }

  @Test func `without a count nothing is saturated`() {
    var specimen = Specimen()
    (specimen.limits.saturatedAfter, specimen.limits.flatAfter) = (0, 0)
    #expect(specimen.read(2000, ticks: 1000) == .good)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func `what is no number is faulty`(_ value: Float) {
    var specimen = Specimen()
    #expect(specimen.read(value) == .faulty)
    #expect(specimen.read() == .recovering)
  }

  @Test func `many failures among the attempts are failing, until they are rare again`() {
    var specimen = Specimen()
    #expect(specimen.read() == .good)
    var health = SensorHealth.good
    var attempts = 0
    while health == .good, attempts < 200 {
      _ = specimen.silence(.transfer)
      health = specimen.read()
      attempts += 2
    }
    #expect(health == .failing)
    #expect(specimen.errorShare > 0.29)
    // Half of the limit, and not the limit itself, ends it.
    while specimen.errorShare > 0.2 { #expect(specimen.read() == .failing) }
    while specimen.errorShare >= 0.15 { health = specimen.read() }
    #expect(health == .recovering)
  }

  @Test func `one failure in ten never counts as failing`() {
    var specimen = Specimen()
    for _ in 0..<300 {
      #expect(specimen.read(ticks: 9) == .good)
      #expect(specimen.silence(.transfer) == .good)
    }
  }

  @Test func `a fault of a slow sensor counts once for each of its attempts`() {
    var (fast, slow) = (Specimen(), Specimen())
    slow.limits.period = 20_000_000
    (fast.limits.staleAfter, slow.limits.staleAfter) = (.max, .max)
    _ = (fast.read(), slow.read())
    _ = (fast.silence(.transfer, ticks: 10), slow.silence(.transfer, ticks: 10))
    #expect(slow.errorShare == 1 / InstanceHealth.errorWindow)
    #expect(fast.errorShare > 0.15)
  }

  @Test func `a relapse begins the time of recovery anew`() {
    var specimen = Specimen()
    _ = specimen.read()
    _ = specimen.silence(.frozenData)
    #expect(specimen.read(ticks: 40) == .recovering)
    _ = specimen.silence(.frozenData)
    #expect(specimen.read(ticks: 49) == .recovering)
    #expect(specimen.read() == .good)
  }

  @Test func `only a good sensor can be outvoted, and it must recover from that`() {
    var specimen = Specimen()
    #expect(specimen.read(isOutvoted: true) == .outvoted)
    #expect(specimen.read() == .recovering)
    #expect(specimen.silence(.frozenData, isOutvoted: true) == .faulty)
  }

  @Test func `a clock that jumps back does not keep it waiting for ever`() {
    var specimen = Specimen()
    _ = specimen.read()
    _ = specimen.silence(.frozenData, ticks: 5)
    specimen.jumpBack(milliseconds: 10_000)
    #expect(specimen.read(ticks: 50) == .recovering)
    #expect(specimen.read() == .good)
  }

  @Test func `what gives nothing to go by ranks below what gives something`() {
    for health in SensorHealth.allCases where health != .good {
      #expect(health.rank < SensorHealth.good.rank)
      if health.isDoubtful { #expect(health.rank > SensorHealth.flat.rank) }
    }
    #expect(Set(SensorHealth.allCases.map(\.text)).count == SensorHealth.allCases.count)
  }

  @Test func `the names of a device's faults are those of the drivers`() {
    guard case .choice(let names) = SignalKind.deviceFault else {
      Issue.record("faults are no choice")
      return
    }
    for (value, name) in names.enumerated() {
      let fault = DeviceFault(rawValue: UInt8(value)).map { "\($0)" }
      #expect(fault?.lowercased() == name.filter { $0 != "_" })
    }
    #expect(DeviceFault(rawValue: UInt8(names.count)) == nil)
  }
}
