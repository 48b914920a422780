import Glibc

/// A run of `ganglion run --backend linux` on the board.
final class Flight {
  /// Where its log is while it runs: in memory, since the host's folder is slow and the guest's clock stands still for it.
  let log: String
  private let bench: Bench
  private let child: Child

  /// Starts the program on a configuration, with more options than it always gets if there are any, perhaps by
  /// another program.
  init(
    _ bench: Bench, _ configuration: String? = nil, options: [String] = [], log: String? = nil,
    flysProfile: Bool = true, startedBy starter: [String] = []
  ) throws(HILError) {
    self.bench = bench
    self.log = log ?? "/tmp/\(bench.title).mcap"
    let places = bench.places
    let command =
      [
        "run", "\(places.configurations)/\(configuration ?? bench.kind.rawValue).json5", "--backend", "linux",
        "--log", self.log, "--json",
      ] + (flysProfile ? ["--profile"] : [])
    child = try Child(
      (starter.isEmpty ? [places.ganglion] : starter) + command + options,
      output: "/tmp/\(bench.title).txt")
  }

  deinit {
    // What it left is worth most when the scenario failed.
    child.end()
    copyFile(child.output, "\(bench.places.results)/\(bench.title).txt")
    copyFile(log, "\(bench.places.results)/\(bench.title).mcap")
    unlink(log)
  }

  /// Waits until the vehicle has armed; fails with what the program said when it ends instead.
  func arm() throws(HILError) {
    try wait(for: "the vehicle to arm") { $0.isEnabled }
  }

  /// Waits until the vehicle is in the air, or drives.
  func getUnderWay() throws(HILError) {
    try wait(for: "the vehicle to be under way") { $0.isEnabled && $0.vehicle.isUnderWay }
    try expectFlying()
  }

  /// Waits for something on the board while the program runs.
  func wait(for what: String, _ isTrue: (EmulatedBoard) -> Bool) throws(HILError) {
    try Bench.wait(for: what) { () throws(HILError) in
      if let end = child.poll() { throw HILError("\(what): the program ended before, \(end): \(child.text)") }
      return try bench.board { isTrue($0) }
    }
  }

  /// Sees that the vehicle flies: enabled, its motors turning, not crashed, its program running.
  func expectFlying() throws(HILError) {
    try Bench.expect(child.poll() == nil, "the program ended: \(child.text)")
    let (isEnabled, pulses, crash) = try bench.board { ($0.isEnabled, $0.pulses, $0.vehicle.crash) }
    try Bench.expect(isEnabled, "the enable line is low in flight")
    if bench.kind == .quadrotor {
      try Bench.expect(pulses.allSatisfy { ($0 ?? 0) > 1000 }, "motors do not turn in flight: \(pulses)")
    }
    try Bench.expect(crash == nil, "the vehicle crashed: \(crash ?? "")")
  }

  /// Sends a signal to the program.
  func signal(_ number: Int32) { child.signal(number) }

  /// Waits until the program ends by itself, and sees how. Returns what it printed.
  @discardableResult
  func end(_ wanted: Child.End) throws(HILError) -> String {
    try Bench.wait(for: "the program's end", seconds: 60) { child.poll() != nil }
    let end = child.poll()
    try Bench.expect(
      end == wanted, "the program ended with \(end.map { "\($0)" } ?? "nothing"): \(child.text)")
    return child.text
  }

  /// Ends the program in order. Returns what it printed.
  @discardableResult
  func stop() throws(HILError) -> String {
    signal(SIGTERM)
    return try end(.exit(0))
  }

  /// What it has printed so far.
  var text: String { child.text }
}

/// Copies a file, if there is one.
func copyFile(_ from: String, _ to: String) {
  let source = open(from, O_RDONLY)
  guard source >= 0 else { return }
  defer { close(source) }
  let target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  guard target >= 0 else { return }
  defer { close(target) }
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(source, &buffer, buffer.count)
    guard count > 0, write(target, buffer, count) == count else { return }
  }
}
