import Signals

/// Airspeed from the pressure at a pitot tube: √(2 q / ρ), with the density at sea level, as pilots know it.
///
/// What the sensor gives without wind is not 0, and matters: it is averaged until the vehicle arms, and taken off from then on.
struct Airspeed: Block {
  static let description = BlockDescription(
    "airspeed",
    about:
      "Airspeed from the differential pressure at a pitot tube, whose zero is found until the vehicle arms.",
    settings: [
      SettingDescription(
        "density_kg_m3", .number(0.1...5, unit: .none), standard: .number(1.225), about: "density of the air"),
      SettingDescription(
        "largest_zero_pa", .number(0...1e5, unit: .pascal), standard: .number(300),
        about: "largest zero that is believed"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("pressure", .number, unit: .pascal, standard: "pitot.differential_pressure"),
        InputPort("count", .count, unit: nil, standard: "pitot.count"),
        InputPort(
          "armed", .flag, unit: nil, standard: "previous.safety.armed",
          about: "whether the zero stays as it is"
        ),
      ],
      outputs: [
        OutputPort("airspeed", .number, unit: .fixed(.metrePerSecond)),
        OutputPort("zero", .number, unit: .fixed(.pascal), about: "what is taken off"),
      ], invalidity: .holds)
  }

  private let pressure: Input<Float>
  private let count: Input<UInt32>
  private let armed: Input<Bool>
  private let airspeed, zero: Output<Float>
  private let density, largest: Float
  private var last: UInt32 = 0
  private var seen: Float = 0

  /// Readings that the average goes over.
  private static let most: Float = 100

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (pressure, count, armed) = (wiring.input("pressure"), wiring.input("count"), wiring.input("armed"))
    (airspeed, zero) = (wiring.output("airspeed"), wiring.output("zero"))
    (density, largest) = (settings.float("density_kg_m3"), settings.float("largest_zero_pa"))
  }

  mutating func step(_ frame: Frame) {
    guard frame[count] != last else { return }
    last = frame[count]
    let now = frame[pressure]
    guard now.isFinite else { return }
    if !frame[armed] {
      seen = min(seen + 1, Self.most)
      let bounded = min(max(now, -largest), largest)
      frame[zero] += (bounded - frame[zero]) / seen
    }
    frame[airspeed] = (2 * max(now - frame[zero], 0) / density).squareRoot()
  }
}
