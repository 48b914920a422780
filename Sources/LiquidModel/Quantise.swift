import LiquidCore

/// Quantises a model map by map, in the order of the data.
struct Quantiser {
  let model: NetworkModel
  let calibration: Calibration
  let weightBits: Int
  var fixed: FixedModel
  /// ts is counted in 2^−`timeFraction`.
  let timeFraction: Int

  /// Result bits behind the point where a table follows: 7 at least, more than the 17 that it reads help nothing.
  static let table = 7...17
  /// The same where σ follows, which reads half its argument.
  static let gate = 4...16
  /// By how much a vector without bound may exceed what is to be expected after the calibration.
  static let headroom = CalibrationReach.headroom
  /// Neurons and units of relu that hardly moved in calibration may yet become as large as this share of their
  /// layer's largest.
  static let share = (state: CalibrationReach.leastShare, unit: 0.5)

  /// Bits behind the point of each group of each map, as found so far.
  private(set) var fractions: [[Int]] = []
  /// The most that they may be; none for no limit.
  private let finest: [[Int]]
  private let shapes: [FixedModel.MapShape]
  /// Bits that states have less than fit.
  let stateBitsLess: Int
  /// Coarser states than these would spoil what 8-bit weights can do.
  static let mostStateBitsLess = 2

  /// The network in fixed point, with the formats of its maps no finer than `finest`.
  static func quantised(
    _ model: NetworkModel, _ arithmetic: ModelFile.Arithmetic, _ calibration: Calibration,
    inputBits: Int32 = FixedModel.fullInputBits, stateBitsLess: Int = 0, finest: [[Int]] = []
  ) throws(ModelError) -> Quantiser {
    var quantiser = Quantiser(model, arithmetic, calibration, stateBitsLess, finest)
    quantiser.fixed.inputBits = inputBits
    try quantiser.run()
    return quantiser
  }

  private init(
    _ model: NetworkModel, _ arithmetic: ModelFile.Arithmetic, _ calibration: Calibration,
    _ stateBitsLess: Int,
    _ finest: [[Int]]
  ) {
    (self.model, self.calibration) = (model, calibration)
    (self.stateBitsLess, self.finest) = (stateBitsLess, finest)
    weightBits = arithmetic == .int8 ? 8 : 16
    shapes = FixedModel.maps(of: Architecture(of: model))
    timeFraction = 30 - min(max(model.maximumTs > 0 ? Int(bitsNeeded: model.maximumTs) : 0, 0), 30)
    fixed = FixedModel(
      architecture: Architecture(of: model), arithmetic: arithmetic, inputScales: [], outputScales: [],
      elapsedFraction: Int32(timeFraction),
      elapsedLimit: Int32((min(model.maximumTs, exp2(30)) * exp2(timeFraction)).rounded(.up)),
      maps: [], cells: [])
  }

  private mutating func run() throws(ModelError) {
    var columns: [Double] = []
    for range in inputRanges() {
      let scale = Float((exp2(Int(fixed.inputBits) - 1) - 1) / range)
      fixed.inputScales.append(scale)
      columns.append(1 / Double(scale))
    }
    let states = model.cells.indices.map { stateScales(of: $0) }
    if let memory = model.memory {
      try add("memory.gates", memory.gates, columns + states[0], Self.table)
    }
    for (index, cell) in model.cells.enumerated() {
      if let cell = cell.ltc {
        let quantiser = LTCQuantiser(
          cell: cell, index: index, inputScales: columns, timeFraction: timeFraction,
          elapsedLimit: fixed.elapsedLimit)
        fixed.cells.append(.ltc(try quantiser.quantised(valueScales: states[index])))
        columns = states[index]
      }
      guard let cell = cell.cfc else { continue }
      let hidden = [Double](repeating: exp2(-15), count: cell.units)
      switch model.memory?.role {
      case .feedsInput: columns = hidden + states[index]
      case .replacesState: columns += hidden
      case nil: columns += states[index]
      }
      try add(cell, index, columns, states[index])
      columns = states[index]
    }
    if let projection = model.projection {
      // The rows are whole outputs, so each gets the finest format of its own.
      let factors = outputFactors(projection, columns)
      let (map, fractions) = try quantised(
        "projection", projection, columns, [.init(factors: factors, fractions: 0...30)])
      fixed.maps.append(map)
      fixed.outputScales = factors.map { Float(exp2(-fractions[0]) / $0) }
    } else {
      fixed.outputScales = columns.prefix(model.outputs.count).map { Float($0) }
    }
  }

  /// The largest |value| that each input is to hold: its port's, unless the recording has gone beyond that.
  ///
  /// Then the port's range is no bound, of this input or of those that are said to be alike, and the next recording may go
  /// further.
  private func inputRanges() -> [Double] {
    let ports = model.inputs.map { max(abs($0.minimum), abs($0.maximum)) }
    return model.inputs.indices.map { index in
      let port = model.inputs[index]
      var beyond = 1.0
      for (other, seen) in zip(model.inputs.indices, calibration.inputs)
      where seen > ports[other] && model.inputs[other].isAlike(port) {
        beyond = max(beyond, Self.headroom * seen / ports[other])
      }
      return ports[index] * beyond
    }
  }

  /// What a unit of each neuron's state stands for.
  private func stateScales(of index: Int) -> [Double] {
    if let cell = model.cells[index].ltc {
      return LTCQuantiser.valueScales(
        of: cell, seen: calibration.reach.states[index], headroom: Self.headroom, share: Self.share.state)
    }
    guard let cell = model.cells[index].cfc else { return [] }
    if cell.mode == .pure || cell.headActivation == .linear {
      return Self.scales(holding: calibration.reach.states[index], share: Self.share.state)
        .map { $0 * exp2(stateBitsLess) }
    }
    let scale =
      exp2((cell.mode == .noGate ? -14 : -15) + stateBitsLess)
      * (cell.headActivation == .lecunTanh ? 1.7159 : 1)
    return [Double](repeating: scale, count: cell.units)
  }

  /// What a unit of a 16-bit value stands for that is to hold `seen` and more.
  private static func scale(holding seen: Double) -> Double { max(seen * headroom, exp2(-20)) * exp2(-15) }

  /// The same for each element of a vector, none far below the others.
  private static func scales(holding seen: [Double], share: Double) -> [Double] {
    let least = share * (seen.max() ?? 0)
    return seen.map { scale(holding: max($0, least)) }
  }

  /// One over the largest result of each row.
  private func outputFactors(_ map: NetworkModel.Affine, _ columns: [Double]) -> [Double] {
    (0..<map.rows).map { row in
      var sum = abs(Double(map.bias[row]))
      for column in 0..<map.columns {
        sum += abs(Double(map.weights[row * map.columns + column])) * columns[column] * 32768
      }
      return 1 / max(sum, exp2(-20))
    }
  }

  /// The next map in integers, and the bits behind the point of each group of its rows.
  private mutating func quantised(
    _ name: String, _ map: NetworkModel.Affine, _ columns: [Double], _ groups: [MapQuantiser.Group]
  ) throws(ModelError) -> (FixedModel.Map, [Int]) {
    let index = fractions.count
    let statistics = calibration.maps[index]
    let quantiser = MapQuantiser(
      name: name, map: map, columnScales: columns,
      reading: .init(inputs: shapes[index].inputs, inputBits: fixed.inputBits), weightBits: weightBits,
      rounding: statistics.moments.indices.compactMap {
        CompensatedRounding(statistics, group: $0, scales: columns)
      })
    var groups = groups
    if index < finest.count {
      for (group, most) in finest[index].enumerated() {
        let range = groups[group].fractions
        groups[group].fractions = range.lowerBound...max(range.lowerBound, min(most, range.upperBound))
      }
    }
    let (quantised, found) = try quantiser.quantised(groups)
    fractions.append(found)
    return (quantised, found)
  }

  /// Adds a map whose rows all have the same format.
  private mutating func add(
    _ name: String, _ map: NetworkModel.Affine, _ columns: [Double], _ fractions: ClosedRange<Int>,
    factors: [Double]? = nil
  ) throws(ModelError) {
    let factors = factors ?? [Double](repeating: 1, count: map.rows)
    var (quantised, found) = try quantised(
      name, map, columns, [.init(factors: factors, fractions: fractions)])
    quantised.fraction = Int32(found[0])
    fixed.maps.append(quantised)
  }

  private mutating func add(_ cell: NetworkModel.CfC, _ index: Int, _ read: [Double], _ state: [Double])
    throws(ModelError)
  {
    var columns = read
    for (layer, map) in cell.backbone.enumerated() {
      let name = "cell\(index).backbone\(layer)"
      // What the next map was seen to read is what this layer writes.
      let seen = calibration.reach.reads[fixed.maps.count + 1]
      switch cell.backboneActivation {
      case .tanh, .lecunTanh:
        let isLecun = cell.backboneActivation == .lecunTanh
        let factors = [Double](repeating: isLecun ? 0.666 : 1, count: map.rows)
        try add(name, map, columns, Self.table, factors: factors)
        columns = [Double](repeating: (isLecun ? 1.7159 : 1) * exp2(-15), count: map.rows)
      case .relu:
        columns = try addUnbounded(name, map, columns, seen)
      case .silu, .gelu:
        try add(name, map, columns, Self.table)
        let last = fixed.maps.count - 1
        let scale = Self.scale(holding: seen.max() ?? 0)
        let shift = max(Int(fixed.maps[last].fraction) + Int(bitsNeeded: scale), 1)
        fixed.maps[last].valueShift = Int32(shift)
        columns = [Double](repeating: exp2(shift - Int(fixed.maps[last].fraction)), count: map.rows)
      }
    }
    if let wTau = cell.wTau, let a = cell.a {
      try addPure(cell, index, columns, state, wTau, a)
    } else {
      try addGated(cell, index, columns, state)
    }
  }

  /// Adds a layer of relu, each unit in a format of its own, and returns what the units of its values stand for.
  private mutating func addUnbounded(
    _ name: String, _ map: NetworkModel.Affine, _ columns: [Double], _ seen: [Double]
  ) throws(ModelError) -> [Double] {
    let scales = Self.scales(holding: seen, share: Self.share.unit)
    try add(name, map, columns, 16...25, factors: scales.map { exp2(-15) / $0 })
    let last = fixed.maps.count - 1
    fixed.maps[last].valueShift = fixed.maps[last].fraction - 15
    return scales
  }

  private mutating func addGated(
    _ cell: NetworkModel.CfC, _ index: Int, _ columns: [Double], _ state: [Double]
  ) throws(ModelError) {
    let n = cell.units
    let isLinear = cell.headActivation == .linear
    let factors =
      isLinear
      ? state.map { exp2(-15) / $0 }
      : [Double](repeating: cell.headActivation == .lecunTanh ? 0.666 : 1, count: n)
    let heads = MapQuantiser.Group(factors: factors + factors, fractions: isLinear ? 16...25 : Self.table)
    // time_a · ts loses 32 bits to the high word and gains those of ts; then it has the format of time_b.
    let ones = [Double](repeating: 1, count: n)
    let gate = MapQuantiser.Group(
      factors: ones + ones, fractions: Self.gate, moreInFirstHalf: FixedModel.Map.shift - timeFraction)
    let (map, fractions) = try quantised("cell\(index).heads", cell.heads, columns, [heads, gate])
    fixed.maps.append(map)
    let stateFraction = isLinear ? 15 : (cell.mode == .noGate ? 14 : 15) - stateBitsLess
    fixed.cells.append(
      .cfc(
        FixedModel.CfC(
          headFraction: Int32(fractions[0]), gateFraction: Int32(fractions[1]), timeShift: 0,
          stateShift: Int32((isLinear ? fractions[0] : 30) - 1 - stateFraction), wTau: [], a: [])))
  }

  private mutating func addPure(
    _ cell: NetworkModel.CfC, _ index: Int, _ columns: [Double], _ state: [Double], _ wTau: [Float],
    _ a: [Float]
  ) throws(ModelError) {
    let largestRate = wTau.reduce(0.0) { max($0, abs(Double($1))) }
    let most = largestRate > 0 ? 30 - Int(bitsNeeded: largestRate) : 30
    let lowest = max(0, 20 - timeFraction)
    guard most >= lowest else {
      throw ModelError(
        "cell\(index).w_tau", "\(largestRate) is beyond what fixed point can hold",
        remedy: "keep this model in float32 or float16")
    }
    let ones = [Double](repeating: 1, count: cell.units)
    let (map, fractions) = try quantised(
      "cell\(index).heads", cell.heads, columns,
      [.init(factors: ones, fractions: lowest...max(lowest, min(most, 24)))])
    fixed.maps.append(map)
    let fraction = fractions[0]
    // (1 − exp(…)·ff1)·a in units of the state; a·2^(shift − fraction) stays below 2³⁰.
    let amplitudes = zip(a, state).map { Double($0) / $1 }
    let largest = amplitudes.reduce(exp2(-20)) { max($0, abs($1)) }
    let shift = min(max(29 + fraction - Int(bitsNeeded: largest), 0), 60)
    fixed.cells.append(
      .cfc(
        FixedModel.CfC(
          headFraction: Int32(fraction), gateFraction: 0, timeShift: Int32(fraction + timeFraction - 20),
          stateShift: Int32(shift), wTau: wTau.map { Int32((abs(Double($0)) * exp2(fraction)).rounded()) },
          a: amplitudes.map { Int32(($0 * exp2(shift - fraction)).rounded()) })))
  }
}
