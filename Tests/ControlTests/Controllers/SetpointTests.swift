import Signals
import Testing

@testable import Control

private let modes = SignalKind.choice(["disarmed", "active", "hold", "landing", "terminated"])

@Suite("The setpoint of a vehicle on wheels")
struct DriveSetpointTests {
  private func bench() throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .metrePerSecond, "setpoint.speed", "odometry.speed")
        + BlockBench.signals(.number, .radianPerSecond, "setpoint.yaw_rate", "attitude.rate_z")
        + BlockBench.signals(modes, .none, "safety.mode"),
      [
        BlockDeclaration(
          "drive_setpoint", "wanted", settings: ["speed": .number(0.5), "turn_rate": .number(1.5)])
      ])
    bench[choice: "safety.mode"] = "active"
    return bench
  }

  @Test("is what is asked for, within its limits, and nothing in the modes in which it stops")
  func limits() throws {
    var bench = try bench()
    for (speed, turn, limitedSpeed, limitedTurn) in [
      (0.3, -1, 0.3, -1), (2, -9, 0.5, -1.5), (-2, 9, -0.5, 1.5),
    ] as [(Float, Float, Float, Float)] {
      for mode in ["active", "hold", "landing"] {
        bench[choice: "safety.mode"] = mode
        try bench.step(["setpoint.speed": speed, "setpoint.yaw_rate": turn])
        let expected = mode == "active" ? (limitedSpeed, limitedTurn) : (0, 0)
        #expect((bench["wanted.speed"], bench["wanted.yaw_rate"]) as (Float, Float) == expected)
      }
    }
  }

  @Test("the vehicle rests when it neither drives nor turns, whatever it is asked for")
  func resting() throws {
    var bench = try bench()
    for (speed, rate, rests) in [(0, 0, true), (0.05, -0.29, true), (-0.07, 0, false), (0, 0.31, false)]
      as [(Float, Float, Bool)]
    {
      try bench.step(["odometry.speed": speed, "attitude.rate_z": rate, "setpoint.speed": 0.4])
      #expect(bench["wanted.resting"] == rests)
    }
  }
}

@Suite("The setpoint of a multirotor")
struct FlightSetpointTests {
  /// Asked for roll 0.5 and pitch -0.5 with a tilt of 0.3, at 2 m, estimated at 1.5 m.
  private func bench() throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .radian, "setpoint.roll", "setpoint.pitch")
        + BlockBench.signals(.number, .radianPerSecond, "setpoint.yaw_rate")
        + BlockBench.signals(.number, .metre, "setpoint.altitude", "altitude.altitude")
        + BlockBench.signals(.flag, .none, "altitude.valid")
        + BlockBench.signals(modes, .none, "safety.mode"),
      [BlockDeclaration("flight_setpoint", "wanted", settings: ["tilt": .number(0.3)])])
    bench[choice: "safety.mode"] = "active"
    bench["altitude.valid"] = true
    try bench.step([
      "setpoint.roll": 0.5, "setpoint.pitch": -0.5, "setpoint.yaw_rate": 0.7, "setpoint.altitude": 2,
      "altitude.altitude": 1.5,
    ])
    return bench
  }

  private func wanted(_ bench: borrowing BlockBench) -> [Float] {
    [bench["wanted.roll"], bench["wanted.pitch"], bench["wanted.yaw_rate"], bench["wanted.altitude"]]
  }

  @Test("is what is asked for, its tilt limited")
  func active() throws {
    let bench = try bench()
    #expect(wanted(bench) == [0.3, -0.3, 0.7, 2])
  }

  @Test("holds level at the altitude at which the mode began")
  func hold() throws {
    var bench = try bench()
    bench[choice: "safety.mode"] = "hold"
    try bench.step()
    #expect(wanted(bench) == [0, 0, 0, 1.5])
    try bench.step(["altitude.altitude": 1.2])
    #expect(wanted(bench) == [0, 0, 0, 1.5])
    bench[choice: "safety.mode"] = "active"
    try bench.step()
    #expect(wanted(bench) == [0.3, -0.3, 0.7, 2])
  }

  @Test("lands level with half a metre a second, to below the ground")
  func landing() throws {
    var bench = try bench()
    bench[choice: "safety.mode"] = "landing"
    try bench.step(seconds: 0.1)
    #expect(Array(wanted(bench).prefix(3)) == [0, 0, 0])
    #expect(abs((bench["wanted.altitude"] as Float) - 1.45) < 1e-6)
    for _ in 0..<10 { try bench.step(seconds: 0.1) }
    #expect(abs((bench["wanted.altitude"] as Float) - 0.95) < 1e-5)
    #expect(bench["wanted.blind"] == false)
    for _ in 0..<100 { try bench.step(seconds: 0.1) }
    #expect(wanted(bench) == [0, 0, 0, -0.3])
  }

  @Test(
    "a landing whose altitude is lost is blind to its end, which comes after the time of a fall and a second")
  func blind() throws {
    var bench = try bench()
    bench[choice: "safety.mode"] = "landing"
    try bench.step(seconds: 0.1)
    bench["altitude.valid"] = false
    // 1 + 3.2 √1.5 s are 4.92 s.
    for step in 1...60 {
      if step == 10 { bench["altitude.valid"] = true }
      try bench.step(seconds: 0.1)
      #expect(bench["wanted.blind"] == true)
      #expect(bench["wanted.blind_over"] == (step >= 50))
    }
    bench[choice: "safety.mode"] = "disarmed"
    try bench.step()
    #expect(bench["wanted.blind"] == false && bench["wanted.blind_over"] == false)
  }

  @Test("is sure of what it says, whether the altitude is known or not")
  func validity() throws {
    var bench = try bench()
    bench["altitude.valid"] = false
    try bench.step()
    #expect(bench.program.table["wanted.roll"]?.validity == nil)
    #expect(bench["wanted.altitude"].isFinite)
  }
}

@Suite("Blind descent")
struct BlindDescentTests {
  /// Flies with a known altitude, on 0.5 of the classical controller's thrust, and 0.6 of what went to the mixer.
  private func bench() throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(
        .number, .none, "classical.thrust", "command.thrust", "attitude.tilt_cosine")
        + BlockBench.signals(
          .flag, .none, "phase.flying", "altitude.valid", "wanted.blind", "safety.arms"),
      [BlockDeclaration("blind_descent", "descent", inputs: ["last_thrust": ["command.thrust"]])])
    (bench["phase.flying"], bench["altitude.valid"]) = (true, true)
    bench["classical.thrust"] = 0.5
    bench["command.thrust"] = 0.6
    bench["attitude.tilt_cosine"] = 1
    return bench
  }

  @Test("the thrust is the classical controller's, and in a blind landing less than what was learnt to carry")
  func sinks() throws {
    var bench = try bench()
    for _ in 0..<2000 { try bench.step() }
    #expect(bench["descent.thrust"] == 0.5)
    #expect(abs((bench["descent.carrying"] as Float) - 0.6) < 1e-4)
    (bench["wanted.blind"], bench["altitude.valid"]) = (true, false)
    try bench.step(["command.thrust": 0.1])
    #expect(abs((bench["descent.thrust"] as Float) - 0.6 * 0.92) < 1e-4)
    // Tilt is made up for, as far as its cosine is 0.7.
    try bench.step(["attitude.tilt_cosine": 0.8])
    #expect(abs((bench["descent.thrust"] as Float) - 0.6 * 0.92 / 0.8) < 1e-4)
    try bench.step(["attitude.tilt_cosine": -1])
    #expect(abs((bench["descent.thrust"] as Float) - 0.6 * 0.92 / 0.7) < 1e-4)
  }

  @Test("it learns the vertical part of the thrust, by its time, in flight at a known altitude alone")
  func learns() throws {
    var bench = try bench()
    try bench.step(["attitude.tilt_cosine": 0.5], seconds: 0.15)
    #expect(abs((bench["descent.carrying"] as Float) - (0.454 + (0.3 - 0.454) * 0.1)) < 1e-6)
    let before: Float = bench["descent.carrying"]
    for name in ["phase.flying", "altitude.valid"] {
      bench[name] = false
      try bench.step(seconds: 1)
      #expect(bench["descent.carrying"] == before)
      bench[name] = true
    }
    try bench.step(["command.thrust": 0], seconds: 1)
    #expect(bench["descent.carrying"] == before)
    bench["safety.arms"] = true
    try bench.step(seconds: 1)
    #expect(bench["descent.carrying"] == 0.454)
  }
}
