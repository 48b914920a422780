/// One thing that is wrong with a configuration: where, what was found, and what was expected.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The key, for example `sensors.imu.rate_hz` or `actuators.motors[2].channel`; empty for the whole file.
  public var path: String
  /// Line in the file, from 1; `nil` when the error has no place in it.
  public var line: Int?
  /// What is wrong and what to do, in one sentence.
  public var message: String

  /// An error from its parts.
  public init(path: String, line: Int?, message: String) {
    (self.path, self.line, self.message) = (path, line, message)
  }

  /// `line 12: sensors.imu.rate_hz: …`
  public var description: String {
    [line.map { "line \($0)" }, path.isEmpty ? nil : path, message].compactMap(\.self).joined(separator: ": ")
  }
}

/// Everything that is wrong with a configuration, in the order of the file.
public struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file; `nil` when the text came from elsewhere, such as a log.
  public var file: String?
  /// Whether the file could not be read at all, so that nothing is known about what it says.
  public var isUnreadable: Bool
  /// At least one error.
  public var errors: [ConfigurationError]

  /// Errors of a file.
  public init(file: String?, isUnreadable: Bool = false, errors: [ConfigurationError]) {
    (self.file, self.isUnreadable, self.errors) = (file, isUnreadable, errors)
  }

  /// One error a line, each beginning with `file:line:` as compilers write it.
  public var description: String {
    errors.map { error in
      let place = [file ?? "configuration", error.line.map(String.init)].compactMap(\.self).joined(
        separator: ":")
      return [place, error.path.isEmpty ? nil : error.path, error.message].compactMap(\.self)
        .joined(separator: ": ")
    }.joined(separator: "\n")
  }
}
