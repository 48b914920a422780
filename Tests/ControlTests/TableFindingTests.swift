import Signals
import Testing

@testable import Control

/// What people are told is found in a table by the signals of the rows that say it.
@Suite struct TableFindingTests {
  @Test func safetySaysItsConditionsAndReasonsInItsOrder() throws {
    let origin = SignalOrigin.block("safety")
    let table = try SignalTable([
      Signal("safety.mode", .choice(["disarmed", "active", "terminated"]), from: origin),
      Signal("safety.armed", .flag, from: origin), Signal("safety.arms", .flag, from: origin),
      Signal("safety.fallback", .flag, from: origin), Signal("safety.in_force", .count, from: origin),
      Signal("safety.cliff", .flag, from: origin, about: "the ground ends"),
      Signal("safety.bump", .flag, from: origin),
      Signal("safety.no_arming_lid", .flag, from: origin, about: "the lid is open", remedy: "close it"),
      Signal("other.cliff", .flag, from: .block("other")),
    ])
    let safety = SafetySignals(table)
    #expect(safety.modes == ["disarmed", "active", "terminated"])
    #expect(safety.conditions.map(\.name) == ["cliff", "bump"])
    #expect(safety.inhibits == [SafetyFlag(name: "lid", text: "the lid is open", remedy: "close it")])
    let memory = FrameMemory(table)
    memory.frame[safety.conditionPlaces[1]] = true
    memory.frame[safety.inhibitPlaces[0]] = true
    #expect(safety.conditions(in: memory.frame).map(\.name) == ["bump"])
    #expect(safety.inhibits(in: memory.frame).map(\.remedy) == ["close it"])
  }

  @Test func theSafetyBlockDeclaresItsWords() throws {
    let rules = SafetyRules(
      conditions: [
        SafetyCondition(
          "cliff", text: "the ground ends", any: [.isSet("front.gone")], reaction: "stop", endsWhenGone: true)
      ],
      arming: [ArmingRule("lid", text: "the lid is open", remedy: "close it", any: [.isSet("lid.open")])],
      reactions: [SafetyReaction("stop", stops: true)])
    let settings = try BlockSettings(["rules": .safety(rules)], Safety.description.settings)
    let outputs = Safety.ports(settings).outputs
    #expect(outputs.first { $0.name == "cliff" }?.about == "the ground ends")
    #expect(outputs.first { $0.name == "no_arming_lid" }?.remedy == "close it")
    #expect(
      outputs.map(\.name).suffix(3) == ["no_arming_lid", "no_arming_awaiting_disarm", "no_arming_failsafe"])
    #expect(outputs.suffix(3).allSatisfy { !$0.about.isEmpty && !$0.remedy.isEmpty })
  }

  @Test func aVehicleWithoutSafetySaysNothing() throws {
    let safety = SafetySignals(try SignalTable([Signal("a.b", .flag, from: .block("a"))]))
    #expect(safety.mode == nil && safety.conditions.isEmpty && safety.inhibits.isEmpty)
  }

  @Test func devicesAmongWhichARowChoosesAreNamedByIt() throws {
    func device(_ name: String) -> [Signal] {
      [Signal("\(name).time", .time, from: .device(name, bus: 0))]
    }
    func row(_ name: String, _ count: Int) -> [Signal] {
      [Signal("\(name).chosen", .count, from: .block(name))]
        + (0..<count).map { Signal("\(name).health_\($0)", SensorHealth.kind, from: .block(name)) }
    }
    let table = try SignalTable(
      device("imu_0") + device("imu_1") + device("front") + device("rear") + row("imu", 2) + row("eye", 2)
        + [Signal("range_health.state", SensorHealth.kind, from: .block("range_health"))])
    let votes = VoteSignals.all(table)
    #expect(votes.map(\.name) == ["imu", "eye", "range"])
    #expect(
      votes.map { vote in vote.healths.indices.map(vote.key) } == [
        ["imu", "imu.spares[0]"], ["eye[0]", "eye[1]"], ["range"],
      ])
    #expect(VoteSignals.deviceKeys(table) == ["imu_0": "imu", "imu_1": "imu.spares[0]"])
  }

  @Test func aNetworkIsKnownByItsDigestOrItsInputs() throws {
    let (steer, shown) = (SignalOrigin.block("steer"), SignalOrigin.block("network"))
    let table = try SignalTable([
      Signal("steer.input", .number, width: 3, from: steer), Signal("steer.output", .number, from: steer),
      Signal("steer.digest", .word, from: steer), Signal("steer.failed", .flag, from: steer),
      Signal("steer.state_limited", .flag, from: steer, about: "a state"),
      Signal("network.input", .number, width: 2, from: shown),
    ])
    let networks = NetworkSignals.all(table)
    #expect(networks.map(\.name) == ["steer", "network"])
    #expect(networks.map(\.inputs.count) == [3, 2])
    #expect(networks.map(\.outputs.count) == [1, 0])
    #expect(networks[0].limits.map(\.name) == ["states"] && networks[0].limits[0].text == "a state")
  }
}
