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
    (maps, cells) = ([], [])
    for shape in Self.maps(of: file.architecture) { maps.append(try source.map(shape)) }
    for (k, cell) in file.architecture.cells.enumerated() {
      let format = try source.integers("cell\(k).format", [4])
      let isPure = cell.mode == .pure
      cells.append(
        Cell(
          headFraction: format[0], gateFraction: format[1], timeShift: format[2], stateShift: format[3],
          wTau: isPure ? try source.integers("cell\(k).w_tau", [cell.units]) : [],
          a: isPure ? try source.integers("cell\(k).a", [cell.units]) : []))
    }
    try source.finish()
    try prove()
  }

  /// The file that holds this network; names, ranges, time and provenance are those of `model`, from which it
  /// was quantised.
  public func file(describing model: CfCModel, metadata: [String: String] = [:]) -> ModelFile {
    var tensors = [
      Tensor(name: "input_scale", shape: [inputScales.count], float32: inputScales),
      Tensor(name: "output_scale", shape: [outputScales.count], float32: outputScales),
      Tensor(name: "time.format", shape: [3], int32: [Self.version, elapsedFraction, elapsedLimit]),
    ]
    for map in maps {
      let shape = [map.rows, map.columns]
      tensors.append(
        map.weightBits == 8
          ? Tensor(
            name: "\(map.name).weight", shape: shape,
            int8: map.weights.map { Int8(truncatingIfNeeded: $0) })
          : Tensor(name: "\(map.name).weight", shape: shape, int16: map.weights))
      tensors.append(Tensor(name: "\(map.name).bias", shape: [map.rows], int32: map.bias))
      tensors.append(Tensor(name: "\(map.name).multiplier", shape: [map.rows], int32: map.multipliers))
      tensors.append(
        Tensor(
          name: "\(map.name).format", shape: [3], int32: [map.blockShift, map.fraction, map.valueShift]))
    }
    for (k, cell) in cells.enumerated() {
      tensors.append(
        Tensor(
          name: "cell\(k).format", shape: [4],
          int32: [cell.headFraction, cell.gateFraction, cell.timeShift, cell.stateShift]))
      if architecture.cells[k].mode == .pure {
        tensors.append(Tensor(name: "cell\(k).w_tau", shape: [cell.wTau.count], int32: cell.wTau))
        tensors.append(Tensor(name: "cell\(k).a", shape: [cell.a.count], int32: cell.a))
      }
    }
    return ModelFile(describing: model, arithmetic: arithmetic, tensors: tensors, metadata: metadata)
  }

  /// Name and size of each affine map of an architecture, in order of use.
  static func maps(of architecture: Architecture) -> [(name: String, rows: Int, columns: Int)] {
    var maps: [(name: String, rows: Int, columns: Int)] = []
    if architecture.memory != nil, let cell = architecture.cells.first {
      maps.append(("memory.gates", 4 * cell.units, architecture.inputs + cell.units))
    }
    for (k, cell) in architecture.cells.enumerated() {
      var columns = architecture.columns(ofCell: k)
      for (j, units) in cell.backbone.enumerated() {
        maps.append(("cell\(k).backbone\(j)", units, columns))
        columns = units
      }
      maps.append(("cell\(k).heads", (cell.mode == .pure ? 1 : 4) * cell.units, columns))
    }
    if architecture.hasProjection, let last = architecture.cells.last {
      maps.append(("projection", architecture.outputs, last.units))
    }
    return maps
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

  mutating func map(_ shape: (name: String, rows: Int, columns: Int)) throws(ModelError) -> FixedModel.Map {
    let weights = try take("\(shape.name).weight", [shape.rows, shape.columns])
    let isByte = weights.elementType == .i8
    let format = try integers("\(shape.name).format", [3])
    return FixedModel.Map(
      name: shape.name, rows: shape.rows, columns: shape.columns, weightBits: isByte ? 8 : 16,
      weights: isByte ? try weights.int8s().map(Int16.init) : try weights.int16s(),
      bias: try integers("\(shape.name).bias", [shape.rows]),
      multipliers: try integers("\(shape.name).multiplier", [shape.rows]),
      blockShift: format[0], fraction: format[1], valueShift: format[2])
  }

  func finish() throws(ModelError) {
    guard let name = rest.keys.min() else { return }
    throw ModelError(
      "tensor \(ModelError.excerpt(name))", "belongs to nothing in the architecture",
      remedy: Self.quantiseAgain)
  }

  private static let quantiseAgain = "quantize the model again with this version of Ganglion"
}
