import HardwareInterfaces
import Testing

@testable import ControlLoop

@Suite("Arming and failsafe")
struct SafetyMonitorTests {
  /// A monitor with the standard rules, a clock of 4 ms ticks, and facts to change in between.
  private struct Bench {
    var monitor = SafetyMonitor { $0.standardRule }
    var facts = SafetyFacts()

    @discardableResult
    mutating func run(ticks: Int = 1) -> Bool {
      var armed = false
      for _ in 0..<ticks {
        armed = monitor.step(facts) || armed
        facts.time = facts.time.advanced(milliseconds: 4)
      }
      return armed
    }

    mutating func arm() {
      facts.armRequested = false
      run()
      facts.armRequested = true
      run()
    }

    mutating func set(_ condition: FailsafeCondition, _ holds: Bool) {
      if holds { facts.conditions |= condition.bit } else { facts.conditions &= ~condition.bit }
    }
  }

  @Test("It arms on request when nothing inhibits, and says so once")
  func arms() {
    var bench = Bench()
    #expect(bench.run() == false)
    bench.facts.armRequested = true
    #expect(bench.run() == true)
    #expect(bench.monitor.mode == .active)
    #expect(bench.run(ticks: 10) == false)
  }

  @Test("A request that already stands at start does not arm until it was taken back")
  func requestAtStart() {
    var bench = Bench()
    bench.facts.armRequested = true
    bench.run(ticks: 100)
    #expect(bench.monitor.mode == .disarmed)
    #expect(ArmingInhibit.list(bench.monitor.inhibits) == [.awaitingDisarm])
    bench.arm()
    #expect(bench.monitor.mode == .active)
  }

  @Test("Every single inhibit keeps it disarmed", arguments: ArmingInhibit.allCases)
  func inhibits(_ inhibit: ArmingInhibit) {
    var bench = Bench()
    bench.run()
    bench.facts.inhibits = inhibit.bit
    bench.facts.armRequested = true
    bench.run(ticks: 10)
    #expect(bench.monitor.mode == .disarmed)
    #expect(bench.monitor.inhibits & inhibit.bit != 0)
  }

  @Test("Each condition leads to the reaction of its standard rule", arguments: FailsafeCondition.allCases)
  func reactions(_ condition: FailsafeCondition) {
    var bench = Bench()
    bench.arm()
    bench.set(condition, true)
    bench.run(ticks: 400)
    switch condition.standardRule.action {
    case .warn: #expect(bench.monitor.mode == .active && !bench.monitor.isClassical)
    case .hold: #expect(bench.monitor.mode == .hold)
    case .classical: #expect(bench.monitor.mode == .active && bench.monitor.isClassical)
    case .land: #expect(bench.monitor.mode == .landing && bench.monitor.isClassical)
    case .disarm: #expect(bench.monitor.mode == .terminated)
    }
    #expect(bench.monitor.reacting & condition.bit != 0)
  }

  @Test("A condition shorter than its delay raises no reaction")
  func delay() {
    var bench = Bench()
    bench.arm()
    for _ in 0..<50 {
      bench.set(.tilt, true)
      bench.run(ticks: 24)  // 24 ticks span 92 ms from first to last, less than the 100 ms of the rule
      bench.set(.tilt, false)
      bench.run()
    }
    #expect(bench.monitor.mode == .active)
    bench.set(.tilt, true)
    bench.run(ticks: 27)
    #expect(bench.monitor.mode == .terminated)
  }

  @Test("The strongest of several reactions wins")
  func strongest() {
    var bench = Bench()
    bench.arm()
    bench.set(.rangeStale, true)
    bench.set(.networkFault, true)
    bench.set(.altitudeLost, true)
    bench.run()
    #expect(bench.monitor.mode == .landing)
    bench.set(.imuStale, true)
    bench.run()
    #expect(bench.monitor.mode == .terminated)
  }

  @Test("A stopped vehicle arms again only after the request was taken back")
  func rearming() {
    var bench = Bench()
    bench.arm()
    bench.set(.killSwitch, true)
    bench.run()
    #expect(bench.monitor.mode == .terminated)
    bench.set(.killSwitch, false)
    bench.run(ticks: 100)
    #expect(bench.monitor.mode == .terminated)
    bench.facts.armRequested = false
    bench.run()
    #expect(bench.monitor.mode == .disarmed)
    bench.facts.armRequested = true
    #expect(bench.run() == true)
  }

  @Test("A kill switch that is let go does not arm, however long arming has been asked for")
  func releasedSwitch() {
    var bench = Bench()
    bench.run()
    bench.set(.killSwitch, true)
    bench.facts.armRequested = true
    bench.run(ticks: 10)
    #expect(ArmingInhibit.list(bench.monitor.inhibits) == [.killSwitch, .awaitingDisarm, .failsafe])
    bench.set(.killSwitch, false)
    #expect(bench.run(ticks: 100) == false)
    #expect(bench.monitor.mode == .disarmed)
    #expect(ArmingInhibit.list(bench.monitor.inhibits) == [.awaitingDisarm])
    // Nor does a request that was taken back, and made again, while the switch was pulled.
    bench.set(.killSwitch, true)
    bench.facts.armRequested = false
    bench.run(ticks: 10)
    bench.facts.armRequested = true
    bench.run(ticks: 10)
    bench.set(.killSwitch, false)
    #expect(bench.run(ticks: 100) == false)
    bench.facts.armRequested = false
    bench.run()
    bench.facts.armRequested = true
    #expect(bench.run() == true)
    // Nor does one that only blinked.
    bench.facts.armRequested = false
    bench.run()
    bench.set(.killSwitch, true)
    bench.run()
    bench.set(.killSwitch, false)
    bench.facts.armRequested = true
    #expect(bench.run(ticks: 100) == false)
  }

  @Test("A landing ends disarmed after half a second on the ground, and does not arm by itself again")
  func landing() {
    var bench = Bench()
    bench.arm()
    bench.set(.lowBattery, true)
    bench.run(ticks: 300)
    #expect(bench.monitor.mode == .landing)
    bench.facts.onGround = true
    bench.run(ticks: 100)
    #expect(bench.monitor.mode == .landing)
    bench.run(ticks: 30)
    #expect(bench.monitor.mode == .disarmed)
    bench.set(.lowBattery, false)
    bench.run(ticks: 100)
    #expect(bench.monitor.mode == .disarmed)
  }

  @Test("A hold ends when its cause has gone, a hand-over to the classical controller only on disarm")
  func clearing() {
    var bench = Bench()
    bench.monitor = SafetyMonitor { $0 == .rangeStale ? FailsafeRule(action: .hold) : $0.standardRule }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    #expect(bench.monitor.mode == .hold)
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.monitor.mode == .active)
    bench.set(.networkFault, true)
    bench.run()
    bench.set(.networkFault, false)
    bench.run(ticks: 10)
    #expect(bench.monitor.isClassical)
    bench.arm()
    #expect(bench.monitor.isClassical == false)
  }

  @Test("A hand-over to the classical controller for what can end gives the vehicle back when it has ended")
  func handsBack() {
    var bench = Bench()
    bench.monitor = SafetyMonitor {
      $0 == .rangeStale || $0 == .powerStale ? FailsafeRule(action: .classical) : $0.standardRule
    }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    #expect(bench.monitor.isClassical)
    bench.set(.powerStale, true)
    bench.run()
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.monitor.isClassical, "the other reason holds")
    bench.set(.powerStale, false)
    bench.run()
    #expect(!bench.monitor.isClassical)
    #expect(bench.monitor.mode == .active)
    // A reason that ends on disarm keeps it, whatever else comes and goes.
    bench.set(.networkFault, true)
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.networkFault, false)
    bench.set(.rangeStale, false)
    bench.run(ticks: 10)
    #expect(bench.monitor.isClassical)
  }

  @Test("A landing that has begun goes on under the classical controller when its reason has ended")
  func landingGoesOn() {
    var bench = Bench()
    bench.monitor = SafetyMonitor {
      $0 == .rangeStale ? FailsafeRule(action: .land) : $0.standardRule
    }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.rangeStale, false)
    bench.run(ticks: 50)
    #expect(bench.monitor.mode == .landing)
    #expect(bench.monitor.isClassical)
  }

  @Test(
    "Every condition has its bit and its reaction; none is left out", arguments: FailsafeCondition.allCases)
  func noneLeftOut(_ condition: FailsafeCondition) {
    #expect(condition.rawValue < 32)
    var bench = Bench()
    bench.monitor = SafetyMonitor { _ in FailsafeRule(action: .disarm) }
    bench.arm()
    bench.set(condition, true)
    bench.run()
    #expect(bench.monitor.reacting == condition.bit)
    #expect(bench.monitor.mode == .terminated)
  }

  @Test("Handing over to the classical controller does not end a hold")
  func holdsByTheClassicalController() {
    var bench = Bench()
    bench.monitor = SafetyMonitor { $0 == .rangeStale ? FailsafeRule(action: .hold) : $0.standardRule }
    bench.arm()
    bench.set(.rangeStale, true)
    bench.run()
    bench.set(.networkFault, true)
    bench.run(ticks: 10)
    #expect(bench.monitor.mode == .hold)
    #expect(bench.monitor.isClassical)
    bench.set(.rangeStale, false)
    bench.run()
    #expect(bench.monitor.mode == .active)
    #expect(bench.monitor.isClassical)
  }

  @Test("It does not arm while a fault is in force that would end the flight")
  func failsafeInhibits() {
    var bench = Bench()
    bench.run()
    bench.set(.rangeStale, true)
    bench.set(.altitudeLost, true)
    bench.facts.armRequested = true
    bench.run(ticks: 10)
    #expect(bench.monitor.mode == .disarmed)
    #expect(ArmingInhibit.list(bench.monitor.inhibits) == [.failsafe])
    bench.set(.altitudeLost, false)
    bench.run()
    #expect(bench.monitor.mode == .active)
  }

  @Test("Taking back the arm request disarms from every armed mode")
  func disarms() {
    for condition in [FailsafeCondition.lowBattery, .networkFault, .rangeStale] {
      var bench = Bench()
      bench.arm()
      bench.set(condition, true)
      bench.run(ticks: 300)
      bench.facts.armRequested = false
      bench.run()
      #expect(bench.monitor.mode == .disarmed)
    }
  }

  @Test("Every condition fits the monitor's table and has its own bit and name")
  func table() {
    #expect(FailsafeCondition.allCases.allSatisfy { $0.rawValue < 19 })
    #expect(Set(FailsafeCondition.allCases.map(\.bit)).count == FailsafeCondition.allCases.count)
    #expect(Set(FailsafeCondition.allCases.map(\.name)).count == FailsafeCondition.allCases.count)
  }
}
