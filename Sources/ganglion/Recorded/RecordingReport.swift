import ControlLoop
import FlightLog
import Foundation
import PortableMath

/// How a recording went through.
struct RecordingReport {
  let name: String
  let logPath: String
  /// What was taken from the recording, and what was not.
  let account: ImportAccount
  /// Times in which the recorder could not write.
  let dropouts: [SensorRecording.Dropout]
  /// The kinds of sensors that the vehicle has and the recording has not.
  let absent: [String]
  /// Whether the recording tells when the vehicle was armed.
  let tellsArmed: Bool
  /// Why neither health nor attitude is judged; `nil` when they are.
  let whyNotJudged: String?
  private var ticks = 0
  private var longestElapsed: Int64 = 0
  private var faults: UInt32 = 0
  private var duration = 0.0
  private var armedTicks = 0
  private var comparisons = 0
  private var rollComparisons = 0
  private var leftOut = 0
  private var rollSquares = 0.0
  private var pitchSquares = 0.0

  init(
    name: String, logPath: String, _ recording: SensorRecording, absent: [String], whyNotJudged: String?
  ) {
    (self.name, self.logPath, account, dropouts) = (name, logPath, recording.account, recording.dropouts)
    (self.absent, self.whyNotJudged, tellsArmed) = (absent, whyNotJudged, !recording.armed.isEmpty)
  }

  mutating func add(_ input: TickInput, _ output: TickOutput, isArmed: Bool) {
    ticks += 1
    if isArmed { armedTicks += 1 }
    longestElapsed = max(longestElapsed, input.elapsed)
    duration += Double(input.elapsed) * 1e-9
    // The chips and the filters have a second to start.
    if duration > 1 { faults |= output.faults }
  }

  /// Compares roll and pitch, on the circle, with those of the recording.
  mutating func compare(_ estimate: Estimate, with reference: Quaternion) {
    let angles = reference.eulerAngles
    comparisons += 1
    let pitch = Self.onCircle(Double(estimate.pitch) - angles.pitch)
    pitchSquares += pitch * pitch
    // With the nose straight up or down there is no roll.
    guard abs(angles.pitch) < 85 * .pi / 180 else { return }
    rollComparisons += 1
    let roll = Self.onCircle(Double(estimate.roll) - angles.roll)
    rollSquares += roll * roll
  }

  /// Notes an attitude of the recording that nothing can be compared with.
  mutating func leaveOut() { leftOut += 1 }

  /// An angle in rad between −π and π.
  static func onCircle(_ angle: Double) -> Double {
    angle - 2 * .pi * (angle / (2 * .pi)).rounded()
  }

  private func degrees(_ squares: Double, _ count: Int) -> Double {
    (squares / Double(count)).squareRoot() * 180 / .pi
  }

  private var pressureSource: String {
    account.topics.first { $0.quantity == .pressure && $0.isChosen }?.name ?? "none"
  }

  private var health: String {
    if let whyNotJudged { return "not judged: \(whyNotJudged)" }
    let conditions = FailsafeCondition.list(faults).map(\.text)
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
      "attitudes_left_out": leftOut, "judged": whyNotJudged == nil,
      "faults": whyNotJudged == nil ? FailsafeCondition.list(faults).map(\.name) : [], "log": logPath,
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
