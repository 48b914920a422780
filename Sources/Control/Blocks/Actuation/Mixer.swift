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
      outputs: (0..<outputs).map { OutputPort("out_\($0)", .number) }, invalidity: .goesOn)
  }

  private let of: InputList<Float>
  private let out: UnsafeBufferPointer<Output<Float>>
  private let matrix: UnsafeBufferPointer<Float>
  private let collective: Int
  private let least, most: Float
  private var sums = InlineArray<16, Float>(repeating: 0)

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    of = wiring.inputList("of")
    var outputs: [Output<Float>] = []
    for index in 0..<Int(settings.number("outputs")) { outputs.append(wiring.output("out_\(index)")) }
    out = wiring.table(outputs)
    var numbers = settings.numbers("matrix").map { Float($0) }
    while numbers.count < of.count * out.count { numbers.append(0) }
    matrix = wiring.table(numbers)
    collective = Int(settings.number("collective")) - 1
    let bounds = (settings.float("least"), settings.float("most"))
    (least, most) = (min(bounds.0, bounds.1), max(bounds.0, bounds.1))
  }

  mutating func step(_ frame: Frame) {
    sums = InlineArray(repeating: 0)
    var input = 0
    while input < of.count {
      if input == collective {
        shift(number(frame, input))
      } else if input < collective {
        add(input, number(frame, input))
      } else {
        add(input, number(frame, input) * share(of: input, number(frame, input)))
      }
      input &+= 1
    }
    var output = 0
    while output < out.count {
      // Takes away what rounding left outside.
      frame[out[output]] = min(max(sums[output], least), most)
      output &+= 1
    }
  }

  /// What an input asks for; nothing when it is not a number.
  private func number(_ frame: Frame, _ input: Int) -> Float {
    let number = frame[of[input]]
    return number.isFinite ? number : 0
  }

  private mutating func add(_ input: Int, _ amount: Float) {
    var output = 0
    while output < out.count {
      sums[output] += amount * matrix[input * out.count + output]
      output &+= 1
    }
  }

  /// How much of an input fits, 0 to 1, beside what is there.
  private func share(of input: Int, _ amount: Float) -> Float {
    var share: Float = 1
    var output = 0
    while output < out.count {
      let part = amount * matrix[input * out.count + output]
      let room = part > 0 ? most - sums[output] : part < 0 ? least - sums[output] : 0
      if part != 0 { share = min(share, max(room / part, 0)) }
      output &+= 1
    }
    return share
  }

  /// Adds the collective input, as near to what it asks for as lets all that is there fit; cuts what is there when nothing does.
  private mutating func shift(_ wanted: Float) {
    let scale = fittingScale()
    if scale < 1 {
      var output = 0
      while output < out.count {
        sums[output] *= scale
        output &+= 1
      }
    }
    let range = shifts()
    add(collective, min(max(wanted, range.lowest), max(range.highest, range.lowest)))
  }

  /// The amounts of the collective input with which every output that it moves is within its bounds.
  private func shifts() -> (lowest: Float, highest: Float) {
    var (lowest, highest) = (-Float.greatestFiniteMagnitude, Float.greatestFiniteMagnitude)
    var output = 0
    while output < out.count {
      let part = matrix[collective * out.count + output]
      if part != 0 {
        let (a, b) = ((least - sums[output]) / part, (most - sums[output]) / part)
        lowest = max(lowest, min(a, b))
        highest = min(highest, max(a, b))
      }
      output &+= 1
    }
    return (lowest, highest)
  }

  /// The largest factor with which what is there fits for some shift.
  ///
  /// With a factor s the shift must be at least (bound − s · sum) / part for one bound of each output that the shift moves, and
  /// at most that for the other: each pair of an at least and an at most is one inequality in s.
  private func fittingScale() -> Float {
    var scale: Float = 1
    var output = 0
    while output < out.count {
      let part = matrix[collective * out.count + output]
      if part == 0 {
        let room = sums[output] > 0 ? most : least
        if sums[output] != 0 { scale = min(scale, max(room / sums[output], 0)) }
      } else {
        scale = min(scale, factor(atLeastOf: output, part))
      }
      output &+= 1
    }
    return scale
  }

  /// The largest factor with which the shift that one output needs at least is one that every output allows.
  private func factor(atLeastOf output: Int, _ part: Float) -> Float {
    var factor: Float = 1
    let (least, slope) = ((part > 0 ? self.least : most) / part, sums[output] / part)
    var other = 0
    while other < out.count {
      let otherPart = matrix[collective * out.count + other]
      if otherPart != 0 {
        // least − s · slope ≤ most − s · other's slope
        let room = (otherPart > 0 ? self.most : self.least) / otherPart - least
        let rise = sums[other] / otherPart - slope
        if rise > 0 { factor = min(factor, max(room / rise, 0)) }
      }
      other &+= 1
    }
    return factor
  }
}
