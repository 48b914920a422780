import Signals

/// A name in rules of safety that nothing has, or that two have: a reaction that is spelt wrong would be none.
struct SafetyMistake: Equatable, Sendable, CustomStringConvertible {
  enum Problem: Equatable, Sendable {
    case noReaction(String, nearest: String?)
    case noMode(String, nearest: String?)
    case noValue(String, signal: String, nearest: String?)
    case twice
  }

  /// What it is about: "condition NAME", "reaction NAME", "mode NAME" or "reason NAME".
  var place: String
  var problem: Problem

  var description: String {
    switch problem {
    case .noReaction(let name, let nearest):
      "\(place): no reaction is called \"\(name.prefix(60))\"" + hint(nearest)
    case .noMode(let name, let nearest): "\(place): no mode is called \"\(name.prefix(60))\"" + hint(nearest)
    case .noValue(let name, let signal, let nearest):
      "\(place): \(signal) is never \"\(name.prefix(60))\"" + hint(nearest)
    case .twice: "\(place): another has this name, too: give one of them another"
    }
  }

  private func hint(_ nearest: String?) -> String { nearest.map { "; did you mean \"\($0)\"?" } ?? "" }
}

extension SafetyRules {
  /// All that is wrong with the names in them.
  var mistakes: [SafetyMistake] {
    let (reactionNames, modeNames) = (reactions.map(\.name), modeNames)
    var mistakes: [SafetyMistake] = []
    for condition in conditions where !reactionNames.contains(condition.reaction) {
      let nearest = nearestName(to: condition.reaction, among: reactionNames)
      mistakes.append(
        SafetyMistake(
          place: "condition \(condition.name)", problem: .noReaction(condition.reaction, nearest: nearest)))
    }
    for reaction in reactions {
      guard let mode = reaction.mode, !modeNames.contains(mode) else { continue }
      mistakes.append(
        SafetyMistake(
          place: "reaction \(reaction.name)",
          problem: .noMode(mode, nearest: nearestName(to: mode, among: modeNames))))
    }
    for (kind, names) in [
      ("condition", conditions.map(\.name)), ("reason", armingNames), ("reaction", reactionNames),
      ("mode", modeNames),
    ] {
      var seen: Set<String> = []
      for name in names where !seen.insert(name).inserted {
        mistakes.append(SafetyMistake(place: "\(kind) \(name)", problem: .twice))
      }
    }
    return mistakes
  }
}
