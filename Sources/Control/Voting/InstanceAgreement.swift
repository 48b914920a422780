/// How far up to three sensors of a kind agree: their constant differences, learnt while they agree, and who is outvoted.
///
/// Sensors of a kind never read quite the same: gyroscopes have biases of their own, barometers differ by a house's height.
/// So each is compared, and handed on, by what it reads beyond its learnt offset from the one in use. That is also what
/// makes a switch smooth: an estimator sees the same bias and the same level before and after.
struct InstanceAgreement: BitwiseCopyable, Sendable {
  /// What to add to each instance's readings to be on the level of the one that was in use first.
  private(set) var offsets = InlineArray<3, SIMD8<Float>>(repeating: .zero)
  /// Whether the two others that agree say that it is wrong.
  private(set) var isOutvoted = InlineArray<3, Bool>(repeating: false)

  /// Time in s that each instance's offset was learnt for, at most `memory`.
  private var learnt = InlineArray<3, Float>(repeating: 0)
  /// For each pair the mean difference, whether there is one, and whether it, or that of this moment, is too large.
  private var differences = InlineArray<3, SIMD8<Float>>(repeating: .zero)
  private var isKnown = InlineArray<3, Bool>(repeating: false)
  private var isApart = InlineArray<3, Bool>(repeating: false)
  private var isFar = InlineArray<3, Bool>(repeating: false)

  /// Time in s from which a learnt offset is good enough to compare and to switch by: that of the estimator's averages.
  static let settled: Float = 0.5
  /// Time in s that an offset is averaged over at most: long, so that a slow failure is not taken for a bias before the
  /// difference shows.
  static let memory: Float = 30
  /// Time constant in s of the differences: chips sample at other moments, and filter otherwise.
  static let smoothing: Float = 0.2
  /// Two that were apart agree again from this share of the limit on.
  static let hysteresis: Float = 0.7
  /// A single reading that differs by so many times the limit from two that agree is outvoted at once, and is handed on to
  /// nobody.
  static let outlier: Float = 4
  /// A single reading moves an offset as if it differed by this share of the limit at most.
  static let influence: Float = 0.25

  /// The place of the pair of two instances, the first below the second.
  private static func pair(_ i: Int, _ j: Int) -> Int { i + j - 1 }

  /// Whether two differ too much, and it cannot be known which of them is wrong.
  var isUndecided: Bool {
    for j in 1..<3 {
      for i in 0..<j where isApart[Self.pair(i, j)] && !isOutvoted[i] && !isOutvoted[j] { return true }
    }
    return false
  }

  /// Whether the instance's offset is known.
  func isSettled(_ instance: Int) -> Bool { learnt[instance] >= Self.settled }

  /// Takes the level of `instance` as the one for all, and learns the others' offsets anew.
  mutating func begin(with instance: Int) {
    let offset = offsets[instance]
    self = InstanceAgreement()
    offsets[instance] = offset
    learnt[instance] = Self.memory
  }

  /// Compares what the instances read now, `seconds` after the last time; those that are not `comparable` have no say.
  mutating func compare(
    _ channels: InlineArray<3, SIMD8<Float>>, comparable: InlineArray<3, Bool>, seconds: Float,
    limit: SIMD8<Float>
  ) {
    let weight = seconds / (Self.smoothing + seconds)
    for j in 1..<3 {
      for i in 0..<j {
        let pair = Self.pair(i, j)
        guard comparable[i], comparable[j], isSettled(i), isSettled(j) else {
          (differences[pair], isKnown[pair], isApart[pair], isFar[pair]) = (.zero, false, false, false)
          continue
        }
        let difference = (channels[i] + offsets[i]) - (channels[j] + offsets[j])
        differences[pair] += (difference - differences[pair]) * weight
        isKnown[pair] = true
        let bound = isApart[pair] ? limit * Self.hysteresis : limit
        isApart[pair] = differences[pair].exceeds(bound)
        isFar[pair] = difference.exceeds(limit * Self.outlier)
      }
    }
    for i in 0..<3 { judge(i) }
  }

  /// Outvoted is who differs from two that agree with each other, until another that is not outvoted agrees with it: that
  /// the two have failed meanwhile makes the first no better.
  private mutating func judge(_ i: Int) {
    let (j, k) = (i == 0 ? 1 : 0, i == 2 ? 1 : 2)
    let (toJ, toK) = (Self.pair(min(i, j), max(i, j)), Self.pair(min(i, k), max(i, k)))
    let others = Self.pair(j, k)
    if differ(toJ), differ(toK), agree(others) {
      isOutvoted[i] = true
    } else if (agree(toJ) && !isOutvoted[j]) || (agree(toK) && !isOutvoted[k]) {
      isOutvoted[i] = false
    }
  }

  private func differ(_ pair: Int) -> Bool { isApart[pair] || isFar[pair] }
  private func agree(_ pair: Int) -> Bool { isKnown[pair] && !differ(pair) }

  /// Learns how much `instance` differs from `reference`, the one in use, from what both read now.
  mutating func learn(
    _ instance: Int, from reference: Int, _ channels: InlineArray<3, SIMD8<Float>>, seconds: Float,
    limit: SIMD8<Float>, largestOffset: SIMD8<Float>
  ) {
    let (i, j) = (min(instance, reference), max(instance, reference))
    guard !differ(Self.pair(i, j)), seconds > 0 else { return }
    var error = (channels[reference] + offsets[reference]) - (channels[instance] + offsets[instance])
    if isSettled(instance) { error = error.clamped(to: limit * Self.influence) }
    learnt[instance] = min(learnt[instance] + seconds, Self.memory)
    offsets[instance] = (offsets[instance] + error * (seconds / learnt[instance])).clamped(
      to: largestOffset)
  }
}
