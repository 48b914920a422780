import PortableMath

/// The motion behind `BenchmarkInput`: not a simulation, but signals with the bands and correlations of one.
struct FlightMotion {
  private var random: RandomGenerator
  private var time = 0.0
  // Angles, yaw rate and altitude as sums of oscillations; rates follow as their derivatives.
  private let roll, pitch, yawRate, altitude: BandLimitedSignal
  private var rollSetpoint, pitchSetpoint, yawRateSetpoint, altitudeSetpoint: SteppingSetpoint
  private var rollIntegral = 0.0
  private var pitchIntegral = 0.0

  init(seed: UInt64) {
    random = RandomGenerator(seed: seed, stream: 0xF117)
    roll = BandLimitedSignal(low: 0.15, high: 2.5, amplitude: 0.5, &random)
    pitch = BandLimitedSignal(low: 0.15, high: 2.5, amplitude: 0.5, &random)
    yawRate = BandLimitedSignal(low: 0.05, high: 1, amplitude: 0.7, &random)
    altitude = BandLimitedSignal(low: 0.02, high: 0.4, amplitude: 1, &random)
    rollSetpoint = SteppingSetpoint(limit: 0.8, &random)
    pitchSetpoint = SteppingSetpoint(limit: 0.8, &random)
    yawRateSetpoint = SteppingSetpoint(limit: 1.2, &random)
    altitudeSetpoint = SteppingSetpoint(limit: 1.5, &random)
  }

  /// The channels of `BenchmarkInput` after so much more time.
  mutating func step(seconds: Double) -> [Double] {
    time += seconds
    let (roll, pitch) = (roll.at(time), pitch.at(time))
    let (yawRate, altitude) = (yawRate.at(time), altitude.at(time))
    let rollError = rollSetpoint.at(time, &random) - roll.value
    let pitchError = pitchSetpoint.at(time, &random) - pitch.value
    let yawRateError = yawRateSetpoint.at(time, &random) - yawRate.value
    let altitudeError = altitudeSetpoint.at(time, &random) - altitude.value
    // Integrals that forget within seconds and stop at a bound, as a controller's do.
    func integrated(_ sum: Double, _ error: Double) -> Double {
      min(max(sum + seconds * (error - 0.2 * sum), -1.5), 1.5)
    }
    rollIntegral = integrated(rollIntegral, rollError)
    pitchIntegral = integrated(pitchIntegral, pitchError)
    var channels = [
      rollError, pitchError, yawRateError, altitudeError, roll.value, pitch.value,
      // Scaled into network units.
      roll.derivative * 0.3 + noise(0.05), pitch.derivative * 0.3 + noise(0.05), yawRate.value + noise(0.05),
      // Tilt, drag, and the rotors' vibration.
      pitch.value * -1.2 + yawRate.derivative * 0.1 + noise(0.3),
      roll.value * 1.2 + yawRate.derivative * 0.1 + noise(0.3),
      altitude.derivative * 0.5 + roll.value * roll.value + pitch.value * pitch.value - 0.4 + noise(0.4),
      altitude.derivative + noise(0.02), rollIntegral, pitchIntegral,
      // The battery empties over ten minutes and sags under load.
      1 - min(time / 600, 2) - abs(altitude.derivative) * 0.1 + noise(0.01),
    ]
    // A glitch of a sensor: one reading at the end of its range.
    if random.nextUniform() < 0.0005 {
      let channel = Int(random.nextUniform() * Double(channels.count))
      channels[channel] = random.nextUniform() < 0.5 ? -BenchmarkInput.limit : BenchmarkInput.limit
    }
    return channels
  }

  private mutating func noise(_ deviation: Double) -> Double { random.nextGaussian() * deviation }
}

/// A sum of oscillations within a band, slower ones larger.
private struct BandLimitedSignal {
  private struct Oscillation {
    let amplitude, frequency, phase: Double
  }

  private let oscillations: [Oscillation]

  /// - Parameters:
  ///   - low: The band's lower end, in Hz.
  ///   - high: The upper end.
  ///   - amplitude: The root-mean-square value.
  init(low: Double, high: Double, amplitude: Double, _ random: inout RandomGenerator) {
    let count = 5
    var frequency = low
    let factor = power(high / low, 1 / Double(count - 1))
    var weights: [Double] = []
    var drawn: [Oscillation] = []
    for _ in 0..<count {
      let weight = 1 / (1 + frequency)
      weights.append(weight)
      drawn.append(
        Oscillation(
          amplitude: weight, frequency: 2 * halfTurn * frequency * random.nextUniform(0.85, 1.15),
          phase: random.nextUniform(-halfTurn, halfTurn)))
      frequency *= factor
    }
    let scale = amplitude / (weights.reduce(0) { $0 + $1 * $1 } / 2).squareRoot()
    oscillations = drawn.map {
      Oscillation(amplitude: $0.amplitude * scale, frequency: $0.frequency, phase: $0.phase)
    }
  }

  /// The value at a time in seconds, and its derivative.
  func at(_ time: Double) -> (value: Double, derivative: Double) {
    var (value, derivative) = (0.0, 0.0)
    for oscillation in oscillations {
      let (sine, cosine) = sineAndCosine(oscillation.frequency * time + oscillation.phase)
      value += oscillation.amplitude * sine
      derivative += oscillation.amplitude * oscillation.frequency * cosine
    }
    return (value, derivative)
  }
}

/// A setpoint that stays for some seconds and then is another.
private struct SteppingSetpoint {
  private let limit: Double
  private var value: Double
  private var until: Double

  init(limit: Double, _ random: inout RandomGenerator) {
    self.limit = limit
    value = random.nextUniform(-limit, limit)
    until = random.nextUniform(0.5, 4)
  }

  mutating func at(_ time: Double, _ random: inout RandomGenerator) -> Double {
    while time >= until {
      value = random.nextUniform(-limit, limit)
      until += random.nextUniform(0.5, 4)
    }
    return value
  }
}

/// π.
private let halfTurn = 0x1.921fb54442d18p+1
