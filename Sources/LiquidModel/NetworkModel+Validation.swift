extension NetworkModel {
  /// Whether this is a network that can be run: sizes within bounds, shapes that fit through the chain,
  /// finite weights, and ranges that are ranges.
  ///
  /// - Throws: `ModelError` naming the first part that is wrong.
  public func validate() throws(ModelError) {
    let architecture = Architecture(of: self)
    try architecture.checkSizes()
    try Self.validate(inputs, "input")
    try Self.validate(outputs, "output")
    try Self.validateTime(unit: timeUnit, minimum: minimumTs, maximum: maximumTs, of: architecture)
    if let memory {
      // `checkSizes` has seen that the only cell is a CfC.
      guard memory.units == cells[0].units else {
        throw ModelError(
          "memory", "\(memory.units) units beside a cell of \(cells[0].units) neurons",
          remedy: ModelError.exportAgain)
      }
      try memory.gates.validate(
        "memory, gates", rows: 4 * memory.units, columns: inputs.count + cells[0].units)
    }
    for (k, cell) in cells.enumerated() {
      let columns = architecture.columns(ofCell: k)
      switch cell {
      case .cfc(let cell): try cell.validate("cell \(k)", columns: columns)
      case .ltc(let cell): try cell.validate("cell \(k)", columns: columns)
      }
    }
    if let projection, let last = cells.last {
      try projection.validate("projection", rows: outputs.count, columns: last.units)
    }
  }

  /// Whether `ports` have names, each its own, and ranges.
  static func validate(_ ports: [Port], _ kind: String) throws(ModelError) {
    var names: Set<String> = []
    for (k, port) in ports.enumerated() {
      let place = "\(kind) \(k) \(ModelError.excerpt(port.name))"
      guard !port.name.isEmpty, names.insert(port.name).inserted else {
        throw ModelError(
          place, port.name.isEmpty ? "has no name" : "the name is used twice",
          remedy: "give each \(kind) a name of its own")
      }
      // The network takes its inputs and gives its outputs as Float.
      let (minimum, maximum) = (Float(port.minimum), Float(port.maximum))
      guard minimum.isFinite, maximum.isFinite, minimum < maximum, (maximum - minimum).isFinite else {
        throw ModelError(
          place, "\(port.minimum) to \(port.maximum) is not a range",
          remedy: "state finite bounds, the smaller one first")
      }
    }
  }

  /// The seconds that ts = 1 may stand for. A vehicle's loop takes milliseconds.
  static let timeUnits = 1e-9...86400.0

  /// Whether the time unit and the range of `ts` make sense for a network.
  static func validateTime(
    unit: Double, minimum: Double, maximum: Double, of architecture: Architecture
  ) throws(ModelError) {
    guard timeUnits.contains(unit) else {
      throw ModelError(
        "time unit", "\(unit) s, outside \(timeUnits.lowerBound) to \(Int(timeUnits.upperBound)) s",
        remedy: "state how many seconds ts = 1 stands for")
    }
    // The network takes ts as a Float. What is smaller than a normal number has lost its digits.
    guard minimum >= 0, minimum <= maximum,
      maximum == 0 || Float(maximum).isNormal && Float(maximum * unit).isNormal
    else {
      throw ModelError(
        "range of ts", "\(minimum) to \(maximum)",
        remedy: "state finite bounds from 0 on, the smaller one first")
    }
    // A closed-form network may have been trained with ts = 0; an LTC one stands still without time.
    guard maximum > 0 || !architecture.hasTimeConstantCells else {
      throw ModelError(
        "range of ts", "\(minimum) to \(maximum), without which the state of an LTC cell never changes",
        remedy: "state a largest ts above 0")
    }
  }
}

extension NetworkModel.CfC {
  fileprivate func validate(_ place: String, columns: Int) throws(ModelError) {
    var columns = columns
    for (j, layer) in backbone.enumerated() {
      try layer.validate("\(place), backbone \(j)", rows: layer.rows, columns: columns)
      columns = layer.rows
    }
    try ff1.validate("\(place), ff1", rows: units, columns: columns)
    let heads = [("ff2", ff2), ("time_a", timeA), ("time_b", timeB)]
    let vectors = [("w_tau", wTau), ("a", a)]
    for (name, head) in heads {
      guard (head != nil) == (mode != .pure) else {
        throw unexpected("\(place), \(name)", present: head != nil)
      }
      try head?.validate("\(place), \(name)", rows: units, columns: columns)
    }
    for (name, vector) in vectors {
      guard (vector != nil) == (mode == .pure) else {
        throw unexpected("\(place), \(name)", present: vector != nil)
      }
      if let vector { try NetworkModel.Affine.validate("\(place), \(name)", vector, count: units) }
    }
  }

  private func unexpected(_ place: String, present: Bool) -> ModelError {
    ModelError(
      place, "is \(present ? "present" : "missing") in mode \(mode.rawValue)", remedy: ModelError.exportAgain)
  }
}

extension NetworkModel.Affine {
  fileprivate func validate(_ place: String, rows: Int, columns: Int) throws(ModelError) {
    guard self.rows == rows, self.columns == columns else {
      throw ModelError(
        place, "\(self.rows) × \(self.columns) where \(rows) × \(columns) was expected",
        remedy: ModelError.exportAgain)
    }
    try Self.validate("\(place), weight", weights, count: rows * columns)
    try Self.validate("\(place), bias", bias, count: rows)
  }

  static func validate(_ place: String, _ values: [Float], count: Int) throws(ModelError) {
    guard values.count == count else {
      throw ModelError(
        place, "\(values.count) values where \(count) were expected", remedy: ModelError.exportAgain)
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ModelError(
        place, "element \(index) is \(values[index])",
        remedy: "the training diverged: export an earlier checkpoint, or train with a smaller learning rate")
    }
  }
}
