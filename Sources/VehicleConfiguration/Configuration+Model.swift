import LiquidModel

extension Configuration {
  /// Everything in which a model does not fit the configuration: count, names and units of its inputs, count
  /// and names of its outputs. Empty when it fits, and when the configuration describes no network.
  ///
  /// Ports that the model leaves unnamed fit anything: their count alone is checked.
  public func mismatches(inputs: [NetworkModel.Port], outputs: [NetworkModel.Port]) -> [ConfigurationError] {
    guard let network else { return [] }
    var errors: [ConfigurationError] = []
    func complain(_ path: String, _ message: String) {
      errors.append(ConfigurationError(path: path, line: nil, message: message))
    }
    if inputs.count != network.inputs.count {
      let names = inputs.map { $0.name.isEmpty ? "?" : $0.name }.joined(separator: ", ")
      complain(
        "network.inputs",
        "found \(network.inputs.count), expected the model's \(inputs.count): \(names)")
    }
    for (index, (wanted, given)) in zip(inputs, network.inputs).enumerated() {
      let path = "network.inputs[\(index)]"
      if !wanted.name.isEmpty && wanted.name != given.signal.rawValue {
        complain(
          path + ".signal", "found \"\(given.signal.rawValue)\", expected the model's \"\(wanted.name)\"")
      } else if !wanted.unit.isEmpty && wanted.unit != given.signal.unit {
        complain(path + ".unit", "found \"\(given.signal.unit)\", expected the model's \"\(wanted.unit)\"")
      }
    }
    if outputs.count != network.outputs.count {
      let names = outputs.map { $0.name.isEmpty ? "?" : $0.name }.joined(separator: ", ")
      complain(
        "network.outputs",
        "found \(network.outputs.count), expected the model's \(outputs.count): \(names)")
    }
    for (index, (wanted, given)) in zip(outputs, network.outputs).enumerated()
    where !wanted.name.isEmpty && wanted.name != given.command.rawValue {
      complain(
        "network.outputs[\(index)].command",
        "found \"\(given.command.rawValue)\", expected the model's \"\(wanted.name)\"")
    }
    return errors
  }
}
