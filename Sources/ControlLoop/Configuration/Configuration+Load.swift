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
    let bytes = try readFile(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationErrors(
        file: path, errors: [ConfigurationError(path: "", line: nil, message: "the file is not UTF-8 text")])
    }
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    do {
      return try load(text: text, directory: directory, overrides: overrides, calibration: nil, file: path)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

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

  private static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides, calibration: String?, file: String?
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
    let root = Section(value, path: "", schema: schema(of: context.vehicle), context: context)
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
    guard model.controller == .network, let path = modelPath, access(path, R_OK) != 0 else { return }
    context.complain("model.file", "cannot read \(path): \(String(cString: strerror(errno)))")
  }

  /// The bytes of a regular file of at most `maximumSize`. Others are refused before a byte is read: a pipe that nobody
  /// writes to would keep its reader waiting for ever, and a device need not end.
  static func readFile(_ path: String) throws(ConfigurationErrors) -> [UInt8] {
    func unreadable(_ message: String) -> ConfigurationErrors {
      ConfigurationErrors(
        file: path, isUnreadable: true,
        errors: [ConfigurationError(path: "", line: nil, message: message)])
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable("cannot open it: \(String(cString: strerror(errno)))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw unreadable("it is not a regular file; name a file with the text in it")
    }
    guard let file = fdopen(descriptor, "rb") else {
      let error = unreadable("cannot open it: \(String(cString: strerror(errno)))")
      close(descriptor)
      throw error
    }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: maximumSize + 1) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
    guard ferror(file) == 0 else { throw unreadable("cannot read it: \(String(cString: strerror(errno)))") }
    guard bytes.count <= maximumSize else {
      throw unreadable("the file has more than \(maximumSize) bytes; a configuration is a small text")
    }
    return bytes
  }
}
