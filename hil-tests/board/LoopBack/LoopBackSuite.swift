import Glibc

/// The scenarios of a real board with loop-back wires: what can be seen there without a plant. The vehicle stands still,
/// its motors without power, and arms by the profile of its configuration.
struct LoopBackSuite {
  /// Where things are.
  struct Places {
    /// The program under test, and the configuration of the board.
    var ganglion, configuration: String
    /// Folder for logs and for what the program prints.
    var results: String
  }

  let places: Places
  let wires: LoopBack

  /// Runs all and prints a line for each and the sum. Returns whether all passed.
  func run() -> Bool {
    var (passed, failed) = (0, 0)
    for (name, scenario) in [
      ("armed by its profile, SIGTERM leaves the enable line inactive", terminate),
      ("the kill switch disarms", killSwitch),
      ("SIGKILL leaves the enable line inactive", kill),
      ("a stopped loop leaves the enable line inactive, also when it goes on", stop),
    ] as [(String, (Child) throws(HILError) -> Void)] {
      do throws(HILError) {
        try perform(name, scenario)
        passed += 1
        Console.print("pass  \(name)")
      } catch {
        failed += 1
        Console.print("FAIL  \(name)\n      \(error)")
      }
    }
    Console.print("\(passed) passed, \(failed) failed")
    return failed == 0
  }

  /// Starts the program, waits until the vehicle has armed, and lets `scenario` go on.
  private func perform(_ name: String, _ scenario: (Child) throws(HILError) -> Void) throws(HILError) {
    try wires.setKillSwitch(false)
    try Bench.expect(try !wires.isEnabled(), "the enable line is active before the program has started")
    let file = "\(places.results)/board-\(Scenario.title(name))"
    let child = try Child(
      [
        places.ganglion, "run", places.configuration, "--backend", "linux", "--profile", "--replace", "--log",
        "\(file).mcap",
      ],
      output: "\(file).txt")
    try Bench.wait(for: "the vehicle to arm", seconds: 120) { () throws(HILError) in
      if let end = child.poll() { throw HILError("the program ended before it armed, \(end): \(child.text)") }
      return try wires.isEnabled()
    }
    try scenario(child)
  }

  private func terminate(_ child: Child) throws(HILError) {
    child.signal(SIGTERM)
    try expectEnd(child, .exit(0))
    try expectInactive()
  }

  private func killSwitch(_ child: Child) throws(HILError) {
    try wires.setKillSwitch(true)
    try expectInactive()
    try wires.setKillSwitch(false)
    try expectInactive()
    child.signal(SIGTERM)
    try expectEnd(child, .exit(0))
  }

  private func kill(_ child: Child) throws(HILError) {
    child.signal(SIGKILL)
    try expectEnd(child, .signal(SIGKILL))
    try expectInactive()
  }

  private func stop(_ child: Child) throws(HILError) {
    child.signal(SIGSTOP)
    try expectInactive()
    child.signal(SIGCONT)
    try expectInactive()
    child.signal(SIGTERM)
    try expectEnd(child, .exit(0))
  }

  private func expectEnd(_ child: Child, _ wanted: Child.End) throws(HILError) {
    try Bench.wait(for: "the program's end", seconds: 60) { child.poll() != nil }
    try Bench.expect(child.poll() == wanted, "the program ended otherwise: \(child.text)")
  }

  /// Waits until the enable line is inactive, and sees that it stays so.
  private func expectInactive() throws(HILError) {
    try Bench.wait(for: "the enable line to become inactive") { () throws(HILError) in try !wires.isEnabled()
    }
    for _ in 0..<20 {
      Guest.sleep(milliseconds: 20)
      try Bench.expect(try !wires.isEnabled(), "the enable line became active again")
    }
  }
}
