import Glibc
import SimulatedHardware

/// The balancing robot: encoders behind a multiplexer, bridges on lines.
enum BalancerScenarios {
  static var all: [Scenario] {
    [
      Scenario("the robot balances and drives its profile", .balancer, drive),
      Scenario("the kill switch stops the robot", .balancer, killSwitch),
      Scenario("SIGKILL stops the robot", .balancer, kill),
      Scenario("a stopped loop stops the robot", .balancer, stop),
      fault("an encoder is unplugged", "left-encoder", "encoder_stale"),
      fault("the multiplexer is unplugged", "multiplexer", "encoder_stale"),
      fault("the inertial sensor is unplugged", "imu", "imu_stale"),
      fault("the motor driver is unplugged", "motors", "actuator_fault"),
    ]
  }

  private static func drive(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench, options: ["--duration", "22"])
    try flight.getUnderWay()
    let text = try flight.end(.exit(0))
    try bench.expectSafe(pulses: false)
    // It comes to rest when its time is over.
    try Bench.expect(text.contains("\"faults\":[\"ending\"]"), "faults: \(text)")
    FlightScenarios.write(
      try bench.board { $0.track }, to: "\(bench.places.results)/\(bench.title).track.csv")
  }

  private static func killSwitch(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    try bench.board { $0.isKillSwitchPulled = true }
    try bench.expectSafe(pulses: false)
    try flight.stop()
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
    try bench.expectSafe(pulses: false)
    flight.signal(SIGCONT)
    try bench.expectSafe(pulses: false)
    try flight.stop()
  }

  private static func fault(_ name: String, _ chip: String, _ condition: String) -> Scenario {
    Scenario("on the robot, \(name): disarms", .balancer) { bench throws(HILError) in
      let flight = try Flight(bench)
      try flight.getUnderWay()
      try bench.board { board throws(HILError) in try board.inject(.off, chip) }
      try bench.expectSafe(pulses: false)
      let text = try flight.stop()
      try Bench.expect(text.contains("\"\(condition)\""), "the report does not name \(condition): \(text)")
    }
  }
}
