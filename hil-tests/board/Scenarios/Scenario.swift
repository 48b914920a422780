/// One behaviour, checked by one run on a fresh board.
struct Scenario {
  /// What is true when it passes.
  let name: String
  /// Fails by throwing.
  let run: (Bench) throws(HILError) -> Void

  init(_ name: String, _ run: @escaping (Bench) throws(HILError) -> Void) {
    (self.name, self.run) = (name, run)
  }

  /// The name as a file's name.
  var title: String { Self.title(name) }

  /// A name as a file's name.
  static func title(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}
