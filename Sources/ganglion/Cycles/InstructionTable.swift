// Written by scripts/measure-cycles --write; do not edit.

extension StepInstructions {
  /// Instructions on a Cortex-M4, counted by qemu.
  static let cortexM4 = StepInstructions(
    step: 770.877, cells: 255.571, runs: 52.554, panels: 234.496, groups8: 87.803,
    pairs16: 31.134, blocks16: 76.237, activations: 7.956, neurons: 39.806)

  /// Instructions on a Cortex-A53, counted by qemu.
  static let cortexA53 = StepInstructions(
    step: 848.466, cells: 279.951, runs: 32.181, panels: 228.419, groups8: 26.528,
    pairs16: 13.221, blocks16: 3.198, activations: 8.036, neurons: 0.0)

  /// Instructions on a Cortex-A76, counted by qemu.
  static let cortexA76 = StepInstructions(
    step: 824.722, cells: 267.634, runs: 36.639, panels: 234.521, groups8: 13.643,
    pairs16: 13.249, blocks16: 1.15, activations: 9.244, neurons: 0.0)
}
