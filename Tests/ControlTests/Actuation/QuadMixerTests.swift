import Signals
import Testing

@testable import Control

/// The mixer's block, armed and with a controller that acts.
private struct MixerBench: ~Copyable {
  var bench: BlockBench

  init(idle: Double, slew: Double) throws {
    bench = try BlockBench(
      outside: BlockBench.signals(
        .number, .none, "command.thrust", "command.roll", "command.pitch", "command.yaw")
        + BlockBench.signals(.flag, .none, "phase.flying", "safety.armed", "safety.arms"),
      [BlockDeclaration("quad_mixer", "motors", settings: ["idle": .number(idle), "slew": .number(slew)])])
    bench["phase.flying"] = true
    bench["safety.armed"] = true
  }

  mutating func step(thrust: Float, roll: Float = 0, pitch: Float = 0, seconds: Double) throws -> [Float] {
    try bench.step(
      ["command.thrust": thrust, "command.roll": roll, "command.pitch": pitch], seconds: seconds)
    return motors
  }

  var motors: [Float] {
    ["front_right", "rear_left", "front_left", "rear_right"].map { bench["motors.\($0)"] }
  }
}

@Suite("The quad-X mixer's block")
struct QuadMixerTests {
  @Test("a motor's thrust changes by no more than its rate allows in the time there was")
  func slew() throws {
    var mixer = try MixerBench(idle: 0, slew: 20)
    // Towards 0.55, 0.05, 0 and 0.6.
    let first = try mixer.step(thrust: 0.3, roll: -0.275, pitch: -0.025, seconds: 0.004)
    #expect(abs(first[1] - 0.05) < 1e-6 && abs(first[2]) < 1e-6)
    #expect(abs(first[0] - 0.08) < 1e-6 && abs(first[3] - 0.08) < 1e-6)
    let second = try mixer.step(thrust: 0, seconds: 0.002)
    #expect(abs(second[0] - 0.04) < 1e-6 && abs(second[1] - 0.01) < 1e-6)
    #expect(try mixer.step(thrust: 1, seconds: 1) == [1, 1, 1, 1])
  }

  @Test("a thrust that is not a number, or no time at all, leaves the motor where it is")
  func slewNonsense() throws {
    var mixer = try MixerBench(idle: 0, slew: 20)
    let before: [Float] = [0.4, 0.4, 0.4, 0.4]
    #expect(try mixer.step(thrust: 0.4, seconds: 1) == before)
    #expect(try mixer.step(thrust: .nan, seconds: 0.004) == before)
    #expect(try mixer.step(thrust: 1, seconds: 0) == before)
    #expect(try mixer.step(thrust: 1, seconds: -1) == before)
    mixer.bench["safety.arms"] = true
    #expect(try mixer.step(thrust: 1, seconds: 0) == [0, 0, 0, 0])
  }

  @Test("armed without a controller that acts the motors idle; disarmed they stand")
  func idle() throws {
    var mixer = try MixerBench(idle: 0.05, slew: 20)
    mixer.bench["phase.flying"] = false
    #expect(try mixer.step(thrust: 0.7, seconds: 1) == [0.05, 0.05, 0.05, 0.05])
    mixer.bench["safety.armed"] = false
    #expect(try mixer.step(thrust: 0.7, seconds: 0.001) == [0, 0, 0, 0])
  }

  @Test("the block shares as QuadShares does")
  func shares() throws {
    var mixer = try MixerBench(idle: 0.05, slew: 1e6)
    let motors = try mixer.step(thrust: 0.5, roll: 0.1, pitch: 0.05, seconds: 1)
    let expected = QuadShares(idle: 0.05).thrusts(thrust: 0.5, roll: 0.1, pitch: 0.05, yaw: 0)
    for motor in 0..<4 { #expect(abs(motors[motor] - expected[motor]) < 1e-6) }
  }
}

@Suite("Pulses")
struct PulseTests {
  private func pulse(_ kind: String, _ settings: [String: SettingValue]) throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .none, "motors.one")
        + BlockBench.signals(.flag, .none, "safety.armed"),
      [BlockDeclaration(kind, "one", settings: settings, inputs: ["command": ["motors.one"]])])
    bench["safety.armed"] = true
    return bench
  }

  @Test("speed is the root of thrust, within 0 and 1")
  func speed() throws {
    var bench = try pulse(
      "speed_controller", ["minimum": .number(0), "maximum": .number(1), "safe": .number(0)])
    for (thrust, speed) in [(0.25, 0.5), (-1, 0), (2, 1), (.nan, 0)] as [(Float, Float)] {
      try bench.step(["motors.one": thrust])
      #expect(bench["one.pulse"] == speed)
    }
  }

  @Test("a speed controller's pulse lies between its ends, and is the safe one while disarmed")
  func speedController() throws {
    var bench = try pulse(
      "speed_controller", ["minimum": .number(1100), "maximum": .number(1900), "safe": .number(900)])
    for (thrust, pulse) in [(0, 1100), (0.25, 1500), (1, 1900)] as [(Float, Float)] {
      try bench.step(["motors.one": thrust])
      #expect(bench["one.pulse"] == pulse)
    }
    bench["safety.armed"] = false
    try bench.step()
    #expect(bench["one.pulse"] == 900)
    #expect(bench.program.table["one.pulse"]?.unit == Unit("us"))
  }

  @Test("a bridge's pulse is the duty's magnitude, within the period, and the safe one while disarmed")
  func bridge() throws {
    var bench = try pulse("bridge_pulse", ["maximum": .number(50)])
    for (duty, pulse) in [(0, 0), (0.5, 25), (-0.5, 25), (1, 50), (-3, 50)] as [(Float, Float)] {
      try bench.step(["motors.one": duty])
      #expect(bench["one.pulse"] == pulse)
    }
    bench["safety.armed"] = false
    try bench.step()
    #expect(bench["one.pulse"] == 0)
  }
}
