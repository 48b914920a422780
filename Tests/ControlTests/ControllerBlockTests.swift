import PortableMath
import Signals
import Testing

@testable import Control

@Suite("Controllers, filters of second order and mixers")
struct ControllerBlockTests {
  @Test("a PID has its three terms, and its integral does not wind up")
  func pid() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        PID.self, "x",
        settings: [
          "p": .number(2), "i": .number(1), "d": .number(0.1), "most": .number(3), "cutoff_hz": .number(1e5),
        ],
        inputs: ["error": ["in.a"], "reset": ["in.flag"]])
    ])
    try bench.step(["in.a": 1])
    #expect(bench["x.value"] == 2)
    try bench.step(["in.a": 1])
    #expect(abs((bench["x.value"] as Float) - 2.01) < 1e-5)
    // A step of 0.1 in 10 ms is a slope of 10.
    try bench.step(["in.a": 1.1])
    #expect(abs((bench["x.value"] as Float) - 3) < 1e-6)
    // At the bound the integral stays.
    let before: Float = bench["x.integral"]
    for _ in 0..<100 { try bench.step(["in.a": 5]) }
    #expect(bench["x.integral"] == before)
    #expect(bench["x.value"] == 3)
    // And it comes back at once.
    try bench.step(["in.a": -1])
    try bench.step(["in.a": -1])
    #expect((bench["x.value"] as Float) < 0)
    bench["in.flag"] = true
    try bench.step(["in.a": 1])
    #expect((bench["x.value"], bench["x.integral"]) as (Float, Float) == (0, 0))
    bench["in.flag"] = false
    try bench.step(["in.a": .nan])
    #expect(bench["x.value"] == 0)
  }

  @Test("a PID takes a measured rate in place of its own derivative")
  func measuredRate() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        PID.self, "x", settings: ["p": .number(0), "d": .number(0.5), "most": .number(10)],
        inputs: ["error": ["in.a"], "rate": ["in.b"]])
    ])
    try bench.step(["in.a": 0, "in.b": 4])
    #expect(bench["x.value"] == 2)
    try bench.step(["in.a": 100, "in.b": -2])
    #expect(bench["x.value"] == -1)
  }

  @Test(
    "a notch takes off its frequency, half of the power at its edges, and little far away",
    arguments: [
      (50.0, 0.0, 0.002), (45.249, 0.7071, 0.01), (55.249, 0.7071, 0.01), (5.0, 1.0, 0.01),
      (200.0, 1.0, 0.02),
    ])
  func notch(_ frequency: Double, _ expected: Double, _ tolerance: Double) throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Notch.self, "x",
        settings: ["frequency_hz": .number(50), "width_hz": .number(10), "rate_hz": .number(1000)],
        inputs: ["of": ["in.free"]])
    ])
    // The amplitude of what is left, by its part in phase and its part across.
    var (inPhase, across) = (0.0, 0.0)
    let (settling, counted) = (2000, 4000)
    for step in 0..<settling + counted {
      let angle = 2 * Double.pi * frequency * Double(step) / 1000
      try bench.step(["in.free": Float(sine(angle))], seconds: 0.001)
      guard step >= settling else { continue }
      inPhase += Double(bench["x.value"] as Float) * sine(angle)
      across += Double(bench["x.value"] as Float) * cosine(angle)
    }
    let amplitude = 2 / Double(counted) * (inPhase * inPhase + across * across).squareRoot()
    #expect(abs(amplitude - expected) < tolerance)
  }

  @Test("a notch begins without ringing, and is not moved by what is no number")
  func notchStart() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Notch.self, "x",
        settings: ["frequency_hz": .number(50), "width_hz": .number(10), "rate_hz": .number(1000)],
        inputs: ["of": ["in.free"]])
    ])
    for _ in 0..<100 {
      try bench.step(["in.free": 9.81], seconds: 0.001)
      #expect(abs((bench["x.value"] as Float) - 9.81) < 1e-4)
    }
    try bench.step(["in.free": .infinity], seconds: 0.001)
    #expect(abs((bench["x.value"] as Float) - 9.81) < 1e-4)
  }

  @Test("a complementary filter follows its rate at once and its slow measurement in the end")
  func complementary() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        ComplementaryFilter.self, "x", settings: ["time_s": .number(0.5)],
        inputs: ["slow": ["in.a"], "rate": ["in.b"]])
    ])
    try bench.step(["in.a": 3, "in.b": 0])
    #expect(bench["x.value"] == 3)
    try bench.step(["in.a": 3, "in.b": 10])
    #expect(abs((bench["x.value"] as Float) - (3.1 - 0.1 * 0.01 / 0.51)) < 1e-6)
    // A rate with a bias b ends b · τ beside the truth.
    for _ in 0..<2000 { try bench.step(["in.a": 1, "in.b": 0.25]) }
    #expect(abs((bench["x.value"] as Float) - (1 + 0.25 * 0.5)) < 1e-4)
    let before: Float = bench["x.value"]
    try bench.step(["in.a": .nan, "in.b": 1])
    #expect(bench["x.value"] == before)
  }

  @Test("a servo's command follows the angle within its bounds")
  func servo() throws {
    var bench = try BlockBench(
      [
        BlockDeclaration(
          ServoLinkage.self, "x",
          settings: [
            "ratio": .number(-2), "trim_rad": .number(0.1), "range_rad": .number(0.8), "most": .number(0.9),
          ],
          inputs: ["angle": ["in.a"]])
      ], unit: .radian)
    for (angle, expected) in [(0, 0.125), (0.05, 0), (0.25, -0.5), (1, -1), (-1, 0.9)] as [(Float, Float)] {
      try bench.step(["in.a": angle])
      #expect(abs((bench["x.value"] as Float) - expected) < 1e-6)
    }
  }

  private func quadrotor(_ least: Double) throws -> BlockBench {
    // Roll and pitch, then thrust, which is shifted for them, then yaw: as the quad-X mixer has it.
    try BlockBench([
      BlockDeclaration(
        Mixer.self, "x",
        settings: [
          "matrix": .numbers([-1, 1, 1, -1, 1, -1, 1, -1, 1, 1, 1, 1, 1, 1, -1, -1]),
          "collective": .number(3),
          "least": .number(least), "outputs": .number(4),
        ], inputs: ["of": ["in.a", "in.b", "in.c", "in.free"]])
    ])
  }

  @Test("a mixer gives every input in full where all fits")
  func mixerFits() throws {
    var bench = try quadrotor(0)
    try bench.step(["in.a": 0.1, "in.b": -0.05, "in.c": 0.5, "in.free": 0.02])
    let expected: [Float] = [
      0.5 - 0.1 - 0.05 + 0.02, 0.5 + 0.1 + 0.05 + 0.02, 0.5 + 0.1 - 0.05 - 0.02, 0.5 - 0.1 + 0.05 - 0.02,
    ]
    for (index, value) in expected.enumerated() {
      #expect(abs((bench["x.out_\(index)"] as Float) - value) < 1e-6)
    }
  }

  @Test("of what does not fit, yaw goes first, then the thrust, and roll and pitch last and together")
  func mixerSaturates() throws {
    var random = RandomGenerator(seed: 7, stream: 1)
    var bench = try quadrotor(0.05)
    for _ in 0..<5_000 {
      let (roll, pitch) = (Float(random.nextUniform(-0.8, 0.8)), Float(random.nextUniform(-0.8, 0.8)))
      let (thrust, yaw) = (Float(random.nextUniform(-0.5, 1.5)), Float(random.nextUniform(-1, 1)))
      try bench.step(["in.a": roll, "in.b": pitch, "in.c": thrust, "in.free": yaw])
      let out: [Float] = (0..<4).map { bench["x.out_\($0)"] }
      #expect(out.allSatisfy { $0 >= 0.05 && $0 <= 1 })
      // What came out of each input.
      let gotRoll = (-out[0] + out[1] + out[2] - out[3]) / 4
      let gotPitch = (out[0] - out[1] + out[2] - out[3]) / 4
      let gotYaw = (out[0] + out[1] - out[2] - out[3]) / 4
      let spread = 2 * (abs(roll) + abs(pitch))
      let scale = spread > 0.95 ? 0.95 / spread : 1
      #expect(abs(gotRoll - roll * scale) < 1e-5 && abs(gotPitch - pitch * scale) < 1e-5)
      #expect(gotYaw * yaw >= -1e-6 && abs(gotYaw) <= abs(yaw) + 1e-5)
    }
    try bench.step(["in.a": .nan, "in.b": 0, "in.c": 0.5, "in.free": .infinity])
    #expect((0..<4).allSatisfy { (bench["x.out_\($0)"] as Float) == 0.5 })
  }

  @Test("what the collective input does not move is cut to its own bounds, with all beside it")
  func mixerBeside() throws {
    // Two motors that thrust lifts, and a servo that it does not: all of a tilt is halved for the servo's sake.
    var bench = try BlockBench([
      BlockDeclaration(
        Mixer.self, "x",
        settings: [
          "matrix": .numbers([0.25, -0.25, 2, 1, 1, 0]), "collective": .number(2), "outputs": .number(3),
        ],
        inputs: ["of": ["in.a", "in.b"]])
    ])
    try bench.step(["in.a": 1, "in.b": 0])
    #expect((0..<3).map { bench["x.out_\($0)"] as Float } == [0.125, -0.125, 1])
    // The thrust then comes as near as the motors allow.
    try bench.step(["in.a": 1, "in.b": 2])
    #expect((0..<3).map { bench["x.out_\($0)"] as Float } == [1, 0.75, 1])
  }

  @Test("without a collective input each gives way to those before it")
  func mixerOrder() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Mixer.self, "x", settings: ["matrix": .numbers([1, 1, 1, -1]), "outputs": .number(2)],
        inputs: ["of": ["in.a", "in.b"]])
    ])
    for (drive, turn, left, right) in [
      (0.5, 0.25, 0.75, 0.25), (0.75, 1, 1, 0.5), (1, 1, 1, 1), (-2, 1, -1, -1),
    ]
      as [(Float, Float, Float, Float)]
    {
      try bench.step(["in.a": drive, "in.b": turn])
      #expect((bench["x.out_0"], bench["x.out_1"]) as (Float, Float) == (left, right))
    }
  }
}
