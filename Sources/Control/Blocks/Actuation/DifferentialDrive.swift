import Signals

/// Shares drive and turn among a left and a right wheel: `left = drive + turn`, `right = drive − turn`, clockwise from above
/// positive. A turn gets what the drive leaves, or the drive what the turn leaves.
struct DifferentialDrive: Block {
  static let description = BlockDescription(
    "differential_drive", about: "Commands of a left and a right wheel, or side, from drive and turn.",
    settings: [
      SettingDescription(
        "first", .choice(["drive", "turn"]), standard: .choice("drive"),
        about: "which of the two is kept whole when both do not fit")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("drive", .number, unit: Unit.none), InputPort("turn", .number, unit: Unit.none)],
      outputs: [
        .command("left", about: "-1 to 1, forward positive"),
        .command("right", about: "-1 to 1"),
      ], invalidity: .goesOn)
  }

  private let drive, turn: Input<Float>
  private let left, right: Output<Float>
  private let keepsTurn: Bool

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (drive, turn) = (wiring.input("drive"), wiring.input("turn"))
    (left, right) = (wiring.output("left"), wiring.output("right"))
    keepsTurn = settings.choice("first") == "turn"
  }

  mutating func step(_ frame: Frame) {
    var forward = min(max(frame[drive], -1), 1)
    var around = min(max(frame[turn], -1), 1)
    if keepsTurn {
      let room = 1 - around.magnitude
      forward = min(max(forward, -room), room)
    } else {
      let room = 1 - forward.magnitude
      around = min(max(around, -room), room)
    }
    frame[left] = forward + around
    frame[right] = forward - around
  }
}
