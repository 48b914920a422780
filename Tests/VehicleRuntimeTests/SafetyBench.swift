import Control
import Foundation
import Signals
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// The reactions and modes of every vehicle, with a fact for each condition and each reason not to arm, a clock of 4 ms ticks, and
/// facts to change in between.
struct SafetyBench: ~Copyable {
  private var program: Program
  private let places: Places
  private var number: UInt64 = 0
  var armRequested = false
  var onGround = false

  /// Where everything lies, so that no step looks at a name.
  private struct Places {
    var number: SignalIndex<UInt64>
    var time: SignalIndex<Int64>
    var arm, onGround, armed, arms, fallback: SignalIndex<Bool>
    var mode: SignalIndex<UInt8>
    var facts, reactions: [FailsafeCondition: SignalIndex<Bool>]
    var reasons, inhibits: [ArmingInhibit: SignalIndex<Bool>]
  }

  /// A bench with a rule for each condition; the kill switch always disarms.
  init(rule: (FailsafeCondition) -> FailsafeRule = { $0.standardRule }) throws {
    let safety = BlockDeclaration(
      "safety", "safety", settings: ["rules": .safety(try Self.rules(rule))])
    let program = try ProgramBuilder(outside: Self.outside, blocks: [safety]).program()
    let table = program.table
    func flag(_ name: String) throws -> SignalIndex<Bool> { try #require(table.index(of: name)) }
    places = Places(
      number: try #require(table.index(of: ProgramBuilder.tickNumber)),
      time: try #require(table.index(of: "tick.time")), arm: try flag("setpoint.arm"),
      onGround: try flag("fact.on_ground"), armed: try flag("safety.armed"), arms: try flag("safety.arms"),
      fallback: try flag("safety.fallback"), mode: try #require(table.index(of: "safety.mode")),
      facts: try Dictionary(
        uniqueKeysWithValues: FailsafeCondition.allCases.map { ($0, try flag("fact.\($0.name)")) }),
      reactions: try Dictionary(
        uniqueKeysWithValues: FailsafeCondition.allCases.map { ($0, try flag("safety.\($0.name)")) }),
      reasons: try Dictionary(
        uniqueKeysWithValues: Self.reasons.map { ($0, try flag("reason.\($0.name)")) }),
      inhibits: try Dictionary(
        uniqueKeysWithValues: ArmingInhibit.allCases.map { ($0, try flag("safety.no_arming_\($0.name)")) }))
    self.program = program
  }

  /// The reasons not to arm that come from outside; of the kill switch the condition does.
  private static let reasons = ArmingInhibit.allCases.filter {
    ![.killSwitch, .awaitingDisarm, .failsafe].contains($0)
  }

  private static var outside: [Signals.Signal] {
    let names =
      ["setpoint.arm", "clock.starting", "fact.on_ground"]
      + FailsafeCondition.allCases.map { "fact.\($0.name)" } + reasons.map { "reason.\($0.name)" }
    return names.map { Signals.Signal($0, .flag, from: .device("test", bus: 0)) }
  }

  /// Those of a vehicle, with facts in the place of what it looks at.
  private static func rules(_ rule: (FailsafeCondition) -> FailsafeRule) throws -> SafetyRules {
    let configuration = try Configuration.load(text: try quadrotorText(), directory: nil)
    var rules = VehicleSafety(
      configuration: configuration, rows: SensorRows(configuration), askedToMove: (.throttle, []), atRest: [],
      estimators: ["attitude", "altitude"], hasNetwork: true
    ).rules
    rules.conditions = FailsafeCondition.allCases.map { condition in
      let isKillSwitch = condition == .killSwitch
      let rule = isKillSwitch ? FailsafeRule(action: .disarm) : rule(condition)
      return SafetyCondition(
        condition.name, text: condition.text, any: [.isSet("fact.\(condition.name)")], delay: rule.delay,
        reaction: rule.action.name, endsWhenGone: condition.clears == .whenGone,
        countsWhileStarting: isKillSwitch, takesRequestBack: isKillSwitch)
    }
    rules.arming = (reasons + [.killSwitch]).map {
      let fact = $0 == .killSwitch ? "fact.kill_switch" : "reason.\($0.name)"
      return ArmingRule($0.name, text: $0.text, remedy: $0.remedy, any: [.isSet(fact)])
    }
    rules.atRest = [.isSet("fact.on_ground")]
    return rules
  }

  /// Says whether the vehicle armed in any of the ticks.
  @discardableResult
  mutating func run(ticks: Int = 1) -> Bool {
    var armed = false
    for _ in 0..<ticks {
      program.frame[places.number] = number
      program.frame[places.arm] = armRequested
      program.frame[places.onGround] = onGround
      program.step()
      armed = program.frame[places.arms] || armed
      number += 1
      program.frame[places.time] += 4_000_000
    }
    return armed
  }

  mutating func arm() {
    armRequested = false
    run()
    armRequested = true
    run()
  }

  mutating func set(_ condition: FailsafeCondition, _ holds: Bool) {
    if let place = places.facts[condition] { program.frame[place] = holds }
  }

  /// Brings a reason not to arm about, or takes it back; the one to wait for a request that is taken back is the bench's own.
  mutating func set(reason inhibit: ArmingInhibit, _ holds: Bool) {
    switch inhibit {
    case .killSwitch: set(.killSwitch, holds)
    case .failsafe: set(.altitudeLost, holds)
    default: if let place = places.reasons[inhibit] { program.frame[place] = holds }
    }
  }

  var mode: VehicleMode? { VehicleMode(rawValue: program.frame[places.mode]) }
  var isClassical: Bool { program.frame[places.fallback] }

  /// The conditions whose reaction is in force, a bit for each.
  var reacting: UInt32 {
    places.reactions.reduce(0) { program.frame[$1.value] ? $0 | $1.key.bit : $0 }
  }

  /// Why the vehicle may not arm, a bit for each reason.
  var inhibits: UInt32 {
    places.inhibits.reduce(0) { program.frame[$1.value] ? $0 | $1.key.bit : $0 }
  }

  var inhibitList: [ArmingInhibit] { ArmingInhibit.allCases.filter { inhibits & $0.bit != 0 } }
}
