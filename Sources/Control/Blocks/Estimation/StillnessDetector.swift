import PortableMath

/// Averages inertial readings for as long as they do not move.
struct StillnessDetector: Sendable {
  /// Averages over one complete window of standing still.
  struct Window: Sendable {
    /// Average rate in rad/s, body axes.
    var rate: Vector3
    /// Average specific force in m/s², body axes.
    var force: Vector3
  }

  private let duration, rateLimit, forceLimit: Double
  private var elapsed = 0.0
  private var count = 0.0
  private var rateSum = Vector3.zero
  private var forceSum = Vector3.zero
  /// Whether the last complete window, and everything since, stood still.
  private(set) var isStill = false
  /// Whether the last reading was motion, so that averages begin anew with it.
  private(set) var moved = false

  init(_ settings: AttitudeSettings) {
    (duration, rateLimit, forceLimit) = (settings.stillTime, settings.stillRate, settings.stillForce)
  }

  /// Adds a reading, `seconds` after the one before; returns the averages when a window is complete.
  mutating func add(rate: Vector3, force: Vector3, seconds: Double) -> Window? {
    moved = false
    if count > 0 {
      let scale = 1 / count
      moved =
        (rate - rateSum * scale).length > rateLimit || (force - forceSum * scale).length > forceLimit
        // Nobody knows what happened in a long gap.
        || seconds > 0.5 * duration
      if moved {
        restart()
        isStill = false
      }
    }
    if count > 0 { elapsed += seconds }
    count += 1
    rateSum += rate
    forceSum += force
    guard elapsed >= duration else { return nil }
    let window = Window(rate: rateSum * (1 / count), force: forceSum * (1 / count))
    restart()
    isStill = true
    return window
  }

  private mutating func restart() {
    (elapsed, count, rateSum, forceSum) = (0, 0, .zero, .zero)
  }
}
