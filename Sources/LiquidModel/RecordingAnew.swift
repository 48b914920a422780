/// Puts a recording together anew: each input's course mirrored in the middle of its port's range or not, and beginning at
/// another place or not, independently of the others.
///
/// Some are made larger too, up to twice, as far as the ports' ranges allow: a recording that reaches little of a range says
/// little of how far the next will go. And in some, inputs that are alike (of one unit and range, and of sizes not far apart)
/// take each other's courses: an input that hardly moved in the recording may move in the next as its neighbour did.
///
/// What comes out has the recording's values and changes, and shows the network what it has not seen: an estimate of how
/// another recording of the same kind differs. The draws are from a fixed seed: the same model and recording give the same
/// file.
struct RecordingAnew {
  private let middles: [Float]
  /// The largest distance of each input from the middle.
  private let sizes: [Float]
  /// By how much each input's course can be made larger within its port's range, 1 to 2.
  private let growths: [Float]
  private let ports: [NetworkModel.Port]
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Inputs of which one moved further than the other by more than this do not take each other's courses.
  private static let mostUnlike: Float = 4

  init(_ model: NetworkModel, _ steps: [Calibration.Step]) {
    let middles = model.inputs.map { Float(($0.minimum + $0.maximum) / 2) }
    let sizes = middles.enumerated().map { index, middle in
      steps.reduce(Float.leastNormalMagnitude) { max($0, abs($1.inputs[index] - middle)) }
    }
    (self.middles, self.sizes, ports) = (middles, sizes, model.inputs)
    growths = zip(model.inputs, sizes).map { port, most in
      min(max(Float(port.maximum - port.minimum) / 2 / most, 1), 2)
    }
  }

  /// The next recording, made of `steps`, with its times as they are.
  mutating func next(
    _ source: [Calibration.Step], shifted: Bool, larger: Bool = false, exchanged: Bool = false
  ) -> [Calibration.Step] {
    var steps = source
    let origins = exchanged ? exchange() : Array(middles.indices)
    for (input, (middle, origin)) in zip(middles, origins).enumerated() {
      let word = random()
      let isMirrored = word & 1 == 1
      let shift = shifted ? Int((word >> 1) % UInt64(max(source.count, 1))) : 0
      let growth = (larger ? growths[input] : 1) * (isMirrored ? -1 : 1)
      guard growth != 1 || shift > 0 || origin != input else { continue }
      for index in source.indices {
        let value = source[(index + shift) % source.count].inputs[origin]
        let changed = middle + growth * (value - middle)
        steps[index].inputs[input] = growth != 1 && changed.isFinite ? changed : value
      }
    }
    return steps
  }

  /// For each input the one whose course it takes.
  private mutating func exchange() -> [Int] {
    var origins = Array(middles.indices)
    for input in origins.indices.reversed() where input > 0 {
      let other = Int(random() % UInt64(input + 1))
      let (mine, theirs) = (sizes[origins[input]], sizes[origins[other]])
      guard ports[input].isAlike(ports[other]), max(mine, theirs) <= Self.mostUnlike * min(mine, theirs)
      else {
        continue
      }
      origins.swapAt(input, other)
    }
    return origins
  }

  /// SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension NetworkModel.Port {
  /// Whether the port is of the same kind: its unit and its range are the other's.
  func isAlike(_ other: Self) -> Bool {
    unit == other.unit && minimum == other.minimum && maximum == other.maximum
  }
}
