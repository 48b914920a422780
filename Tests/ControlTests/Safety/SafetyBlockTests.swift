import Signals
import Testing

@testable import Control

@Suite("Safety by rules")
struct SafetyBlockTests {
  private static let device = SignalOrigin.device("board", bus: 0)

  private func bench(_ rules: SafetyRules, _ outside: [Signal]) throws -> BlockBench {
    try BlockBench(
      outside: outside + BlockBench.signals(.flag, .none, "setpoint.arm", "clock.starting"),
      [BlockDeclaration("safety", "safety", settings: ["rules": .safety(rules)])])
  }

  private func arm(_ bench: inout BlockBench) throws {
    bench["setpoint.arm"] = false
    try bench.step()
    bench["setpoint.arm"] = true
    try bench.step()
  }

  @Test("each of sixty conditions raises its own reaction, and its own flag alone")
  func manyConditions() throws {
    let names = (0..<60).map { "fault_\($0)" }
    let modes = (0..<60).map { SafetyMode("mode_\($0)") }
    let rules = SafetyRules(
      conditions: names.map {
        SafetyCondition(
          $0, text: $0, any: [.isSet("board.\($0)")], reaction: "react_\($0)", endsWhenGone: true)
      },
      arming: names.map { ArmingRule($0, text: $0, remedy: "wait", any: [.isSet("board.not_\($0)")]) },
      reactions: names.enumerated().map { SafetyReaction("react_\($1)", mode: "mode_\($0)") }, modes: modes)
    var bench = try bench(
      rules, names.flatMap { BlockBench.signals(.flag, .none, "board.\($0)", "board.not_\($0)") })
    try arm(&bench)
    #expect(bench[choice: "safety.mode"] == "active")
    for (place, name) in names.enumerated() {
      bench["board.\(name)"] = true
      try bench.step()
      #expect(bench[choice: "safety.mode"] == "mode_\(place)")
      #expect(names.filter { bench["safety.\($0)"] } == [name])
      bench["board.\(name)"] = false
    }
    // Of all at once the last reaction is the strongest.
    for name in names { bench["board.\(name)"] = true }
    try bench.step()
    #expect(bench[choice: "safety.mode"] == "mode_59")
    #expect(names.filter { bench["safety.\($0)"] } == names)
    for name in names { bench["board.\(name)"] = false }
    bench["setpoint.arm"] = false
    try bench.step()
    #expect(bench[choice: "safety.mode"] == "disarmed")
    for name in names {
      bench["board.not_\(name)"] = true
      try arm(&bench)
      #expect(bench[choice: "safety.mode"] == "disarmed")
      #expect(names.filter { bench["safety.no_arming_\($0)"] } == [name])
      bench["board.not_\(name)"] = false
    }
  }

  @Test("a choice of as many values as there can be is told apart", arguments: [0, 31, 32, 63, 64, 200, 255])
  func manyValues(_ place: Int) throws {
    let values = (0..<256).map { "value_\($0)" }
    let rules = SafetyRules(
      conditions: [
        SafetyCondition(
          "odd", text: "odd", any: [.isOneOf("board.state", ["value_\(place)"])], reaction: "stop",
          endsWhenGone: true)
      ], reactions: [SafetyReaction("stop", stops: true)])
    var bench = try bench(rules, BlockBench.signals(.choice(values), .none, "board.state"))
    for value in values {
      bench[choice: "board.state"] = value
      try bench.step()
      #expect(bench["safety.odd"] == (value == "value_\(place)"))
    }
  }

  @Test("each test is strict, and what is no number is neither above nor below")
  func comparisons() throws {
    let signals =
      BlockBench.signals(.number, .none, "board.number") + BlockBench.signals(.count, .none, "board.count")
      + BlockBench.signals(.flag, .none, "board.flag")
    let tests: [(name: String, test: SignalTest)] = [
      ("above", .above("board.number", 2)), ("below", .below("board.number", -1)),
      ("more", .moreThan("board.count", 3)), ("set", .isSet("board.flag")),
      ("unset", .isNotSet("board.flag")),
    ]
    let rules = SafetyRules(
      conditions: tests.map {
        SafetyCondition($0.name, text: "", any: [$0.test], reaction: "warn", endsWhenGone: true)
      }, reactions: [SafetyReaction("warn")])
    var bench = try bench(rules, signals)
    for (number, count, flag, expected) in [
      (2, 3, false, ["unset"]), (2.5, 4, true, ["above", "more", "set"]), (-1, 0, true, ["set"]),
      (-1.5, 0, true, ["below", "set"]), (.nan, 0, true, ["set"]),
      (.infinity, .max, true, ["above", "more", "set"]),
    ] as [(Float, UInt32, Bool, [String])] {
      bench["board.number"] = number
      bench[count: "board.count"] = count
      bench["board.flag"] = flag
      try bench.step()
      #expect(tests.map(\.name).filter { bench["safety.\($0)"] } == expected)
    }
  }

  @Test("a condition holds when any of some does while all of others do")
  func anyAndAll() throws {
    let rules = SafetyRules(
      conditions: [
        SafetyCondition(
          "bad", text: "", any: [.isSet("board.a"), .isSet("board.b")],
          all: [.isSet("board.c"), .isNotSet("board.d")], reaction: "warn", endsWhenGone: true),
        SafetyCondition(
          "never", text: "", any: [], all: [.isSet("board.c")], reaction: "warn", endsWhenGone: true),
      ], reactions: [SafetyReaction("warn")])
    var bench = try bench(rules, BlockBench.signals(.flag, .none, "board.a", "board.b", "board.c", "board.d"))
    for bits in 0..<16 {
      let (a, b, c, d) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0, bits & 8 != 0)
      (bench["board.a"], bench["board.b"], bench["board.c"], bench["board.d"]) = (a, b, c, d)
      try bench.step()
      #expect(bench["safety.bad"] == ((a || b) && c && !d))
      #expect(bench["safety.never"] == false)
    }
  }

  @Test(
    "a signal that is not valid makes a condition hold, or not, or counts as it is",
    arguments: [InvalidSignal.holds, .ignored, .last])
  func invalid(_ meaning: InvalidSignal) throws {
    let rules = SafetyRules(
      conditions: [
        SafetyCondition(
          "high", text: "", any: [.above("board.number", 1)], reaction: "warn", endsWhenGone: true,
          invalid: meaning)
      ], reactions: [SafetyReaction("warn")])
    var bench = try bench(
      rules,
      [
        Signal("board.number", .number, from: Self.device, validity: "board.ok"),
        Signal("board.ok", .flag, from: Self.device),
      ])
    for number: Float in [0, 2] {
      for isValid in [true, false] {
        bench["board.ok"] = isValid
        try bench.step(["board.number": number])
        let holds =
          switch meaning {
          case .holds: !isValid || number > 1
          case .ignored: isValid && number > 1
          case .last: number > 1
          }
        #expect(bench["safety.high"] == holds)
        // Safety itself is sure of what it says.
        #expect(bench.program.table["safety.high"]?.validity == nil)
      }
    }
  }

  @Test("while a vehicle starts only what says so counts, and from arming on everything")
  func starting() throws {
    func condition(_ name: String, counts: Bool) -> SafetyCondition {
      SafetyCondition(
        name, text: "", any: [.isSet("board.\(name)")], reaction: "warn", endsWhenGone: true,
        countsWhileStarting: counts)
    }
    var bench = try bench(
      SafetyRules(
        conditions: [condition("early", counts: true), condition("late", counts: false)],
        reactions: [SafetyReaction("warn")]), BlockBench.signals(.flag, .none, "board.early", "board.late"))
    (bench["board.early"], bench["board.late"], bench["clock.starting"]) = (true, true, true)
    try bench.step()
    #expect(bench["safety.early"] == true && bench["safety.late"] == false)
    try arm(&bench)
    try bench.step()
    #expect(bench["safety.early"] == true && bench["safety.late"] == true)
  }

  @Test("a reaction or a mode that there is none of is a mistake, and so is a name that two have")
  func mistakes() throws {
    func condition(_ name: String, _ reaction: String) -> SafetyCondition {
      SafetyCondition(name, text: "", any: [], reaction: reaction, endsWhenGone: true)
    }
    let rules = SafetyRules(
      conditions: [condition("hot", "stpo"), condition("hot", "stop"), condition("cold", "limp")],
      arming: [ArmingRule("failsafe", text: "", remedy: "", any: [])],
      reactions: [SafetyReaction("stop", stops: true), SafetyReaction("limp", mode: "holt")],
      modes: [SafetyMode("hold"), SafetyMode("active")])
    let errors = try #require(throws: ProgramErrors.self) { _ = try bench(rules, []) }
    #expect(
      errors.errors.map(\.description) == [
        "block safety: rules: condition hot: no reaction is called \"stpo\"; did you mean \"stop\"?",
        "block safety: rules: reaction limp: no mode is called \"holt\"; did you mean \"hold\"?",
        "block safety: rules: condition hot: another has this name, too: give one of them another",
        "block safety: rules: reason failsafe: another has this name, too: give one of them another",
        "block safety: rules: mode active: another has this name, too: give one of them another",
      ])
  }

  @Test("a vehicle without rules arms, says so once, and disarms")
  func noRules() throws {
    var bench = try bench(SafetyRules(), [])
    try arm(&bench)
    #expect(bench["safety.armed"] == true && bench["safety.arms"] == true)
    try bench.step()
    #expect(bench["safety.armed"] == true && bench["safety.arms"] == false)
    bench["setpoint.arm"] = false
    try bench.step()
    #expect(bench["safety.armed"] == false)
    guard case .choice(let modes)? = bench.program.table["safety.mode"]?.kind else {
      Issue.record("the mode is no choice")
      return
    }
    #expect(modes == ["disarmed", "active", "terminated"])
  }
}
