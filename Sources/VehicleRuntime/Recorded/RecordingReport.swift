import Control
import FlightLog
import PortableMath
import Signals

/// How a recording went through.
package struct RecordingReport {
  package let name: String
  package let logPath: String
  /// What was taken from the recording, and what was not.
  package let account: ImportAccount
  /// Times in which the recorder could not write.
  package let dropouts: [SensorRecording.Dropout]
  /// The kinds of sensors that the vehicle has and the recording has not.
  package let absent: [String]
  /// Whether the recording tells when the vehicle was armed.
  package let tellsArmed: Bool
  /// Why neither health nor attitude is judged; `nil` when they are.
  package let whyNotJudged: String?
  /// What stood at the end of its range, and what of the network was beyond its own.
  package var range = RangeCounts()
  package var network = NetworkCounts()
  package private(set) var ticks = 0
  /// The longest time in ns from one tick to the next.
  package private(set) var longestElapsed: Int64 = 0
  package let safety: SafetySignals
  package let elapsedPlace: SignalIndex<Int64>?
  package let roll, pitch: SignalIndex<Float>?
  /// Whether each condition was seen.
  package private(set) var wasSeen: [Bool]
  package private(set) var duration = 0.0
  package private(set) var armedTicks = 0
  package private(set) var comparisons = 0
  package private(set) var rollComparisons = 0
  package private(set) var leftOut = 0
  package private(set) var rollSquares = 0.0
  package private(set) var pitchSquares = 0.0

  package init(
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

  /// Time in s that the chips and the filters have to start.
  package static let settling = 1.0

  /// Takes note of a tick.
  package mutating func add(_ frame: Frame, isArmed: Bool) {
    let elapsed = elapsedPlace.map { frame[$0] } ?? 0
    ticks += 1
    if isArmed { armedTicks += 1 }
    // The first tick follows none.
    if ticks > 1 { longestElapsed = max(longestElapsed, elapsed) }
    duration += Double(elapsed) * 1e-9
    guard duration > Self.settling else { return }
    for (index, place) in safety.conditionPlaces.enumerated() where frame[place] { wasSeen[index] = true }
  }

  package var faults: [SafetyFlag] { zip(safety.conditions, wasSeen).filter(\.1).map(\.0) }

  /// Compares roll and pitch of a tick, on the circle, with those of the recording.
  package mutating func compare(_ frame: Frame, with reference: Quaternion) {
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
  package mutating func leaveOut() { leftOut += 1 }

  /// An angle in rad between −π and π.
  package static func onCircle(_ angle: Double) -> Double {
    angle - 2 * .pi * (angle / (2 * .pi)).rounded()
  }

  package func degrees(_ squares: Double, _ count: Int) -> Double {
    (squares / Double(count)).squareRoot() * 180 / .pi
  }
}
