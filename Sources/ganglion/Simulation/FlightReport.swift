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
  var faults: [FailsafeCondition]
  var inhibits: [ArmingInhibit]
  /// Sensors that were missing at the end, or not what the configuration says.
  var complaints: [String]
  /// What became of sensors that have spares.
  var sensors: [SensorTally.Entry]
  /// What of the network was beyond its range.
  var network = NetworkTally()
  var logPath: String?

  /// Whether the flight counts as held.
  var isHeld: Bool { score.isHeld }

  /// A short table.
  var table: String {
    func microseconds(_ quantile: Double) -> String {
      String(format: "%.1f", Double(tickTimes.quantile(quantile)) * 1e-3)
    }
    var lines = [
      "flight          \(name), seed \(seed)",
      "ticks           \(ticks), \(missed) missed",
      "tick time       p50 \(microseconds(0.5)) µs, p99 \(microseconds(0.99)) µs, max \(microseconds(1)) µs",
      tracking,
      "faults          " + (faults.isEmpty ? "none" : faults.map(\.text).joined(separator: "; ")),
      "ended           \(mode)" + (score.crash.map { ", crashed: \($0)" } ?? ""),
      "held            " + (isHeld ? "yes" : "no"),
    ]
    for entry in sensors { lines.append("sensors         \(entry.text)") }
    lines += network.lines
    for inhibit in inhibits { lines.append("never armed     \(inhibit.text): \(inhibit.remedy)") }
    for complaint in complaints { lines.append("device          \(complaint)") }
    if let logPath { lines.append("log             \(logPath)") }
    return lines.joined(separator: "\n")
  }

  private var tracking: String {
    guard score.samples > 0 else {
      return "tracking error  not measured: the flight ended before evaluation.from_s"
    }
    let measures = score.measures.map { measure in
      String(
        format: "%@ %.\(measure.digits)f%@ %@ (limit %.\(max(measure.digits - 1, 0))f)",
        measure.subject, measure.value, measure.unit, measure.summary, measure.limit)
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
      "faults": faults.map(\.name), "mode": "\(mode)", "crash": score.crash ?? "none", "held": isHeld,
      "inhibits": inhibits.map { "\($0)" }, "devices": complaints, "network_beyond_range_ticks": network.json,
    ]
    if score.samples > 0 {
      for measure in score.measures { object[measure.key] = measure.value }
    }
    if !sensors.isEmpty {
      object["sensors"] = Dictionary(uniqueKeysWithValues: sensors.map { ($0.kind.rawValue, $0.json) })
    }
    if let logPath { object["log"] = logPath }
    return object
  }
}
