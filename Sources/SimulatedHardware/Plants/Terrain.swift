import PortableMath

/// A ground in waves: two crossing rows of them, drawn anew for each seed.
struct Terrain: Sendable {
  /// A row of waves: its direction, its wave number in 1/m, the tangent of its steepest slope, and its phase.
  private struct Wave: Sendable {
    var north, east, number, steepness, phase: Double
  }

  private var first, second: Wave

  init(_ surroundings: BalancingRobotSurroundings, random: RandomGenerator) {
    var random = random
    let slope = random.nextUniform(surroundings.slope.lowerBound, surroundings.slope.upperBound)
    func wave(_ share: Double) -> Wave {
      let (s, c) = sineAndCosine(random.nextUniform(0, 2 * Double.pi))
      // From two metres from crest to crest to six.
      let length = random.nextUniform(2, 6)
      return Wave(
        north: c, east: s, number: 2 * Double.pi / length, steepness: share * slope,
        phase: random.nextUniform(0, 2 * Double.pi))
    }
    first = wave(0.7)
    second = wave(0.3)
  }

  /// Slope in rad, uphill positive, that a robot meets at a place with a heading.
  func slope(north: Double, east: Double, heading: Double) -> Double {
    let (s, c) = sineAndCosine(heading)
    return slope(first, north, east, c, s) + slope(second, north, east, c, s)
  }

  private func slope(_ wave: Wave, _ north: Double, _ east: Double, _ c: Double, _ s: Double) -> Double {
    guard wave.steepness > 0 else { return 0 }
    let angle = wave.number * (wave.north * north + wave.east * east) + wave.phase
    return wave.steepness * cosine(angle) * (wave.north * c + wave.east * s)
  }
}

/// Someone who pushes the robot now and then, forward or back.
struct Pusher: Sendable {
  private let surroundings: BalancingRobotSurroundings
  private let duration: Double
  private var random: RandomGenerator
  private var wait: Double
  private var left = 0.0
  private var force = 0.0

  init(_ surroundings: BalancingRobotSurroundings, duration: Double, random: RandomGenerator) {
    (self.surroundings, self.duration, self.random) = (surroundings, duration, random)
    wait = self.random.nextUniform(surroundings.every.lowerBound, surroundings.every.upperBound)
  }

  /// Force in N over the next `seconds`, forward positive.
  mutating func step(seconds: Double) -> Double {
    if left > 0 {
      left -= seconds
      return force
    }
    wait -= seconds
    guard wait <= 0 else { return 0 }
    let impulse = random.nextUniform(surroundings.impulse.lowerBound, surroundings.impulse.upperBound)
    force = (random.nextUniform() < 0.5 ? -impulse : impulse) / duration
    left = duration
    wait = random.nextUniform(surroundings.every.lowerBound, surroundings.every.upperBound)
    return force
  }
}
