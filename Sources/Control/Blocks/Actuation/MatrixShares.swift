/// Shares amounts among outputs by a matrix, within bounds: what comes first has its whole amount, what comes later what is left.
///
/// A sharing is `begin`, then for each input in the order of what matters most one of `add`, `shift` and `fit`, then the outputs. An amount
/// that is not finite counts as 0. The collective input is the direction in which what was added may be shifted so that it fits.
struct MatrixShares: BitwiseCopyable {
  /// Most outputs that there may be.
  static let mostOutputs = 16

  private let matrix: UnsafeBufferPointer<Float>
  private let count: Int
  private let least, most: Float
  private var sums = InlineArray<16, Float>(repeating: 0)

  /// A sharing among `outputs`, at most `mostOutputs`, each from `least` to `most`. The matrix has a row for each input and must
  /// outlive this.
  init(_ matrix: UnsafeBufferPointer<Float>, outputs: Int, least: Float, most: Float) {
    (self.matrix, count, self.least, self.most) = (matrix, min(outputs, Self.mostOutputs), least, most)
  }

  /// An output, within its bounds: what rounding left outside is taken away.
  subscript(output: Int) -> Float { min(max(sums[output], least), most) }

  /// Starts anew.
  mutating func begin() { sums = InlineArray(repeating: 0) }

  /// Adds an input, whether it fits or not.
  mutating func add(_ input: Int, _ amount: Float) {
    guard amount.isFinite else { return }
    var output = 0
    while output < count {
      sums[output] += amount * matrix[input * count + output]
      output &+= 1
    }
  }

  /// Adds as much of an input as fits beside what is there.
  mutating func fit(_ input: Int, _ amount: Float) {
    guard amount.isFinite else { return }
    add(input, amount * share(of: input, amount))
  }

  /// How much of an input fits, 0 to 1, beside what is there.
  private func share(of input: Int, _ amount: Float) -> Float {
    var share: Float = 1
    var output = 0
    while output < count {
      let part = amount * matrix[input * count + output]
      let room = part > 0 ? most - sums[output] : part < 0 ? least - sums[output] : 0
      if part != 0 { share = min(share, max(room / part, 0)) }
      output &+= 1
    }
    return share
  }

  /// Adds the collective input, as near to `wanted` as lets all that is there fit; cuts what is there when nothing does.
  mutating func shift(by collective: Int, _ wanted: Float) {
    let row = collective * count
    let scale = fittingScale(row)
    if scale < 1 {
      var output = 0
      while output < count {
        sums[output] *= scale
        output &+= 1
      }
    }
    let range = shifts(row)
    add(collective, min(max(wanted.isFinite ? wanted : 0, range.lowest), max(range.highest, range.lowest)))
  }

  /// The amounts of the collective input with which every output that it moves is within its bounds.
  private func shifts(_ row: Int) -> (lowest: Float, highest: Float) {
    var (lowest, highest) = (-Float.greatestFiniteMagnitude, Float.greatestFiniteMagnitude)
    var output = 0
    while output < count {
      let part = matrix[row + output]
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
  private func fittingScale(_ row: Int) -> Float {
    var scale: Float = 1
    var output = 0
    while output < count {
      let part = matrix[row + output]
      if part == 0 {
        let room = sums[output] > 0 ? most : least
        if sums[output] != 0 { scale = min(scale, max(room / sums[output], 0)) }
      } else {
        scale = min(scale, factor(atLeastOf: output, part, row))
      }
      output &+= 1
    }
    return scale
  }

  /// The largest factor with which the shift that one output needs at least is one that every output allows.
  private func factor(atLeastOf output: Int, _ part: Float, _ row: Int) -> Float {
    var factor: Float = 1
    let (least, slope) = ((part > 0 ? self.least : most) / part, sums[output] / part)
    var other = 0
    while other < count {
      let otherPart = matrix[row + other]
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
