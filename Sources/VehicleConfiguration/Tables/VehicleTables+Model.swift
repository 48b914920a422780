import Control
import LiquidModel
import Signals

extension VehicleTables {
  /// Everything in which a model does not fit the block that steps it: how many ports it has, the order of outputs that have the model's
  /// names, and the units of what it reads, where nothing is scaled. Names of signals are the user's: those of inputs may differ.
  ///
  /// - Parameter signals: The vehicle's signals.
  public func mismatches(
    of network: NetworkFile, inputs: [NetworkModel.Port], outputs: [NetworkModel.Port], _ signals: SignalTable
  ) -> [ConfigurationError] {
    func error(_ path: String, _ message: String) -> ConfigurationError {
      ConfigurationError(path: path, line: nil, message: message)
    }
    guard (inputs.count, outputs.count) == (network.inputs, network.outputs) else {
      return [
        error(
          network.path,
          "found \(network.inputs) inputs and \(network.outputs) outputs, expected the model's "
            + "\(inputs.count) and \(outputs.count)")
      ]
    }
    guard let block = blocks.first(where: { $0.name == network.block }) else { return [] }
    var errors: [ConfigurationError] = []
    let wanted = outputs.map(\.name)
    if case .names(let names)? = block.settings["outputs"], names != wanted, Set(names) == Set(wanted) {
      errors.append(
        error(
          network.path,
          "found the outputs \(names.joined(separator: ", ")), expected the model's order, "
            + wanted.joined(separator: ", ")))
    }
    func isPlain(_ setting: String, _ index: Int, _ neutral: Double) -> Bool {
      guard case .numbers(let numbers)? = block.settings[setting], index < numbers.count else { return true }
      return numbers[index] == neutral
    }
    for (index, (name, port)) in zip(block.inputs["inputs"] ?? [], inputs).enumerated() {
      guard isPlain("scale", index, 1), isPlain("offset", index, 0), !port.unit.isEmpty,
        let unit = signals[ProgramBuilder.signal(ofInput: name)]?.unit, "\(unit)" != port.unit
      else { continue }
      let found = "\(unit)".isEmpty ? "no unit" : "\(unit)"
      errors.append(
        error(
          "\(network.path), inputs[\(index)]",
          "\(name) is in \(found), but the model's \(port.name) in \(port.unit): another signal, or a scale, which says "
            + "that it is meant"))
    }
    return errors
  }
}
