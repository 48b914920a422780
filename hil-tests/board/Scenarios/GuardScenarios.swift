import Glibc
import SimulatedHardware

/// The process that makes the outputs safe when the program itself cannot: what it does, and what is done without it.
enum GuardScenarios {
  static var all: [Scenario] {
    [
      Scenario("a bridge that is unplugged goes and comes back while the guard watches", replug),
      Scenario("a guard that is killed in flight is said, and the flight goes on", killedInFlight),
      Scenario(
        "a guard that is killed on the ground is said, and keeps the vehicle disarmed", killedOnGround),
      Scenario("SIGKILL opens the robot's bridges", .balancer, bridges),
    ]
  }

  /// The guard of the program under test; fails when there is none.
  private static func findGuard() throws(HILError) -> pid_t {
    var found: pid_t?
    try Bench.wait(for: "the guard's process") {
      found = Guest.process(named: "ganglion-guard")
      return found != nil
    }
    guard let found else { throw HILError("there is no guard's process") }
    return found
  }

  private static func replug(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench, "quadrotor-standing")
    try flight.arm()
    let guardian = try findGuard()
    bench.server.unplug()
    try bench.expectSafe(pulses: false)
    // i2c_del_adapter waits for everybody who has the adapter open.
    try Bench.wait(for: "the kernel to let the adapter go") { !bench.server.isServing }
    try Bench.expect(
      Guest.process(named: "ganglion-guard") == guardian, "the guard has not outlived the bridge")
    try bench.server.plugIn()
    try Bench.wait(for: "the bridge's devices to come back") { KernelDevices.isThere }
    let before = try bench.server.withBridge { $0.transfers }
    try Bench.wait(for: "the chips to be sampled again") { () throws(HILError) in
      try bench.server.withBridge { $0.transfers } > before + 500
    }
    try Bench.expect(
      Guest.process(named: "ganglion-guard") == guardian, "the guard has not outlived the replug")
    let text = try flight.stop()
    try Bench.expect(text.contains("\"reopened\":1"), "the adapter did not come back once: \(text)")
  }

  private static func killedInFlight(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    Glibc.kill(try findGuard(), SIGKILL)
    for _ in 0..<60 {
      Guest.sleep(milliseconds: 25)
      try flight.expectFlying()
    }
    let text = try flight.stop()
    try bench.expectSafe()
    for word in ["the guard's process has ended", "\"guard_lost\""] {
      try Bench.expect(text.contains(word), "'\(word)' is not said: \(text)")
    }
  }

  private static func killedOnGround(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench, "quadrotor-standing")
    Glibc.kill(try findGuard(), SIGKILL)
    for _ in 0..<30 {
      Guest.sleep(milliseconds: 100)
      try Bench.expect(try bench.board { $0.enables } == 0, "the vehicle armed without its guard")
    }
    let text = try flight.stop()
    for word in ["the guard's process has ended", "\"guard_lost\""] {
      try Bench.expect(text.contains(word), "'\(word)' is not said: \(text)")
    }
  }

  /// The pins of both bridges.
  private static let directions: UInt8 = 1 << 2 | 1 << 3 | 1 << 6 | 1 << 7

  private static func bridges(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    try flight.wait(for: "a bridge to drive") { $0.pins & directions != 0 }
    flight.signal(SIGKILL)
    try flight.end(.signal(SIGKILL))
    // The guard writes the motors' chip as well: no pulses.
    try bench.expectSafe()
    let pins = try bench.board { $0.pins }
    try Bench.expect(pins & directions == 0, "the direction lines are at \(pins & directions)")
  }
}
