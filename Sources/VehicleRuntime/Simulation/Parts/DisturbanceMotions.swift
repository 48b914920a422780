import PortableMath

/// How a disturbance begins.
private struct Onset {
  private let after: Double
  private(set) var time = 0.0

  init(_ wiring: PartWiring) { after = wiring.number("after_s") }

  /// The share of it that there is `seconds` later.
  mutating func share(_ seconds: Double) -> Double {
    time += seconds
    return after == 0 ? 1 : (time - after).limited(0, 1)
  }
}

/// Three waves of random phases.
final class Waves: MovingPart {
  private let value: Int
  private let amplitude, mean: Double
  private var waves: [(rate: Double, phase: Double)] = []
  private var onset: Onset

  init(_ wiring: PartWiring) {
    var wiring = wiring
    value = wiring.output("value")
    (amplitude, mean) = (wiring.number("amplitude") * wiring.disturbance, wiring.number("mean"))
    onset = Onset(wiring)
    for _ in 0..<3 {
      waves.append((2 * .pi / wiring.draw("period_s"), wiring.random.nextUniform(0, 2 * .pi)))
    }
  }

  func step(_ values: inout [Double], seconds: Double) {
    var sum = 0.0
    for index in waves.indices {
      var phase = waves[index].phase + waves[index].rate * seconds
      if phase > 2 * .pi { phase -= 2 * .pi }
      waves[index].phase = phase
      sum += sine(phase)
    }
    values[value] = mean + onset.share(seconds) * amplitude * sum / 3
  }
}

/// Steps from one random value to the next.
final class Steps: MovingPart {
  private let value: Int
  private let amplitude, mean, time: Double
  private var wiring: PartWiring
  private var onset: Onset
  private var target = 0.0
  private var state: Double?
  private var left = 0.0

  init(_ wiring: PartWiring) {
    value = wiring.output("value")
    (amplitude, mean) = (wiring.number("amplitude") * wiring.disturbance, wiring.number("mean"))
    (time, onset, self.wiring) = (wiring.number("time_s"), Onset(wiring), wiring)
  }

  func step(_ values: inout [Double], seconds: Double) {
    left -= seconds
    if left <= 0 {
      left = wiring.draw("hold_s")
      target = wiring.random.nextUniform(-amplitude, amplitude)
    }
    // At the start it is where it goes.
    let before = state ?? target
    let now = before + (target - before) * (time > seconds ? seconds / time : 1)
    state = now
    values[value] = mean + onset.share(seconds) * now
  }
}

/// Noise through a lag of first order.
final class Gusts: MovingPart {
  private let value: Int
  private let deviation, mean, time: Double
  private var random: RandomGenerator
  private var onset: Onset
  private var state: Double

  init(_ wiring: PartWiring) {
    value = wiring.output("value")
    (deviation, mean) = (wiring.number("amplitude") * wiring.disturbance / 2, wiring.number("mean"))
    (time, onset, random) = (wiring.number("time_s"), Onset(wiring), wiring.random)
    state = random.nextGaussian() * deviation
  }

  func step(_ values: inout [Double], seconds: Double) {
    let share = min(seconds / time, 1)
    state += -state * share + deviation * (2 * share).squareRoot() * random.nextGaussian()
    values[value] = mean + onset.share(seconds) * state
  }
}
