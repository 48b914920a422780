import LiquidCore

extension FixedModel {
  /// Proves from the integers alone that no sum, requantisation or interpolation can overflow, for any input and
  /// any elapsed time.
  ///
  /// - Throws: `ModelError` naming the map and the row, or the format, that is not proven.
  public func prove() throws(ModelError) {
    let shapes = Self.maps(of: architecture)
    guard maps.count == shapes.count, cells.count == architecture.cells.count,
      inputScales.count == architecture.inputs, outputScales.count == architecture.outputs
    else { throw refusal("network", "the parts do not fit the architecture") }
    guard ImageLayout.inputBits.contains(inputBits) else {
      throw refusal(
        "tensor input.format",
        "\(inputBits) bits of an input, outside \(ImageLayout.inputBits.lowerBound) to \(ImageLayout.inputBits.upperBound)"
      )
    }
    for (map, shape) in zip(maps, shapes) {
      guard map.name == shape.name, map.rows == shape.rows, map.columns == shape.columns else {
        throw refusal(map.name, "\(map.rows) × \(map.columns) where \(shape) was expected")
      }
      try map.prove(Reading(inputs: shape.inputs, inputBits: inputBits))
    }
    try proveScales()
    for index in cells.indices { try prove(cell: index) }
    try proveFormats()
  }

  /// The shifts of a cell, and in mode pure its parameters; all of an LTC cell.
  private func prove(cell index: Int) throws(ModelError) {
    let cell: CfC
    let shape: Architecture.CfC
    switch (cells[index], architecture.cells[index]) {
    case (.cfc(let fixed), .cfc(let found)): (cell, shape) = (fixed, found)
    case (.ltc(let fixed), .ltc(let found)):
      guard fixed.columns == architecture.columns(ofCell: index) else {
        throw refusal("cell\(index)", "synapses of \(fixed.columns) sources do not fit the architecture")
      }
      return try fixed.prove(cell: index, found, elapsedLimit: elapsedLimit)
    default: throw refusal("cell\(index)", "is of another kind than the architecture says")
    }
    let place = "cell\(index).format"
    let readsTable = shape.mode != .pure && shape.headActivation != .linear
    func check(_ name: String, _ value: Int32, _ range: ClosedRange<Int32>) throws(ModelError) {
      guard range.contains(value) else {
        throw refusal(place, "\(name) is \(value), outside \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("the heads' fraction", cell.headFraction, readsTable ? 0...20 : 0...30)
    // |time_a| < 2³⁰ and ts ≤ 2³⁰, so the high word of their product is below 2²⁸, and |time_b| < 2³⁰.
    try check("the gate's fraction", cell.gateFraction, 0...20)
    // |w_tau| + |ff1| < 2³² times ts ≤ 2³⁰ is below 2⁶².
    try check("the shift of time", cell.timeShift, 0...36)
    // |g| < 2³⁰, so |g|/2 + |s·(g2 − g1)| < 2³⁰ + 2²⁹, and the half that rounds is at most 2²⁹. Pure: |factor| ≤
    // 2³² + 1 times |a| < 2³⁰ is below 2⁶³ with the half that rounds.
    try check("the shift of the state", cell.stateShift, shape.mode == .pure ? 0...60 : 0...30)
    guard shape.mode == .pure else { return }
    guard cell.wTau.count == shape.units, cell.a.count == shape.units else {
      throw refusal("cell\(index)", "w_tau and a do not fit \(shape.units) neurons")
    }
    if let unit = cell.wTau.firstIndex(where: { $0 < 0 }) {
      throw refusal("cell\(index).w_tau", "element \(unit) is \(cell.wTau[unit]), below 0")
    }
    if let unit = cell.a.firstIndex(where: { $0.magnitude >= 1 << 30 }) {
      throw refusal("cell\(index).a", "element \(unit) is \(cell.a[unit]), beyond ±2³⁰")
    }
  }

  /// The formats of maps that a table reads.
  private func proveFormats() throws(ModelError) {
    var index = 0
    func next(_ place: String, readsTable: Bool) throws(ModelError) {
      let map = maps[index]
      guard (readsTable ? 0...20 : 0...30).contains(map.fraction), (1...30).contains(map.valueShift),
        (0...15).contains(map.blockShift)
      else {
        throw refusal(
          "\(map.name).format",
          "[\(map.blockShift), \(map.fraction), \(map.valueShift)] is outside [0...15, "
            + (readsTable ? "0...20" : "0...30") + ", 1...30]")
      }
      index += 1
    }
    if architecture.memory != nil { try next("memory", readsTable: true) }
    for case .cfc(let cell) in architecture.cells {
      for _ in cell.backbone { try next("backbone", readsTable: cell.backboneActivation != .relu) }
      try next("heads", readsTable: false)
    }
    if architecture.hasProjection { try next("projection", readsTable: false) }
  }
}

extension FixedModel.Map {
  /// The largest |total| of a row over all that it can read: the sum of its blocks' largest, each shifted, and the bias.
  func bound(ofRow row: Int, _ reading: FixedModel.Reading) -> (block: Int64, total: Int64) {
    let isByte = bits(ofRow: row) == 8
    let width = isByte ? columns : ImageLayout.blockColumns
    var total = Int64(bias[row].magnitude)
    var largest: Int64 = 0
    for start in stride(from: 0, to: columns, by: width) {
      var block: Int64 = 0
      for column in start..<min(start + width, columns) {
        block += Int64(weights[row * columns + column].magnitude) * reading.largest(column)
      }
      largest = max(largest, block)
      // A negative sum is shifted down to the next smaller integer.
      total += isByte ? block : (block >> Int64(blockShift)) + 1
    }
    return (largest, total)
  }

  /// Right shift of total × multiplier: its high word is taken.
  static let shift = 32

  fileprivate func prove(_ reading: FixedModel.Reading) throws(ModelError) {
    guard widths.count == Self.panels(ofRows: rows), widths.allSatisfy({ $0 == 8 || $0 == 16 }),
      weights.count == rows * columns, bias.count == rows,
      multipliers.count == rows
    else { throw refusal(name, "weights, biases and multipliers do not fit \(rows) rows") }
    let limit = Int64(Int32.max)
    for row in 0..<rows {
      let place = "\(name), row \(row)"
      let bound = bound(ofRow: row, reading)
      let range = weights[row * columns..<(row + 1) * columns]
      if range.contains(where: { $0.magnitude > (bits(ofRow: row) == 8 ? 127 : 32767) }) {
        throw refusal(place, "a weight is the most negative number, which has no positive twin")
      }
      guard bound.block <= limit, bound.total <= limit else {
        throw refusal(place, "its sum can reach \(max(bound.block, bound.total)), beyond 2³¹ − 1")
      }
      guard multipliers[row] >= 0 else { throw refusal(place, "its multiplier is negative") }
      guard multipliers[row] > 0 || (bias[row] == 0 && range.allSatisfy { $0 == 0 }) else {
        throw refusal(place, "its multiplier is 0, but its weights or its bias are not")
      }
      // Both below 2³¹. What follows (differences of heads, rounding) is made for results below 2³⁰.
      let result = (bound.total * Int64(multipliers[row])) >> Int64(Self.shift) + 1
      guard result < 1 << 30 else {
        throw refusal(place, "its requantised sum can reach \(result), beyond 2³⁰ − 1")
      }
    }
  }
}

private func refusal(_ place: String, _ cause: String) -> ModelError {
  ModelError(place, cause, remedy: "quantize the model again with this version of Ganglion")
}
