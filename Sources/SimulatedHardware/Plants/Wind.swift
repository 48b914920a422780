import PortableMath

/// The wind that a flight meets, drawn anew for each seed.
public struct WindParameters: Sendable, Equatable {
  /// Lowest and highest mean wind in m/s; it blows horizontally from a random direction.
  public var mean: ClosedRange<Double>
  /// Lowest and highest standard deviation of horizontal gusts in m/s, each axis; vertical gusts have half.
  public var gust: ClosedRange<Double>

  /// Wind from its ranges in m/s.
  public init(mean: ClosedRange<Double>, gust: ClosedRange<Double>) {
    self.mean = mean
    self.gust = gust
  }

  /// No wind.
  public static let calm = WindParameters(mean: 0...0, gust: 0...0)
}

/// Mean wind with gusts: three first-order Gauss-Markov processes.
///
/// Scale lengths and the ratio of vertical to horizontal gusts follow the low-altitude model of MIL-F-8785C,
/// section 3.7.3.4, at 1.5 m above ground: 12 m horizontally, 1.5 m vertically, carried past by 4 m/s of wind.
struct Wind: Sendable {
  /// Mean wind, north-east-down, in m/s.
  let mean: Vector3
  /// Standard deviation of horizontal gusts in m/s.
  let gust: Double
  /// Gusts now, north-east-down, in m/s.
  private var gusts = Vector3.zero
  private var random: RandomGenerator
  /// Share of a gust that is left after one interval, and the standard deviation of what is added.
  private let horizontalDecay, horizontalNoise, verticalDecay, verticalNoise: Double

  static let horizontalTime = 3.0
  static let verticalTime = 0.4

  /// Wind that changes every `interval` s.
  init(parameters: WindParameters, interval: Double, random: RandomGenerator) {
    var random = random
    let speed = random.nextUniform(parameters.mean.lowerBound, parameters.mean.upperBound)
    let direction = random.nextUniform(0, 2 * Double.pi)
    let (s, c) = sineAndCosine(direction)
    mean = Vector3(speed * c, speed * s, 0)
    gust = random.nextUniform(parameters.gust.lowerBound, parameters.gust.upperBound)
    horizontalDecay = exponential(-interval / Wind.horizontalTime)
    verticalDecay = exponential(-interval / Wind.verticalTime)
    horizontalNoise = gust * (1 - horizontalDecay * horizontalDecay).squareRoot()
    verticalNoise = 0.5 * gust * (1 - verticalDecay * verticalDecay).squareRoot()
    // Start in the stationary distribution, not in a lull.
    gusts = Vector3(
      gust * random.nextGaussian(), gust * random.nextGaussian(), 0.5 * gust * random.nextGaussian())
    self.random = random
  }

  /// Moves on by one interval.
  mutating func step() {
    gusts = Vector3(
      gusts.x * horizontalDecay + horizontalNoise * random.nextGaussian(),
      gusts.y * horizontalDecay + horizontalNoise * random.nextGaussian(),
      gusts.z * verticalDecay + verticalNoise * random.nextGaussian())
  }

  /// Wind in m/s, north-east-down, at `height` m above ground. The ground slows it: half at the surface, all
  /// from 1 m up; and no air passes through the ground.
  func velocity(height: Double) -> Vector3 {
    let share = height < 0 ? 0 : height < 1 ? height : 1
    let total = mean + gusts
    return Vector3(total.x * (0.5 + 0.5 * share), total.y * (0.5 + 0.5 * share), total.z * share)
  }
}
