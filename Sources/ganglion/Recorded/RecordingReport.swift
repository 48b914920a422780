import Control
import ControlLoop
import FlightLog
import Foundation
import PortableMath
import Signals

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
  private let safety: SafetySignals
  private let elapsedPlace: SignalIndex<Int64>?
  private let roll, pitch: SignalIndex<Float>?
  /// Whether each condition was seen.
  private var wasSeen: [Bool]
  private var duration = 0.0
  private var armedTicks = 0
  private var comparisons = 0
  private var rollComparisons = 0
  private var leftOut = 0
  private var rollSquares = 0.0
  private var pitchSquares = 0.0

  init(
    name: String, logPath: String, _ recording: SensorRecording, of table: SignalTable, absent: [String],
    whyNotJudged: String?
  ) {
    safety = SafetySignals(table)
    elapsedPlace = table.index(of: "tick.elapsed")
    (roll, pitch) = (table.index(of: "attitude.roll"), table.index(of: "attitude.pitch"))
    wasSeen = safety.conditions.map { _ in false }
    (self.name, self.logPath, account, dropouts) = (name, logPath, recording.account, recording.dropouts)
    (self.absent, self.whyNotJudged, tellsArmed) = (absent, whyNotJudged, !recording.armed.isEmpty)
  }

  /// Takes note of a tick.
  mutating func add(_ frame: Frame, isArmed: Bool) {
    let elapsed = elapsedPlace.map { frame[$0] } ?? 0
    ticks += 1
    if isArmed { armedTicks += 1 }
    longestElapsed = max(longestElapsed, elapsed)
    duration += Double(elapsed) * 1e-9
    // The chips and the filters have a second to start.
    guard duration > 1 else { return }
    for (index, place) in safety.conditionPlaces.enumerated() where frame[place] { wasSeen[index] = true }
  }

  private var faults: [SafetyFlag] { zip(safety.conditions, wasSeen).filter(\.1).map(\.0) }

  /// Compares roll and pitch of a tick, on the circle, with those of the recording.
  mutating func compare(_ frame: Frame, with reference: Quaternion) {
    guard let rollPlace = roll, let pitchPlace = pitch else { return leaveOut() }
    let angles = reference.eulerAngles
    comparisons += 1
    let pitch = Self.onCircle(Double(frame[pitchPlace]) - angles.pitch)
    pitchSquares += pitch * pitch
    // With the nose straight up or down there is no roll.
    guard abs(angles.pitch) < 85 * .pi / 180 else { return }
    rollComparisons += 1
    let roll = Self.onCircle(Double(frame[rollPlace]) - angles.roll)
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
