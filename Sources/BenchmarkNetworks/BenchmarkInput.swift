import LiquidModel
import PortableMath

/// What a network of 16 inputs sees in flight: band-limited motion, setpoints that step, noise, a glitch now and
/// then, and ticks that come late or not at all.
///
/// Made from a seed by additions, multiplications, square roots and `PortableMath`'s functions, so every machine gets
/// the same bits. A step is a row of `columns` numbers: the inputs, then ts.
public struct BenchmarkInput: Sendable {
  /// The inputs in order, with the range that none of them leaves.
  public static let channels: [NetworkModel.Port] = [
    ("roll_error", "rad"), ("pitch_error", "rad"), ("yaw_rate_error", "rad/s"), ("altitude_error", "m"),
    ("roll", "rad"), ("pitch", "rad"), ("rate_x", "rad/s"), ("rate_y", "rad/s"), ("rate_z", "rad/s"),
    ("acceleration_x", "m/s²"), ("acceleration_y", "m/s²"), ("acceleration_z", "m/s²"),
    ("climb_rate", "m/s"), ("roll_error_integral", "rad s"), ("pitch_error_integral", "rad s"),
    ("voltage", "V"),
  ].map { NetworkModel.Port(name: $0.0, unit: $0.1, minimum: -limit, maximum: limit) }

  /// Numbers of a row: the inputs and ts.
  public static let columns = 17
  /// Inputs lie within ±`limit`, in network units.
  public static let limit = 4.0
  /// Seconds of ts = 1: a loop of 250 Hz.
  public static let timeUnit = 0.004
  /// No ts is larger.
  public static let largestTs = 16.0

  /// Steps.
  public let steps: Int
  /// The rows, one after the other.
  public let rows: [Float]

  /// A flight of so many steps.
  public init(seed: UInt64, steps: Int) {
    var motion = FlightMotion(seed: seed)
    var clock = IrregularClock(seed: seed)
    var rows: [Float] = []
    rows.reserveCapacity(steps * Self.columns)
    for _ in 0..<steps {
      let ts = clock.nextTs()
      for value in motion.step(seconds: ts * Self.timeUnit) {
        rows.append(Float(min(max(value, -Self.limit), Self.limit)))
      }
      rows.append(Float(ts))
    }
    (self.steps, self.rows) = (steps, rows)
  }

  /// The inputs of a step.
  public func inputs(ofStep step: Int) -> ArraySlice<Float> {
    rows[step * Self.columns..<(step + 1) * Self.columns - 1]
  }

  /// The ts of a step.
  public func ts(ofStep step: Int) -> Float { rows[(step + 1) * Self.columns - 1] }

  /// The steps as quantisation wants them.
  public var calibrationSteps: [Calibration.Step] {
    (0..<steps).map { Calibration.Step(inputs: Array(inputs(ofStep: $0)), ts: ts(ofStep: $0)) }
  }

  /// The rows as bytes, little-endian: what `ganglion bench core --write-inputs` writes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * 4)
    for value in rows {
      let bits = value.bitPattern
      bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
    return bytes
  }
}

/// When the ticks of a loop come: near their time, sometimes late, and some not at all.
private struct IrregularClock {
  private var random: RandomGenerator
  /// How late the last tick came, in time units.
  private var lateness = 0.0

  init(seed: UInt64) { random = RandomGenerator(seed: seed, stream: 0x7157) }

  /// The time since the tick before, in time units.
  ///
  /// The schedule is absolute, as Ganglion's loop keeps it: after a late tick the next comes sooner.
  mutating func nextTs() -> Double {
    var periods = 1.0
    let luck = random.nextUniform()
    // One tick of a hundred is missed, of a thousand a few in a row.
    if luck < 0.001 {
      periods += 2 + (random.nextUniform() * 8).rounded(.down)
    } else if luck < 0.01 {
      periods += 1
    }
    var late = random.nextUniform() * 0.02 + abs(random.nextGaussian()) * 0.02
    if random.nextUniform() < 0.02 { late += random.nextUniform() * 0.6 }
    defer { lateness = late }
    return periods + late - lateness
  }
}
