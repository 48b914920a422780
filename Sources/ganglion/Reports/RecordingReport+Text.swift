import Control
import FlightLog
import Foundation
import VehicleRuntime

extension RecordingReport {
  private var pressureSource: String {
    account.topics.first { $0.quantity == .pressure && $0.isChosen }?.name ?? "none"
  }

  private var health: String {
    if let whyNotJudged { return "not judged: \(whyNotJudged)" }
    if duration <= Self.settling {
      return "not judged: faults count after \(Self.settling) s of ticks, and there are fewer"
    }
    let conditions = faults.map(\.text)
    return conditions.isEmpty ? "no faults" : conditions.joined(separator: "; ")
  }

  private var attitude: String {
    if let whyNotJudged { return "not judged: \(whyNotJudged)" }
    let others = leftOut == 0 ? "" : "; \(leftOut) attitudes had nothing to compare with"
    guard comparisons > 0 else {
      return leftOut == 0 ? "the recording has none to compare with" : "nothing compared" + others
    }
    let roll =
      rollComparisons == 0
      ? "roll not compared" : String(format: "roll %.2f° RMS", degrees(rollSquares, rollComparisons))
    return String(
      format: "%@, pitch %.2f° RMS against the recording's own (%d comparisons", roll,
      degrees(pitchSquares, comparisons), comparisons) + others + ")"
  }

  var text: String {
    ([
      "recording       \(name), \(String(format: "%.1f", duration)) s",
      "ticks           \(ticks), longest step \(String(format: "%.1f", Double(longestElapsed) * 1e-6)) ms, "
        + (armedTicks > 0 ? "\(armedTicks) of them armed" : tellsArmed ? "never armed" : "taken as disarmed"),
      "dropouts        \(dropouts.count), longest \(dropouts.map(\.milliseconds).max() ?? 0) ms",
      "absent          \(absent.isEmpty ? "nothing" : absent.joined(separator: ", ")); pressure from \(pressureSource)",
      "health          \(health)",
      "attitude        \(attitude)",
    ] + range.lines + network.lines + [
      "log             \(logPath)",
      "account",
    ] + account.lines.map { "  \($0)" }).joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "recording": name, "ticks": ticks, "seconds": duration, "dropouts": dropouts.count,
      "longest_dropout_ms": dropouts.map(\.milliseconds).max() ?? 0,
      "longest_step_ms": Double(longestElapsed) * 1e-6, "armed_ticks": armedTicks,
      "absent": absent, "pressure_source": pressureSource, "comparisons": comparisons,
      "attitudes_left_out": leftOut, "sensors_beyond_range_ticks": range.json,
      "network_beyond_range_ticks": network.json, "judged": whyNotJudged == nil,
      "faults": whyNotJudged == nil ? faults.map(\.name) : [], "log": logPath,
      "account": account.json,
    ]
    if let whyNotJudged { object["why_not_judged"] = whyNotJudged }
    if whyNotJudged == nil {
      if rollComparisons > 0 { object["roll_rms_deg"] = degrees(rollSquares, rollComparisons) }
      if comparisons > 0 { object["pitch_rms_deg"] = degrees(pitchSquares, comparisons) }
    }
    return object
  }
}
