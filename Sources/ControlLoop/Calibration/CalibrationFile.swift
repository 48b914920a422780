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
    let bytes = try Configuration.readFile(path)
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

  /// Writes the file so that there is the old one or the new one at every moment, also when the supply fails: into a file
  /// beside it, which takes its place when it is on the disk.
  public func write(path: String, vehicle: String) throws(CalibrationFileError) {
    func failure(_ what: String) -> CalibrationFileError {
      CalibrationFileError(description: "\(path): cannot \(what): \(String(cString: strerror(errno)))")
    }
    let bytes = Array(fileText(vehicle: vehicle).utf8)
    let temporary = "\(path).\(getpid()).new"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("make \(temporary)") }
    func give(_ what: String) -> CalibrationFileError {
      let error = failure(what)
      unlink(temporary)
      return error
    }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #elseif canImport(Musl)
          Musl.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #else
          Darwin.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = give("write")
        close(file)
        throw error
      }
      written += count
    }
    guard fsync(file) == 0 else {
      let error = give("bring it to the disk")
      close(file)
      throw error
    }
    guard close(file) == 0 else { throw give("write") }
    guard rename(temporary, path) == 0 else { throw give("put it in its place") }
    // The folder's entry, too; a file system that has no such thing has done what it can.
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }
}
