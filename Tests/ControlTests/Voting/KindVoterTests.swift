import PortableMath
import Testing

@testable import Control

extension VotedReading {
  /// A reading of a pressure in Pa with a temperature of a chip that is there, or not.
  fileprivate init(pressure: Float, temperature: Float, isPresent: Bool) {
    self.init()
    channels[0] = pressure
    (other, isComparable, self.isPresent) = (temperature, true, isPresent)
  }

  fileprivate var pressure: Float { channels[0] }

  /// Whether there is no reading that is younger than `limit` ns.
  fileprivate func isMissing(at now: Int64, staleAfter limit: Int64) -> Bool {
    isPresent && (count == 0 || now - time > limit)
  }
}

/// Up to three sensors that measure the same, each with an offset of its own, and a voter that chooses among them.
private struct Jury {
  private var voter: KindVoter
  private var readings = InlineArray<3, VotedReading>(
    repeating: VotedReading(pressure: 0, temperature: 20, isPresent: true))
  private var random: RandomGenerator
  private(set) var now: Int64 = 0
  private(set) var voted = VotedReading(pressure: 0, temperature: 20, isPresent: false)
  private(set) var ticks = 0
  /// What the sensors measure, without their offsets and their noise.
  var truth: Float = 100_000
  var offsets: [Float] = [0, 30, -30]
  /// What an instance does: see `Failure`.
  var failures = [Failure](repeating: .none, count: 3)

  enum Failure: CaseIterable { case none, silent, frozen, flat, wrong }

  static let goodFor: Int64 = 1_000_000_000

  init(count: Int = 3, seed: UInt64 = 1) {
    var limits = KindLimits()
    limits.count = count
    for instance in 0..<3 {
      limits.instances[instance] = InstanceLimits(
        staleAfter: 20_000_000, period: 4_000_000, flatAfter: 5, saturatedAfter: 0, errorsAbove: 0.3)
    }
    limits.goodFor = Self.goodFor
    limits.difference = SIMD8(repeating: 20)
    limits.largestOffset = SIMD8(repeating: 300)
    voter = KindVoter(limits)
    random = RandomGenerator(seed: seed)
    for instance in count..<3 { readings[instance].isPresent = false }
  }

  var vote: KindVote { voter.vote }
  var chosen: Int { Int(voter.vote.chosen) }
  func health(_ instance: Int) -> SensorHealth {
    [voter.vote.first, voter.vote.second, voter.vote.third][instance]
  }

  /// A tick of 4 ms, in which every sensor that still does gives a reading.
  mutating func tick() {
    ticks += 1
    now += 4_000_000
    for instance in 0..<3 {
      let fault: UInt8 = failures[instance] == .frozen ? 6 : 0
      (readings[instance].faultValue, readings[instance].fault) = (fault, FaultClass(fault))
      guard failures[instance] != .silent, failures[instance] != .frozen else { continue }
      if failures[instance] != .flat {
        readings[instance].channels[0] =
          truth + offsets[instance] + Float(random.nextUniform(-2, 2))
          + (failures[instance] == .wrong ? 200 : 0)
      }
      readings[instance].count += 1
      // Each sensor samples at a moment of its own.
      readings[instance].time = now - Int64(500_000 * instance)
    }
    voted = voter.reading(readings, VoteTime(now: now, seconds: 0.004, isStartUp: ticks < 375))
  }

  mutating func run(_ seconds: Double) { for _ in 0..<Int(seconds * 250) { tick() } }
}

@Suite struct KindVoterTests {
  @Test func `of healthy sensors the first flies, and nothing is wrong`() {
    var jury = Jury()
    jury.run(3)
    #expect(jury.chosen == 0)
    #expect(!jury.vote.isUndecided)
    #expect(!jury.vote.isRedundancyLost)
    #expect(abs(jury.voted.pressure - jury.truth) < 3)
  }

  @Test(arguments: [Jury.Failure.silent, .frozen, .flat])
  fileprivate func `a spare takes over in the tick in which the first is found bad`(_ failure: Jury.Failure) {
    var jury = Jury()
    jury.run(3)
    jury.failures[0] = failure
    while jury.health(0) == .good, jury.ticks < 2000 { jury.tick() }
    #expect(jury.chosen == 1)
    #expect(jury.vote.isRedundancyLost)
  }

  @Test func `the first comes back when it has been good for the time, and not before`() {
    var jury = Jury()
    jury.run(3)
    jury.failures[0] = .silent
    jury.run(0.5)
    jury.failures[0] = .none
    jury.run(0.98)
    #expect(jury.chosen == 1)
    #expect(jury.health(0) == .recovering)
    jury.run(0.1)
    #expect(jury.chosen == 0)
    #expect(!jury.vote.isRedundancyLost)
  }

  @Test func `a switch does not step what is handed on, however differently the sensors read`() {
    var jury = Jury()
    jury.offsets = [0, 250, -120]
    jury.run(5)
    for failing in 0..<2 {
      jury.failures[failing] = .silent
      for _ in 0..<500 {
        jury.tick()
        #expect(abs(jury.voted.pressure - jury.truth) < 4)
      }
    }
    #expect(jury.chosen == 2)
  }

  @Test func `a slow drift of a healthy sensor is followed, so that it may still take over`() {
    var jury = Jury()
    jury.run(3)
    // 36 Pa, nearly twice what two that agree may differ by, in four minutes.
    for _ in 0..<60_000 {
      jury.offsets[1] += 0.0006
      jury.tick()
    }
    #expect(jury.health(1) == .good)
    jury.failures[0] = .silent
    jury.run(1)
    #expect(jury.chosen == 1)
    #expect(abs(jury.voted.pressure - jury.truth) < 10)
  }

  @Test(arguments: 0..<3) func `of three the one that differs is outvoted`(_ wrong: Int) {
    var jury = Jury()
    jury.run(3)
    jury.failures[wrong] = .wrong
    jury.run(0.5)
    #expect(jury.health(wrong) == .outvoted)
    #expect(jury.chosen == (wrong == 0 ? 1 : 0))
    #expect(!jury.vote.isUndecided)
    #expect(abs(jury.voted.pressure - jury.truth) < 4)
    // And taken back once it agrees again, after its time.
    jury.failures[wrong] = .none
    jury.run(2)
    #expect(jury.health(wrong) == .good)
    #expect(jury.chosen == 0)
  }

  @Test func `a reading far beyond what the two others read is handed on to nobody`() {
    var jury = Jury()
    jury.run(3)
    jury.failures[0] = .wrong
    jury.tick()
    #expect(jury.health(0) == .outvoted)
    #expect(abs(jury.voted.pressure - jury.truth) < 4)
    jury.failures[0] = .none
    jury.tick()
    #expect(jury.health(0) == .recovering)
    jury.run(1.1)
    #expect(jury.chosen == 0)
  }

  @Test func `two that differ stay as they are, and it is said that nobody can tell`() {
    var jury = Jury(count: 2)
    jury.run(3)
    jury.failures[0] = .wrong
    jury.run(0.5)
    #expect(jury.vote.isUndecided)
    #expect(jury.chosen == 0)
    #expect(jury.health(0) == .good)
    jury.failures[0] = .none
    jury.run(1)
    #expect(!jury.vote.isUndecided)
  }

  @Test func `three that all differ are undecided`() {
    var jury = Jury()
    jury.run(3)
    jury.offsets = [0, 330, -330]
    jury.run(0.5)
    #expect(jury.vote.isUndecided)
    #expect(jury.chosen == 0)
  }

  @Test func `an outvoted sensor is no better for the failure of those that outvoted it`() {
    var jury = Jury()
    jury.run(3)
    jury.failures[0] = .wrong
    jury.run(0.5)
    jury.failures[1] = .silent
    jury.run(10)
    #expect(jury.health(0) == .outvoted)
    #expect(jury.chosen == 2)
    jury.failures[2] = .silent
    jury.run(1)
    // Better than none.
    #expect(jury.chosen == 0)
    #expect(jury.vote.first.isDoubtful)
  }

  @Test func `when all have failed the reading grows old`() {
    var jury = Jury()
    jury.run(3)
    let before = jury.now
    jury.failures = [.silent, .flat, .frozen]
    jury.run(1)
    #expect(jury.voted.time - before < 40_000_000)
    #expect(jury.voted.isMissing(at: jury.now, staleAfter: 20_000_000))
    jury.failures[1] = .none
    jury.tick()
    #expect(!jury.voted.isMissing(at: jury.now, staleAfter: 20_000_000))
    #expect(jury.chosen == 1)
  }

  @Test func `a spare that starts sooner hands over smoothly`() {
    var jury = Jury()
    jury.failures[0] = .silent
    jury.run(0.2)
    #expect(jury.chosen == 1)
    jury.failures[0] = .none
    jury.run(0.4)
    #expect(jury.chosen == 1)
    jury.run(0.3)
    #expect(jury.chosen == 0)
    // On the level of the one that was in use first.
    #expect(abs(jury.voted.pressure - jury.truth - jury.offsets[1]) < 4)
  }

  @Test func `a sensor without spares is handed on untouched, whatever it reads`() {
    var limits = KindLimits()
    limits.count = 1
    var voter = KindVoter(limits)
    var random = RandomGenerator(seed: 3)
    let none = VotedReading(pressure: 0, temperature: 0, isPresent: false)
    for tick in 0..<2000 {
      var reading = VotedReading(
        pressure: Float(random.nextUniform(-1, 1)), temperature: Float(random.nextUniform(-1, 1)),
        isPresent: tick > 10)
      reading.count = UInt32(truncatingIfNeeded: random.nextBits() >> 60)
      reading.faultValue = UInt8(random.nextBits() >> 61)
      reading.fault = FaultClass(reading.faultValue)
      reading.time = Int64(random.nextBits() >> 30)
      let handed = voter.reading(
        [reading, none, none], VoteTime(now: reading.time, seconds: 0.004, isStartUp: tick < 100))
      #expect(handed == reading)
    }
  }

  @Test func `a sensor without spares that is flat is as good as silent`() {
    var limits = KindLimits()
    limits.count = 1
    limits.instances[0] = InstanceLimits(staleAfter: 20_000_000, period: 4_000_000, flatAfter: 5)
    var voter = KindVoter(limits)
    let none = VotedReading(pressure: 0, temperature: 0, isPresent: false)
    var reading = VotedReading(pressure: 1, temperature: 0, isPresent: true)
    var handed = reading
    for tick in 1...50 {
      reading.count = UInt32(tick)
      reading.time = Int64(tick) * 4_000_000
      handed = voter.reading(
        [reading, none, none], VoteTime(now: reading.time, seconds: 0.004, isStartUp: false))
    }
    #expect(voter.vote.first == .flat)
    #expect(handed.count == 4)
    #expect(handed.isMissing(at: reading.time, staleAfter: 20_000_000))
  }

  /// Sensors that fail and come back at random: what must hold in every tick of every such story.
  @Test(arguments: UInt64(1)...24)
  func `whatever happens, a healthy sensor flies while there is one, and none flaps`(_ seed: UInt64) {
    var random = RandomGenerator(seed: seed, stream: 5)
    var jury = Jury(count: seed % 3 == 0 ? 2 : 3, seed: seed)
    let count = seed % 3 == 0 ? 2 : 3
    var lastBad = [Int](repeating: .min / 2, count: 3)
    var before = (chosen: 0, time: Int64(0), count: UInt32(0))
    for _ in 0..<8000 {
      if random.nextUniform() < 0.004 {
        let instance = Int(random.nextBits() >> 33) % count
        jury.failures[instance] =
          random.nextUniform() < 0.5
          ? .none : Jury.Failure.allCases[Int(random.nextBits() >> 33) % Jury.Failure.allCases.count]
      }
      jury.truth += Float(random.nextUniform(-1, 1))
      jury.tick()
      let isGood = (0..<count).map { jury.health($0) == .good }
      if isGood.contains(true) { #expect(isGood[jury.chosen], "tick \(jury.ticks)") }
      // Whoever takes another's place while that is healthy has been good for its time.
      let isFirstVote = jury.ticks == 1
      if jury.chosen != before.chosen, !isFirstVote, isGood[before.chosen] {
        #expect(jury.chosen < before.chosen)
        let ticks = Int(Jury.goodFor / 4_000_000)
        #expect(
          jury.ticks - lastBad[jury.chosen] >= ticks || lastBad[jury.chosen] < 375, "tick \(jury.ticks)")
      }
      for instance in 0..<count where !isGood[instance] && jury.health(instance) != .recovering {
        lastBad[instance] = jury.ticks
      }
      // What is handed on never goes back in time, and is numbered anew whenever it is new.
      #expect(jury.voted.time >= before.time)
      #expect(jury.voted.count == before.count || jury.voted.count == before.count + 1)
      if jury.voted.count == before.count { #expect(jury.voted.time == before.time) }
      before = (jury.chosen, jury.voted.time, jury.voted.count)
    }
  }

  @Test func `two voters that see the same decide the same`() {
    var (a, b) = (Jury(seed: 9), Jury(seed: 9))
    for tick in 0..<4000 {
      let failure = Jury.Failure.allCases[tick / 300 % Jury.Failure.allCases.count]
      (a.failures[tick / 700 % 3], b.failures[tick / 700 % 3]) = (failure, failure)
      a.tick()
      b.tick()
      #expect(a.vote == b.vote)
      #expect(a.voted == b.voted)
    }
  }
}
