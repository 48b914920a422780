import Signals

/// Shares commands among actuators by a matrix: `output = Σ input · column`, within bounds.
///
/// When not all fits, authority is given up in the order of the inputs, the last first. One input may be collective: the direction in
/// which what comes before it may be shifted to fit, as the thrust of a multirotor is raised or lowered so that it can still
/// tilt. Inputs before it are cut, all alike, only when no shift makes them fit; then it is moved into the range that they leave; each
/// input behind it is cut to what is left.
struct Mixer: Block {
  static let description = BlockDescription(
    "mixer",
    about: "Outputs from inputs by a matrix; when not all fits, later inputs give way to earlier ones.",
    settings: [
      SettingDescription(
        "matrix", .numbers(-100...100, count: 1...256, unit: .none),
        about: "a row for each input, in their order: what each output gets of it"
      ).counted(by: "outputs", isMultiple: true),
      SettingDescription(
        "collective", .number(0...16, unit: .none), standard: .number(0),
        about: "number of the input, from 1, that may be shifted for those before it; 0 for none"),
      SettingDescription(
        "least", .number(-1...1, unit: .none), standard: .number(-1), about: "smallest output"),
      SettingDescription("most", .number(-1...1, unit: .none), standard: .number(1), about: "largest output"),
      SettingDescription("outputs", .number(1...16, unit: .none), about: "how many outputs there are"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let outputs = Int(settings.number("outputs"))
    let inputs = max(settings.numbers("matrix").count / max(outputs, 1), 1)
    return BlockPorts(
      inputs: [InputPort("of", .number, unit: Unit.none, count: inputs...inputs)],
      outputs: (0..<outputs).map { .command("out_\($0)") }, invalidity: .goesOn)
  }

  private let of: InputList<Float>
  private let out: UnsafeBufferPointer<Output<Float>>
  private let collective: Int
  private var shares: MatrixShares

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    of = wiring.inputList("of")
    var outputs: [Output<Float>] = []
    for index in 0..<Int(settings.number("outputs")) { outputs.append(wiring.output("out_\(index)")) }
    out = wiring.table(outputs)
    var numbers = settings.numbers("matrix").map { Float($0) }
    while numbers.count < of.count * out.count { numbers.append(0) }
    collective = Int(settings.number("collective")) - 1
    let bounds = (settings.float("least"), settings.float("most"))
    shares = MatrixShares(
      wiring.table(numbers), outputs: out.count, least: min(bounds.0, bounds.1), most: max(bounds.0, bounds.1)
    )
  }

  mutating func step(_ frame: Frame) {
    shares.begin()
    var input = 0
    while input < of.count {
      let amount = frame[of[input]]
      if input == collective {
        shares.shift(by: input, amount)
      } else if input < collective {
        shares.add(input, amount)
      } else {
        shares.fit(input, amount)
      }
      input &+= 1
    }
    var output = 0
    while output < out.count {
      frame[out[output]] = shares[output]
      output &+= 1
    }
  }
}
