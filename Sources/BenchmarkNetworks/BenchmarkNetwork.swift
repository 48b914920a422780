import LiquidModel
import PortableMath

/// The networks that Ganglion is measured, compared and checked for equal bits with.
///
/// Untrained, as ncps makes them: weights from ncps's initialisation, wirings drawn by its rules. All follow from
/// seeds by exact operations, so every machine gets the same. They have the inputs of `BenchmarkInput`.
public enum BenchmarkNetwork: String, CaseIterable, Sendable {
  /// AutoNCP wirings: inter, command and motor neurons, a cell each, without a backbone.
  case ncp19, ncp34, ncp64, ncp302
  /// Dense cells behind a backbone of 128 units of lecun_tanh.
  case cfc64, cfc128, cfc302
  /// A liquid time-constant cell on an AutoNCP wiring.
  case ltc19

  /// The networks of `ganglion bench core`.
  public static let timed: [BenchmarkNetwork] = [.ncp19, .ncp64, .cfc64, .cfc128, .cfc302]

  /// Outputs of every network: the motor neurons, or the first neurons of a dense cell.
  public static let outputs = 4

  /// What the network's cells are.
  public enum Kind: Sendable {
    case wired, dense, timeConstant
  }

  /// What its cells are.
  public var kind: Kind {
    switch self {
    case .ncp19, .ncp34, .ncp64, .ncp302: .wired
    case .cfc64, .cfc128, .cfc302: .dense
    case .ltc19: .timeConstant
    }
  }

  /// Neurons of all cells.
  public var neurons: Int {
    switch self {
    case .ncp19, .ltc19: 19
    case .ncp34: 34
    case .ncp64, .cfc64: 64
    case .cfc128: 128
    case .ncp302, .cfc302: 302
    }
  }

  /// The network for people, e.g. "19 wired".
  public var title: String {
    switch kind {
    case .wired: "\(neurons) wired"
    case .dense: "dense \(neurons)"
    case .timeConstant: "LTC \(neurons)"
    }
  }

  /// The network with its weights as made, in single precision.
  public var model: NetworkModel {
    // The wired and the dense network of a size have different seeds.
    var maker = CellMaker(seed: UInt64(neurons) * 2 + (kind == .dense ? 0 : 1))
    let inputs = BenchmarkInput.channels
    let cells: [NetworkModel.Cell]
    switch kind {
    case .wired:
      let wiring = AutoNCP(neurons: neurons, motors: Self.outputs, inputs: inputs.count)
      cells = wiring.layers.map { .cfc(maker.wired($0)) }
    case .dense:
      cells = [.cfc(maker.dense(inputs: inputs.count, units: neurons, backbone: 128))]
    case .timeConstant:
      let wiring = AutoNCP(neurons: neurons, motors: Self.outputs, inputs: inputs.count)
      cells = [.ltc(maker.timeConstant(wiring, inputs: inputs.count))]
    }
    return NetworkModel(
      inputs: inputs,
      outputs: ["thrust", "roll_torque", "pitch_torque", "yaw_torque"].map {
        NetworkModel.Port(name: $0, unit: "1", minimum: -1, maximum: 1)
      },
      memory: nil, cells: cells, projection: nil, timeUnit: BenchmarkInput.timeUnit, minimumTs: 0,
      maximumTs: BenchmarkInput.largestTs, flavour: "ncps.torch",
      provenance: ["method": "untrained: the initialisation of ncps.torch", "network": rawValue])
  }

  /// Steps of recorded input that fixed point is calibrated on.
  public static let calibrationSteps = 16_000
  /// The seed of that input; another one than any that the networks are measured on.
  public static let calibrationSeed: UInt64 = 1

  /// The network as a model file in that arithmetic; what needs calibration is calibrated on a flight of its own.
  ///
  /// - Throws: `ModelError` when the network cannot be quantised.
  public func file(_ arithmetic: ModelFile.Arithmetic) throws(ModelError) -> ModelFile {
    try files([arithmetic])[0]
  }

  /// The same in several arithmetics, calibrated once.
  ///
  /// - Throws: `ModelError` when the network cannot be quantised.
  public func files(_ arithmetics: [ModelFile.Arithmetic]) throws(ModelError) -> [ModelFile] {
    let model = model
    var calibration: Calibration?
    var files: [ModelFile] = []
    for arithmetic in arithmetics {
      if arithmetic == .float32 {
        files.append(try ModelFile(model, arithmetic: arithmetic))
        continue
      }
      let known: Calibration
      if let calibration {
        known = calibration
      } else {
        let flight = BenchmarkInput(seed: Self.calibrationSeed, steps: Self.calibrationSteps)
        known = try Calibration(model, steps: flight.calibrationSteps)
        calibration = known
      }
      files.append(
        arithmetic == .float16
          ? try ModelFile(model.roundedToHalf(known), arithmetic: arithmetic)
          : try FixedModel(quantising: model, to: arithmetic, known).file(describing: model))
    }
    return files
  }
}
