import PortableMath

/// Wheels at both sides on a floor with a line, and a bar of sensors that looks at it.
///
/// The line is where a function of the place is 0; the function over the length of its gradient is the distance from it, near by.
final class WheelsOnLine: MovingPart {
  private enum Shape {
    case ellipse(a: Double, b: Double)
    /// Gerono's: x⁴ = a² (x² − y²).
    case figureEight(a: Double)
  }

  private let left, right, turned, sensors: [Int]
  private let offsetPlace, speedPlace, turnPlace, bumpedPlace: Int
  private let shape: Shape
  private let track, scrub, halfLine, ahead, spacing, spot, wall: Double
  private var x, y, heading: Double

  init(_ wiring: PartWiring) {
    var wiring = wiring
    (left, right) = (wiring.places("left"), wiring.places("right"))
    turned = wiring.places("turned")
    let count = Int(wiring.number("sensors").rounded())
    sensors = (0..<max(count, 0)).map { wiring.output("sensor_\($0)") }
    (offsetPlace, speedPlace) = (wiring.output("offset"), wiring.output("speed"))
    (turnPlace, bumpedPlace) = (wiring.output("turn_rate"), wiring.output("bumped"))
    (track, scrub) = (wiring.number("track_m"), wiring.number("scrub"))
    (halfLine, ahead) = (wiring.number("line_width_m") / 2, wiring.number("ahead_m"))
    (spacing, spot, wall) = (wiring.number("spacing_m"), wiring.number("spot_m"), wiring.number("wall_m"))
    let size = wiring.number("size_m")
    // On the line, along it; at a side by what the seed draws.
    let most = wiring.number("start_offset_m")
    let aside = wiring.random.nextUniform(-most, most)
    switch wiring.choice("line") {
    case "circle": (shape, x, y, heading) = (.ellipse(a: size, b: size), size + aside, 0, .pi / 2)
    case "oval": (shape, x, y, heading) = (.ellipse(a: size, b: size / 2), size + aside, 0, .pi / 2)
    default: (shape, x, y, heading) = (.figureEight(a: size), size + aside, 0, -.pi / 2)
    }
  }

  /// Distance of a place from the line, and the gradient along which it grows.
  private func distance(_ x: Double, _ y: Double) -> (distance: Double, gx: Double, gy: Double) {
    let value: Double
    let gx: Double
    let gy: Double
    switch shape {
    case .ellipse(let a, let b):
      value = x * x / (a * a) + y * y / (b * b) - 1
      (gx, gy) = (2 * x / (a * a), 2 * y / (b * b))
    case .figureEight(let a):
      let square = a * a
      value = x * x * x * x - square * (x * x - y * y)
      (gx, gy) = (4 * x * x * x - 2 * square * x, 2 * square * y)
    }
    let length = (gx * gx + gy * gy).squareRoot()
    // In the middle of an eight both lines cross: it is on them.
    guard length > 1e-9 else { return (0, 1, 0) }
    return (value / length, gx / length, gy / length)
  }

  func step(_ values: inout [Double], seconds: Double) {
    let (l, r) = (values.mean(at: left), values.mean(at: right))
    let turn = (l - r) / track * (1 - scrub) + values.sum(at: turned)
    let speed = (l + r) / 2
    // To the right positive: x forward, y to the right.
    heading += turn * seconds
    if heading > .pi { heading -= 2 * .pi } else if heading < -.pi { heading += 2 * .pi }
    let (s, c) = sineAndCosine(heading)
    let (nextX, nextY) = (x + speed * c * seconds, y + speed * s * seconds)
    let isBumped = nextX.magnitude > wall || nextY.magnitude > wall
    if !isBumped { (x, y) = (nextX, nextY) }
    let (barX, barY) = (x + ahead * c, y + ahead * s)
    let middle = Double(sensors.count - 1) / 2
    for (number, place) in sensors.enumerated() {
      let aside = (Double(number) - middle) * spacing
      let seen = distance(barX - aside * s, barY + aside * c).distance.magnitude
      values[place] = ((halfLine + spot - seen) / (2 * spot)).limited(0, 1)
    }
    let line = distance(barX, barY)
    // Along the bar, which the line crosses at an angle.
    let across = -line.gx * s + line.gy * c
    let along = across.magnitude > 0.2 ? -line.distance / across : line.distance * 5
    values[offsetPlace] = along.limited(-1000, 1000)
    (values[speedPlace], values[turnPlace]) = (isBumped ? 0 : speed, turn)
    values[bumpedPlace] = isBumped ? 1 : 0
  }
}
