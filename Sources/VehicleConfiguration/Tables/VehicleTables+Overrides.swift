import Control

extension VehicleTables {
  /// Puts what a command line says in place of what a file without a template says of its network and of who drives.
  mutating func apply(_ overrides: ConfigurationOverrides, _ context: ReadingContext) {
    if let file = overrides.modelFile {
      if networks.count == 1 {
        (networks[0].file, networks[0].isFromCommandLine) = (file, true)
      } else {
        context.complain(
          "--model",
          "\(name) has \(networks.isEmpty ? "no network" : "several networks"), which no option replaces; change `model` of the block in its file"
        )
      }
    }
    guard let controller = overrides.controller else { return }
    let choices = controllerChoices
    if choices.isEmpty {
      context.complain(
        "--controller",
        "\(name) has no block `command_choice` with a network, and so no controllers but its `blocks`; leave the option out"
      )
    }
    for index in choices { blocks[index].settings["network_flies"] = .flag(controller == .network) }
  }
}
