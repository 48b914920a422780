import Foundation
import LiquidModel
import VehicleConfiguration

/// How long a step takes on processors that are not this one, in cycles: an estimate, not a measurement.
///
/// Instructions were counted, and follow from the model's shape (`StepInstructions`). Cycles for an instruction are an
/// average that docs/microcontroller.md derives from Arm's documents; caches are taken to hold the network, flash to answer
/// without wait states.
struct CycleEstimate {
  /// A processor that is estimated for.
  struct Core {
    /// Its name, and what it computes with.
    let name, kernel: String
    /// What a step costs.
    let instructions: StepInstructions
    /// Cycles for an instruction.
    let cyclesPerInstruction: Double
  }

  /// The processors: docs/microcontroller.md says where the cycles come from.
  static let cores = [
    Core(name: "Cortex-M4", kernel: "portable", instructions: .cortexM4, cyclesPerInstruction: 1.3),
    Core(name: "Cortex-A53", kernel: "neon", instructions: .cortexA53, cyclesPerInstruction: 1),
    Core(name: "Cortex-A76", kernel: "neondot", instructions: .cortexA76, cyclesPerInstruction: 0.5),
  ]

  /// A processor and what a step costs on it.
  struct Row {
    let core: Core
    let instructions: Double
    var cycles: Double { instructions * core.cyclesPerInstruction }
  }

  /// For each processor; empty for a model that is not estimated.
  let rows: [Row]
  /// What a step does.
  let work: StepWork

  /// The estimate for `model`.
  ///
  /// Only parts that were counted are estimated: bounded heads with a time gate, backbones of tanh, and a projection, which is
  /// one more affine map. For another network there is none.
  init(_ model: FixedModel) {
    let work = StepWork(model)
    let shape = model.architecture
    let isCounted =
      shape.memory == nil
      && shape.cells.allSatisfy { cell in
        guard case .cfc(let cell) = cell else { return false }
        let isTanh = cell.backboneActivation == .tanh || cell.backboneActivation == .lecunTanh
        return cell.mode == .default && cell.headActivation != .linear && (cell.backbone.isEmpty || isTanh)
      }
    self.work = work
    rows = isCounted ? Self.cores.map { Row(core: $0, instructions: $0.instructions.count(work)) } : []
  }

  /// For people.
  var lines: [String] {
    guard !rows.isEmpty else {
      return ["cycles          no estimate: this kind of network was not counted (docs/microcontroller.md)"]
    }
    return ["cycles          of a step, estimated from counted instructions, not measured on hardware"]
      + rows.map { row in
        let name = "  \(row.core.name), \(row.core.kernel)".padding(toLength: 24, withPad: " ", startingAt: 0)
        return name
          + "about \(Self.rounded(row.cycles)) cycles: \(Self.rounded(row.instructions)) instructions of "
          + String(format: "%g", row.core.cyclesPerInstruction)
      }
  }

  /// Two digits are all that an estimate has.
  private static func rounded(_ count: Double) -> Int {
    var unit = 1.0
    while count / unit >= 100 { unit *= 10 }
    return Int((count / unit).rounded() * unit)
  }

  /// For machines.
  var json: [String: Any] {
    [
      "work": [
        "cells": work.cells, "runs": work.runs, "panels": work.panels, "groups8": work.groups8,
        "pairs16": work.pairs16, "blocks16": work.blocks16, "activations": work.activations,
        "neurons": work.neurons,
      ],
      "cycle_estimates": rows.map { row -> [String: Any] in
        [
          "core": row.core.name, "kernel": row.core.kernel, "instructions": Int(row.instructions.rounded()),
          "cycles_per_instruction": row.core.cyclesPerInstruction, "cycles": Int(row.cycles.rounded()),
        ]
      },
    ]
  }
}
