import PortableMath

/// A wheel's angle over many turns and its rate, from an encoder that knows the angle within a turn.
///
/// A Luenberger observer with both poles at the bandwidth ω: the rate predicts, a measured angle corrects with gains 2ω
/// and ω². An error counts the short way round, so the angle is unwrapped as long as the wheel turns less than half a
/// turn between two readings beyond what its rate foretells.
struct WheelEstimator: Sendable {
  /// Angle in rad since the first reading, and rate in rad/s.
  private(set) var angle = 0.0
  private(set) var rate = 0.0

  private let bandwidth: Double
  private var track = ReadingTrack()
  /// What the encoder read at angle 0; `nil` before the first reading.
  private var zero: Double?

  init(bandwidth: Double) { self.bandwidth = bandwidth }

  /// Takes in a reading of the `angle` in rad, the `count`th, taken at `time` in ns, when it is new.
  mutating func update(angle reading: Float, count: UInt32, time readAt: Int64) {
    let measured = Double(reading)
    guard measured.isFinite, let interval = track.interval(count: count, time: readAt) else { return }
    guard let zero else {
      zero = measured
      return
    }
    let predicted = angle + rate * interval
    let turns = (measured - zero - predicted) / (2 * Double.pi)
    // The fraction of a turn nearest to zero.
    let error = (turns - turns.rounded(.toNearestOrAwayFromZero)) * 2 * Double.pi
    // After a gap the gains of a longer interval would throw the estimate about.
    let time = interval * bandwidth < 0.5 ? interval : 0.5 / bandwidth
    angle = predicted + 2 * bandwidth * time * error
    rate += bandwidth * bandwidth * time * error
  }
}
