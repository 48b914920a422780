import Foundation
import LiquidCore
import LiquidModel
import VehicleRuntime

private let help = """
  ganglion inspect MODEL [--json]

  Says what a model file holds: architecture and sizes, arithmetic and scales, inputs and outputs with their
  ranges, the cost of a step, the memory it needs, and where it came from. Fixed-point models also get an estimate of
  a step's cycles on a Cortex-M4, a Cortex-A53 and a Cortex-A76. A file that Ganglion would not run is refused with the
  reason.

  Example: ganglion inspect firmware-configs/models/quadrotor-ncp19-int16.safetensors
  """

/// `ganglion inspect`.
func inspectCommand(_ arguments: [String]) -> ExitStatus {
  perform("inspect", help: help, arguments, flags: ["json"]) { arguments in
    let path = try arguments.exactly("MODEL")[0]
    let file = try ModelFile.read(path: path)
    let inspection: ModelInspection
    do throws(ModelError) {
      inspection = try ModelInspection(file)
    } catch {
      throw VehicleError(error, in: path)
    }
    Terminal.printResult(arguments.has("json") ? Terminal.json(inspection.json) : inspection.text)
    return .success
  }
}

extension Tensor {
  /// Elements.
  fileprivate var elementCount: Int { bytes.count / elementType.size }

  /// Elements whose bytes are all zero.
  fileprivate var zeroCount: Int {
    let width = elementType.size
    return stride(from: 0, to: bytes.count - width + 1, by: width).count { start in
      bytes[start..<(start + width)].allSatisfy { $0 == 0 }
    }
  }
}

/// What there is to say of a model file.
struct ModelInspection {
  private let file: ModelFile
  private let multiplications: Int
  private let imageBytes: Int
  private let workspaceBytes: Int
  private let stateBytes: Int
  private let parameters: Int
  private let zeros: Int
  /// The integers of a fixed-point model.
  private let fixed: FixedModel?

  /// Looks at a model, and makes the network of it, so that what cannot run is refused.
  init(_ file: ModelFile) throws(ModelError) {
    let network = try NetworkRuntime(file)
    self.file = file
    switch file.arithmetic {
    case .int16, .int8: fixed = try FixedModel(file)
    case .float32, .float16: fixed = nil
    }
    multiplications = network.multiplyCount
    (imageBytes, workspaceBytes) = (network.imageByteCount, network.workspaceByteCount)
    stateBytes = network.stateByteCount
    parameters = file.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
    zeros = file.tensors.reduce(0) { $0 + ($1.name.hasSuffix(".weight") ? $1.zeroCount : 0) }
  }

  private var cells: [String] {
    file.architecture.cells.enumerated().map { index, cell in
      guard case .cfc(let cell) = cell else {
        let unfolds = if case .ltc(let cell) = cell { cell.unfolds } else { 0 }
        return
          "cell \(index)          \(cell.units) neurons, LTC, \(unfolds) unfolds, \(synapses(ofCell: index)) synapses"
      }
      let backbone =
        cell.backbone.isEmpty
        ? "no backbone"
        : "backbone \(cell.backbone.map(String.init).joined(separator: ", ")) \(cell.backboneActivation.rawValue)"
      let head = cell.mode == .pure ? "" : ", heads \(cell.headActivation.rawValue)"
      return "cell \(index)          \(cell.units) neurons, mode \(cell.mode.rawValue), \(backbone)\(head)"
    }
  }

  /// Synapses of an LTC cell that are not zero.
  private func synapses(ofCell index: Int) -> Int {
    let weights = file.tensors.first { $0.name == "cell\(index).synapse.weight" }
    return weights.map { $0.elementCount - $0.zeroCount } ?? 0
  }

  private func port(_ port: LiquidModel.NetworkModel.Port, scale: Float?) -> String {
    let quantised = scale.map { String(format: ", 1 = %.6g units", $0) } ?? ""
    let name = port.name.isEmpty ? "(unnamed)" : port.name
    return String(format: "  %@ [%@] %g to %g%@", name, port.unit, port.minimum, port.maximum, quantised)
  }

  var text: String {
    var lines = [
      "network         \(file.architecture.neurons) neurons, \(file.inputs.count) inputs, "
        + "\(file.outputs.count) outputs, from \(file.flavour)"
    ]
    lines += cells
    if let memory = file.architecture.memory { lines.append("mixed memory    LSTM, \(memory.rawValue)") }
    if file.architecture.hasProjection { lines.append("projection      \(file.outputs.count) outputs") }
    lines += [
      "arithmetic      \(file.arithmetic.rawValue)",
      "parameters      \(parameters), \(zeros) of the weights are zero",
      fixed.map {
        "weights         " + $0.maps.map { "\($0.name) \($0.widthText)" }.joined(separator: ", ")
      },
      "step            \(multiplications) multiplications",
      "memory          \(imageBytes) bytes of parameters, \(workspaceBytes) bytes of workspace, "
        + "\(stateBytes) of them state",
      String(
        format: "time            ts = 1 is %g s; ts from %g to %g", file.timeUnit, file.minimumTs,
        file.maximumTs),
      "digest          \(file.digest)",
    ].compactMap { $0 }
    if let fixed { lines.insert(contentsOf: CycleEstimate(fixed).lines, at: lines.count - 3) }
    if let note = file.sealNote { lines.append("                \(note)") }
    lines.append("inputs")
    lines += file.inputs.enumerated().map { index, input in
      port(input, scale: fixed.flatMap { index < $0.inputScales.count ? $0.inputScales[index] : nil })
    }
    lines.append("outputs")
    lines += file.outputs.enumerated().map { index, output in
      port(output, scale: fixed.flatMap { index < $0.outputScales.count ? 1 / $0.outputScales[index] : nil })
    }
    if !file.provenance.isEmpty {
      lines.append("provenance")
      lines += file.provenance.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    }
    return lines.joined(separator: "\n")
  }

  var json: [String: Any] {
    func ports(_ ports: [LiquidModel.NetworkModel.Port]) -> [[String: Any]] {
      ports.map { ["name": $0.name, "unit": $0.unit, "minimum": $0.minimum, "maximum": $0.maximum] }
    }
    let cycles = fixed.map { CycleEstimate($0).json } ?? ["cycle_estimates": [Any]()]
    return cycles.merging([
      "neurons": file.architecture.neurons, "arithmetic": file.arithmetic.rawValue, "flavour": file.flavour,
      "cells": file.architecture.cells.enumerated().map { index, cell -> [String: Any] in
        guard case .cfc(let cell) = cell else {
          let unfolds = if case .ltc(let cell) = cell { cell.unfolds } else { 0 }
          return [
            "units": cell.units, "mode": "ltc", "unfolds": unfolds, "synapses": synapses(ofCell: index),
          ]
        }
        return [
          "units": cell.units, "mode": cell.mode.rawValue, "backbone": cell.backbone,
          "backbone_activation": cell.backboneActivation.rawValue,
          "head_activation": cell.headActivation.rawValue,
        ]
      },
      "memory": file.architecture.memory?.rawValue ?? "none", "projection": file.architecture.hasProjection,
      "parameters": parameters, "zero_weights": zeros, "multiplications": multiplications,
      "image_bytes": imageBytes, "workspace_bytes": workspaceBytes, "state_bytes": stateBytes,
      "time": ["unit_s": file.timeUnit, "minimum": file.minimumTs, "maximum": file.maximumTs],
      "inputs": ports(file.inputs), "outputs": ports(file.outputs), "provenance": file.provenance,
      "sha256": file.digest, "sha256_covers": (file.seal?.coverage ?? .everything).rawValue,
      "note": file.sealNote.map { $0 as Any } ?? NSNull(),
    ]) { $1 }
  }
}
