import Signals
import Testing

@testable import Control

@Suite("Flight phase")
struct FlightPhaseTests {
  private func phase() throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .metre, "wanted.altitude", "altitude.altitude")
        + BlockBench.signals(.number, .metrePerSecond, "altitude.climb_rate")
        + BlockBench.signals(.flag, .none, "safety.armed")
        + BlockBench.signals(
          .choice(["disarmed", "active", "hold", "landing", "terminated"]), .none, "safety.mode"),
      [BlockDeclaration("flight_phase", "phase")])
    bench[choice: "safety.mode"] = "active"
    return bench
  }

  /// Steps for `seconds`, in ticks of 4 ms.
  private func run(
    _ phase: inout BlockBench, altitude: Float, setpoint: Float, climbRate: Float = 0, seconds: Float,
    armed: Bool = true
  ) throws -> Bool {
    phase["safety.armed"] = armed
    for _ in 0..<Int(seconds / 0.004) {
      try phase.step(
        ["altitude.altitude": altitude, "wanted.altitude": setpoint, "altitude.climb_rate": climbRate],
        seconds: 0.004)
    }
    return phase["phase.flying"]
  }

  @Test("flight begins when the setpoint leaves the ground, and not while disarmed")
  func begins() throws {
    var phase = try phase()
    #expect(try run(&phase, altitude: 0, setpoint: 1.5, seconds: 0.1, armed: false) == false)
    #expect(try run(&phase, altitude: 0, setpoint: 0.05, seconds: 0.1) == false)
    #expect(try run(&phase, altitude: 0, setpoint: 0.2, seconds: 0.01))
  }

  @Test("it ends on the ground after a while, not in the air, not while moving, and at once when disarmed")
  func ends() throws {
    var phase = try phase()
    _ = try run(&phase, altitude: 1, setpoint: 1, seconds: 0.1)
    #expect(try run(&phase, altitude: 1, setpoint: 0, seconds: 2))
    #expect(try run(&phase, altitude: 0.05, setpoint: 0, climbRate: -0.4, seconds: 2))
    #expect(try run(&phase, altitude: 0.05, setpoint: 0, seconds: 0.3))
    #expect(try run(&phase, altitude: 0.05, setpoint: 0, seconds: 0.2) == false)
    _ = try run(&phase, altitude: 1, setpoint: 1, seconds: 0.1)
    #expect(try run(&phase, altitude: 1, setpoint: 1, seconds: 0.01, armed: false) == false)
  }

  @Test("it begins in one tick, and only in a mode in which the vehicle may take off")
  func beginsOnce() throws {
    for mode in ["hold", "landing"] {
      var phase = try phase()
      phase[choice: "safety.mode"] = mode
      #expect(try run(&phase, altitude: 0, setpoint: 1, seconds: 0.1) == false)
      phase[choice: "safety.mode"] = "active"
      #expect(try run(&phase, altitude: 0, setpoint: 1, seconds: 0.0041))
      #expect(phase["phase.begins"] == true)
      #expect(try run(&phase, altitude: 0, setpoint: 1, seconds: 0.0041))
      #expect(phase["phase.begins"] == false)
      // What flies goes on flying in them.
      phase[choice: "safety.mode"] = mode
      #expect(try run(&phase, altitude: 1, setpoint: 1, seconds: 0.1))
    }
  }
}
