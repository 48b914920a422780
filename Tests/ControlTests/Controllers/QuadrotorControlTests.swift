import PortableMath
import Signals
import Testing

@testable import Control

/// The classical controller of a quadrotor that is level, at 1.5 m, still, with the voltage that the gains are for.
private struct Pilot: ~Copyable {
  struct Command: Equatable {
    var thrust, roll, pitch, yaw: Float
    static let none = Command(thrust: 0, roll: 0, pitch: 0, yaw: 0)
  }

  struct Integrals: Equatable {
    var roll, pitch, yaw, climb: Float
    static let none = Integrals(roll: 0, pitch: 0, yaw: 0, climb: 0)
  }

  static let hoverThrust: Float = 0.454
  var bench: BlockBench

  init() throws {
    bench = try BlockBench(
      outside: BlockBench.signals(
        .number, .radian, "wanted.roll", "wanted.pitch", "attitude.roll", "attitude.pitch")
        + BlockBench.signals(
          .number, .radianPerSecond, "wanted.yaw_rate", "attitude.rate_x", "attitude.rate_y",
          "attitude.rate_z")
        + BlockBench.signals(.number, .metre, "wanted.altitude", "altitude.altitude")
        + BlockBench.signals(.number, .metrePerSecond, "altitude.climb_rate")
        + BlockBench.signals(.number, .none, "attitude.tilt_cosine")
        + BlockBench.signals(.number, .volt, "battery.voltage")
        + BlockBench.signals(.flag, .none, "phase.flying"),
      [BlockDeclaration("quadrotor_control", "classical", inputs: ["voltage": ["battery.voltage"]])])
    bench["wanted.altitude"] = 1.5
    bench["altitude.altitude"] = 1.5
    bench["attitude.tilt_cosine"] = 1
    bench["battery.voltage"] = 11.4
    bench["phase.flying"] = true
  }

  /// The command, `seconds` after the last: with no time in between, that of empty integrals.
  mutating func command(_ numbers: [String: Float] = [:], seconds: Double = 0) throws -> Command {
    try bench.step(numbers, seconds: seconds)
    return Command(
      thrust: bench["classical.thrust"], roll: bench["classical.roll"], pitch: bench["classical.pitch"],
      yaw: bench["classical.yaw"])
  }

  var integrals: Integrals {
    Integrals(
      roll: bench["classical.roll_rate_error_integral"], pitch: bench["classical.pitch_rate_error_integral"],
      yaw: bench["classical.yaw_rate_error_integral"], climb: bench["classical.climb_rate_error_integral"])
  }
}

@Suite("Classical controller of a quadrotor")
struct QuadrotorControlTests {
  @Test("without an error it asks for hover thrust and no torque")
  func equilibrium() throws {
    var pilot = try Pilot()
    let command = try pilot.command(seconds: 0.004)
    #expect(abs(command.thrust - Pilot.hoverThrust) < 1e-6)
    #expect(command.roll == 0 && command.pitch == 0 && command.yaw == 0)
  }

  @Test("each error calls for a command against it")
  func signs() throws {
    func command(_ name: String, _ value: Float) throws -> Pilot.Command {
      var pilot = try Pilot()
      return try pilot.command([name: value], seconds: 0.004)
    }
    let hover = Pilot.hoverThrust
    #expect(try command("wanted.roll", 0.1).roll > 0)
    #expect(try command("attitude.roll", 0.1).roll < 0)
    #expect(try command("wanted.pitch", 0.1).pitch > 0)
    #expect(try command("attitude.pitch", 0.1).pitch < 0)
    #expect(try command("attitude.rate_x", 0.5).roll < 0)
    #expect(try command("attitude.rate_y", 0.5).pitch < 0)
    #expect(try command("wanted.yaw_rate", 0.5).yaw > 0)
    #expect(try command("attitude.rate_z", 0.5).yaw < 0)
    #expect(try command("wanted.altitude", 2).thrust > hover)
    #expect(try command("altitude.altitude", 2).thrust < hover)
    #expect(try command("altitude.climb_rate", 0.5).thrust < hover)
  }

  @Test("a lower voltage calls for more of everything, by its square; an unknown one for nothing special")
  func voltage() throws {
    func command(_ voltage: Float) throws -> Pilot.Command {
      var pilot = try Pilot()
      return try pilot.command(["attitude.roll": -0.05, "battery.voltage": voltage])
    }
    let (nominal, low) = (try command(11.4), try command(10.2))
    let factor: Float = (11.4 / 10.2) * (11.4 / 10.2)
    #expect(abs(low.thrust / nominal.thrust - factor) < 1e-5 && abs(low.roll / nominal.roll - factor) < 1e-5)
    #expect(try command(0) == nominal)
    // A broken measurement cannot double the thrust.
    #expect(try command(3).thrust / nominal.thrust < 1.61)
  }

  @Test("tilt raises the thrust so that its vertical part stays, within a limit")
  func tilt() throws {
    var pilot = try Pilot()
    // 30 degrees about x.
    let tilted: Float = 1 - 2 * 0.2588190 * 0.2588190
    let thrust = try pilot.command([
      "attitude.tilt_cosine": tilted, "attitude.roll": 0.5235988, "wanted.roll": 0.5235988,
    ]).thrust
    #expect(abs(thrust * 0.8660254 - Pilot.hoverThrust) < 1e-5)
    // Upside down.
    let upside = try pilot.command(["attitude.tilt_cosine": -1]).thrust
    #expect(upside <= Pilot.hoverThrust * 1.5 + 1e-6)
  }

  @Test("a lasting error adds up, to its limit and no further, and comes down again at once")
  func integral() throws {
    var pilot = try Pilot()
    for _ in 0..<2500 {
      _ = try pilot.command(["attitude.roll": -0.2, "altitude.altitude": 0], seconds: 0.004)
    }
    #expect(pilot.integrals.roll == 0.8 && pilot.integrals.climb == 1)
    _ = try pilot.command(["attitude.roll": 0.2, "altitude.altitude": 3], seconds: 0.004)
    #expect(pilot.integrals.roll < 0.8 && pilot.integrals.climb < 1)
  }

  @Test("after a perfect step of the setpoint the integral is where it was")
  func integralOfStep() throws {
    var pilot = try Pilot()
    // The attitude follows as a first-order lag with the attitude gain: that is what the integral takes as perfect.
    var roll: Float = 0
    for _ in 0..<10_000 {
      let rate = 8 * (0.14 - roll)
      _ = try pilot.command(
        ["wanted.roll": 0.14, "attitude.roll": roll, "attitude.rate_x": rate], seconds: 0.001)
      roll += rate * 0.001
    }
    #expect(abs(roll - 0.14) < 1e-4 && abs(pilot.integrals.roll) < 1e-4)
  }

  @Test("on the ground it asks for nothing and forgets")
  func ground() throws {
    var pilot = try Pilot()
    _ = try pilot.command(["attitude.roll": 0.3], seconds: 0.1)
    #expect(pilot.integrals != .none)
    pilot.bench["phase.flying"] = false
    #expect(try pilot.command(seconds: 0.1) == .none)
    #expect(pilot.integrals == .none)
  }

  @Test("an estimate that is not a number never enters the integrals")
  func notANumber() throws {
    var pilot = try Pilot()
    _ = try pilot.command(
      [
        "attitude.roll": .nan, "attitude.rate_y": .nan, "attitude.rate_z": .infinity,
        "altitude.climb_rate": .nan,
      ], seconds: 0.004)
    #expect(pilot.integrals == .none)
  }

  @Test("the errors that a network may read are the setpoint's less the estimate's")
  func errors() throws {
    var pilot = try Pilot()
    _ = try pilot.command([
      "wanted.roll": 0.2, "attitude.roll": 0.1, "attitude.pitch": 0.3, "wanted.yaw_rate": 1,
      "attitude.rate_z": 0.25, "altitude.altitude": 1,
    ])
    #expect(pilot.bench["classical.roll_error"] == 0.2 - 0.1 as Float)
    #expect(pilot.bench["classical.pitch_error"] == -0.3)
    #expect(pilot.bench["classical.yaw_rate_error"] == 0.75)
    #expect(pilot.bench["classical.altitude_error"] == 0.5)
  }
}
