extension FixedModel {
  /// What the integers mean; a file of another version must be quantised again.
  static let version: Int32 = 2

  /// The network that a quantised file holds.
  ///
  /// - Throws: `ModelError` for a tensor missing, left over, or of the wrong type or shape, and for what `prove`
  ///   refuses.
  public init(_ file: ModelFile) throws(ModelError) {
    guard file.arithmetic == .int16 || file.arithmetic == .int8 else {
      throw ModelError(
        "arithmetic", "\(file.arithmetic.rawValue) is floating point", remedy: "quantize the model first")
    }
    try file.architecture.checkSizes()
    var source = FixedTensors(file.tensors)
    architecture = file.architecture
    arithmetic = file.arithmetic
    inputScales = try source.floats("input_scale", [file.architecture.inputs])
    outputScales = try source.floats("output_scale", [file.architecture.outputs])
    let time = try source.integers("time.format", [3])
    guard time[0] == Self.version else {
      throw ModelError(
        "tensor time.format",
        "version \(time[0]) of the integer arithmetic where \(Self.version) was expected",
        remedy: "quantize the model again with this version of Ganglion")
    }
    (elapsedFraction, elapsedLimit) = (time[1], time[2])
    if let bits = try source.optionalIntegers("input.format", [1]) { inputBits = bits[0] }
    (maps, cells) = ([], [])
    for shape in Self.maps(of: file.architecture) { maps.append(try source.map(shape)) }
    for (k, cell) in file.architecture.cells.enumerated() {
      guard case .cfc(let cell) = cell else {
        cells.append(.ltc(try source.ltc("cell\(k)", cell.units, file.architecture.columns(ofCell: k))))
        continue
      }
      let format = try source.integers("cell\(k).format", [4])
      let isPure = cell.mode == .pure
      cells.append(
        .cfc(
          CfC(
            headFraction: format[0], gateFraction: format[1], timeShift: format[2], stateShift: format[3],
            wTau: isPure ? try source.integers("cell\(k).w_tau", [cell.units]) : [],
            a: isPure ? try source.integers("cell\(k).a", [cell.units]) : [])))
    }
    try source.finish()
    try prove()
    try proveScales(of: file)
  }

  /// The file that holds this network; names, ranges, time and provenance are those of `model`, from which it
  /// was quantised.
  public func file(describing model: NetworkModel, metadata: [String: String] = [:]) -> ModelFile {
    var tensors = [
      Tensor(name: "input_scale", shape: [inputScales.count], float32: inputScales),
      Tensor(name: "output_scale", shape: [outputScales.count], float32: outputScales),
      Tensor(name: "time.format", shape: [3], int32: [Self.version, elapsedFraction, elapsedLimit]),
    ]
    // Files of inputs of 16 bits do not say so, as they always did.
    if inputBits != Self.fullInputBits {
      tensors.append(Tensor(name: "input.format", shape: [1], int32: [inputBits]))
    }
    for map in maps {
      tensors += map.weightTensors
      tensors.append(Tensor(name: "\(map.name).bias", shape: [map.rows], int32: map.bias))
      tensors.append(Tensor(name: "\(map.name).multiplier", shape: [map.rows], int32: map.multipliers))
      tensors.append(
        Tensor(
          name: "\(map.name).format", shape: [3], int32: [map.blockShift, map.fraction, map.valueShift]))
    }
    for (k, cell) in cells.enumerated() {
      if let cell = cell.ltc { tensors += cell.tensors("cell\(k)") }
      guard let cell = cell.cfc else { continue }
      tensors.append(
        Tensor(
          name: "cell\(k).format", shape: [4],
          int32: [cell.headFraction, cell.gateFraction, cell.timeShift, cell.stateShift]))
      if !cell.wTau.isEmpty {
        tensors.append(Tensor(name: "cell\(k).w_tau", shape: [cell.wTau.count], int32: cell.wTau))
        tensors.append(Tensor(name: "cell\(k).a", shape: [cell.a.count], int32: cell.a))
      }
    }
    return ModelFile(describing: model, arithmetic: arithmetic, tensors: tensors, metadata: metadata)
  }
}

extension FixedModel.Map {
  /// The weights as a file holds them: the rows of 8-bit panels and those of 16-bit panels, and when there are both,
  /// the width of each panel.
  fileprivate var weightTensors: [Tensor] {
    func taken(_ bits: Int) -> [Int16] {
      runs.filter { $0.bits == bits }.flatMap {
        weights[$0.rows.lowerBound * columns..<$0.rows.upperBound * columns]
      }
    }
    let (narrow, wide) = (taken(8), taken(16))
    var tensors: [Tensor] = []
    if !narrow.isEmpty {
      tensors.append(
        Tensor(
          name: "\(name).weight", shape: [narrow.count / columns, columns],
          int8: narrow.map { Int8(truncatingIfNeeded: $0) }))
    }
    if !wide.isEmpty {
      let member = narrow.isEmpty ? "weight" : "wide_weight"
      tensors.append(
        Tensor(name: "\(name).\(member)", shape: [wide.count / columns, columns], int16: wide))
    }
    if !narrow.isEmpty && !wide.isEmpty {
      tensors.append(Tensor(name: "\(name).width", shape: [widths.count], int32: widths.map { Int32($0) }))
    }
    return tensors
  }
}

extension FixedModel.LTC {
  /// The cell's tensors.
  fileprivate func tensors(_ name: String) -> [Tensor] {
    let units = capacitances.count
    return Self.synapseArrays.map { array, values in
      Tensor(name: "\(name).\(array)", shape: [units, columns], int32: self[keyPath: values])
    }
      + Self.neuronArrays.map { array, values in
        Tensor(name: "\(name).\(array)", shape: [units], int32: self[keyPath: values])
      }
  }
}

/// Takes the tensors of a quantised file one by one, and refuses what is missing, misshapen or left over.
private struct FixedTensors {
  private var rest: [String: Tensor]

  init(_ tensors: [Tensor]) {
    rest = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
  }

  private mutating func take(_ name: String, _ shape: [Int]) throws(ModelError) -> Tensor {
    guard let tensor = rest.removeValue(forKey: name) else {
      throw ModelError("tensor \(name)", "is missing", remedy: Self.quantiseAgain)
    }
    guard tensor.shape == shape else {
      throw ModelError(
        tensor.place, "shape \(tensor.shape) where \(shape) was expected", remedy: Self.quantiseAgain)
    }
    return tensor
  }

  mutating func floats(_ name: String, _ shape: [Int]) throws(ModelError) -> [Float] {
    let tensor = try take(name, shape)
    guard tensor.elementType == .f32 else {
      throw ModelError(
        tensor.place, "elements of type \(tensor.elementType.rawValue) where F32 was expected",
        remedy: Self.quantiseAgain)
    }
    return try tensor.floats()
  }

  mutating func integers(_ name: String, _ shape: [Int]) throws(ModelError) -> [Int32] {
    try take(name, shape).int32s()
  }

  /// The same of a tensor that need not be there.
  mutating func optionalIntegers(_ name: String, _ shape: [Int]) throws(ModelError) -> [Int32]? {
    rest[name] == nil ? nil : try integers(name, shape)
  }

  mutating func map(_ shape: FixedModel.MapShape) throws(ModelError) -> FixedModel.Map {
    let (widths, weights) = try self.weights(shape)
    let format = try integers("\(shape.name).format", [3])
    return FixedModel.Map(
      name: shape.name, rows: shape.rows, columns: shape.columns, widths: widths, weights: weights,
      bias: try integers("\(shape.name).bias", [shape.rows]),
      multipliers: try integers("\(shape.name).multiplier", [shape.rows]),
      blockShift: format[0], fraction: format[1], valueShift: format[2])
  }

  /// The width of each panel of a map, and its weights.
  private mutating func weights(_ shape: FixedModel.MapShape) throws(ModelError)
    -> (widths: [Int], weights: [Int16])
  {
    let panels = FixedModel.Map.panels(ofRows: shape.rows)
    guard rest["\(shape.name).width"] != nil else {
      let weights = try take("\(shape.name).weight", [shape.rows, shape.columns])
      let isByte = weights.elementType == .i8
      return (
        [Int](repeating: isByte ? 8 : 16, count: panels),
        isByte ? try weights.int8s().map(Int16.init) : try weights.int16s()
      )
    }
    let widths = try integers("\(shape.name).width", [panels]).map(Int.init)
    let runs = FixedModel.Map.runs(ofRows: shape.rows, widths: widths)
    guard Set(widths) == [8, 16] else {
      throw ModelError(
        "tensor \(ModelError.excerpt(shape.name)).width", "is not of panels with 8 and panels with 16 bits",
        remedy: Self.quantiseAgain)
    }
    func count(_ bits: Int) -> Int { runs.reduce(0) { $0 + ($1.bits == bits ? $1.rows.count : 0) } }
    let narrow = try take("\(shape.name).weight", [count(8), shape.columns]).int8s()
    let wide = try take("\(shape.name).wide_weight", [count(16), shape.columns]).int16s()
    var weights: [Int16] = []
    var (nextNarrow, nextWide) = (0, 0)
    for run in runs {
      let size = run.rows.count * shape.columns
      if run.bits == 8 {
        weights += narrow[nextNarrow..<nextNarrow + size].map(Int16.init)
        nextNarrow += size
      } else {
        weights += wide[nextWide..<nextWide + size]
        nextWide += size
      }
    }
    return (widths, weights)
  }

  mutating func ltc(_ name: String, _ units: Int, _ columns: Int) throws(ModelError) -> FixedModel.LTC {
    var cell = FixedModel.LTC(columns: columns)
    for (array, values) in FixedModel.LTC.synapseArrays {
      cell[keyPath: values] = try integers("\(name).\(array)", [units, columns])
    }
    for (array, values) in FixedModel.LTC.neuronArrays {
      cell[keyPath: values] = try integers("\(name).\(array)", [units])
    }
    return cell
  }

  func finish() throws(ModelError) {
    guard let name = rest.keys.min() else { return }
    throw ModelError(
      "tensor \(ModelError.excerpt(name))", "belongs to nothing in the architecture",
      remedy: Self.quantiseAgain)
  }

  private static let quantiseAgain = "quantize the model again with this version of Ganglion"
}
