import PortableMath
import Signals
import SimulatedHardware
import Testing

@testable import Control

/// The classical controller of a robot that stands still upright.
private struct Balancer: ~Copyable {
  var bench: BlockBench

  init() throws {
    bench = try BlockBench(
      outside: BlockBench.signals(.number, .metrePerSecond, "wanted.speed", "odometry.speed")
        + BlockBench.signals(
          .number, .radianPerSecond, "wanted.yaw_rate", "attitude.rate_y", "attitude.rate_z")
        + BlockBench.signals(.number, .metre, "odometry.travel")
        + BlockBench.signals(.number, .radian, "attitude.pitch", "attitude.yaw")
        + BlockBench.signals(.number, .volt, "battery.voltage")
        + BlockBench.signals(.flag, .none, "safety.armed"),
      [BlockDeclaration("balance_control", "classical", inputs: ["voltage": ["battery.voltage"]])])
    bench["battery.voltage"] = 11.4
    bench["safety.armed"] = true
  }

  /// The command, `seconds` after the last; the first has no errors along the path.
  mutating func command(_ numbers: [String: Float] = [:], seconds: Double = 0.004) throws -> (
    drive: Float, turn: Float
  ) {
    try bench.step(numbers, seconds: seconds)
    return (bench["classical.drive"], bench["classical.turn"])
  }

  var travelError: Float { bench["classical.travel_error"] }
  var travelIntegral: Float { bench["classical.travel_error_integral"] }
  var headingError: Float { bench["classical.heading_error"] }
}

@Suite("The classical controller of a balancing robot")
struct BalanceControlTests {
  /// The command for one deviation from standing still upright.
  private func command(_ numbers: [String: Float] = [:]) throws -> (drive: Float, turn: Float) {
    var balancer = try Balancer()
    return try balancer.command(numbers)
  }

  @Test("It drives to where the body falls, and further on where it is ahead")
  func balanceSigns() throws {
    // Pitch is nose up: falling forward is negative.
    #expect(try command(["attitude.pitch": -0.1]).drive > 0.1)
    #expect(try command(["attitude.rate_y": -1]).drive > 0.1)
    #expect(try command(["odometry.speed": 0.2]).drive > 0.1)
    #expect(try command(["wanted.speed": 0.2]).drive < 0)
    #expect(try command().drive == 0)
  }

  @Test("It turns to where it is asked to, and against a turn that it is not")
  func turnSigns() throws {
    #expect(try command(["wanted.yaw_rate": 1]).turn > 0.05)
    #expect(try command(["attitude.rate_z": 1]).turn < 0)
  }

  @Test("A lower battery gets more of its voltage, within what is believed of it")
  func voltage() throws {
    func drive(_ volts: Float) throws -> Float {
      try command(["attitude.pitch": -0.1, "battery.voltage": volts]).drive
    }
    #expect(try abs(drive(9) * 9 - drive(12) * 12) < 1e-4)
    #expect(try drive(0) == drive(11.4))
    #expect(try drive(2) == drive(6))
  }

  /// A robot of the plant, seen without noise or delay but for the tick's.
  private func drive(
    _ plant: inout BalancingRobot, seconds: Double, speed: Float = 0, yawRate: Float = 0
  ) throws {
    var balancer = try Balancer()
    plant.release()
    for tick in 0..<Int(seconds * 250) {
      let truth = plant.truth
      let turns = truth.heading / (2 * Double.pi)
      let command = try balancer.command([
        "attitude.pitch": Float(-truth.lean), "attitude.rate_y": Float(-truth.leanRate),
        "odometry.speed": Float(truth.speed), "odometry.travel": Float(truth.travel),
        "attitude.yaw": Float((turns - turns.rounded()) * 2 * Double.pi),
        "attitude.rate_z": Float(truth.turnRate), "battery.voltage": Float(truth.voltage),
        "wanted.speed": speed, "wanted.yaw_rate": yawRate,
      ])
      plant.setDrives(
        left: .driven(Double(command.drive + command.turn)),
        right: .driven(Double(command.drive - command.turn)))
      plant.advance(to: Int64(tick + 1) * 4_000_000)
    }
  }

  @Test("It stands up from a lean and comes back to where it stood", arguments: 0..<8 as Range<UInt64>)
  func standsUp(seed: UInt64) throws {
    var plant = BalancingRobot(
      variation: BalancingRobotVariation(
        mass: 0.2, inertia: 0.2, motor: 0.1, friction: 0.5, wheelRadius: 0.01, imbalance: 0.004,
        startLean: 0.12),
      seed: seed)
    try drive(&plant, seconds: 12)
    #expect(plant.truth.crash == .none)
    #expect(abs(plant.truth.travel) < 0.05)
    #expect(abs(plant.truth.speed) < 0.05)
  }

  @Test("It drives at the speed and turns at the rate that it is asked for, without losing way")
  func follows() throws {
    var plant = BalancingRobot(seed: 1)
    try drive(&plant, seconds: 8, speed: 0.3, yawRate: 0.5)
    #expect(abs(plant.truth.speed - 0.3) < 0.03)
    #expect(abs(plant.truth.travel - 0.3 * 8) < 0.05)
    #expect(abs(plant.truth.heading - 0.5 * 8) < 0.05)
  }
}

@Suite("Errors along the path")
struct PathErrorsTests {
  @Test("They are what was commanded less what was done, from where the controller began to act")
  func accumulate() throws {
    var balancer = try Balancer()
    for tick in 0...100 {
      _ = try balancer.command(["odometry.travel": 5 + Float(tick) * 0.001, "wanted.speed": 0.5])
    }
    #expect(abs(balancer.travelError - 100 * (0.002 - 0.001)) < 1e-4)
    #expect(abs(balancer.travelIntegral - 0.1 * 0.4 / 2) < 1e-3)
  }

  @Test("A heading that passes half a turn goes on, and does not jump")
  func wraps() throws {
    var balancer = try Balancer()
    var yaw: Float = 3
    for _ in 0..<500 {
      yaw += 0.004
      if yaw > .pi { yaw -= 2 * .pi }
      _ = try balancer.command(["attitude.yaw": yaw, "wanted.yaw_rate": 1])
    }
    #expect(abs(balancer.headingError) < 1e-3)
  }

  @Test("They are bounded, survive what is no number, and are empty while nobody acts")
  func bounded() throws {
    var balancer = try Balancer()
    for _ in 0..<5000 { _ = try balancer.command(["wanted.yaw_rate": 1, "wanted.speed": 1]) }
    #expect(balancer.travelError == 0.4)
    #expect(balancer.travelIntegral == 0.5)
    #expect(balancer.headingError == 0.8)
    _ = try balancer.command([
      "odometry.travel": .nan, "attitude.yaw": .nan, "wanted.yaw_rate": 0, "wanted.speed": 0,
    ])
    #expect(balancer.travelError.isFinite && balancer.headingError.isFinite)
    balancer.bench["safety.armed"] = false
    let command = try balancer.command(["odometry.travel": 0, "attitude.yaw": 0, "wanted.speed": 1])
    #expect(balancer.travelError == 0 && balancer.travelIntegral == 0 && balancer.headingError == 0)
    #expect(command == (0, 0))
    // Where it begins to act anew there is no error, wherever it was carried meanwhile.
    balancer.bench["safety.armed"] = true
    _ = try balancer.command(["odometry.travel": 7, "attitude.yaw": 1])
    #expect(balancer.travelError == 0 && balancer.headingError == 0)
  }
}
