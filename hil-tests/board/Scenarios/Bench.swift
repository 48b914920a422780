import Glibc
import SimulatedHardware

/// What a scenario works with: the board, the program under test, and where the two leave what they have to tell.
final class Bench {
  /// Where things are.
  struct Places {
    /// The program under test.
    var ganglion = "/bin/ganglion"
    /// Folder of the configurations.
    var configurations = "."
    /// Folder for logs and for what programs print, kept by the host.
    var results = "."
  }

  let places: Places
  /// The vehicle that the board is in.
  let kind: VehicleKind
  /// The scenario's name as a file's name.
  let title: String
  /// The board on the bridge.
  let server: BoardServer

  /// A bench with a fresh board for the scenario `title`, plugged in.
  init(_ places: Places, _ kind: VehicleKind, title: String) throws(HILError) {
    (self.places, self.kind, self.title) = (places, kind, title)
    try Bench.wait(for: "the last scenario's devices to go") { KernelDevices.isGone }
    server = try BoardServer(kind, seed: 1)
    try Bench.wait(for: "the kernel's driver to offer its devices") { KernelDevices.isThere }
  }

  deinit { server.unplug() }

  /// Looks at the board.
  func board<Result>(_ body: (inout EmulatedBoard) throws(HILError) -> Result) throws(HILError) -> Result {
    try server.withBridge { bridge throws(HILError) in try body(&bridge.surroundings) }
  }

  /// Lets transfers fail from now on.
  func fail(_ fault: BridgeFault, _ address: UInt8, count: Int = .max) throws(HILError) {
    try server.withBridge { $0.faults.add(fault, for: address, count: count) }
  }

  /// Waits until something is true, and fails when it does not come. How long it takes is not judged: the limit only
  /// ends a wait that would not end.
  static func wait(
    for what: String, seconds: Double = 30, _ isTrue: () throws(HILError) -> Bool
  ) throws(HILError) {
    let end = Guest.now() + Int64(seconds * 1e9)
    while try !isTrue() {
      guard Guest.now() < end else { throw HILError("did not come: \(what)") }
      Guest.sleep(milliseconds: 5)
    }
  }

  /// Fails with `what` unless it is true.
  static func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) throws(HILError) {
    guard isTrue else { throw HILError(what()) }
  }

  // MARK: - The outputs

  /// Waits until the enable line is low and the motors get their safe pulses or none, and sees that it stays so.
  func expectSafe(pulses: Bool = true) throws(HILError) {
    try Bench.wait(for: "the enable line to go low") { () throws(HILError) in try isSafe(pulses: false) }
    try Bench.wait(for: "the motors' safe pulses") { () throws(HILError) in try isSafe(pulses: pulses) }
    let enables = try board { $0.enables }
    for _ in 0..<20 {
      Guest.sleep(milliseconds: 20)
      guard try isSafe(pulses: pulses) else { throw HILError("the outputs did not stay safe") }
    }
    try Bench.expect(try board { $0.enables } == enables, "the enable line rose again")
  }

  private func isSafe(pulses: Bool) throws(HILError) -> Bool {
    try board { board in
      !board.isEnabled && (!pulses || board.pulses.allSatisfy { abs(($0 ?? 900) - 900) < 5 })
    }
  }
}
