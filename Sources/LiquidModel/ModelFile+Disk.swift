#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ModelFile {
  /// The model in the file at `path`.
  ///
  /// - Throws: `ModelError` for a file that cannot be read, is larger than a model may be, or is none.
  public static func read(path: String) throws(ModelError) -> ModelFile {
    do {
      return try read(bytes(path: path))
    } catch {
      throw ModelError("\(path), \(error.place)", error.cause, remedy: error.remedy)
    }
  }

  /// The bytes of the regular file at `path`, at most as many as a model may have.
  ///
  /// - Throws: `ModelError`, whose place does not name the path.
  public static func bytes(path: String) throws(ModelError) -> [UInt8] {
    // Without waiting, and looked at after it is open: a pipe that nobody writes to would keep its reader for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot be opened") }
    var isOwned = true
    defer { if isOwned { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot be opened") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError("file", "is not a regular file", remedy: "name a .safetensors file")
    }
    guard status.st_size <= Safetensors.maximumFile else {
      throw ModelError(
        "file", "\(status.st_size) bytes, more than the \(Safetensors.maximumFile) a model may have",
        remedy: "this is not a model for a controller: check the path")
    }
    guard let stream = fdopen(descriptor, "rb") else { throw failure("cannot be opened") }
    isOwned = false
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, stream) }
    guard count == bytes.count else { throw failure("cannot be read beyond byte \(count)") }
    return bytes
  }

  /// Writes the file to `path`: whole or not at all, by way of a neighbour that is then renamed.
  ///
  /// - Throws: `ModelError` for a model that cannot be written, or a path that cannot.
  public func write(path: String) throws(ModelError) {
    let bytes = try encoded()
    let partial = path + ".partial"
    guard let stream = fopen(partial, "wb") else { throw Self.failure("cannot be created", partial) }
    let count = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    let flushed = fflush(stream) == 0 && fsync(fileno(stream)) == 0
    let written = fclose(stream) == 0 && flushed && count == bytes.count
    guard written, rename(partial, path) == 0 else {
      let error = Self.failure("cannot be written", path)
      unlink(partial)
      throw error
    }
  }

  private static func failure(_ what: String, _ place: String = "file") -> ModelError {
    ModelError(
      place, "\(what): \(String(cString: strerror(errno)))", remedy: "check the path and its permissions")
  }
}
