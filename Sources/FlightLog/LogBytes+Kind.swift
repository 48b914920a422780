import Files

extension LogBytes {
  /// What the file is, by its first bytes.
  public var kind: FileKind { FileKind(copy(0..<FileKind.beginning)) }

  /// Why a file that does not begin as `wanted` does is refused: for what it is, or as what may be damaged.
  public func refusal(wanted: String, elseRemedy remedy: String) -> LogError {
    let name = path ?? "the file"
    let kind = kind
    if kind.name == .unknown {
      return LogError(.notALog, at: 0, "\(name) does not begin as \(wanted) does", remedy: remedy)
    }
    let refusal = kind.refusal(wanted: wanted)
    return LogError(
      .notALog, "\(name) \(refusal.what)",
      remedy: refusal.remedy.prefix(1).uppercased() + refusal.remedy.dropFirst() + ".")
  }

  /// The SHA-256 of all bytes, in lower-case hexadecimal.
  public var digest: String {
    var hash = SHA256()
    forEachPiece(in: 0..<count) { _, bytes in
      hash.update(bytes.bindMemory(to: UInt8.self).span)
      return true
    }
    return SHA256.hexadecimal(hash.finish())
  }
}
