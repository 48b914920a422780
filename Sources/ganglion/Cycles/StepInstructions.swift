import LiquidModel

/// What each part of a fixed-point step costs on a processor, in instructions.
///
/// `InstructionTable.swift` holds the numbers: a fit to counts over the benchmark networks.
struct StepInstructions {
  /// A step by itself, its inputs and outputs included: the networks that were counted have 16 and 4.
  let step: Double
  /// Each of `StepWork`'s units.
  let cells, runs, panels, groups8, pairs16, blocks16, activations, neurons: Double

  /// The instructions of a step.
  func count(_ work: StepWork) -> Double {
    let products =
      groups8 * Double(work.groups8) + pairs16 * Double(work.pairs16) + blocks16 * Double(work.blocks16)
    let rows = panels * Double(work.panels) + runs * Double(work.runs)
    return step + cells * Double(work.cells) + rows + products + activations * Double(work.activations)
      + neurons * Double(work.neurons)
  }
}
