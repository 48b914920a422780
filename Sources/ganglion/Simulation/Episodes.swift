import ControlLoop
import Foundation
import SimulatedHardware
import Synchronization

/// Flies many seeds on all cores and reports the share that held.
func flyEpisodes(
  _ mission: Mission, count: Int, firstSeed: UInt64, _ arguments: Arguments,
  stop: StopRequest = .process
) throws -> ExitStatus {
  let minimum = try arguments.share("minimum-held")
  guard minimum == nil || mission.tables.evaluation.isJudged else {
    throw CommandFailure(
      place: "--minimum-held", "no flight is judged: the configuration has no section evaluation",
      remedy: "add one, or leave the option out")
  }
  let fault = arguments.value("fault")
  // Before anything is made: what is wrong with the faults is wrong in every flight.
  if let fault {
    let targets = try SimulatedVehicle(mission.tables, seed: firstSeed).board.chipNames
    _ = try FaultPlan(parsing: fault, targets: targets)
  }
  let folder = arguments.value("logs")
  if let folder { try makeLogFolder(folder, remedy: "name another folder with --logs") }
  let options = LogOptions(replacing: arguments.has("replace"), inputs: mission.inputs)
  let results = EpisodeResults()
  ParallelWork.run(count, threads: ProcessInfo.processInfo.activeProcessorCount) { index in
    guard stop.signal == nil, !results.hasFailed else { return }
    let seed = firstSeed &+ UInt64(index)
    do {
      let path = folder.map { "\($0)/\(mission.logName("\(seed)"))" }
      let flight = try Flight(
        mission, seed: seed, fault: fault, logPath: path, logOptions: options, stop: stop)
      results.add(try fly(flight, showsProgress: false))
    } catch {
      results.fail(FailureReport(error, command: "run").failure(at: "seed \(seed)"), index: index)
    }
    Terminal.showProgress("\(results.count) of \(count) flights")
  }
  Terminal.endProgress()
  let reports = try results.reports()
  let summary = EpisodeSummary(reports, asked: count, minimumHeld: minimum ?? 1, interruption: stop.signal)
  Terminal.printResult(arguments.has("json") ? Terminal.json(mission.noted(summary.json)) : summary.table)
  return summary.status
}

/// What the flights of several threads leave.
private final class EpisodeResults: Sendable {
  private struct State {
    var reports: [FlightReport] = []
    var failure: (index: Int, failure: CommandFailure)?
  }
  private let state = Mutex(State())

  func add(_ report: FlightReport) { state.withLock { $0.reports.append(report) } }

  /// Of several failures the first flight's is told.
  func fail(_ failure: CommandFailure, index: Int) {
    state.withLock { state in
      guard index < state.failure?.index ?? .max else { return }
      state.failure = (index, failure)
    }
  }

  var hasFailed: Bool { state.withLock { $0.failure != nil } }
  var count: Int { state.withLock { $0.reports.count } }

  /// The reports in the order of their seeds.
  func reports() throws -> [FlightReport] {
    try state.withLock { state in
      if let failure = state.failure?.failure { throw failure }
      return state.reports.sorted { $0.seed < $1.seed }
    }
  }
}
