import Control
import ControlLoop
import Foundation

/// How a flight went, for people and for machines.
struct FlightReport: Sendable {
  var name: String
  var seed: UInt64
  var ticks: UInt64
  var missed: UInt64
  var tickTimes: LatencyHistogram
  var score: RunScore
  var mode: VehicleMode
  /// Conditions that the controller saw while it was not disarmed.
  var faults: [SafetyFlag]
  /// What kept it from arming, if it never did.
  var inhibits: [SafetyFlag]
  /// Sensors that were missing at the end, or not what the configuration says.
  var complaints: [String]
  /// What became of sensors that have spares.
  var sensors: [SensorTally.Entry]
  /// What of the network was beyond its range.
  var network = NetworkTally.Counts()
  /// Which sensors stood at the end of their range.
  var range = RangeTally.Counts()
  var logPath: String?
  /// Why the log ends before the flight does.
  var logFailure: String?
  /// The signal that ended the flight before its time.
  var interruption: StopSignal?
  /// Whether the flight went on to the end of the time that is judged, or ended before by itself.
  var isJudgedToTheEnd = true
  /// Injected faults that came too late to strike.
  var faultsWithoutEffect: [String] = []

  /// What `reason` is called among the faults and in the log.
  static func crashText(_ reason: String) -> String { "the vehicle crashed: \(reason)" }

  /// Whether the flight held; `nil` when it is not judged, or not to its end.
  var held: Bool? {
    // What has crashed has not held, whatever would have come.
    guard isJudgedToTheEnd || score.crash != nil else { return nil }
    return score.held
  }

  /// Whether the flight was judged and counts as held.
  var isHeld: Bool { held == true }

  /// How the command ends that flew it.
  var status: ExitStatus {
    if let interruption { return interruption.status }
    return held == false || score.crash != nil || logFailure != nil ? .resultSaysNo : .success
  }

  /// All that went wrong, a crash included.
  private var faultTexts: [String] { faults.map(\.text) + (score.crash.map { [Self.crashText($0)] } ?? []) }
  /// The same by name.
  var faultNames: [String] { faults.map(\.name) + (score.crash == nil ? [] : ["crash"]) }

  /// A short table.
  var table: String {
    func microseconds(_ quantile: Double) -> String {
      String(format: "%.1f", Double(tickTimes.quantile(quantile)) * 1e-3)
    }
    var lines = [
      "flight          \(name), seed \(seed)",
      "ticks           \(ticks), \(missed) missed",
      "tick time       p50 \(microseconds(0.5)) µs, p99 \(microseconds(0.99)) µs, max \(microseconds(1)) µs",
    ]
    // What stands still is asked for nothing that could be measured.
    if !score.measures.isEmpty { lines.append(tracking) }
    lines += [
      "faults          " + (faultTexts.isEmpty ? "none" : faultTexts.joined(separator: "; ")),
      "ended           \(mode)" + (score.crash.map { ", crashed: \($0)" } ?? "")
        + (interruption.map { ", interrupted by \($0.name)" } ?? ""),
      "held            " + verdict,
    ]
    for entry in sensors { lines.append("sensors         \(entry.text)") }
    lines += range.lines + network.lines
    for inhibit in inhibits { lines.append("never armed     \(inhibit.text): \(inhibit.remedy)") }
    for complaint in complaints { lines.append("device          \(complaint)") }
    for fault in faultsWithoutEffect { lines.append("fault           \(fault)") }
    if let logPath {
      lines.append("log             \(logPath)" + (hasMadeRoom(logPath) ? madeRoomText : ""))
    }
    if let logFailure { lines.append("log ended early \(logFailure)") }
    return lines.joined(separator: "\n")
  }

  private var verdict: String {
    switch held {
    case true?: "yes"
    case false?: "no: " + score.shortcomings.joined(separator: "; ")
    case nil:
      score.isJudged
        ? "not judged: interrupted before evaluation.until_s"
        : "not judged: the configuration has no section evaluation"
    }
  }

  private var tracking: String {
    guard score.samples > 0 else {
      return "tracking error  not measured: the flight ended before "
        + (score.isJudged ? "evaluation.from_s" : "the first 5 s were over")
    }
    let measures = score.measures.map { measure in
      "\(measure.subject) \(measure.text) \(measure.summary)"
        + (score.isJudged ? " (limit \(measure.limitNumber))" : "")
    }
    return "tracking error  " + measures.joined(separator: ", ")
  }

  /// The same as an object.
  var json: [String: Any] {
    var object: [String: Any] = [
      "name": name, "seed": seed, "ticks": ticks, "missed_ticks": missed,
      "tick_time_us": [
        "p50": Double(tickTimes.quantile(0.5)) * 1e-3, "p99": Double(tickTimes.quantile(0.99)) * 1e-3,
        "max": Double(tickTimes.maximum) * 1e-3,
      ],
      "faults": faultNames, "mode": "\(mode)", "crash": score.crash ?? "none", "held": held ?? NSNull(),
      "inhibits": inhibits.map(\.name), "devices": complaints, "network_beyond_range_ticks": network.json,
      "sensors_beyond_range_ticks": range.json,
    ]
    if held == false { object["not_held_because"] = score.shortcomings }
    if let interruption { object["interrupted"] = interruption.name }
    if !faultsWithoutEffect.isEmpty { object["faults_without_effect"] = faultsWithoutEffect }
    if score.samples > 0 {
      for measure in score.measures { object[measure.key] = measure.value }
    }
    if !sensors.isEmpty {
      object["sensors"] = Dictionary(uniqueKeysWithValues: sensors.map { ($0.name, $0.json) })
    }
    if let logPath {
      object["log"] = logPath
      if hasMadeRoom(logPath) { object["log_first_part_deleted"] = true }
    }
    if let logFailure { object["log_failure"] = logFailure }
    return object
  }
}
