import Signals

/// `value = from − less`, on a line or the short way round a circle of 2π.
struct Difference: Block {
  static let description = BlockDescription(
    "difference", about: "One number less another: a setpoint less an estimate is an error.",
    settings: [
      SettingDescription(
        "on", .choice(["line", "circle"]), standard: .choice("line"),
        about: "angles differ on a circle: the short way round, from -π to π")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let unit: Unit? = settings.choice("on") == "circle" ? .radian : nil
    return BlockPorts(
      inputs: [InputPort("from", .number, unit: unit), InputPort("less", .number, unit: unit, like: "from")],
      outputs: [OutputPort("value", .number, unit: .like("from"))], invalidity: .goesOn)
  }

  private let from, less: Input<Float>
  private let value: Output<Float>
  private let isCircle: Bool

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (from, less, value) = (wiring.input("from"), wiring.input("less"), wiring.output("value"))
    isCircle = settings.choice("on") == "circle"
  }

  mutating func step(_ frame: Frame) {
    let difference = frame[from] - frame[less]
    // IEEE 754's remainder is exact, and the same on every machine.
    frame[value] = isCircle ? difference.remainder(dividingBy: 2 * .pi) : difference
  }
}
