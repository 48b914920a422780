import HardwareInterfaces

/// A topic that samples come from.
struct SampleOrigin: Sendable {
  var name: String
  var instance: Int
  var rows: Int
  var used: Int
  var leftOut: [ImportAccount.Loss]
  /// Samples a second; `nil` for fewer than two.
  var rate: Double?
  /// Used rows in which something stands in for a number that cannot be one.
  var standIns: [ImportAccount.Loss] = []
}

/// A topic, or two that belong together, that can serve a quantity: its samples, and what was left out of them.
struct SampleSource<Sample: Sendable>: Sendable {
  /// The topics, most have one.
  var origins: [SampleOrigin]
  /// Topics that could stand in place of one of `origins` and have fewer valid rows.
  var others: [SampleOrigin] = []
  /// The samples in order of time.
  var samples: [SensorRecording.Timed<Sample>]
  /// Whether many samples are there and all of them are the same: a sensor that lives does not do that.
  var isConstant = false
  /// Samples of the longest times in which the same reading was repeated: twenty or more, for a second or more.
  var stuck = 0
  /// Whether a sample says something; one of a range finder without a target does not.
  var isSeen: @Sendable (Sample) -> Bool = { _ in true }
  /// Samples that say that nothing was seen.
  var blind = 0
  /// What had to be decided to read its rows at all, for people; `nil` when nothing had.
  var reading: String?
  /// The step in ns of the slower of two sensors whose samples are put together here.
  var slowerStep: Int64?
  /// Samples a second above which more are no better; with 0 the first source that has any is the best.
  var enough = Double.infinity

  /// The topics' names: "sensor_gyro and sensor_accel".
  var name: String { origins.map(\.name).joined(separator: " and ") }
  /// Samples a second; `nil` for fewer than two.
  var rate: Double? { origins.first?.rate }

  /// From how many samples on it is odd that all are the same.
  static var manySamples: Int { 20 }

  /// Samples that say something.
  var valid: Int { samples.count - blind }

  /// Whether the same reading stood for most of the time.
  var isMostlyStuck: Bool { stuck * 2 >= samples.count && stuck > 0 }

  /// How good it is: how many valid samples there are, but as if it came no faster than is enough.
  var worth: Double {
    guard enough > 0 else { return 0 }
    guard let rate, rate > enough else { return Double(valid) }
    return Double(valid) * enough / rate
  }

  var rateWords: String { rate.map(rateInWords) ?? "less than two samples" }
}

extension SampleSource {
  /// Whether it is the worse one of two that could stand for one another in a pair.
  func isWorse(than other: Self) -> Bool {
    (isConstant ? 0 : 1, isMostlyStuck ? 0 : 1, worth) < (
      other.isConstant ? 0 : 1, other.isMostlyStuck ? 0 : 1, other.worth
    )
  }
}

extension SampleSource where Sample == RangeSample {
  /// The source with the samples counted in which the range finder saw nothing.
  var withoutTargetsCounted: Self {
    var source = self
    source.isSeen = { $0.isValid }
    source.blind = samples.count { !$0.sample.isValid }
    return source
  }
}

/// Samples a second in words: "25 Hz".
func rateInWords(_ rate: Double) -> String {
  let rounded = rate < 10 ? (rate * 10).rounded() / 10 : rate.rounded()
  return rounded == rounded.rounded() && rounded < 1e6 ? "\(Int(rounded)) Hz" : "\(rounded) Hz"
}

/// Samples a second by the median of the steps between times in ns; `nil` for fewer than two.
func medianRate(_ times: [Int64]) -> Double? {
  let steps = zip(times, times.dropFirst()).map { $1 &- $0 }.filter { $0 > 0 }.sorted()
  guard !steps.isEmpty else { return nil }
  return 1e9 / Double(steps[steps.count / 2])
}
