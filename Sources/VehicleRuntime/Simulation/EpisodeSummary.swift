/// What many flights have in common.
public struct EpisodeSummary {
  /// The flights that went to their end.
  public let reports: [FlightReport]
  /// How many flights were wanted.
  public let asked: Int
  /// The share that has to hold, 0 to 1.
  public let minimumHeld: Double
  /// The signal that ended the flights before their time.
  public let interruption: StopSignal?

  /// The summary of flights, of which `asked` were wanted. Those that a signal ended are left out.
  public init(
    _ reports: [FlightReport], asked: Int? = nil, minimumHeld: Double = 1, interruption: StopSignal? = nil
  ) {
    self.reports = reports.filter { $0.interruption == nil }
    self.asked = asked ?? reports.count
    (self.minimumHeld, self.interruption) = (minimumHeld, interruption)
  }

  /// Whether the configuration says when a flight counts as held.
  public var isJudged: Bool { reports.first?.score.isJudged ?? true }
  /// Flights that held.
  public var held: Int { reports.count { $0.isHeld } }
  /// Their share, 0 to 1.
  public var heldShare: Double { reports.isEmpty ? 0 : Double(held) / Double(reports.count) }
  /// Flights that crashed.
  public var crashed: Int { reports.count { $0.score.crash != nil } }
  /// Flights that never armed.
  public var neverArmed: Int { reports.count { !$0.inhibits.isEmpty } }
  /// The flights whose logs could not be written to their ends.
  public var unlogged: [FlightReport] { reports.filter { $0.logFailure != nil } }
  /// Periods that were skipped in all of them.
  public var missed: UInt64 { reports.reduce(0) { $0 + $1.missed } }
  /// What was measured in each of the flights.
  public var measures: [RunScore.Measure] { reports.first?.score.measures ?? [] }

  /// In how many flights each fault was seen, the most frequent first.
  public var faults: [(name: String, flights: Int)] {
    Dictionary(reports.flatMap(\.faultNames).map { ($0, 1) }, uniquingKeysWith: +)
      .map { (name: $0.key, flights: $0.value) }
      .sorted { ($1.flights, $0.name) < ($0.flights, $1.name) }
  }

  /// A measure's values in the flights that went on for long enough to have one.
  public func values(_ key: String) -> [Double] {
    reports.map { $0.score.value(key) }.filter(\.isFinite).sorted()
  }
}
