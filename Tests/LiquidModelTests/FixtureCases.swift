import Foundation
import LiquidModel
import Testing

/// A parity case of Tests/Fixtures/parity: a network, its inputs, and what the reference answers.
///
/// The files are made by scripts/fixtures/make_fixtures.py. Weights and inputs are not stored: they follow
/// from the case's seed in the way that scripts/fixtures/generator.py describes.
struct FixtureCase: Decodable, CustomTestStringConvertible, Sendable {
  struct Cell: Decodable, Sendable {
    var units: Int
    var mode: String
    /// Of a CfC cell.
    var backbone: [Int]?
    var backbone_activation, head_activation: String?
    /// Of an LTC cell, whose mode is ltc.
    var unfolds: Int?
    /// Share of the synapses from the layer before that exist; nil for a dense cell.
    var density: Double?
  }

  var name, flavour: String
  var seed: UInt64
  var inputs, outputs, steps: Int
  var cells: [Cell]
  var memory: String?
  var projection: Bool
  var gain, minimum_ts, maximum_ts, output_minimum, output_maximum: Double
  /// The file of expected outputs, and how many of each step's outputs it holds.
  var expected: String
  var expected_outputs: Int
  /// SHA-256 of the tensors as a model file holds them, and of all inputs and ts as float32, step by step.
  var weights_sha256, inputs_sha256: String

  var testDescription: String { name }

  /// All cases, in the order of the manifest.
  static let all: [FixtureCase] = {
    struct Manifest: Decodable { var cases: [FixtureCase] }
    guard let data = try? Data(contentsOf: folder.appending(path: "manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.cases
  }()

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/parity")

  /// The reference's outputs, `expected_outputs` for each step.
  func expectedOutputs() throws -> [[Float]] {
    try readFloats(Self.folder.appending(path: expected), perRow: expected_outputs)
  }

  /// The network.
  func model() throws -> NetworkModel {
    var stream = FixtureStream(seed: seed)
    let role = try memory.map { try required(NetworkModel.Memory.Role(rawValue: $0)) }
    let first = cells[0].units
    let gates = role == nil ? nil : stream.affine(rows: 4 * first, columns: inputs + first, gain: gain)
    var made: [NetworkModel.Cell] = []
    var read = role == .feedsInput ? first : inputs
    for shape in cells {
      if shape.mode == "ltc" {
        made.append(
          .ltc(
            stream.ltc(
              units: shape.units, unfolds: try required(shape.unfolds), columns: read + shape.units,
              density: try required(shape.density), gain: gain)))
        read = shape.units
        continue
      }
      let mode = try required(NetworkModel.Mode(rawValue: shape.mode))
      var columns = read + shape.units
      var backbone: [NetworkModel.Affine] = []
      for width in try required(shape.backbone) {
        backbone.append(stream.affine(rows: width, columns: columns, gain: gain))
        columns = width
      }
      func head(wired: Bool) -> NetworkModel.Affine {
        stream.affine(
          rows: shape.units, columns: columns, gain: gain, density: wired ? shape.density : nil, read: read)
      }
      let ff1 = head(wired: true)
      let pure = mode == .pure
      let wTau = pure ? stream.symmetric(shape.units) : nil
      let a = pure ? stream.symmetric(shape.units) : nil
      let ff2 = pure ? nil : head(wired: true)
      let timeA = pure ? nil : head(wired: false)
      let timeB = pure ? nil : head(wired: false)
      made.append(
        .cfc(
          NetworkModel.CfC(
            mode: mode, units: shape.units,
            backboneActivation: try required(
              shape.backbone_activation.flatMap(NetworkModel.BackboneActivation.init)), backbone: backbone,
            headActivation: try required(shape.head_activation.flatMap(NetworkModel.HeadActivation.init)),
            ff1: ff1, ff2: ff2, timeA: timeA, timeB: timeB, wTau: wTau, a: a)))
      read = shape.units
    }
    return NetworkModel(
      inputs: (0..<inputs).map { .init(name: "input_\($0)", unit: "1", minimum: -1, maximum: 1) },
      outputs: (0..<outputs).map {
        .init(name: "output_\($0)", unit: "1", minimum: output_minimum, maximum: output_maximum)
      },
      memory: gates.flatMap { gates in role.map { .init(role: $0, units: first, gates: gates) } },
      cells: made, projection: projection ? stream.affine(rows: outputs, columns: read, gain: gain) : nil,
      timeUnit: 0.004, minimumTs: minimum_ts, maximumTs: maximum_ts, flavour: flavour,
      provenance: ["case": name])
  }

  /// The inputs and the elapsed time of each step.
  func inputSteps() -> [(inputs: [Float], ts: Float)] {
    FixtureStream.inputSteps(seed: seed, inputs: inputs, steps: steps)
  }

  private struct UnknownName: Error {}

  private func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw UnknownName() }
    return value
  }
}

/// The twin of `Stream` in scripts/fixtures/generator.py: SplitMix64 and what is drawn from it.
struct FixtureStream {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of [-1, 1), a multiple of 2⁻²³.
  mutating func symmetric() -> Float {
    Float(Int(next() >> 40) - 1 << 23) * 0x1p-23
  }

  mutating func symmetric(_ count: Int) -> [Float] {
    (0..<count).map { _ in symmetric() }
  }

  /// The inputs and the elapsed times that a case's seed makes.
  static func inputSteps(seed: UInt64, inputs: Int, steps: Int) -> [(inputs: [Float], ts: Float)] {
    var stream = FixtureStream(seed: seed &+ 1 << 32)
    return (0..<steps).map { _ in
      let values = stream.symmetric(inputs)
      let word = stream.next()
      let u = Float(word >> 48) * 0x1p-16
      return (values, word & 15 == 0 ? 3 * u : 0.25 + 1.5 * u)
    }
  }

  /// An LTC cell.
  mutating func ltc(units: Int, unfolds: Int, columns: Int, density: Double, gain: Double) -> NetworkModel.LTC
  {
    var cell = NetworkModel.LTC(
      units: units, unfolds: unfolds, columns: columns, weights: [], reversals: [], slopes: [], offsets: [],
      capacitances: [], leaks: [], leakReversals: [])
    for _ in 0..<units * columns {
      let exists = symmetric() < Float(2 * density - 1)
      let weight = (0.5 * symmetric() + 0.501) * Float(gain)
      cell.weights.append(exists ? weight : 0)
      cell.reversals.append(1.5 * symmetric())
      let slope = 2.5 * symmetric() + 5.5
      cell.slopes.append(slope)
      cell.offsets.append(-(slope * (0.25 * symmetric() + 0.55)))
    }
    cell.capacitances = symmetric(units).map { 0.1 * $0 + 0.5 }
    cell.leaks = symmetric(units).map { 0.5 * $0 + 0.501 }
    cell.leakReversals = symmetric(units).map { 0.2 * $0 }
    return cell
  }

  /// An affine map; of its weights, those of the first `read` columns may be dropped.
  mutating func affine(
    rows: Int, columns: Int, gain: Double, density: Double? = nil, read: Int = 0
  ) -> NetworkModel.Affine {
    let scale = Float(gain * (6.0 / Double(rows + columns)).squareRoot())
    var weights: [Float] = []
    weights.reserveCapacity(rows * columns)
    for _ in 0..<rows {
      for column in 0..<columns {
        let weight = symmetric()
        var kept = true
        if let density, column < read { kept = symmetric() < Float(2 * density - 1) }
        weights.append(kept ? weight * scale : 0)
      }
    }
    return NetworkModel.Affine(
      rows: rows, columns: columns, weights: weights, bias: symmetric(rows).map { $0 * 0.2 })
  }
}
