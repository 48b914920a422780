import Glibc

/// Why a test could not go on, in one sentence.
struct HILError: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) { description = what }

  /// An error of the operating system by its number.
  init(_ what: String, _ number: Int32) {
    description = "\(what): \(strerror(number).map { String(cString: $0) } ?? "error \(number)")"
  }
}
