/// What a file is, told by its first bytes, with what its owner can do with it.
public struct FileKind: Equatable, Sendable {
  /// Its name in the table, for programs.
  public enum Name: String, CaseIterable, Sendable {
    case empty, zeros, unknown
    case ulog, encryptedULog, dataFlash, dataFlashText, sdlog2, telemetryLog, blackbox
    case mcap, rosBag, sqlite
    case safetensors, torch, torchLegacy, pickle, keras, hdf5, matlab, onnx, tflite, savedModel, gguf
    case numpyArray, numpyArchive, parquet, arrow
    case zip, gzip, zstandard, xz, bzip2, lz4, sevenZip, rar, tar
    case gitLFS, webPage, program, windowsProgram, script, document, picture
    case json, csv, text
  }

  /// Which it is.
  public let name: Name
  /// What it is, as in "is a PX4 log (ULog)".
  public let words: String
  /// What to do with it, as a phrase.
  public let advice: String

  /// The kind of a file that begins with `bytes`; ``beginning`` of them tell all kinds.
  public init(_ bytes: [UInt8]) {
    let start = FileBeginning(bytes)
    let row = Self.table.first { $0.fits(start) } ?? Self.unknownRow
    (name, words, advice) = (row.name, row.words, row.advice)
  }

  /// The kind of the file that `input` reads.
  public init(_ input: InputFile) throws(FileError) {
    self.init(try input.beginning(Self.beginning))
  }

  /// Bytes that are looked at.
  public static let beginning = 4096

  /// "a PX4 log (ULog): replay it with ..." after what was wanted.
  public func refusal(wanted: String) -> (what: String, remedy: String) {
    ("is \(words), not \(wanted)", advice)
  }
}

/// The first bytes of a file, to be asked.
struct FileBeginning {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = Array(bytes.prefix(FileKind.beginning)) }

  /// Whether `wanted` stands at `offset`.
  func has(_ wanted: [UInt8], at offset: Int = 0) -> Bool {
    offset >= 0 && bytes.count >= offset + wanted.count
      && bytes[offset..<offset + wanted.count].elementsEqual(wanted)
  }

  /// Whether the letters of `wanted` stand at `offset`.
  func has(_ wanted: String, at offset: Int = 0) -> Bool { has(Array(wanted.utf8), at: offset) }

  /// Whether the letters of `wanted` stand anywhere.
  func contains(_ wanted: String) -> Bool {
    let wanted = Array(wanted.utf8)
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { bytes[$0] == first && has(wanted, at: $0) }
  }

  /// The byte at `offset`; `nil` beyond the end.
  func byte(_ offset: Int) -> UInt8? { bytes.indices.contains(offset) ? bytes[offset] : nil }

  /// The little-endian number of 64 bits at the front.
  var number: UInt64? {
    bytes.count < 8 ? nil : bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }

  /// The beginning as text, when it is: UTF-8, perhaps cut in its last letter, without control characters.
  var text: String? {
    var bytes = bytes[...]
    if bytes.count == FileKind.beginning {
      // The last letter may be cut: step back over its pieces.
      while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
      if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || 0x09...0x0D ~= $0 || $0 == 0x1B }),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  /// The beginning as text of which a few bytes, an eighth at most, are none that a text has: zeros, or what is not UTF-8.
  var damagedText: String? {
    let odd = bytes.count { !(0x20..<0x7F ~= $0 || 0x09...0x0D ~= $0) }
    return odd * 8 <= bytes.count ? String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self) : nil
  }

  /// The first line of a text with anything but white space in it.
  var firstLine: Substring? {
    text?.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } }
  }
}
