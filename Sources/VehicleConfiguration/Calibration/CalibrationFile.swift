import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a calibration's file could not be written.
public struct CalibrationFileError: Error, Sendable, CustomStringConvertible {
  /// What failed, where, and why.
  public let description: String
}

extension SensorCalibration {
  /// Reads a calibration; throws everything that is wrong with it at once.
  public static func read(text: String) throws(ConfigurationErrors) -> SensorCalibration {
    let value = try JSON5Value(readingFile: text)
    let context = ReadingContext(root: value, overrides: ConfigurationOverrides())
    let section = Section(value, path: "", schema: CalibrationSection.schema, context: context)
    let read = section.flatMap(CalibrationSection.init)
    let errors = context.sortedErrors
    guard var calibration = read?.calibration, errors.isEmpty else {
      throw ConfigurationErrors(file: nil, errors: errors)
    }
    calibration.text = text
    return calibration
  }

  /// Reads a calibration's file; `nil` when there is none.
  public static func read(path: String) throws(ConfigurationErrors) -> SensorCalibration? {
    if access(path, F_OK) != 0, errno == ENOENT { return nil }
    let bytes = try Configuration.readFile(path, "a calibration")
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationErrors(
        file: path, errors: [ConfigurationError(path: "", line: nil, message: "the file is not UTF-8 text")])
    }
    do {
      return try read(text: text)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

  /// Writes the file so that there is the old one or the new one at every moment, also when the supply fails.
  ///
  /// - Parameters:
  ///   - replacing: Whether a file that is there is replaced, and not refused.
  ///   - inputs: Paths of files that are never replaced.
  public func write(
    path: String, vehicle: String, replacing: Bool = true, inputs: [String] = []
  ) throws(CalibrationFileError) {
    do throws(FileError) {
      try OutputFile.write(
        Array(fileText(vehicle: vehicle).utf8), path: path, replacing: replacing, inputs: inputs)
    } catch {
      throw CalibrationFileError(description: error.description)
    }
  }
}
