import Glibc
import SimulatedHardware

/// The unmodified program in closed loop, and how it ends.
enum FlightScenarios {
  static var all: [Scenario] {
    [
      Scenario("the network flies its profile through libi2c, libgpiod and the kernel", fly),
      Scenario("the kill switch disarms", killSwitch),
      Scenario("SIGTERM in flight leaves the outputs safe", terminate),
      Scenario("SIGKILL in flight leaves the outputs safe", kill),
      Scenario("a stopped loop leaves the outputs safe, also when it goes on", stop),
    ]
  }

  private static func fly(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench, options: ["--duration", "20"])
    try flight.getUnderWay()
    let text = try flight.end(.exit(0))
    try bench.expectSafe()
    let track = try bench.board { $0.track }
    try Bench.expect(
      // It lands when its time is over.
      text.contains("\"faults\":[\"ending\"]"), "faults: \(text)")
    write(track, to: "\(bench.places.results)/\(bench.title).track.csv")
  }

  private static func killSwitch(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    try bench.board { $0.isKillSwitchPulled = true }
    try bench.expectSafe()
    // Let go, it does not arm again by itself.
    try bench.board { $0.isKillSwitchPulled = false }
    try bench.expectSafe()
    try flight.stop()
  }

  private static func terminate(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    try flight.stop()
    try bench.expectSafe()
  }

  private static func kill(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    flight.signal(SIGKILL)
    try flight.end(.signal(SIGKILL))
    try bench.expectSafe()
  }

  private static func stop(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    flight.signal(SIGSTOP)
    // The guard opens the adapter for a moment, and gives the motors' chip its safe pulses as well.
    try bench.expectSafe()
    flight.signal(SIGCONT)
    try bench.expectSafe()
    try flight.stop()
  }

  static func write(_ track: [String], to path: String) {
    guard let file = fopen(path, "w") else { return }
    for row in track { fputs(row + "\n", file) }
    fclose(file)
  }
}
