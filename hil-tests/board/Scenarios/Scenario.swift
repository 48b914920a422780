/// One behaviour, checked by one run.
struct Scenario {
  /// What is true when it passes.
  let name: String
  /// Fails by throwing.
  let run: (Bench) throws(HILError) -> Void

  init(_ name: String, _ run: @escaping (Bench) throws(HILError) -> Void) {
    (self.name, self.run) = (name, run)
  }
}
