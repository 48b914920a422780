import Control
import Foundation
import VehicleRuntime

extension FlightReport {
  /// How the command ends that flew it.
  var status: ExitStatus {
    if let interruption { return interruption.status }
    return held == false || score.crash != nil || logFailure != nil ? .resultSaysNo : .success
  }

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
      "ended           \(modeName)" + (score.crash.map { ", crashed: \($0)" } ?? "")
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
      "faults": faultNames, "mode": modeName, "crash": score.crash ?? "none", "held": held ?? NSNull(),
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
