import ControlLoop
import Foundation
import Synchronization

/// Flies many seeds on all cores and reports the share that held.
func flyEpisodes(
  _ mission: Mission, count: Int, firstSeed: UInt64, _ arguments: Arguments
) throws -> ExitStatus {
  let folder = arguments.value("logs")
  if let folder { try makeLogFolder(folder, remedy: "name another folder with --logs") }
  let options = LogOptions(replacing: arguments.has("replace"), inputs: mission.inputs)
  let fault = arguments.value("fault")
  let results = Mutex<[Int: Result<FlightReport, CommandFailure>]>([:])
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let seed = firstSeed &+ UInt64(index)
    let result: Result<FlightReport, CommandFailure>
    do {
      let path = folder.map { "\($0)/\(mission.configuration.name)-\(seed).mcap" }
      let flight = try Flight(mission, seed: seed, fault: fault, logPath: path, logOptions: options)
      result = .success(try fly(flight, showsProgress: false))
    } catch {
      result = .failure(CommandFailure("seed \(seed): \(error)"))
    }
    let done = results.withLock { results in
      results[index] = result
      return results.count
    }
    Terminal.showProgress("\(done) of \(count) flights")
  }
  Terminal.endProgress()
  let reports = try results.withLock { results in
    try (0..<count).compactMap { try results[$0]?.get() }
  }
  let summary = EpisodeSummary(reports)
  Terminal.printResult(arguments.has("json") ? Terminal.json(mission.noted(summary.json)) : summary.table)
  return .success
}

/// What many flights have in common.
struct EpisodeSummary {
  private let reports: [FlightReport]

  init(_ reports: [FlightReport]) {
    self.reports = reports
  }

  private var held: Int { reports.count { $0.isHeld } }
  private var heldShare: Double { reports.isEmpty ? 0 : Double(held) / Double(reports.count) }

  /// The value that half of the flights stay below.
  private func median(_ value: (FlightReport) -> Double) -> Double {
    let sorted = reports.map(value).sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  private func largest(_ value: (FlightReport) -> Double) -> Double { reports.map(value).max() ?? .nan }

  var table: String {
    let failed = reports.filter { !$0.isHeld }
    var lines = [
      "episodes        \(reports.count)",
      String(format: "held            %d (%.1f %%)", held, heldShare * 100),
    ]
    for measure in measures {
      let name = "\(measure.subject) error".padding(toLength: 15, withPad: " ", startingAt: 0)
      let number = "%.\(measure.digits)f\(measure.unit)"
      lines.append(
        String(
          format: "%@ median \(number) \(measure.summary), largest \(number)", name,
          median { $0.score.value(measure.key) }, largest { $0.score.value(measure.key) }))
    }
    lines.append("crashed         \(crashed)")
    for report in failed.prefix(10) {
      let values = report.score.measures.map { String(format: "%.\($0.digits)f%@", $0.value, $0.unit) }
      lines.append(
        "not held        seed \(report.seed): \(values.joined(separator: ", ")), crash "
          + "\(report.score.crash ?? "none"), ended \(report.mode)")
    }
    if failed.count > 10 { lines.append("                and \(failed.count - 10) more") }
    return lines.joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "episodes": reports.count, "held": held, "held_share": heldShare, "crashed": crashed,
      "not_held_seeds": reports.filter { !$0.isHeld }.map(\.seed),
    ]
    for measure in measures {
      object[measure.key] = finite([
        "median": median { $0.score.value(measure.key) }, "max": largest { $0.score.value(measure.key) },
      ])
    }
    return object
  }

  private var crashed: Int { reports.count { $0.score.crash != nil } }
  /// What was measured in each of the runs.
  private var measures: [RunScore.Measure] { reports.first?.score.measures ?? [] }

  /// JSON has no infinity: an error that was never measured is left out.
  private func finite(_ values: [String: Double]) -> [String: Double] { values.filter { $0.value.isFinite } }
}
