import Files

extension ModelFile {
  /// The model in the file at `path`.
  ///
  /// - Throws: `ModelError` for a file that cannot be read, is larger than a model may be, or is none; one of another kind
  ///   is named for what it is.
  public static func read(path: String) throws(ModelError) -> ModelFile {
    let bytes = try bytes(path: path)
    do {
      return try read(bytes)
    } catch {
      throw ModelError("\(path), \(error.place)", error.cause, remedy: error.remedy)
    }
  }

  /// The bytes of the regular file at `path`, at most as many as a model may have. A file that is plainly of another kind is
  /// refused, however long it is.
  public static func bytes(path: String) throws(ModelError) -> [UInt8] {
    do throws(FileError) {
      let file = try InputFile(path: path)
      let kind = try FileKind(file)
      guard kind.name == .safetensors || kind.name == .unknown else {
        let refusal = kind.refusal(wanted: "a model")
        throw FileError(.wrongKind, path, refusal.what, remedy: refusal.remedy)
      }
      return try file.bytes(limit: Safetensors.maximumFile)
    } catch {
      throw ModelError(error)
    }
  }

  /// Writes the file to `path`, whole or not at all.
  ///
  /// - Parameters:
  ///   - replacing: Whether a file that is there is replaced, and not refused.
  ///   - inputs: Paths of files that are never replaced.
  /// - Throws: `ModelError` for a model that cannot be written, or a path that cannot.
  public func write(path: String, replacing: Bool = true, inputs: [String] = []) throws(ModelError) {
    let bytes = try encoded()
    do throws(FileError) {
      try OutputFile.write(bytes, path: path, replacing: replacing, inputs: inputs)
    } catch {
      throw ModelError(error)
    }
  }
}

extension ModelError {
  /// A file's error as a model's.
  public init(_ error: FileError) { self.init(error.path, error.what, remedy: error.remedy) }
}
