import Signals

/// The supply's voltage as last measured: a monitor that fails for a moment leaves controllers what they know.
struct LastVoltage: Block {
  static let description = BlockDescription(
    "last_voltage", about: "The last finite voltage of a battery monitor; 0, and not valid, before the first."
  )

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [
        InputPort("voltage", .number, unit: .volt, standard: "power.voltage"),
        InputPort("count", .count, unit: nil, standard: "power.count"),
      ],
      outputs: [OutputPort("voltage", .number, unit: .fixed(.volt))],
      invalidity: .decides)
  }

  private let voltage: Input<Float>
  private let count: Input<UInt32>
  private let last: Output<Float>
  private let valid: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (voltage, count) = (wiring.input("voltage"), wiring.input("count"))
    (last, valid) = (wiring.output("voltage"), wiring.output("valid"))
  }

  mutating func step(_ frame: Frame) {
    let isMeasured = frame[count] != 0
    if isMeasured, frame[voltage].isFinite { frame[last] = frame[voltage] }
    frame[valid] = isMeasured
  }
}
