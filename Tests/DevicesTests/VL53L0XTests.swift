import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// What the VL53L0X's registers mean, against `time_of_flight` in Tests/Fixtures/devices/make_conversions.py.
@Suite struct VL53L0XConversionTests {
  private let vectors: ConversionVectors.TimeOfFlight

  init() throws { vectors = try ConversionVectors.load().time_of_flight }

  @Test func `timeouts keep eight bits of mantissa`() {
    for vector in vectors.timeouts {
      #expect(VL53Timeout.encode(vector.periods) == vector.register)
    }
    #expect(VL53Timeout.encode(.max) == 0x18FF)
  }

  @Test func `a decoded timeout is at most what was encoded, and loses less than a 128th of it`() {
    for vector in vectors.timeouts where vector.periods > 0 {
      let back = VL53Timeout.decode(vector.register)
      #expect(back <= vector.periods && back > vector.periods - 1 - vector.periods / 128)
      #expect(VL53Timeout.encode(back) == vector.register)
    }
  }

  @Test func `a register that no timeout gives decodes without overflow`() {
    #expect(VL53Timeout.decode(0xFFFF) == .max)
    #expect(VL53Timeout.decode(0xFF00) == 1)
    #expect(VL53Timeout.decode(0x18FF) == 0xFF00_0001)
  }

  @Test func `a macro period is 2304 laser periods`() {
    // 53383.68 and 38131.2 ns.
    #expect(VL53L0X.macroPeriod(laserPeriod: 6) == 53_384)
    #expect(VL53L0X.macroPeriod(laserPeriod: 4) == 38_131)
    #expect(VL53L0X.macroPeriods(microseconds: 8_087, macroPeriod: 53_384) == 151)
    #expect(VL53L0X.microseconds(macroPeriods: 151, macroPeriod: 53_384) == 8_087)
  }

  @Test func `the final range takes what the other steps leave of the timing budget`() {
    for vector in vectors.budgets {
      #expect(VL53L0X.finalTimeout(budget: vector.budget) == vector.register, "\(vector.budget) µs")
    }
  }

  @Test func `the signal rate limit is 9.7 fixed point, and ends at its largest`() {
    for vector in vectors.rates {
      #expect(VL53L0X.signalRateLimit(vector.rate) == vector.register, "\(vector.rate) Mcps")
    }
    #expect(VL53L0X.signalRateLimit(-1) == 0)
    #expect(VL53L0X.signalRateLimit(.nan) == 0)
    #expect(VL53L0X.signalRateLimit(.infinity) == 0xFFFF)
  }

  @Test func `the first good reference photodiodes of the factory's kind are used, or the trim is refused`() {
    for vector in vectors.maps {
      var factory = VL53L0X.FactoryValues()
      factory.take(reference: vector.reference)
      for (index, byte) in vector.good.enumerated() { factory.good[index] = byte }
      let map = factory.map.map { map in map.indices.map { map[$0] } }
      #expect(map == vector.map, "\(vector.reference) of \(vector.good)")
    }
  }

  @Test func `range status and distance mean what ST says`() throws {
    for vector in vectors.frames {
      let verdict = VL53L0X.verdict(status: vector.frame[0])
      #expect("\(verdict)" == vector.verdict, "status \(vector.frame[0])")
      let raw = UInt16(vector.frame[10]) << 8 | UInt16(vector.frame[11])
      let distance = try #require(VL53L0X.distance(raw: raw))
      #expect(abs(Double(distance) - vector.distance) < 1e-6)
      #expect((verdict == .valid && VL53L0X.isTarget(raw: raw)) == vector.valid)
    }
    #expect(VL53L0X.distance(raw: 8_191) == 8.191)
    #expect(VL53L0X.distance(raw: 8_192) == nil)
  }

  @Test func `the tuning is ST's table`() {
    // FNV-1a over the bytes of DefaultTuningSettings without the counts, worked out from vl53l0x_tuning.h as it stands in
    // two copies of the API, and from the same writes in Pololu's library.
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<VL53L0XTuning.count {
      let (register, value) = VL53L0XTuning.write(index)
      for byte in [register, value] { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    #expect(digest == 0xC76D_6D80_CFAB_5793)
  }

  @Test func `the timing that is counted on is what the tuning leaves`() {
    var page: UInt8 = 0
    var registers: [UInt8: UInt8] = [:]
    for index in 0..<VL53L0XTuning.count {
      let (register, value) = VL53L0XTuning.write(index)
      if register == 0xFF { page = value } else if page == 0 { registers[register] = value }
    }
    let driver = VL53L0X()
    for row in 4...8 {
      let setting = driver.setting(at: row)
      #expect(registers[UInt8(setting.register)] == setting.value)
    }
    #expect(page == 0)
  }
}

/// What the driver says on the bus.
@Suite struct VL53L0XScriptTests {
  private static func write(_ bytes: UInt8...) -> ScriptedBus.Step { .write(bytes, to: 0x29) }
  private static func read(_ register: UInt8, _ reply: UInt8...) -> ScriptedBus.Step {
    .read([register], of: 0x29, reply)
  }

  private static let reset = [write(0xFF, 0), write(0xBF, 0), write(0xBF, 1)]
  private static let open = [write(0x80, 1), write(0xFF, 1), write(0x00, 0)]
  private static let close = [write(0x00, 1), write(0xFF, 0), write(0x80, 0)]

  /// Reading what the factory wrote: seven photodiodes behind the aperture, of those that are good.
  private static func trim(_ reference: UInt8) -> [ScriptedBus.Step] {
    func word(_ address: UInt8, _ data: [UInt8]) -> [ScriptedBus.Step] {
      [
        write(0x94, address), write(0x83, 0), read(0x83, 0), read(0x83, 0x10), write(0x83, 1),
        .read([0x90], of: 0x29, data),
      ]
    }
    return [read(0x89, 0x10), write(0x89, 0x11), write(0x88, 0)] + open + [read(0x91, 0x3C)] + close + open
      + [write(0xFF, 6), read(0x83, 0x20), write(0x83, 0x24), write(0xFF, 7), write(0x81, 1), write(0x80, 1)]
      + word(0x6B, [0, 0, reference, 0]) + word(0x24, [0xFE, 0x5F, 0xEF, 0xFF])
      + word(0x25, [0xFF, 0x0F, 0, 0])
      + [write(0x81, 0), write(0xFF, 6), read(0x83, 0x24), write(0x83, 0x20), write(0xFF, 1)] + close
      + [read(0xF8, 0x03, 0xE8)]
  }

  /// The register table for 25 Hz and 33 ms, with 1000 counts to the millisecond.
  private static let table: [(UInt8, UInt8)] = [
    (0x0A, 0x04), (0x01, 0xE8), (0x44, 0x00), (0x45, 0x20), (0x46, 0x25), (0x50, 0x06), (0x51, 0x00),
    (0x52, 0x96), (0x70, 0x04), (0x71, 0x02), (0x72, 0x8A), (0x04, 0x00), (0x05, 0x00), (0x06, 0x9C),
    (0x07, 0x40),
  ]

  private static func start(_ reference: UInt8 = 0x87, mode: UInt8 = 0x04) -> [ScriptedBus.Step] {
    var steps = reset + [read(0xC0, 0), read(0xC0, 0xEE)] + trim(reference)
    steps += [write(0xFF, 1), write(0x4F, 0), write(0x4E, 0x2C), write(0xFF, 0), write(0xB6, 0xB4)]
    steps.append(write(0xB0, 0x00, 0x50, 0x2F, 0x00, 0x00, 0x00))
    steps += (0..<VL53L0XTuning.count).map {
      let (register, value) = VL53L0XTuning.write($0)
      return write(register, value)
    }
    steps += table.map { write($0, $1) }
    steps += [read(0x84, 0x11), write(0x84, 0x01), write(0x0B, 1)]
    for (sequence, command) in [(0x01, 0x41), (0x02, 0x01)] as [(UInt8, UInt8)] {
      steps += [write(0x01, sequence), write(0x00, command), read(0x13, 0), read(0x13, 4), write(0x0B, 1)]
      steps.append(write(0x00, 0))
    }
    steps.append(write(0x01, 0xE8))
    steps += table.map { read($0, $1) }
    return steps + open + [write(0x91, 0x3C)] + close + [write(0x00, mode)]
  }

  @Test func `it resets, identifies, reads the factory's values, tunes, calibrates, reads back, and ranges`()
  {
    var bus = ScriptedBus(
      Self.start() + [
        Self.read(0x13, 0), Self.read(0x13, 4),
        // 180 photodiodes, 2 Mcps of signal, 0.5 of ambient light, 1234 mm.
        Self.read(0x14, 0x59, 0, 0xB4, 0, 0, 0, 0x01, 0x00, 0x00, 0x40, 0x04, 0xD2), Self.write(0x0B, 1),
      ])
    var driver = VL53L0X()
    var now = MonotonicTime.zero
    var samples: [RangeSample] = []
    while samples.isEmpty, now.nanoseconds < 1_000_000_000 {
      let poll = driver.poll(&bus, now: now)
      #expect(poll.fault == .none)
      if let sample = poll.sample { samples.append(sample) }
      now = poll.next
    }
    bus.expectFinished()
    #expect(samples == [RangeSample(distance: 1.234, isValid: true)])
    #expect(driver.identity == 0xEE)
  }

  @Test func `at its largest rate it measures back to back`() {
    var options = VL53L0X.Options()
    options.rate = 30
    #expect(options.isBackToBack && options.maximumRate > 30)
    options.rate = 25
    #expect(!options.isBackToBack)
  }

  @Test(arguments: [0x80, 0x00, 0x8D, 0xA1, 0x0D, 0xFF] as [UInt8])
  func `a number of reference photodiodes that cannot be is refused`(_ reference: UInt8) {
    // 14 and more good ones behind the aperture there are; 0, 33 and 13 without an aperture there cannot be.
    let isPossible = reference == 0x8D
    var bus = ScriptedBus(
      Self.reset + [Self.read(0xC0, 0xEE)] + Self.trim(reference)
        + (isPossible ? [Self.write(0xFF, 1)] : []))
    var driver = VL53L0X()
    var now = MonotonicTime.zero
    var fault = DeviceFault.none
    while now.nanoseconds < 90_000_000, fault == .none, driver.stage != .configure {
      let poll = driver.poll(&bus, now: now)
      (fault, now) = (poll.fault, poll.next)
    }
    if isPossible { _ = driver.poll(&bus, now: now) }
    bus.expectFinished()
    #expect(fault == (isPossible ? .none : .badTrim))
  }

  @Test func `a memory of the factory's that never answers ends the start`() {
    let strobe = Self.trim(0x87).prefix { $0 != Self.read(0x83, 0) }
    var bus = ScriptedBus(
      Self.reset + [Self.read(0xC0, 0xEE)] + strobe + (0..<50).map { _ in Self.read(0x83, 0) })
    var driver = VL53L0X()
    let result = script(&driver, &bus, until: 120_000_000)
    bus.expectFinished()
    #expect(result.faults.first == .notReady)
    #expect(driver.stage == .reset)
  }
}

/// The driver against the chip at register level.
@Suite struct VL53L0XSimulatedTests {
  private func board(noise: Double = 1) throws -> SimulatedBoard {
    let board = SimulatedBoard(seed: 5, noiseScale: noise, biasScale: 0)
    try board.attach(SimulatedVL53L0X(), name: "range", address: 0x29)
    return board
  }

  @Test func `samples at the rate of the chip without a fault`() throws {
    let board = try board()
    board.physics.rangeToGround = 0.8
    var rig = Rig(board, VL53L0X())
    rig.run(until: 5)
    #expect(rig.faults == [])
    #expect(rig.samples(from: 1, until: 5).count >= 97 && rig.samples(from: 1, until: 5).count <= 100)
    #expect(rig.samples.allSatisfy { $0.isValid })
    #expect(rig.times.first ?? 9 < 0.2)
  }

  @Test func `back to back it samples as fast as the timing budget lets it`() throws {
    let board = try board()
    board.physics.rangeToGround = 0.8
    var options = VL53L0X.Options()
    (options.rate, options.timingBudget) = (50, 20_000)
    var rig = Rig(board, VL53L0X(options: options))
    rig.run(until: 3)
    #expect(rig.faults == [])
    // A measurement ends in its budget, and not far from it.
    let count = rig.samples(from: 1, until: 3).count
    #expect(count >= 96 && count <= 103, "\(count) samples")
  }

  @Test(arguments: [0.05, 0.3, 0.8, 1.15])
  func `readings scatter about the truth`(_ distance: Double) throws {
    let board = try board()
    board.physics.rangeToGround = distance
    var rig = Rig(board, VL53L0X())
    rig.run(until: 10)
    let distances = rig.samples.filter(\.isValid).map { Double($0.distance) }
    #expect(distances.count > 200)
    #expect(abs(distances.mean - distance) < 0.003)
    #expect(distances.deviation < 0.004 + 0.014 * distance)
  }

  @Test func `a target out of reach, or none, is not valid, and no fault`() throws {
    let board = try board()
    board.physics.rangeToGround = 2
    var rig = Rig(board, VL53L0X())
    rig.run(until: 2)
    board.physics.rangeToGround = nil
    rig.run(until: 4)
    #expect(rig.samples.count > 80)
    #expect(rig.samples.allSatisfy { !$0.isValid })
    #expect(rig.faults == [])
  }

  @Test func `a lower limit of the signal reaches farther`() throws {
    let board = try board()
    board.physics.rangeToGround = 1.7
    var options = VL53L0X.Options()
    options.signalRateLimit = 0.1
    var rig = Rig(board, VL53L0X(options: options))
    rig.run(until: 1)
    #expect(rig.samples.last?.isValid == true)
  }

  @Test func `nothing to see, without any noise, is not taken for a frozen chip`() throws {
    let board = try board(noise: 0)
    board.physics.rangeToGround = nil
    var rig = Rig(board, VL53L0X())
    rig.run(until: 5)
    #expect(rig.faults == [])
  }

  @Test func `a program that crashed anywhere in the start does not keep the next one from it`() throws {
    for polls in stride(from: 1, to: 230, by: 7) {
      let board = try board()
      board.physics.rangeToGround = 1
      var bus = board.bus()
      var crashed = VL53L0X()
      for _ in 0..<polls {
        let next = crashed.poll(&bus, now: board.now).next
        board.advance(to: max(next, bus.busyUntil))
      }
      var rig = Rig(board, VL53L0X())
      rig.run(until: board.now.seconds + 0.4)
      #expect(rig.samples.count >= 5 && rig.faults == [], "after \(polls) calls")
    }
  }

  @Test func `errors of the bus are borne`() throws {
    try expectBearsBusErrors({ SimulatedVL53L0X() }, VL53L0X(), at: 0x29, perSecond: 24)
  }

  @Test func `a VL53L1X in its place is refused and recognised`() throws {
    let board = SimulatedBoard(seed: 7, biasScale: 0)
    try board.attach(SimulatedVL53L1X(), name: "range", address: 0x29)
    var rig = Rig(board, VL53L0X())
    rig.run(until: 1)
    #expect(rig.faults == [.wrongIdentity])
    #expect(rig.driver.identity == 0xEA)
    #expect(VL53L0X.facts.identity?.likelyPart(0xEA) == .other("VL53L1X"))
  }

  @Test func `in the place of a VL53L1X it is refused and recognised`() throws {
    let board = try board()
    var rig = Rig(board, VL53L1X())
    rig.run(until: 1)
    #expect(rig.faults == [.wrongIdentity])
    #expect(rig.driver.identity == 0xEE)
    #expect(VL53L1X.facts.identity?.likelyPart(0xEE) == .other("VL53L0X"))
  }
}
