/// Which controller's commands fly the vehicle.
public enum ControllerChoice: String, CaseIterable, Sendable {
  /// The liquid network of `model.file`.
  case network
  /// The classical controller; no model is needed.
  case classical
}

extension Configuration {
  /// The network on disk, and whether it flies.
  public struct Model: ConfigurationSection, Equatable {
    /// The model file as written, `nil` when there is none; use `Configuration.modelPath` to open it.
    public var file: String?
    /// Whether `file` was given on the command line, and so is relative to the working directory.
    public var isFileFromCommandLine: Bool
    /// Who flies.
    public var controller: ControllerChoice
  }
}

extension Configuration.Model {
  private static let file = Key<String?>.optionalText(
    "file", absent: "no network",
    "Model file (safetensors), relative to this file. Needed when the controller is the network.")
  private static let controller = Key<ControllerChoice>.choice(
    "controller", standard: .network, "Who flies the vehicle.")

  static let schema = SectionSchema(
    path: "model", about: "The trained network.", keys: [file.description, controller.description])

  init?(_ section: Section) {
    let (file, controller) = (section.read(Self.file), section.read(Self.controller))
    guard let file, let controller else { return nil }
    let overrides = section.context.overrides
    self.file = overrides.modelFile ?? file
    self.isFileFromCommandLine = overrides.modelFile != nil
    self.controller = overrides.controller ?? controller
  }
}
