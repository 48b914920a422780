import PortableMath

/// What follows with a lag of first order.
final class FirstOrder: MovingPart {
  private let of, value: Int
  private let gain, zero, deadBand, time, least, most: Double
  private var state: Double

  init(_ wiring: PartWiring) {
    (of, value) = (wiring.place("of"), wiring.output("value"))
    (gain, zero, deadBand) = (wiring.number("gain"), wiring.number("zero"), wiring.number("dead_band"))
    (time, least, most) = (wiring.number("time_s"), wiring.number("least"), wiring.number("most"))
    state = Double(0).limited(least, most)
  }

  func step(_ values: inout [Double], seconds: Double) {
    let driven = values[of] - zero
    let beyond = driven.magnitude <= deadBand ? 0 : driven - (driven > 0 ? deadBand : -deadBand)
    let wanted = (gain * beyond).limited(least, most)
    state += (wanted - state) * min(seconds / time, 1)
    values[value] = state
  }
}

/// A servo: its gears follow the pulses at a limited speed, and what it moves follows the gears with play.
final class ServoMotion: MovingPart {
  private let of, angle: Int
  private let middle, scale, most, speed, time, play: Double
  private var gears = 0.0
  private var moved = 0.0

  init(_ wiring: PartWiring) {
    (of, angle) = (wiring.place("of"), wiring.output("angle"))
    (middle, scale) = (wiring.number("middle_us"), wiring.number("rad_per_ms") * 1e-3)
    (most, speed) = (wiring.number("most_rad"), wiring.number("speed_rad_s"))
    (time, play) = (wiring.number("time_s"), wiring.number("backlash_rad") / 2)
  }

  func step(_ values: inout [Double], seconds: Double) {
    let pulse = values[of]
    if pulse > 1 {
      let wanted = ((pulse - middle) * scale).limited(-most, most)
      gears += ((wanted - gears) / max(time, seconds)).limited(-speed, speed) * seconds
    }
    moved = moved.limited(gears - play, gears + play)
    values[angle] = moved
  }
}

/// Linear equations of state, by Euler's method at the plant's rate.
final class StateSpace: MovingPart {
  private let of, outputs: [Int]
  private let a, b, c, d: [Double]
  private var x: [Double]
  private var slope: [Double]

  init(_ wiring: PartWiring) {
    let states = wiring.numbers("start")
    (of, outputs) = (wiring.places("of"), wiring.names("outputs").map(wiring.output))
    (x, slope) = (states, states.map { _ in 0 })
    // What is too short is filled up with 0, which says the same as a matrix that ends there.
    func matrix(_ name: String, _ count: Int) -> [Double] {
      let given = wiring.numbers(name).prefix(count)
      return given + Array(repeating: 0, count: count - given.count)
    }
    a = matrix("a", states.count * states.count)
    b = matrix("b", states.count * of.count)
    c = matrix("c", outputs.count * states.count)
    d = matrix("d", outputs.count * of.count)
  }

  func step(_ values: inout [Double], seconds: Double) {
    for row in x.indices {
      var sum = 0.0
      for column in x.indices { sum += a[row * x.count + column] * x[column] }
      for (column, place) in of.enumerated() { sum += b[row * of.count + column] * values[place] }
      slope[row] = sum
    }
    for row in x.indices { x[row] += slope[row] * seconds }
    for (row, output) in outputs.enumerated() {
      var sum = 0.0
      for column in x.indices { sum += c[row * x.count + column] * x[column] }
      for (column, place) in of.enumerated() { sum += d[row * of.count + column] * values[place] }
      values[output] = sum
    }
  }

  var crash: String? { x.allSatisfy { $0.magnitude < 1e12 } ? nil : "its equations of state have no bounds" }
}
