import Control

/// Rules of safety as the sections of a file.
struct SafetyText {
  let rules: SafetyRules

  /// The sections, line by line.
  var lines: [String] {
    section("safety", rules.conditions.map(condition))
      + section("arming", rules.arming.map(arming))
      + section("reactions", rules.reactions.map(reaction)) + section("modes", rules.modes.map(mode))
      + (rules.atRest.isEmpty ? [] : ["  at_rest: \(list(rules.atRest)),"])
  }

  private func section(_ key: String, _ elements: [[(String, String)]]) -> [String] {
    ["  \(key): ["] + elements.map { "    \(JSON5Text.object($0))," } + ["  ],"]
  }

  private func condition(_ condition: SafetyCondition) -> [(String, String)] {
    var members = [("name", JSON5Text.quoted(condition.name))] + tests(condition.any, condition.all)
    if condition.delay != 0 { members.append(("for_s", JSON5Text.number(Double(condition.delay) / 1e9))) }
    members.append(("then", JSON5Text.quoted(condition.reaction)))
    if !condition.endsWhenGone { members.append(("until", "\"disarm\"")) }
    switch condition.invalid {
    case .last: break
    case .holds: members.append(("invalid", "\"holds\""))
    case .ignored: members.append(("invalid", "\"ignored\""))
    }
    if condition.countsWhileStarting { members.append(("while_starting", "true")) }
    if condition.takesRequestBack { members.append(("takes_request_back", "true")) }
    return members + [("text", JSON5Text.quoted(condition.text))]
  }

  private func arming(_ rule: ArmingRule) -> [(String, String)] {
    [("name", JSON5Text.quoted(rule.name))] + tests(rule.any, rule.all)
      + [("text", JSON5Text.quoted(rule.text)), ("remedy", JSON5Text.quoted(rule.remedy))]
  }

  private func reaction(_ reaction: SafetyReaction) -> [(String, String)] {
    [("name", JSON5Text.quoted(reaction.name))]
      + (reaction.mode.map { [("mode", JSON5Text.quoted($0))] } ?? [])
      + [
        ("hands_over", reaction.handsOver), ("stops", reaction.stops),
        ("forbids_arming", reaction.forbidsArming),
      ].filter(\.1).map { ($0.0, "true") }
  }

  private func mode(_ mode: SafetyMode) -> [(String, String)] {
    [("name", JSON5Text.quoted(mode.name))]
      + [("sticky", mode.isSticky), ("hands_over", mode.handsOver)].filter(\.1).map { ($0.0, "true") }
      + (mode.restingTime.map { [("resting_s", JSON5Text.number(Double($0) / 1e9))] } ?? [])
  }

  private func tests(_ any: [SignalTest], _ all: [SignalTest]) -> [(String, String)] {
    var members: [(String, String)] = []
    if any.count == 1, case let object = parts(of: any[0]) {
      members = [("when", object.first?.1 ?? "")] + object.dropFirst()
    } else {
      members = [("when", list(any))]
    }
    return members + (all.isEmpty ? [] : [("while", list(all))])
  }

  private func list(_ tests: [SignalTest]) -> String {
    JSON5Text.list(
      tests.map { test in
        let members = parts(of: test)
        return members.count == 1 ? members[0].1 : JSON5Text.object(members)
      })
  }

  /// A comparison: the signal first.
  private func parts(of test: SignalTest) -> [(String, String)] {
    let signal = ("signal", JSON5Text.quoted(test.signal))
    return switch test {
    case .isSet: [signal]
    case .isNotSet: [signal, ("is", "false")]
    case .above(_, let bound): [signal, ("above", JSON5Text.number(bound))]
    case .below(_, let bound): [signal, ("below", JSON5Text.number(bound))]
    case .moreThan(_, let count): [signal, ("above", "\(count)")]
    case .isOneOf(_, let values):
      [
        signal,
        (
          "is", values.count == 1 ? JSON5Text.quoted(values[0]) : JSON5Text.list(values.map(JSON5Text.quoted))
        ),
      ]
    }
  }
}
