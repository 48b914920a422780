import Files

extension ModelFile {
  /// The digest that a file was found to have.
  public struct Seal: Sendable, Equatable {
    /// What a digest covers.
    public enum Coverage: String, Sendable {
      /// All that is in the file: `Safetensors.contentDigest`.
      case everything
      /// The tensors' bytes alone, as in files of formats 1 and 2.
      case tensors
    }

    /// What the digest covers.
    public var coverage: Coverage
    /// SHA-256, 64 hexadecimal digits.
    public var digest: String
  }

  /// Why the file that this was read from is not protected, and what to do; nil when it is.
  public var sealNote: String? {
    guard seal?.coverage == .tensors else { return nil }
    return
      "an old file, not protected: its digest covers the tensors' bytes, not the architecture, ports, ranges and time "
      + "unit; write it again with scripts/seal-models --replace, or export or quantize it again"
  }

  /// The digest that `file` states, after it was found to be right.
  static func seal(of file: Safetensors, format: Format) throws(ModelError) -> Seal {
    let coverage = format.coverage
    let (key, foreign) =
      coverage == .everything ? (Key.digest, Key.tensorDigest) : (Key.tensorDigest, Key.digest)
    guard let stated = file.metadata[key] else {
      throw ModelError("metadata", "\(key) is missing", remedy: ModelError.copyAgain)
    }
    // The two kinds of file have nothing in common that a few flipped bits could turn into each other.
    guard file.metadata[foreign] == nil else {
      throw ModelError(
        "metadata \(foreign)", "does not belong into a file of format \(format.rawValue)",
        remedy: ModelError.copyAgain)
    }
    let found = coverage == .everything ? file.contentDigest : file.dataDigest
    guard stated == found else {
      let what = coverage == .everything ? "the file's content digests" : "the tensors digest"
      throw ModelError(
        "metadata \(key)", "\(ModelError.excerpt(stated)), but \(what) to \(found)",
        remedy: "the file was altered or damaged after it was written: copy or export it again")
    }
    if coverage == .tensors, let shipped = shippedUnsealed[stated], shipped != file.contentDigest {
      throw ModelError(
        "metadata",
        "these are the tensors of a model that Ganglion shipped, but what it says of them was altered",
        remedy:
          "take the file from Ganglion again; if the change is meant, write it with scripts/seal-models --replace"
      )
    }
    return Seal(coverage: coverage, digest: stated)
  }
}

extension Safetensors {
  /// SHA-256 over everything that the file holds, however it is laid out, as 64 hexadecimal digits: all strings of
  /// the metadata but the digest itself, and each tensor's name, type, shape and bytes, in the order of their names.
  ///
  /// `docs/model-format.md` writes the bytes down; `scripts/python/ganglion/model_digest.py` does the same.
  public var contentDigest: String {
    var hash = SHA256()
    let strings = metadata.filter { $0.key != ModelFile.Key.digest }
      .sorted { Self.isBefore($0.key, $1.key) }
    hash.update(strings.count)
    for (key, value) in strings {
      hash.update(block: Array(key.utf8))
      hash.update(block: Array(value.utf8))
    }
    hash.update(tensors.count)
    for tensor in tensors.sorted(by: { Self.isBefore($0.name, $1.name) }) {
      hash.update(block: Array(tensor.name.utf8))
      hash.update(block: Array(tensor.elementType.rawValue.utf8))
      hash.update(tensor.shape.count)
      for length in tensor.shape { hash.update(length) }
      hash.update(block: tensor.bytes)
    }
    return SHA256.hexadecimal(hash.finish())
  }

  /// SHA-256 over the tensors' bytes in their order, as 64 hexadecimal digits.
  var dataDigest: String {
    var hash = SHA256()
    for tensor in tensors { hash.update(tensor.bytes.span) }
    return SHA256.hexadecimal(hash.finish())
  }

  /// Whether `a` comes before `b` in the order of their bytes in UTF-8, which every language has: Swift's own order
  /// takes differently written letters for the same.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}

extension SHA256 {
  /// Takes a number as 8 bytes, little-endian.
  fileprivate mutating func update(_ number: Int) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    update(bytes.span)
  }

  /// Takes the number of the bytes, then the bytes.
  fileprivate mutating func update(block bytes: [UInt8]) {
    update(bytes.count)
    update(bytes.span)
  }
}
