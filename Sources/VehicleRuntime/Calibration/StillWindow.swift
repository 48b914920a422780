import HardwareInterfaces
import PortableMath
import VehicleConfiguration

/// Averages of readings of a sensor that stood still.
public struct StillAverage: Sendable, Equatable {
  /// Average rate in rad/s and specific force in m/s².
  public var rate, force: Vector3
  /// Die temperature in °C.
  public var temperature: Double
  /// Readings that it is the average of.
  public var count: Int
  /// Standard error of the average rate in rad/s, the largest of the axes, by how its parts differ.
  public var rateError: Double
}

/// What shows that a sensor did not stand still.
public struct ObservedMotion: Sendable, Equatable {
  /// The ways in which readings show motion.
  public enum Kind: Sendable, Equatable {
    /// The rate changed within half a second.
    case turning
    /// The specific force changed within half a second.
    case shaking
    /// The average rate changed from one part of the time to another.
    case turningSlowly
    /// The average specific force changed: the sensor tilts slowly.
    case tilting
    /// There were no readings for a while.
    case gap
    /// A reading was not a number.
    case nonsense
  }

  /// Which readings.
  public var kind: Kind
  /// Time in s since the first reading.
  public var seconds: Double
  /// 0 for x, 1 for y, 2 for z.
  public var axis: Int
  /// By how much, and how much would have passed: in rad/s, m/s² or s.
  public var amount, limit: Double

  /// One sentence for people.
  public var text: String {
    let axis = ["x", "y", "z"][min(max(axis, 0), 2)]
    func dps(_ rate: Double) -> String { rounded(rate * 180 / .pi, 2) }
    let what =
      switch kind {
      case .turning:
        "the rate about the sensor's \(axis) scattered by \(dps(amount)) °/s (at most \(dps(limit)))"
      case .shaking:
        "the acceleration along the sensor's \(axis) scattered by \(rounded(amount, 2)) m/s² "
          + "(at most \(rounded(limit, 2)))"
      case .turningSlowly:
        "the rate about the sensor's \(axis) changed by \(dps(amount)) °/s (at most \(dps(limit)))"
      case .tilting:
        "the acceleration along the sensor's \(axis) crept by \(rounded(amount, 3)) m/s² "
          + "(at most \(rounded(limit, 3))): it tilts slowly"
      case .gap: "there were no readings for \(rounded(amount, 2)) s (at most \(rounded(limit, 2)))"
      case .nonsense: "a reading was not a number"
      }
    return "at \(rounded(seconds, 1)) s \(what)"
  }
}

/// Averages readings over a time in which the sensor stood still, and says what moved when it did not.
///
/// The time is cut into blocks of half a second. Within a block the readings must not scatter more than noise does; from
/// block to block, and from the first half of the time to the second, the averages must not creep. A steady turn about
/// the vertical alone looks like a bias to a gyroscope and like nothing to an accelerometer: nobody can tell it, but
/// whoever sees the vehicle turn.
public struct StillWindow: Sendable {
  /// What counts as still.
  public struct Limits: Sendable, Equatable {
    /// Largest standard deviation of the rate within a block, in rad/s. Loud sensors show a quarter of it.
    public var rateScatter = 0.02
    /// The same of the specific force, in m/s².
    public var forceScatter = 0.3
    /// Largest change of the average rate between blocks, in rad/s: half a degree a second.
    public var rateChange = 0.0087
    /// The same of the specific force, in m/s²: a third of a degree of tilt.
    public var forceChange = 0.06
    /// Largest change of the average rate from the first half to the second, in rad/s.
    public var rateDrift = 0.0035
    /// The same of the specific force, in m/s²: a fifth of a degree of tilt.
    public var forceDrift = 0.035
    /// Longest time in s between two readings.
    public var gap = 0.25

    /// The limits for chips of the supported kinds.
    public init() {}
  }

  /// What a reading led to.
  public enum Verdict: Sendable, Equatable {
    /// More readings are needed.
    case going
    /// It moved: the time begins anew.
    case moved(ObservedMotion)
    /// It stood still for the whole time, which begins anew.
    case still(StillAverage)
  }

  private static let blockSeconds = 0.5
  private let limits: Limits
  private let wanted: Int
  private var blocks: [StillBlock] = []
  private var block = StillBlock()
  private var began: MonotonicTime?
  private var blockBegan = MonotonicTime.zero
  private var last = MonotonicTime.zero

  /// Averages over `seconds`, at least two blocks.
  public init(seconds: Double, limits: Limits = Limits()) {
    self.limits = limits
    wanted = max(Int(exactly: (seconds / Self.blockSeconds).rounded()) ?? 2, 2)
  }

  /// How much of the time has passed without motion, 0 to 1.
  public var share: Double { Double(blocks.count) / Double(wanted) }

  /// Adds a reading in the sensor's axes.
  public mutating func add(_ sample: InertialSample, at time: MonotonicTime) -> Verdict {
    let rate = Vector3(Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ))
    let force = Vector3(
      Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ))
    let start = began ?? time
    if began == nil { (began, blockBegan, last) = (time, time, time) }
    guard rate.isFinite, force.isFinite, sample.temperature.isFinite else {
      return moved(.nonsense, time, 0, 0, 0)
    }
    let gap = Double(time.nanoseconds(since: last)) * 1e-9
    last = time
    guard gap >= 0, gap <= limits.gap else { return moved(.gap, time, 0, gap.magnitude, limits.gap) }
    guard Double(time.nanoseconds(since: blockBegan)) * 1e-9 >= Self.blockSeconds else {
      return add(rate, force, sample.temperature)
    }
    let (full, at) = (block, Double(blockBegan.nanoseconds(since: start)) * 1e-9)
    (block, blockBegan) = (StillBlock(), time)
    _ = add(rate, force, sample.temperature)
    if let motion = judge(full, at: at) {
      blocks = []
      return .moved(motion)
    }
    blocks.append(full)
    return complete(at: at)
  }

  private mutating func add(_ rate: Vector3, _ force: Vector3, _ temperature: Float) -> Verdict {
    block.add(rate, force, Double(temperature))
    return .going
  }

  private mutating func moved(
    _ kind: ObservedMotion.Kind, _ time: MonotonicTime, _ axis: Int, _ amount: Double, _ limit: Double
  ) -> Verdict {
    let start = began ?? time
    (blocks, block, blockBegan) = ([], StillBlock(), time)
    return .moved(
      ObservedMotion(
        kind: kind, seconds: Double(time.nanoseconds(since: start)) * 1e-9, axis: axis, amount: amount,
        limit: limit))
  }

  /// What a full block shows of motion, by itself and beside those before it.
  private func judge(_ full: StillBlock, at seconds: Double) -> ObservedMotion? {
    func beyond(_ kind: ObservedMotion.Kind, _ v: Vector3, _ limit: Double) -> ObservedMotion? {
      let (axis, amount) = v.largest
      // Written so that what is not a number is beyond, too.
      return amount <= limit
        ? nil : ObservedMotion(kind: kind, seconds: seconds, axis: axis, amount: amount, limit: limit)
    }
    if let motion = beyond(.turning, full.rateDeviation, limits.rateScatter)
      ?? beyond(.shaking, full.forceDeviation, limits.forceScatter)
    {
      return motion
    }
    for other in blocks {
      if let motion = beyond(.turningSlowly, full.rate - other.rate, limits.rateChange)
        ?? beyond(.tilting, full.force - other.force, limits.forceChange)
      {
        return motion
      }
    }
    guard blocks.count + 1 == wanted else { return nil }
    let all = blocks + [full]
    let first = StillBlock(joining: all.prefix(wanted / 2))
    let second = StillBlock(joining: all.suffix(wanted / 2))
    return beyond(.turningSlowly, second.rate - first.rate, limits.rateDrift)
      ?? beyond(.tilting, second.force - first.force, limits.forceDrift)
  }

  private mutating func complete(at seconds: Double) -> Verdict {
    guard blocks.count == wanted else { return .going }
    let whole = StillBlock(joining: blocks[...])
    var squares = Vector3.zero
    for block in blocks {
      let difference = block.rate - whole.rate
      for axis in 0..<3 { squares[axis] += difference[axis] * difference[axis] }
    }
    let parts = Double(wanted)
    let error = (squares.largest.magnitude / (parts * max(parts - 1, 1))).squareRoot()
    blocks = []
    return .still(
      StillAverage(
        rate: whole.rate, force: whole.force, temperature: whole.temperature, count: Int(whole.count),
        rateError: error))
  }
}

/// Sums over half a second.
private struct StillBlock: Sendable {
  private(set) var count = 0.0
  private var rateSum = Vector3.zero
  private var forceSum = Vector3.zero
  private var temperatureSum = 0.0
  // Of differences from the first reading, so that a large average does not drown them.
  private var rateSquares = Vector3.zero
  private var forceSquares = Vector3.zero
  private var rateOrigin = Vector3.zero
  private var forceOrigin = Vector3.zero

  init() {}

  /// The averages of several blocks; scatter is not kept.
  init(joining blocks: ArraySlice<StillBlock>) {
    for block in blocks {
      count += block.count
      rateSum += block.rateSum
      forceSum += block.forceSum
      temperatureSum += block.temperatureSum
    }
  }

  mutating func add(_ rate: Vector3, _ force: Vector3, _ temperature: Double) {
    if count == 0 { (rateOrigin, forceOrigin) = (rate, force) }
    count += 1
    rateSum += rate
    forceSum += force
    temperatureSum += temperature
    rateSquares += (rate - rateOrigin).squared
    forceSquares += (force - forceOrigin).squared
  }

  var rate: Vector3 { count > 0 ? rateSum * (1 / count) : .zero }
  var force: Vector3 { count > 0 ? forceSum * (1 / count) : .zero }
  var temperature: Double { count > 0 ? temperatureSum / count : 0 }

  var rateDeviation: Vector3 { deviation(rateSquares, rate - rateOrigin) }
  var forceDeviation: Vector3 { deviation(forceSquares, force - forceOrigin) }

  private func deviation(_ squares: Vector3, _ mean: Vector3) -> Vector3 {
    guard count > 0 else { return .zero }
    let variance = squares * (1 / count) - mean.squared
    return Vector3(
      max(variance.x, 0).squareRoot(), max(variance.y, 0).squareRoot(), max(variance.z, 0).squareRoot())
  }
}

extension Vector3 {
  /// The square of each component.
  fileprivate var squared: Vector3 { Vector3(x * x, y * y, z * z) }
}
