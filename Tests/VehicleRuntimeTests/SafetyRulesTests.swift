import Testing

@testable import VehicleConfiguration

@Suite("Arming and failsafe")
struct SafetyRulesTests {
  @Test("It arms on request when nothing inhibits, and says so once")
  func arms() throws {
    var bench = try SafetyBench()
    #expect(bench.run() == false)
    bench.armRequested = true
    #expect(bench.run() == true)
    #expect(bench.mode == .active)
    #expect(bench.run(ticks: 10) == false)
  }

  @Test("A request that already stands at start does not arm until it was taken back")
  func requestAtStart() throws {
    var bench = try SafetyBench()
    bench.armRequested = true
    bench.run(ticks: 100)
    #expect(bench.mode == .disarmed)
    #expect(bench.inhibitList == [.awaitingDisarm])
    bench.arm()
    #expect(bench.mode == .active)
  }

  @Test("Every single inhibit keeps it disarmed", arguments: ArmingInhibit.allCases)
  func inhibits(_ inhibit: ArmingInhibit) throws {
    var bench = try SafetyBench()
    // Two are the state machine's own: a request from the start on, and a fault that would end the flight.
    if inhibit != .awaitingDisarm { bench.run() }
    bench.set(reason: inhibit, true)
    bench.armRequested = true
    bench.run(ticks: 10)
    #expect(bench.mode == .disarmed)
    #expect(bench.inhibits & inhibit.bit != 0)
  }

  @Test("Each condition leads to the reaction of its standard rule", arguments: FailsafeCondition.allCases)
  func reactions(_ condition: FailsafeCondition) throws {
    var bench = try SafetyBench()
    bench.arm()
    bench.set(condition, true)
    bench.run(ticks: 400)
    switch condition.standardRule.action {
    case .warn: #expect(bench.mode == .active && !bench.isClassical)
    case .hold: #expect(bench.mode == .hold)
    case .classical: #expect(bench.mode == .active && bench.isClassical)
    case .land: #expect(bench.mode == .landing && bench.isClassical)
    case .disarm: #expect(bench.mode == .terminated)
    }
    #expect(bench.reacting & condition.bit != 0)
  }

  @Test("A condition shorter than its delay raises no reaction")
  func delay() throws {
    var bench = try SafetyBench()
    bench.arm()
    for _ in 0..<50 {
      bench.set(.tilt, true)
      bench.run(ticks: 24)  // 24 ticks span 92 ms from first to last, less than the 100 ms of the rule
      bench.set(.tilt, false)
      bench.run()
    }
    #expect(bench.mode == .active)
    bench.set(.tilt, true)
    bench.run(ticks: 27)
    #expect(bench.mode == .terminated)
  }

  @Test("The strongest of several reactions wins")
  func strongest() throws {
    var bench = try SafetyBench()
    bench.arm()
    bench.set(.rangeStale, true)
    bench.set(.networkFault, true)
    bench.set(.altitudeLost, true)
    bench.run()
    #expect(bench.mode == .landing)
    bench.set(.imuStale, true)
    bench.run()
    #expect(bench.mode == .terminated)
  }

  @Test("A stopped vehicle arms again only after the request was taken back")
  func rearming() throws {
    var bench = try SafetyBench()
    bench.arm()
    bench.set(.killSwitch, true)
    bench.run()
    #expect(bench.mode == .terminated)
    bench.set(.killSwitch, false)
    bench.run(ticks: 100)
    #expect(bench.mode == .terminated)
    bench.armRequested = false
    bench.run()
    #expect(bench.mode == .disarmed)
    bench.armRequested = true
    #expect(bench.run() == true)
  }

  @Test("A kill switch that is let go does not arm, however long arming has been asked for")
  func releasedSwitch() throws {
    var bench = try SafetyBench()
    bench.run()
    bench.set(.killSwitch, true)
    bench.armRequested = true
    bench.run(ticks: 10)
    #expect(bench.inhibitList == [.killSwitch, .awaitingDisarm, .failsafe])
    bench.set(.killSwitch, false)
    #expect(bench.run(ticks: 100) == false)
    #expect(bench.mode == .disarmed)
    #expect(bench.inhibitList == [.awaitingDisarm])
    // Nor does a request that was taken back, and made again, while the switch was pulled.
    bench.set(.killSwitch, true)
    bench.armRequested = false
    bench.run(ticks: 10)
    bench.armRequested = true
    bench.run(ticks: 10)
    bench.set(.killSwitch, false)
    #expect(bench.run(ticks: 100) == false)
    bench.armRequested = false
    bench.run()
    bench.armRequested = true
    #expect(bench.run() == true)
    // Nor does one that only blinked.
    bench.armRequested = false
    bench.run()
    bench.set(.killSwitch, true)
    bench.run()
    bench.set(.killSwitch, false)
    bench.armRequested = true
    #expect(bench.run(ticks: 100) == false)
  }

  @Test("A landing ends disarmed after half a second on the ground, and does not arm by itself again")
  func landing() throws {
    var bench = try SafetyBench()
    bench.arm()
    bench.set(.lowBattery, true)
    bench.run(ticks: 300)
    #expect(bench.mode == .landing)
    bench.onGround = true
    bench.run(ticks: 100)
    #expect(bench.mode == .landing)
    bench.run(ticks: 30)
    #expect(bench.mode == .disarmed)
    bench.set(.lowBattery, false)
    bench.run(ticks: 100)
    #expect(bench.mode == .disarmed)
  }

  @Test("A hold ends when its cause has gone, a hand-over to the classical controller only on disarm")
  func clearing() throws {
    var bench = try SafetyBench { $0 == .rangeStale ? FailsafeRule(action: .hold) : $0.standardRule }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    #expect(bench.mode == .hold)
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.mode == .active)
    bench.set(.networkFault, true)
    bench.run()
    bench.set(.networkFault, false)
    bench.run(ticks: 10)
    #expect(bench.isClassical == true)
    bench.arm()
    #expect(bench.isClassical == false)
  }

  @Test("A hand-over to the classical controller for what can end gives the vehicle back when it has ended")
  func handsBack() throws {
    var bench = try SafetyBench {
      $0 == .rangeStale || $0 == .powerStale ? FailsafeRule(action: .classical) : $0.standardRule
    }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    #expect(bench.isClassical == true)
    bench.set(.powerStale, true)
    bench.run()
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.isClassical == true, "the other reason holds")
    bench.set(.powerStale, false)
    bench.run()
    #expect(bench.isClassical == false)
    #expect(bench.mode == .active)
    // A reason that ends on disarm keeps it, whatever else comes and goes.
    bench.set(.networkFault, true)
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.networkFault, false)
    bench.set(.rangeStale, false)
    bench.run(ticks: 10)
    #expect(bench.isClassical == true)
  }

  @Test("A landing that has begun goes on under the classical controller when its reason has ended")
  func landingGoesOn() throws {
    var bench = try SafetyBench {
      $0 == .rangeStale ? FailsafeRule(action: .land) : $0.standardRule
    }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.rangeStale, false)
    bench.run(ticks: 50)
    #expect(bench.mode == .landing)
    #expect(bench.isClassical == true)
  }

  @Test(
    "Every condition has its bit and its reaction; none is left out", arguments: FailsafeCondition.allCases)
  func noneLeftOut(_ condition: FailsafeCondition) throws {
    #expect(condition.rawValue < 32)
    var bench = try SafetyBench { _ in FailsafeRule(action: .disarm) }
    bench.arm()
    bench.set(condition, true)
    bench.run()
    #expect(bench.reacting == condition.bit)
    #expect(bench.mode == .terminated)
  }

  @Test("Handing over to the classical controller does not end a hold")
  func holdsByTheClassicalController() throws {
    var bench = try SafetyBench { $0 == .rangeStale ? FailsafeRule(action: .hold) : $0.standardRule }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.networkFault, true)
    bench.run(ticks: 10)
    #expect(bench.mode == .hold)
    #expect(bench.isClassical == true)
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.mode == .active)
    #expect(bench.isClassical == true)
  }

  @Test("It does not arm while a fault is in force that would end the flight")
  func failsafeInhibits() throws {
    var bench = try SafetyBench()
    bench.run()
    bench.set(.rangeStale, true)
    bench.set(.altitudeLost, true)
    bench.armRequested = true
    bench.run(ticks: 10)
    #expect(bench.mode == .disarmed)
    #expect(bench.inhibitList == [.failsafe])
    bench.set(.altitudeLost, false)
    bench.run()
    #expect(bench.mode == .active)
  }

  @Test("Taking back the arm request disarms from every armed mode")
  func disarms() throws {
    for condition in [FailsafeCondition.lowBattery, .networkFault, .rangeStale] {
      var bench = try SafetyBench()
      bench.arm()
      bench.set(condition, true)
      bench.run(ticks: 300)
      bench.armRequested = false
      bench.run()
      #expect(bench.mode == .disarmed)
    }
  }

  @Test("Every condition fits the monitor's table and has its own bit and name")
  func table() throws {
    #expect(FailsafeCondition.allCases.allSatisfy { $0.rawValue < 20 })
    #expect(Set(FailsafeCondition.allCases.map(\.bit)).count == FailsafeCondition.allCases.count)
    #expect(Set(FailsafeCondition.allCases.map(\.name)).count == FailsafeCondition.allCases.count)
  }
}
