import PortableMath
import Signals
import Testing

@testable import Control

/// Heading from a magnetometer, and airspeed from a pitot tube.
@Suite struct CompassAndAirspeedTests {
  private static let outside: [Signal] =
    BlockBench.signals(
      .number, .tesla, "magnetometer.field_x", "magnetometer.field_y", "magnetometer.field_z")
    + BlockBench.signals(.number, .radian, "attitude.roll", "attitude.pitch")
    + BlockBench.signals(.number, .radianPerSecond, "attitude.rate_y", "attitude.rate_z")
    + BlockBench.signals(.count, .none, "magnetometer.count")

  /// Puts what a magnetometer reads at an attitude, with the field of the middle of Europe.
  private static func look(_ bench: inout BlockBench, roll: Double, pitch: Double, yaw: Double) {
    let attitude = Quaternion(roll: roll, pitch: pitch, yaw: yaw)
    let field = attitude.inverseRotate(Vector3(20e-6, 0, 45e-6))
    bench["magnetometer.field_x"] = Float(field.x)
    bench["magnetometer.field_y"] = Float(field.y)
    bench["magnetometer.field_z"] = Float(field.z)
    (bench["attitude.roll"], bench["attitude.pitch"]) = (Float(roll), Float(pitch))
    bench[count: "magnetometer.count"] += 1
  }

  @Test(arguments: [(0.0, 0.0), (0.4, 0), (-0.3, 0.5), (0.2, -0.6)], [-3.0, -1.5, 0, 0.7, 2.4])
  func `the heading is that of the nose, whatever the tilt`(_ tilt: (Double, Double), _ yaw: Double) throws {
    var bench = try BlockBench(
      outside: Self.outside, [BlockDeclaration("compass", "compass", settings: ["time_s": .number(0)])])
    Self.look(&bench, roll: tilt.0, pitch: tilt.1, yaw: yaw)
    try bench.step()
    let heading: Float = bench["compass.heading"]
    #expect(abs(Double(heading) - yaw) < 1e-5)
  }

  @Test func `between readings it turns with the rates, over the end of the circle`() throws {
    var bench = try BlockBench(outside: Self.outside, [BlockDeclaration("compass", "compass")])
    Self.look(&bench, roll: 0, pitch: 0, yaw: 3.1)
    try bench.step()
    bench["attitude.rate_z"] = 0.5
    for _ in 0..<20 { try bench.step() }
    let (heading, turn): (Float, Float) = (bench["compass.heading"], bench["compass.turn_rate"])
    let wanted = 3.2 - 2 * Double.pi
    #expect(abs(Double(heading) - wanted) < 1e-4)
    #expect(turn == 0.5)
  }

  @Test func `a reading corrects by its share of the time constant`() throws {
    var bench = try BlockBench(
      outside: Self.outside, [BlockDeclaration("compass", "compass", settings: ["time_s": .number(1)])])
    Self.look(&bench, roll: 0, pitch: 0, yaw: 0)
    try bench.step()
    Self.look(&bench, roll: 0, pitch: 0, yaw: 0.5)
    try bench.step(seconds: 0.1)
    let heading: Float = bench["compass.heading"]
    #expect(abs(heading - 0.05) < 1e-5)
  }

  @Test func `the zero is found until the vehicle arms, and taken off from then on`() throws {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .pascal, "pitot.differential_pressure")
        + BlockBench.signals(.count, .none, "pitot.count") + BlockBench.signals(.flag, .none, "armed.flag"),
      [BlockDeclaration("airspeed", "airspeed", inputs: ["armed": ["armed.flag"]])])
    for number in 0..<50 {
      bench[count: "pitot.count"] += 1
      try bench.step(["pitot.differential_pressure": number % 2 == 0 ? 29 : 31])
    }
    let zero: Float = bench["airspeed.zero"]
    #expect(abs(zero - 30) < 0.1)
    try bench.put(true, "armed.flag")
    bench[count: "pitot.count"] += 1
    // 12 m/s: 1.225 / 2 · 144 Pa.
    try bench.step(["pitot.differential_pressure": zero + 88.2])
    let speed: Float = bench["airspeed.airspeed"]
    #expect(abs(speed - 12) < 0.01)
    bench[count: "pitot.count"] += 1
    try bench.step(["pitot.differential_pressure": -100])
    let (slow, kept): (Float, Float) = (bench["airspeed.airspeed"], bench["airspeed.zero"])
    #expect(slow == 0 && kept == zero)
  }
}
