import Glibc

/// The tests' output, which the host reads while they run: every line goes out at once.
enum Console {
  static func print(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
  }
}
