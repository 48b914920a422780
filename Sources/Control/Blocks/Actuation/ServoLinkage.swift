import Signals

/// The command of a servo, −1 to 1, for the angle of what it moves: `(trim + ratio · angle) / range`.
struct ServoLinkage: Block {
  static let description = BlockDescription(
    "servo_linkage", about: "The command of a servo for an angle of what it moves, through a linkage.",
    settings: [
      SettingDescription(
        "ratio", .number(-100...100, unit: .none), standard: .number(1),
        about: "angle of the servo for each of the moved part"),
      SettingDescription(
        "trim_rad", .number(-4...4, unit: .radian), standard: .number(0),
        about: "angle of the servo at the part's angle 0"),
      SettingDescription(
        "range_rad", .number(0.01...7, unit: .radian),
        about: "angle of the servo from its middle to either end"),
      SettingDescription(
        "least", .number(-1...1, unit: .none), standard: .number(-1), about: "smallest command"),
      SettingDescription(
        "most", .number(-1...1, unit: .none), standard: .number(1), about: "largest command"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("angle", .number, unit: .radian)],
      outputs: [.command("value", about: "-1 to 1")],
      invalidity: .goesOn)
  }

  private let angle: Input<Float>
  private let value: Output<Float>
  private let ratio, trim, range, least, most: Float

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (angle, value) = (wiring.input("angle"), wiring.output("value"))
    (ratio, trim, range) = (settings.float("ratio"), settings.float("trim_rad"), settings.float("range_rad"))
    (least, most) = (settings.float("least"), settings.float("most"))
  }

  mutating func step(_ frame: Frame) {
    frame[value] = min(max((trim + ratio * frame[angle]) / range, least), most)
  }
}
