/// Learns in flight how much thrust carries the vehicle, for a landing that must do without an altitude.
///
/// A vehicle that neither rises nor sinks for long is carried, on average, by the vertical part of its thrust: that
/// knows its mass, its motors and its battery better than any setting does.
struct CarriedThrust: BitwiseCopyable, Sendable {
  /// Collective thrust that carries the level vehicle, of full thrust.
  private(set) var thrust: Float

  /// Time constant of the average in s.
  static let averagingTime: Float = 1.5
  /// Share of the carried thrust with which a vehicle sinks, slowly enough to land on.
  static let sinkingShare: Float = 0.92
  /// Smallest cosine of tilt that is compensated for.
  private static let smallestCosine: Float = 0.7

  /// Begins with a guess.
  init(_ thrust: Float) { self.thrust = thrust }

  /// Takes in the command of the tick before, `seconds` ago; only while flying at an altitude that `isKnown`.
  mutating func update(command: BodyCommand, estimate: Estimate, seconds: Float, isKnown: Bool) {
    guard isKnown, seconds > 0, command.thrust > 0 else { return }
    let share = min(seconds / Self.averagingTime, 1)
    let lift = command.thrust * min(max(estimate.cosineOfTilt, 0), 1)
    thrust += (lift - thrust) * share
  }

  /// The thrust with which the vehicle sinks.
  func sinking(estimate: Estimate) -> Float {
    thrust * Self.sinkingShare / max(estimate.cosineOfTilt, Self.smallestCosine)
  }
}
