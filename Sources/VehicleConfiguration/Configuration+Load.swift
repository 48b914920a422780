import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a command line may put in place of what the file says, before anything is checked.
public struct ConfigurationOverrides: Sendable, Equatable {
  /// In place of `model.file`, as seen from the working directory.
  public var modelFile: String?
  /// In place of `model.controller`.
  public var controller: ControllerChoice?
  /// In place of `backend`.
  public var backend: Backend?
  /// Whether the file with the sensors' calibration is left alone: it is about to be made.
  public var ignoresCalibration = false

  /// Whether gains that do not fit the airframe are left alone: others are about to be computed.
  public var ignoresGains = false

  /// Overrides; `nil` keeps what the file says.
  public init(modelFile: String? = nil, controller: ControllerChoice? = nil, backend: Backend? = nil) {
    (self.modelFile, self.controller, self.backend) = (modelFile, controller, backend)
  }
}

extension Configuration {
  /// Largest configuration file in bytes.
  public static let maximumSize = 1 << 20

  /// Reads and checks a configuration file.
  ///
  /// Throws every error at once. A model file that is needed must exist; whether it fits is for
  /// `mismatches(inputs:outputs:)` to say once it is loaded.
  public static func load(
    path: String, overrides: ConfigurationOverrides = ConfigurationOverrides()
  ) throws(ConfigurationErrors) -> Configuration {
    let text = try readText(path)
    do {
      return try load(
        text: text, directory: folder(of: path), overrides: overrides, calibration: nil, file: path)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

  /// The text of a configuration file.
  public static func readText(_ path: String) throws(ConfigurationErrors) -> String {
    let bytes = try readFile(path, "a configuration")
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationErrors(
        file: path, errors: [ConfigurationError(path: "", line: nil, message: "the file is not UTF-8 text")])
    }
    return text
  }

  /// The folder that paths in a file start from.
  static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." }

  /// Reads and checks a configuration.
  ///
  /// Relative paths start from `directory`; with `nil`, as for a text from a log, no file needs to exist, and the sensors'
  /// calibration is the text `calibration`, as the log carries it, or none.
  public static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides = ConfigurationOverrides(),
    calibration: String? = nil
  ) throws(ConfigurationErrors) -> Configuration {
    try load(text: text, directory: directory, overrides: overrides, calibration: calibration, file: nil)
  }

  /// The same, for whoever takes what a file of format 2 adds to its template.
  static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides, calibration: String?, file: String?,
    takesAdditions: Bool = false
  ) throws(ConfigurationErrors) -> Configuration {
    guard text.utf8.count <= maximumSize else {
      throw ConfigurationErrors(
        file: nil,
        errors: [
          ConfigurationError(path: "", line: nil, message: "the file has more than \(maximumSize) bytes")
        ])
    }
    let value = try JSON5Value(readingFile: text)
    let context = ReadingContext(root: value, overrides: overrides)
    let format = FileFormat(value)
    guard format != .tables else {
      throw ConfigurationErrors(
        file: nil,
        errors: [
          ConfigurationError(
            path: "vehicle", line: value.line(ofPath: "format"),
            message: "missing; this command is for files with a template")
        ])
    }
    if format == .first, FileFormat.isMeantAsTables(value) {
      throw ConfigurationErrors(
        file: nil,
        errors: [
          ConfigurationError(
            path: "format", line: nil,
            message: "missing; a file with `devices` or `blocks` and without `vehicle` says format: 2")
        ])
    }
    let schema = format == .first ? schema(of: context.vehicle) : formatSchema(of: context.vehicle)
    let root = Section(value, path: "", schema: schema, context: context)
    _ = root?.read(FileFormat.key)
    if !takesAdditions, let root {
      for addition in additions where format == .template && root.has(addition.name) {
        root.complain(addition.name, "this command does not know what a file adds to its template")
      }
    }
    var configuration = root.flatMap(Configuration.init)
    configuration?.text = text
    configuration?.directory = directory
    if directory != nil {
      configuration?.checkModelFile(context)
      if !overrides.ignoresCalibration { configuration?.readCalibration(context, command: file ?? "CONFIG") }
    } else if let calibration {
      configuration?.takeCalibration(calibration, context)
    }
    let errors = context.sortedErrors
    guard let configuration, errors.isEmpty else { throw ConfigurationErrors(file: nil, errors: errors) }
    return configuration
  }

  private func checkModelFile(_ context: ReadingContext) {
    guard model.controller == .network, let path = modelPath, !Self.canRead(path) else { return }
    context.complain("model.file", "cannot read \(path): \(Self.systemError)")
  }

  /// Whether a file can be read; `systemError` says why not.
  static func canRead(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// What the last call of the system said.
  static var systemError: String { String(cString: strerror(errno)) }

  /// The bytes of a configuration or calibration, which are `what`, such as "a configuration": a regular file, at most
  /// `maximumSize` bytes, of no other kind that is known by its first bytes.
  static func readFile(_ path: String, _ what: String) throws(ConfigurationErrors) -> [UInt8] {
    do throws(FileError) {
      let file = try InputFile(path: path)
      let kind = try FileKind(file)
      switch kind.name {
      case .json, .text, .csv, .unknown, .script: break
      default:
        let refusal = kind.refusal(wanted: what)
        throw FileError(.wrongKind, path, refusal.what, remedy: refusal.remedy)
      }
      return try file.bytes(limit: maximumSize)
    } catch {
      let message =
        error.cause == .tooLarge ? "\(error.what); \(what) is a small text" : "\(error.what); \(error.remedy)"
      throw ConfigurationErrors(
        file: path, isUnreadable: true, errors: [ConfigurationError(path: "", line: nil, message: message)])
    }
  }
}
