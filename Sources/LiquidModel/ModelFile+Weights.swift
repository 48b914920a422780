extension ModelFile {
  /// The file that holds `model` with its weights as they are (`float32`) or rounded to half (`float16`).
  ///
  /// - Throws: `ModelError` for a model that is not valid, for a fixed-point arithmetic, or for a weight
  ///   beyond half precision's 65,504.
  public init(_ model: NetworkModel, arithmetic: Arithmetic) throws(ModelError) {
    try model.validate()
    guard arithmetic == .float32 || arithmetic == .float16 else {
      throw ModelError(
        "arithmetic", "\(arithmetic.rawValue) needs scales", remedy: "quantize the model on recorded input")
    }
    var tensors: [Tensor] = []
    for (name, shape, values) in Self.weights(of: model) {
      // Biases and the vectors of mode pure are few, and their rounding would stay in the output as an offset.
      if arithmetic == .float32 || shape.count == 1 {
        tensors.append(Tensor(name: name, shape: shape, float32: values))
      } else {
        if let large = values.first(where: { !Float(Float16($0)).isFinite }) {
          throw ModelError(
            "tensor \(ModelError.excerpt(name))", "\(large) is beyond half precision's 65504",
            remedy: "keep this model in float32, or quantize it to int16")
        }
        tensors.append(Tensor(name: name, shape: shape, float16: values))
      }
    }
    self.init(describing: model, arithmetic: arithmetic, tensors: tensors)
  }

  /// The network with its weights, of a `float32` or `float16` file.
  ///
  /// - Throws: `ModelError` for a quantised file, a tensor missing, left over, or of the wrong shape or
  ///   type, and whatever `NetworkModel.validate` refuses.
  public func model() throws(ModelError) -> NetworkModel {
    guard arithmetic == .float32 || arithmetic == .float16 else {
      throw ModelError(
        "metadata \(Key.arithmetic)", "\(arithmetic.rawValue) holds no weights as trained",
        remedy: "use the float32 model that it was quantised from")
    }
    try architecture.checkSizes()
    var source = TensorSource(file: self)
    var memory: NetworkModel.Memory?
    if let role = architecture.memory {
      let units = architecture.cells[0].units
      memory = NetworkModel.Memory(
        role: role, units: units,
        gates: try source.affine("memory.gates", 4 * units, architecture.inputs + units))
    }
    var cells: [NetworkModel.Cell] = []
    for (k, shape) in architecture.cells.enumerated() {
      guard case .cfc(let shape) = shape else {
        if case .ltc(let shape) = shape {
          cells.append(.ltc(try source.ltc("cell\(k)", shape, columns: architecture.columns(ofCell: k))))
        }
        continue
      }
      var columns = architecture.columns(ofCell: k)
      var backbone: [NetworkModel.Affine] = []
      for (j, units) in shape.backbone.enumerated() {
        backbone.append(try source.affine("cell\(k).backbone\(j)", units, columns))
        columns = units
      }
      let gated = shape.mode != .pure
      cells.append(
        .cfc(
          NetworkModel.CfC(
            mode: shape.mode, units: shape.units, backboneActivation: shape.backboneActivation,
            backbone: backbone, headActivation: shape.headActivation,
            ff1: try source.affine("cell\(k).ff1", shape.units, columns),
            ff2: gated ? try source.affine("cell\(k).ff2", shape.units, columns) : nil,
            timeA: gated ? try source.affine("cell\(k).time_a", shape.units, columns) : nil,
            timeB: gated ? try source.affine("cell\(k).time_b", shape.units, columns) : nil,
            wTau: gated ? nil : try source.take("cell\(k).w_tau", [shape.units]),
            a: gated ? nil : try source.take("cell\(k).a", [shape.units]))))
    }
    var projection: NetworkModel.Affine?
    if architecture.hasProjection, let last = cells.last {
      projection = try source.affine("projection", architecture.outputs, last.units)
    }
    try source.finish()
    let model = NetworkModel(
      inputs: inputs, outputs: outputs, memory: memory, cells: cells, projection: projection,
      timeUnit: timeUnit, minimumTs: minimumTs, maximumTs: maximumTs, flavour: flavour,
      provenance: provenance)
    try model.validate()
    return model
  }

  /// The name, shape and values of every tensor of `model`.
  private static func weights(of model: NetworkModel) -> [(name: String, shape: [Int], values: [Float])] {
    var weights: [(name: String, shape: [Int], values: [Float])] = []
    func add(_ name: String, _ map: NetworkModel.Affine?) {
      guard let map else { return }
      weights.append(("\(name).weight", [map.rows, map.columns], map.weights))
      weights.append(("\(name).bias", [map.rows], map.bias))
    }
    add("memory.gates", model.memory?.gates)
    for (k, cell) in model.cells.enumerated() {
      if let cell = cell.ltc {
        for (name, values) in NetworkModel.LTC.synapseArrays {
          weights.append(("cell\(k).\(name)", [cell.units, cell.columns], cell[keyPath: values]))
        }
        for (name, values) in NetworkModel.LTC.neuronArrays {
          weights.append(("cell\(k).\(name)", [cell.units], cell[keyPath: values]))
        }
      }
      guard let cell = cell.cfc else { continue }
      for (j, layer) in cell.backbone.enumerated() { add("cell\(k).backbone\(j)", layer) }
      add("cell\(k).ff1", cell.ff1)
      add("cell\(k).ff2", cell.ff2)
      add("cell\(k).time_a", cell.timeA)
      add("cell\(k).time_b", cell.timeB)
      if let wTau = cell.wTau { weights.append(("cell\(k).w_tau", [wTau.count], wTau)) }
      if let a = cell.a { weights.append(("cell\(k).a", [a.count], a)) }
    }
    add("projection", model.projection)
    return weights
  }
}

/// Takes the tensors of a file one by one, and refuses what is missing, misshapen or left over.
private struct TensorSource {
  private let expected: Tensor.ElementType
  private var rest: [String: Tensor]

  init(file: ModelFile) {
    expected = file.arithmetic == .float16 ? .f16 : .f32
    rest = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
  }

  mutating func take(_ name: String, _ shape: [Int]) throws(ModelError) -> [Float] {
    guard let tensor = rest.removeValue(forKey: name) else {
      throw ModelError("tensor \(ModelError.excerpt(name))", "is missing", remedy: ModelError.exportAgain)
    }
    let expected = shape.count == 1 ? Tensor.ElementType.f32 : expected
    guard tensor.elementType == expected, tensor.shape == shape else {
      throw ModelError(
        tensor.place,
        "\(tensor.elementType.rawValue) \(tensor.shape) where \(expected.rawValue) \(shape) was expected",
        remedy: ModelError.exportAgain)
    }
    return try tensor.floats()
  }

  mutating func affine(_ name: String, _ rows: Int, _ columns: Int) throws(ModelError) -> NetworkModel.Affine
  {
    NetworkModel.Affine(
      rows: rows, columns: columns, weights: try take("\(name).weight", [rows, columns]),
      bias: try take("\(name).bias", [rows]))
  }

  mutating func ltc(_ name: String, _ shape: Architecture.LTC, columns: Int) throws(ModelError)
    -> NetworkModel.LTC
  {
    var cell = NetworkModel.LTC(
      units: shape.units, unfolds: shape.unfolds, columns: columns, weights: [], reversals: [], slopes: [],
      offsets: [], capacitances: [], leaks: [], leakReversals: [])
    for (array, values) in NetworkModel.LTC.synapseArrays {
      cell[keyPath: values] = try take("\(name).\(array)", [shape.units, columns])
    }
    for (array, values) in NetworkModel.LTC.neuronArrays {
      cell[keyPath: values] = try take("\(name).\(array)", [shape.units])
    }
    return cell
  }

  func finish() throws(ModelError) {
    guard let name = rest.keys.min() else { return }
    throw ModelError(
      "tensor \(ModelError.excerpt(name))", "belongs to nothing in the architecture",
      remedy: ModelError.exportAgain)
  }
}
