#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The files of /dev, /sys and /proc that say what the machine has.
///
/// Every question has an answer: what cannot be read is not there.
public struct SystemFiles: Sendable {
  /// Stands in front of every path; empty for the machine itself, a folder in tests.
  public let root: String

  /// The files below `root`.
  public init(root: String = "") { self.root = root }

  /// Names in a folder, sorted as people count: i2c-2 before i2c-10.
  public func names(in folder: String) -> [String] {
    guard let directory = opendir(root + folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { left, right in
      let (a, b) = (Self.numbered(left), Self.numbered(right))
      return (a.stem, a.number, left) < (b.stem, b.number, right)
    }
  }

  /// The first `limit` bytes of a file.
  public func bytes(_ path: String, limit: Int = 4096) -> [UInt8]? {
    let file = open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: max(limit, 1)) { buffer, used in
      while count < buffer.count {
        let got = read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        guard got > 0 else { break }
        count += got
      }
      used = count
    }
    return bytes
  }

  /// A short file's text without white space around it.
  public func text(_ path: String) -> String? {
    guard let bytes = bytes(path) else { return nil }
    let isSpace: (UInt8) -> Bool = { $0 == 0 || $0 == 0x20 || (0x09...0x0D).contains($0) }
    let inner = bytes.drop(while: isSpace)
    guard let last = inner.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(decoding: inner[...last], as: UTF8.self)
  }

  /// A short file's whole number.
  public func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

  /// The last part of what a symbolic link points to.
  public func linkName(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(root + path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
      separator: "/"
    ).last.map(String.init)
  }

  /// Whether there is anything at `path`.
  public func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

  /// 0 when this process may read and write `path`, else the error number.
  public func readWriteRefusal(_ path: String) -> Int32 {
    access(root + path, R_OK | W_OK) == 0 ? 0 : errno
  }

  /// Writes a short text into a file that is there, as sysfs wants it: in one call. 0 or the error number.
  public func write(_ text: String, to path: String) -> Int32 {
    let file = open(root + path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return errno }
    defer { close(file) }
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { writeOnce(file, $0) }
  }

  private static func numbered(_ name: String) -> (stem: String, number: Int) {
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    return (String(name.dropLast(digits)), Int(name.suffix(digits)) ?? -1)
  }
}

/// Writes all of `bytes` in one call; 0 or the error number.
func writeOnce(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
  while true {
    let written = write(file, bytes.baseAddress, bytes.count)
    if written == bytes.count { return 0 }
    if written >= 0 { return EIO }
    if errno != EINTR { return errno }
  }
}
