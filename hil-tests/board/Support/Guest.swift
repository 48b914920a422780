import Glibc
import HardwareInterfaces

/// The machine that the tests run on.
enum Guest {
  /// CLOCK_MONOTONIC in ns.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The same clock as drivers know it.
  static var time: MonotonicTime { MonotonicTime(nanoseconds: now()) }

  /// The process that has this name (at most 15 characters); `nil` when there is none.
  static func process(named name: String) -> pid_t? {
    guard let folder = opendir("/proc") else { return nil }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let text = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let number = pid_t(text) else { continue }
      let file = open("/proc/\(text)/comm", O_RDONLY)
      guard file >= 0 else { continue }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = read(file, &bytes, bytes.count)
      if count > 0, String(decoding: bytes[..<(count - 1)], as: UTF8.self) == name { return number }
    }
    return nil
  }

  /// Sleeps for a while.
  static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  /// The beginning of a file's text; `nil` when it cannot be read.
  static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(file, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Makes a link, in place of one that is there.
  static func link(_ path: String, to target: String) throws(HILError) {
    unlink(path)
    guard symlink(target, path) == 0 else {
      throw HILError("cannot link \(path) to \(target): errno \(errno)")
    }
  }
}
