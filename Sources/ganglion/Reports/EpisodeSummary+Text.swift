import Files
import Foundation
import VehicleRuntime

extension EpisodeSummary {
  /// How the command ends that flew them: a share that is judged has to be held; without a judgement nothing may crash. And
  /// all logs must be whole.
  var status: ExitStatus {
    if let interruption { return interruption.status }
    guard unlogged.isEmpty else { return .resultSaysNo }
    return (isJudged ? heldShare >= minimumHeld : crashed == 0) ? .success : .resultSaysNo
  }

  /// A short table.
  var table: String {
    var lines = ["episodes        \(reports.count)" + (reports.count < asked ? " of \(asked)" : "")]
    if let interruption { lines.append("interrupted     by \(interruption.name)") }
    lines.append(
      isJudged
        ? String(format: "held            %d (%.1f %%)", held, heldShare * 100)
        : "held            not judged: the configuration has no section evaluation")
    for measure in measures {
      let name = "\(measure.subject) error".padding(toLength: 15, withPad: " ", startingAt: 0)
      let values = values(measure.key)
      guard let largest = values.last else {
        lines.append("\(name) not measured: every flight ended too early")
        continue
      }
      func number(_ value: Double) -> String { formatted("%.\(measure.digits)f", value) + measure.unit }
      let line =
        "\(name) median \(number(values[values.count / 2])) \(measure.summary), largest \(number(largest))"
      let unmeasured = reports.count - values.count
      lines.append(line + (unmeasured == 0 ? "" : ", not measured in \(unmeasured) that ended too early"))
    }
    lines.append("crashed         \(crashed)")
    if !faults.isEmpty {
      lines.append("faults          " + faults.map { "\($0.name) in \($0.flights)" }.joined(separator: ", "))
    }
    if neverArmed > 0 { lines.append("never armed     \(neverArmed)") }
    let failed = isJudged ? reports.filter { !$0.isHeld } : reports.filter { $0.score.crash != nil }
    for report in failed.prefix(10) {
      let values = report.score.measures.map { $0.value.isFinite ? $0.text : "not measured" }
      lines.append(
        (isJudged ? "not held        " : "crashed         ")
          + "seed \(report.seed): \(values.joined(separator: ", ")), crash \(report.score.crash ?? "none"), ended "
          + "\(report.modeName)")
    }
    if failed.count > 10 { lines.append("                and \(failed.count - 10) more") }
    if let first = unlogged.first {
      lines.append(
        "logs ended early \(unlogged.count), the first of seed \(first.seed): \(first.logFailure ?? "")")
    }
    let late = reports.flatMap(\.faultsWithoutEffect)
    if let first = late.first {
      lines.append("fault           \(first)" + (late.count == 1 ? "" : "; in all \(late.count) such"))
    }
    return lines.joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "episodes": reports.count, "episodes_asked": asked, "held": isJudged ? held : NSNull(),
      "held_share": isJudged ? heldShare : NSNull(), "crashed": crashed, "never_armed": neverArmed,
      "missed_ticks": missed,
      "faults": Dictionary(uniqueKeysWithValues: faults.map { ($0.name, $0.flights) }),
      "not_held_seeds": isJudged ? reports.filter { !$0.isHeld }.map(\.seed) : [],
      "log_failure_seeds": unlogged.map(\.seed),
      "crashed_seeds": reports.filter { $0.score.crash != nil }.map(\.seed),
      "faults_without_effect": reports.reduce(0) { $0 + $1.faultsWithoutEffect.count },
    ]
    if isJudged { object["minimum_held"] = minimumHeld }
    if let interruption { object["interrupted"] = interruption.name }
    for measure in measures {
      let values = values(measure.key)
      // An error that was never measured is left out.
      guard let largest = values.last else {
        object[measure.key] = ["measured": 0]
        continue
      }
      object[measure.key] = [
        "median": values[values.count / 2], "max": largest, "measured": Double(values.count),
      ]
    }
    return object
  }
}
