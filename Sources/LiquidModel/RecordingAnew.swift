/// Puts a recording together anew: each input's course mirrored in the middle of its port's range or not, and beginning at
/// another place or not, independently of the others.
///
/// Some are made larger too, up to twice, as far as the ports' ranges allow: a recording that reaches little of a range says
/// little of how far the next will go.
///
/// What comes out has the recording's values and changes, input by input, and shows the network what it has not seen: an
/// estimate of how another recording of the same kind differs. The draws are from a fixed seed: the same model and recording
/// give the same file.
struct RecordingAnew {
  private let middles: [Float]
  /// By how much each input's course can be made larger within its port's range, 1 to 2.
  private let growths: [Float]
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  init(_ model: NetworkModel, _ steps: [Calibration.Step]) {
    let middles = model.inputs.map { Float(($0.minimum + $0.maximum) / 2) }
    self.middles = middles
    growths = model.inputs.enumerated().map { index, port in
      let most = steps.reduce(Float.leastNormalMagnitude) { max($0, abs($1.inputs[index] - middles[index])) }
      return min(max(Float(port.maximum - port.minimum) / 2 / most, 1), 2)
    }
  }

  /// The next recording, made of `steps`, with its times as they are.
  mutating func next(_ source: [Calibration.Step], shifted: Bool, larger: Bool = false) -> [Calibration.Step]
  {
    var steps = source
    for (input, middle) in middles.enumerated() {
      let word = random()
      let isMirrored = word & 1 == 1
      let shift = shifted ? Int((word >> 1) % UInt64(max(source.count, 1))) : 0
      let growth = (larger ? growths[input] : 1) * (isMirrored ? -1 : 1)
      guard growth != 1 || shift > 0 else { continue }
      for index in source.indices {
        let value = source[(index + shift) % source.count].inputs[input]
        let changed = middle + growth * (value - middle)
        steps[index].inputs[input] = growth != 1 && changed.isFinite ? changed : value
      }
    }
    return steps
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
