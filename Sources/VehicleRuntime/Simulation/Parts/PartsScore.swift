import Signals
import VehicleConfiguration

/// How well a run of a plant of parts went, by the criteria of its file.
struct PartsScore {
  private struct Row {
    var criterion: HeldCriterion
    var place: Int
    var wanted: SignalIndex<Float>?
    var sum = 0.0
    var largest = 0.0
  }

  private let window: Configuration.EvaluationWindow
  private var rows: [Row]
  private var samples = 0
  private var stayedArmed = true

  init(_ plant: PartsPlant, _ places: [String: Int]) {
    window = plant.window
    rows = plant.judgedCriteria.map {
      Row(criterion: $0, place: places["\($0.part).\($0.output)"] ?? 0)
    }
  }

  /// Finds what is wanted in frames.
  mutating func watch(_ signals: SignalTable) {
    for index in rows.indices {
      rows[index].wanted = rows[index].criterion.wanted.flatMap { signals.index(of: $0) }
    }
  }

  mutating func note(_ tick: RunTick, _ values: [Double]) {
    guard window.contains(tick.time) else { return }
    samples += 1
    if !tick.isActive { stayedArmed = false }
    for index in rows.indices {
      let row = rows[index]
      let wanted = Double(tick.frame.value(row.wanted) ?? 0)
      var error = values[row.place] - wanted
      if row.criterion.isAngle {
        while error > .pi { error -= 2 * .pi }
        while error < -.pi { error += 2 * .pi }
        error *= 180 / .pi
      }
      if row.criterion.isRelative { error *= 100 / max(wanted.magnitude, 1e-9) }
      rows[index].sum += error * error
      // So written that what is no number is the largest of all.
      if !(error.magnitude <= row.largest) { rows[index].largest = error.isNaN ? .infinity : error.magnitude }
    }
  }

  func score(crash: String?) -> RunScore {
    RunScore(
      isJudged: window.isJudged, samples: samples, crash: crash, stayedArmed: stayedArmed,
      measures: rows.map { row in
        let criterion = row.criterion
        let value = criterion.summary == .rms ? (row.sum / Double(max(samples, 1))).squareRoot() : row.largest
        return RunScore.Measure(
          key: Self.key(criterion), subject: criterion.name,
          unit: criterion.unit.isEmpty || criterion.isAngle ? criterion.unit : " \(criterion.unit)",
          summary: criterion.summary == .rms ? "RMS" : "largest", digits: Self.digits(criterion.limit),
          value: samples == 0 ? .infinity : value, limit: criterion.limit)
      })
  }

  /// As other vehicles' measures are called: `level_max_percent`, `speed_rms_m_s`, `pan_rms_deg`.
  private static func key(_ criterion: HeldCriterion) -> String {
    let unit =
      criterion.isRelative
      ? "percent"
      : criterion.isAngle ? "deg" : String(criterion.unit.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    return criterion.name + (criterion.summary == .rms ? "_rms" : "_max") + (unit.isEmpty ? "" : "_\(unit)")
  }

  /// Decimals that are worth showing beside a limit.
  private static func digits(_ limit: Double) -> Int { limit < 0.1 ? 4 : limit < 1 ? 3 : limit < 100 ? 2 : 1 }
}
