import Files
import FlightLog
import SimulatedHardware
import Synchronization
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Many flights of one vehicle, which differ in their seeds alone.
public struct Episodes: Sendable {
  /// How many, and the seed of the first.
  public var count: Int
  /// The seed of the first; the next ones count up.
  public var firstSeed: UInt64
  /// Faults that each has, as `--fault` names them; `nil` for none.
  public var fault: String?
  /// Folder for their logs; `nil` for no logs.
  public var logFolder: String?
  /// What else is said of the logs.
  public var logOptions = LogOptions()
  /// The share of flights that must hold, 0 to 1; `nil` for all where flights are judged.
  public var minimumHeld: Double?

  /// `count` flights from `firstSeed` on.
  public init(count: Int, firstSeed: UInt64 = 1) { (self.count, self.firstSeed) = (count, firstSeed) }

  /// Flies them on all cores, and says how they went in the order of their seeds.
  ///
  /// - Throws: What kept the first flight that could not be flown from it.
  public func fly(
    _ loaded: LoadedVehicle, stop: StopRequest = StopRequest(), listener: RunListener = .none
  ) throws -> EpisodeSummary {
    guard minimumHeld == nil || loaded.tables.evaluation.isJudged else {
      throw VehicleError(
        place: "--minimum-held", "no flight is judged: the configuration has no section evaluation",
        remedy: "add one, or leave the option out")
    }
    // Before anything is made: what is wrong with the faults is wrong in every flight.
    if let fault {
      let targets = try SimulatedVehicle(loaded.tables, seed: firstSeed).board.targetNames
      _ = try FaultPlan(parsing: fault, targets: targets)
    }
    if let logFolder { try makeLogFolder(logFolder, remedy: "name another folder with --logs") }
    let results = EpisodeResults()
    ParallelWork.run(count, threads: ParallelWork.processors) { index in
      guard stop.signal == nil, !results.hasFailed else { return }
      let seed = firstSeed &+ UInt64(index)
      do {
        let path = logFolder.map { "\($0)/\(loaded.logName("\(seed)"))" }
        let flight = try Flight(
          loaded, seed: seed, fault: fault, logPath: path, logOptions: logOptions, stop: stop,
          listener: RunListener(note: listener.note, warning: listener.warning))
        results.add(try flight.fly())
      } catch {
        results.fail(VehicleError(place: "seed \(seed)", "\(error)"), index: index)
      }
      listener.progress?("\(results.count) of \(count) flights")
    }
    listener.endProgress()
    return EpisodeSummary(
      try results.reports(), asked: count, minimumHeld: minimumHeld ?? 1, interruption: stop.signal)
  }
}

/// What the flights of several threads leave.
private final class EpisodeResults: Sendable {
  private struct State {
    var reports: [FlightReport] = []
    var failure: (index: Int, failure: VehicleError)?
  }
  private let state = Mutex(State())

  func add(_ report: FlightReport) { state.withLock { $0.reports.append(report) } }

  /// Of several failures the first flight's is told.
  func fail(_ failure: VehicleError, index: Int) {
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
