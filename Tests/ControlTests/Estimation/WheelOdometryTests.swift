import Signals
import Testing

@testable import Control

/// Two wheels of 40 mm radius, 200 mm apart, whose encoders are read in every tick of 4 ms.
private struct Wheels: ~Copyable {
  var bench: BlockBench

  init() throws {
    bench = try BlockBench(
      outside: ["left", "right"].flatMap {
        BlockBench.signals(.number, .radian, "\($0)_encoder.angle")
          + BlockBench.signals(.count, .none, "\($0)_encoder.count")
          + BlockBench.signals(.time, .nanosecond, "\($0)_encoder.time")
      } + BlockBench.signals(.wide, .radian, "attitude.exact_pitch")
        + BlockBench.signals(.number, .radianPerSecond, "attitude.rate_y", "attitude.rate_z"),
      [
        BlockDeclaration(
          "wheel_odometry", "odometry", settings: ["wheel_radius": .number(0.04), "track": .number(0.2)])
      ])
  }

  /// Turns both wheels at a rate each, in rad/s, for `seconds`.
  mutating func run(left: Double, right: Double, seconds: Double) throws {
    for tick in 1...Int(seconds * 250) {
      for (name, rate) in [("left", left), ("right", right)] {
        let turns = rate * Double(tick) * 0.004 / (2 * Double.pi)
        bench["\(name)_encoder.angle"] = Float((turns - turns.rounded(.down)) * 2 * Double.pi)
        bench[count: "\(name)_encoder.count"] += 1
        bench[time: "\(name)_encoder.time"] = Int64(tick) * 4_000_000
      }
      try bench.step(seconds: 0.004)
    }
  }
}

@Suite("Odometry of two wheels")
struct WheelOdometryTests {
  @Test("way and speed are the radius times the mean of the wheels, and the wheels' turn is over the track")
  func drives() throws {
    var wheels = try Wheels()
    try wheels.run(left: 6, right: 4, seconds: 4)
    let bench = wheels.bench
    #expect(abs((bench["odometry.left_rate"] as Float) - 6) < 1e-3)
    #expect(abs((bench["odometry.right_rate"] as Float) - 4) < 1e-3)
    // From the first reading, 4 ms after the start, on.
    #expect(abs((bench["odometry.left_angle"] as Float) - 6 * 3.996) < 1e-3)
    #expect(abs((bench["odometry.right_angle"] as Float) - 4 * 3.996) < 1e-3)
    #expect(abs((bench["odometry.speed"] as Float) - 0.2) < 1e-4)
    #expect(abs((bench["odometry.travel"] as Float) - 0.2 * 3.996) < 1e-4)
    // The left wheel goes on ahead: a turn to the right of 0.4 rad/s, of which the gyroscope sees nothing.
    #expect(abs((bench["odometry.slip"] as Float) - 0.4) < 1e-3)
  }

  @Test("the body's pitch and rate are taken off, and a turn that the gyroscope sees is no slip")
  func body() throws {
    var wheels = try Wheels()
    wheels.bench[wide: "attitude.exact_pitch"] = -0.5
    wheels.bench["attitude.rate_y"] = -0.25
    wheels.bench["attitude.rate_z"] = 0.4
    try wheels.run(left: 1, right: -1, seconds: 4)
    let bench = wheels.bench
    // Nose down turns a wheel that stands still in the body forward.
    #expect(abs((bench["odometry.travel"] as Float) - 0.04 * 0.5) < 1e-5)
    #expect(abs((bench["odometry.speed"] as Float) - 0.04 * 0.25) < 1e-4)
    #expect(abs((bench["odometry.slip"] as Float)) < 1e-3)
  }
}
