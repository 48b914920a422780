import ControlLoop
import Foundation

/// What many flights have in common.
struct EpisodeSummary {
  /// The flights that went to their end.
  private let reports: [FlightReport]
  private let asked: Int
  private let minimumHeld: Double
  private let interruption: StopSignal?

  /// The summary of flights, of which `asked` were wanted. Those that a signal ended are left out.
  init(
    _ reports: [FlightReport], asked: Int? = nil, minimumHeld: Double = 1, interruption: StopSignal? = nil
  ) {
    self.reports = reports.filter { $0.interruption == nil }
    self.asked = asked ?? reports.count
    (self.minimumHeld, self.interruption) = (minimumHeld, interruption)
  }

  /// Whether the configuration says when a flight counts as held.
  private var isJudged: Bool { reports.first?.score.isJudged ?? true }
  private var held: Int { reports.count { $0.isHeld } }
  private var heldShare: Double { reports.isEmpty ? 0 : Double(held) / Double(reports.count) }
  private var crashed: Int { reports.count { $0.score.crash != nil } }
  private var neverArmed: Int { reports.count { !$0.inhibits.isEmpty } }
  /// The flights whose logs could not be written to their ends.
  private var unlogged: [FlightReport] { reports.filter { $0.logFailure != nil } }
  private var missed: UInt64 { reports.reduce(0) { $0 + $1.missed } }
  /// What was measured in each of the flights.
  private var measures: [RunScore.Measure] { reports.first?.score.measures ?? [] }

  /// In how many flights each fault was seen, the most frequent first.
  private var faults: [(name: String, flights: Int)] {
    Dictionary(reports.flatMap(\.faultNames).map { ($0, 1) }, uniquingKeysWith: +)
      .map { (name: $0.key, flights: $0.value) }
      .sorted { ($1.flights, $0.name) < ($0.flights, $1.name) }
  }

  /// How the command ends that flew them: a share that is judged has to be held; without a judgement nothing may crash. And
  /// all logs must be whole.
  var status: ExitStatus {
    if let interruption { return interruption.status }
    guard unlogged.isEmpty else { return .resultSaysNo }
    return (isJudged ? heldShare >= minimumHeld : crashed == 0) ? .success : .resultSaysNo
  }

  /// A measure's values in the flights that went on for long enough to have one.
  private func values(_ key: String) -> [Double] {
    reports.map { $0.score.value(key) }.filter(\.isFinite).sorted()
  }

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
      let number = "%.\(measure.digits)f\(measure.unit)"
      let line = String(
        format: "%@ median \(number) \(measure.summary), largest \(number)", name, values[values.count / 2],
        largest)
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
          + "\(report.mode)")
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
