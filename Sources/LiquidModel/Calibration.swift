import LiquidCore

/// What a network sees and does on recorded input: the ranges and correlations that quantisation needs.
public struct Calibration: Sendable {
  /// A recorded step.
  public struct Step: Sendable {
    /// The network's inputs, after scaling.
    public var inputs: [Float]
    /// The elapsed time, in the model's time unit.
    public var ts: Float

    /// A step from its parts.
    public init(inputs: [Float], ts: Float) { (self.inputs, self.ts) = (inputs, ts) }
  }

  /// The steps that were run, and what the Float64 reference answered.
  let judge: CalibrationJudge

  /// Largest |value| of each input.
  private(set) var inputs: [Double]
  /// Largest |value| of each neuron of each cell.
  private(set) var states: [[Double]]
  /// What each affine map reads, in the order of `FixedModel.maps`.
  private(set) var maps: [MapStatistics]
  /// The steps that were run.
  var steps: [Step] { judge.runs.first?.steps ?? [] }
  /// How many steps were run: of more than a few seconds of computing allow, the first.
  public var stepCount: Int { steps.count }
  /// How far states and layers without bound are to be expected to go.
  private(set) var reach: CalibrationReach

  /// Runs `model`, from rest, on recorded steps.
  ///
  /// Of more steps than a few seconds of computing allow, the first are used.
  ///
  /// - Throws: `ModelError` for a model that is not valid, no steps, or a step that does not fit the model.
  public init(_ model: NetworkModel, steps: [Step]) throws(ModelError) {
    try model.validate()
    guard !steps.isEmpty else {
      throw ModelError("calibration", "has no steps", remedy: "record a run of the vehicle and use its log")
    }
    inputs = model.inputs.map { _ in 0 }
    states = model.cells.map { [Double](repeating: 0, count: $0.units) }
    let architecture = Architecture(of: model)
    maps = Self.statistics(of: architecture)
    let limit = Self.mostSteps(architecture, maps)
    var network = ReferenceNetwork(model)
    let steps = Self.withLateTicks(Array(steps.prefix(limit)), most: Float(model.maximumTs))
    var outputs: [[Double]] = []
    for (index, step) in steps.enumerated() {
      guard step.inputs.count == model.inputs.count, step.inputs.allSatisfy(\.isFinite), step.ts.isFinite,
        step.ts >= 0
      else {
        throw ModelError(
          "calibration, step \(index)",
          "\(step.inputs.count) inputs, ts \(step.ts), where \(model.inputs.count) finite inputs and a ts from 0 on were expected",
          remedy: "use a recording made with this model's configuration")
      }
      outputs.append(network.step(step.inputs, ts: step.ts))
      for k in inputs.indices { inputs[k] = max(inputs[k], abs(Double(step.inputs[k]))) }
      for k in states.indices {
        for (unit, value) in network.states[k].enumerated() {
          states[k][unit] = max(states[k][unit], abs(value))
        }
      }
      for (k, reading) in network.read.enumerated() { maps[k].add(reading) }
    }
    judge = CalibrationJudge(runs: [.init(steps: steps, outputs: outputs)])
    guard states.joined().allSatisfy(\.isFinite), maps.map(\.largest).joined().allSatisfy(\.isFinite) else {
      throw ModelError(
        "calibration", "the network's state grows without bound on this recording",
        remedy: "check the scales of the inputs, or train the network again")
    }
    reach = CalibrationReach(model, steps: steps, states: states, reads: maps.map(\.largest))
  }

  /// Whether most inputs go from the lower quarter of their values to the upper, or back, only a few times: then a recording is
  /// one of many that could have been, and what fits it need not fit the next. The more inputs there are, the more it takes to show
  /// what they do together.
  static func showsFewCourses(_ steps: [Step]) -> Bool {
    let inputs = steps.first?.inputs.indices ?? 0..<0
    let counts = inputs.compactMap { input in crossings(steps.map { $0.inputs[input] }) }.sorted()
    return !counts.isEmpty && counts[counts.count / 2] < min(inputs.count / 4, mostCrossings)
  }

  private static let mostCrossings = 16

  /// How often values go from the lower quarter of them to the upper or back; nil where these are the same.
  private static func crossings(_ values: [Float]) -> Int? {
    let sorted = values.sorted()
    let (lower, upper) = (sorted[values.count / 4], sorted[values.count - 1 - values.count / 4])
    guard lower < upper else { return nil }
    var count = 0
    var wasUpper: Bool?
    for value in values where value <= lower || value >= upper {
      if let wasUpper, wasUpper != (value >= upper) { count += 1 }
      wasUpper = value >= upper
    }
    return count
  }

  /// How many steps of a recording are used for `model`; those behind them are not looked at.
  public static func mostSteps(_ model: NetworkModel) -> Int {
    let architecture = Architecture(of: model)
    return mostSteps(architecture, statistics(of: architecture))
  }

  private static func mostSteps(_ architecture: Architecture, _ maps: [MapStatistics]) -> Int {
    max(64, budget / maps.reduce(architecture.multiplyCount) { $0 + $1.cost })
  }

  private static func statistics(of architecture: Architecture) -> [MapStatistics] {
    FixedModel.maps(of: architecture).map {
      MapStatistics(columns: $0.columns, groups: $0.name.hasSuffix(".heads") && $0.rows > 1 ? 4 : 1)
    }
  }

  /// The steps with some of them late: every 32nd is run as if 4, 8 or 16 times as much time had passed as usual, or
  /// `most`.
  ///
  /// A long ts makes the most of an error in time_a, and few recordings have enough ticks that came late.
  private static func withLateTicks(_ steps: [Step], most: Float) -> [Step] {
    let usual = steps.reduce(0) { $0 + Double($1.ts) } / Double(max(steps.count, 1))
    var steps = steps
    for (count, index) in stride(from: 31, to: steps.count, by: 32).enumerated() {
      let late = min(Float(usual) * [4, 8, 16][count % 3], most)
      if late.isFinite { steps[index].ts = max(steps[index].ts, late) }
    }
    return steps
  }

  /// Multiplications that a calibration may take.
  private static let budget = 8_000_000_000
}

/// Ranges and second moments of the vectors that an affine map reads.
struct MapStatistics: Sendable {
  /// Elements of a vector.
  let columns: Int
  /// Largest |value| of each element.
  private(set) var largest: [Double]
  /// For each group of rows, Σ w·x·xᵀ over the vectors x, each with a 1 appended and with the group's weight w, lower
  /// triangle in rows; empty for more columns than `maximumColumns`.
  private(set) var moments: [[Double]]

  /// Beyond so many columns rounding errors are not compensated: a matrix of this order takes seconds.
  static let maximumColumns = 700

  init(columns: Int, groups: Int) {
    self.columns = columns
    largest = [Double](repeating: 0, count: columns)
    let order = columns + 1
    let size = columns > Self.maximumColumns ? 0 : order * (order + 1) / 2
    moments = [[Double]](repeating: [Double](repeating: 0, count: size), count: size == 0 ? 0 : groups)
  }

  /// Multiplications of one `add`.
  var cost: Int { moments.reduce(0) { $0 + $1.count } }

  mutating func add(_ reading: ReferenceNetwork.Reading) {
    for (index, value) in reading.vector.enumerated() { largest[index] = max(largest[index], abs(value)) }
    let vector = reading.vector + [1]
    for group in moments.indices {
      let weight = group < reading.weights.count ? reading.weights[group] : 1
      moments[group].withUnsafeMutableBufferPointer { moments in
        vector.withUnsafeBufferPointer { vector in
          var place = 0
          for row in 0...columns {
            let value = weight * vector[row]
            for column in 0...row { moments[place + column] += value * vector[column] }
            place += row + 1
          }
        }
      }
    }
  }
}
