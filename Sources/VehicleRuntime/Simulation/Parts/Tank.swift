import PortableMath

/// A vessel with upright walls: what flows in less what runs out raises its level; the outlet's stream is Torricelli's.
final class Tank: MovingPart {
  private let inflow, opening: [Int]
  private let level, pressure, spilt: Int
  private let area, height, outlet, density: Double
  private var h: Double
  private var overflow = 0.0

  init(_ wiring: PartWiring) {
    var wiring = wiring
    (inflow, opening) = (wiring.places("inflow"), wiring.places("opening"))
    (level, pressure) = (wiring.output("level"), wiring.output("pressure"))
    spilt = wiring.output("spilt")
    (area, height) = (wiring.number("area_m2"), wiring.number("height_m"))
    (outlet, density) = (wiring.number("outlet_m2"), wiring.number("density_kg_m3"))
    h = min(wiring.draw("start_m"), height)
  }

  func step(_ values: inout [Double], seconds: Double) {
    let open = max(values.sum(at: opening), 0)
    let stream = outlet * open * (2 * StandardAtmosphere.gravity * max(h, 0)).squareRoot()
    h += (values.sum(at: inflow) - stream) * seconds / area
    if h > height {
      overflow += (h - height) * area
      h = height
    }
    h = max(h, 0)
    values[level] = h
    values[pressure] = density * StandardAtmosphere.gravity * h
    values[spilt] = overflow
  }
}
