/// Recordings parted into what a quantisation is calibrated on and what it is judged by: of each recording the last fifth is
/// kept aside.
///
/// By time and not by chance, because neighbouring ticks are nearly the same: a tick between two that were calibrated on would
/// say little of what comes next.
public struct CalibrationSplit: Sendable {
  /// The recordings, each from rest.
  let recordings: [[Calibration.Step]]

  /// One of so many steps is kept aside.
  public static let share = 5
  /// Fewer steps than these are no recording.
  public static let fewest = 20

  /// - Throws: `ModelError` for recordings that are too short to keep anything aside.
  public init(_ recordings: [[Calibration.Step]]) throws(ModelError) {
    self.recordings = recordings
    let count = recordings.reduce(0) { $0 + $1.count }
    let aside = recordings.reduce(0) { $0 + $1.count / Self.share }
    guard count >= Self.fewest else {
      throw ModelError(
        "calibration", "has \(count) steps, and fewer than \(Self.fewest) say nothing of what a network sees",
        remedy: "record a run of the vehicle that shows what the network will see in use: thousands of ticks")
    }
    guard aside >= Self.fewest / Self.share else {
      throw ModelError(
        "calibration",
        "has \(recordings.count) recordings so short that \(aside) steps in all could be kept aside to judge the result",
        remedy: "use longer recordings: thousands of ticks in one")
    }
  }

  /// How many steps of a recording are calibrated on.
  static func calibrated(of recording: [Calibration.Step]) -> Int {
    recording.count - recording.count / share
  }

  /// What to calibrate on.
  public var calibrated: [Calibration.Step] {
    recordings.flatMap { $0.prefix(Self.calibrated(of: $0)) }
  }

  /// Steps kept aside.
  public var asideCount: Int { recordings.reduce(0) { $0 + $1.count / Self.share } }
}
