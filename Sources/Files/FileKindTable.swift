/// One kind of file: what its first bytes have, what it is called, and what to do with it.
struct FileKindRow: Sendable {
  let name: FileKind.Name
  let words, advice: String
  let fits: @Sendable (FileBeginning) -> Bool

  init(
    _ name: FileKind.Name, _ words: String, _ advice: String,
    _ fits: @escaping @Sendable (FileBeginning) -> Bool
  ) {
    (self.name, self.words, self.advice, self.fits) = (name, words, advice, fits)
  }

  /// A kind that begins with `magic`.
  init(_ name: FileKind.Name, _ words: String, _ advice: String, magic: [UInt8]) {
    self.init(name, words, advice) { $0.has(magic) }
  }

  /// A kind that begins with the letters of `magic`.
  init(_ name: FileKind.Name, _ words: String, _ advice: String, magic: String) {
    self.init(name, words, advice) { $0.has(magic) }
  }
}

extension FileKind {
  private static let replay = "replay it with `ganglion replay --config CONFIG FILE`"
  /// The command of the Python package, and where it is without installing.
  private static let exporter = "ganglion-export (scripts/export_ncps.py in a checkout)"
  private static let export = "convert it with \(exporter)"
  private static let exportOriginal =
    "export the PyTorch or Keras network that it was made from with \(exporter)"
  private static let unpack = "unpack it, and name what was in it"

  /// The kinds in the order in which they are tried: the more exact first.
  static let table: [FileKindRow] = [
    FileKindRow(
      .empty, "an empty file", "something has gone wrong when it was written or copied: use another copy"
    ) {
      $0.bytes.isEmpty
    },
    FileKindRow(.zeros, "nothing but zeros", "the disk has lost what it held: use another copy") {
      $0.bytes.count >= 16 && $0.bytes.allSatisfy { $0 == 0 }
    },
    // Before all whose first two bytes could be a length.
    FileKindRow(
      .safetensors, "a safetensors file", "a model of Ganglion's is shown with `ganglion inspect FILE`"
    ) { start in
      // A header's length, then its JSON.
      guard let length = start.number, 2...(100 << 20) ~= length, start.byte(8) == UInt8(ascii: "{") else {
        return false
      }
      return true
    },

    // Flight logs. ULog: docs.px4.io, "ULog File Format". DataFlash and sdlog2 both begin with a format record (A3 95 80);
    // ArduPilot's first describes itself (type 128, 89 bytes, "FMT"), PX4's old logger's describes a message.
    FileKindRow(.ulog, "a PX4 log (ULog)", replay, magic: [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35]),
    FileKindRow(
      .encryptedULog, "an encrypted PX4 log",
      "decrypt it first, with PX4's Tools/decrypt_ulog.py and your private key",
      magic: "ULogEnc"),
    FileKindRow(.dataFlash, "an ArduPilot log (DataFlash)", replay) {
      $0.has([0xA3, 0x95, 0x80, 0x80, 0x59]) && $0.has("FMT", at: 5)
    },
    FileKindRow(
      .sdlog2, "a log of PX4 before 1.4 (sdlog2)",
      "convert it to CSV with PX4's old Tools/sdlog2/sdlog2_dump.py",
      magic: [0xA3, 0x95]),
    FileKindRow(
      .dataFlashText, "an ArduPilot log as text", "name the .bin file that it was made from",
      magic: "FMT, 128, 89,"),
    FileKindRow(
      .blackbox, "a Betaflight or INAV blackbox log", "convert it to CSV with blackbox_decode",
      magic: "H Product:Blackbox"),
    // MAVLink telemetry: big-endian µs since 1970 in 64 bits, then a packet.
    FileKindRow(
      .telemetryLog, "a MAVLink telemetry log (.tlog)",
      "use the log that the autopilot wrote itself, which has its sensors"
    ) { start in
      start.byte(0) == 0 && [4, 5, 6, 7].contains(start.byte(1) ?? 0)
        && [0xFE, 0xFD].contains(start.byte(8) ?? 0)
    },

    // Robots' logs.
    FileKindRow(
      .mcap, "an MCAP log", "a log of Ganglion's is replayed with `ganglion replay FILE`",
      magic: [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]),
    FileKindRow(
      .rosBag, "a ROS 1 bag", "convert it to MCAP, with `mcap convert` or `rosbags-convert`",
      magic: "#ROSBAG V"),
    FileKindRow(
      .sqlite, "an SQLite database, as ROS 2 writes bags (.db3)",
      "convert the bag to MCAP, with `ros2 bag convert`",
      magic: "SQLite format 3\0"),

    // Networks. A PyTorch checkpoint is a zip archive with data.pkl in it; before PyTorch 1.6 a pickle of a magic number.
    FileKindRow(.torch, "a PyTorch checkpoint (zip)", export) { $0.isZip && $0.contains("data.pkl") },
    FileKindRow(.keras, "a Keras model (.keras)", export) {
      $0.isZip
        && ($0.contains("model.weights.h5") || $0.contains("config.json") || $0.contains("metadata.json"))
    },
    FileKindRow(
      .numpyArchive, "an archive of NumPy arrays (.npz)",
      "\(export) when it is a state_dict, a tensor by each name"
    ) { $0.isZip && $0.contains(".npy") },
    FileKindRow(
      .zip, "a PyTorch checkpoint (zip), or another zip archive",
      "\(export) when it is a checkpoint, and unpack it when not"
    ) { $0.isZip },
    FileKindRow(.torchLegacy, "a PyTorch checkpoint of before PyTorch 1.6 (pickle)", export) {
      $0.has([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    },
    FileKindRow(.pickle, "a Python pickle", "\(export) when it is a PyTorch checkpoint") { start in
      start.byte(0) == 0x80 && 2...5 ~= start.byte(1) ?? 0
    },
    FileKindRow(
      .matlab, "a MATLAB file (.mat)",
      "export the network from Python with \(exporter)",
      magic: "MATLAB "),
    FileKindRow(.hdf5, "an HDF5 file, as Keras writes (.h5)", export) { start in
      [0, 512, 1024, 2048].contains { start.has([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], at: $0) }
    },
    FileKindRow(.tflite, "a TensorFlow Lite model (.tflite)", exportOriginal) { $0.has("TFL3", at: 4) },
    // Protocol buffers: field 1 is a small number in both; ONNX goes on with a text, a graph or the operator sets, a
    // SavedModel with its only other field, and "tf." or "serve" is near.
    FileKindRow(.savedModel, "a TensorFlow SavedModel (.pb)", exportOriginal) { start in
      start.has([0x08, 0x01, 0x12]) && (start.contains("serve") || start.contains("tensorflow"))
    },
    FileKindRow(.onnx, "an ONNX model", exportOriginal) { start in
      start.byte(0) == 0x08 && 1...20 ~= start.byte(1) ?? 0
        && [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(start.byte(2) ?? 0)
    },
    FileKindRow(
      .gguf, "a large language model (GGUF)", "Ganglion runs liquid networks of up to a few hundred neurons",
      magic: "GGUF"),

    // Numbers.
    FileKindRow(
      .numpyArray, "a NumPy array (.npy)",
      "step a network over its rows from Python (docs/python.md); export a network from all its arrays by name, as "
        + "numpy.savez(\"policy.npz\", **{name: value.numpy() for name, value in model.state_dict().items()}) writes them, with "
        + exporter,
      magic: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]),
    FileKindRow(
      .parquet, "a Parquet table", "step a network over its rows from Python (docs/python.md)", magic: "PAR1"),
    FileKindRow(
      .arrow, "an Arrow table", "step a network over its rows from Python (docs/python.md)", magic: "ARROW1"),

    // What is packed.
    FileKindRow(.gzip, "compressed with gzip", "unpack it with gunzip", magic: [0x1F, 0x8B]),
    FileKindRow(
      .zstandard, "compressed with zstd", "unpack it with `zstd -d`", magic: [0x28, 0xB5, 0x2F, 0xFD]),
    FileKindRow(
      .xz, "compressed with xz", "unpack it with `xz -d`", magic: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    FileKindRow(.bzip2, "compressed with bzip2", "unpack it with bunzip2") {
      $0.has("BZh") && $0.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4)
    },
    FileKindRow(.lz4, "compressed with lz4", "unpack it with `lz4 -d`", magic: [0x04, 0x22, 0x4D, 0x18]),
    FileKindRow(.sevenZip, "a 7-Zip archive", unpack, magic: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    FileKindRow(.rar, "a RAR archive", unpack, magic: "Rar!\u{1A}\u{07}"),
    FileKindRow(.tar, "a tar archive", unpack) { $0.has("ustar", at: 257) },

    // What came instead of a file.
    FileKindRow(
      .gitLFS, "a Git LFS pointer, not the file itself", "fetch the file with `git lfs pull`",
      magic: "version https://git-lfs.github.com/spec/"),
    FileKindRow(.webPage, "a web page, not the file itself", "download the file itself") { start in
      guard let line = start.firstLine?.drop(while: \.isWhitespace).lowercased() else { return false }
      return line.hasPrefix("<!doctype html") || line.hasPrefix("<html")
    },
    FileKindRow(
      .program, "a program or library (ELF)", "name a file of data", magic: [0x7F, 0x45, 0x4C, 0x46]),
    FileKindRow(.windowsProgram, "a program of Windows or DOS", "name a file of data") {
      $0.has("MZ") && $0.text == nil
    },
    FileKindRow(.script, "a script", "name a file of data") { $0.has("#!") && $0.text != nil },
    FileKindRow(.document, "a PDF document", "name a file of data", magic: "%PDF-"),
    FileKindRow(.picture, "a picture", "name a file of data") { start in
      start.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) || start.has([0xFF, 0xD8, 0xFF])
        || start.has("GIF8")
    },

    // Texts, last: everything that follows is one.
    FileKindRow(
      .json, "a text in JSON or JSON5, such as a configuration",
      "a configuration is checked with `ganglion check FILE`"
    ) { start in
      let first = start.text?.first { !$0.isWhitespace }
      return first == "{" || first == "["
        || start.firstLine?.drop(while: \.isWhitespace).hasPrefix("//") == true
        || start.firstLine?.drop(while: \.isWhitespace).hasPrefix("/*") == true
    },
    FileKindRow(
      .csv, "a table of comma-separated values (CSV)", "name the log that it was made from",
      isTable(\.text)),
    FileKindRow(
      .csv, "a table of comma-separated values (CSV) with zeros, or bytes that are not UTF-8, in it",
      "name the log that it was made from", isTable(\.damagedText)),
    FileKindRow(.text, "a text", "name a file of another kind") { $0.text != nil },
  ]

  /// Whether a text has columns: the first lines have the same number of separators.
  private static func isTable(_ text: @escaping @Sendable (FileBeginning) -> String?)
    -> @Sendable (FileBeginning) -> Bool
  {
    { start in
      guard let lines = text(start)?.split(whereSeparator: \.isNewline), let first = lines.first else {
        return false
      }
      // The last line that was looked at may be cut.
      let isWhole = start.bytes.count < FileKind.beginning
      return [Character(","), ";", "\t"].contains { separator in
        let columns = first.count { $0 == separator }
        return columns > 0
          && lines.dropFirst().prefix(isWhole ? 1 : max(lines.count - 2, 0)).prefix(1).allSatisfy {
            $0.count { $0 == separator } == columns
          }
      }
    }
  }

  static let unknownRow = FileKindRow(
    .unknown, "of no kind that is known here", "check the path, or use another copy: it may be damaged"
  ) { _ in true }
}

extension FileBeginning {
  /// A zip archive: a file in it, or an archive without any.
  fileprivate var isZip: Bool { has([0x50, 0x4B, 0x03, 0x04]) || has([0x50, 0x4B, 0x05, 0x06]) }
}
