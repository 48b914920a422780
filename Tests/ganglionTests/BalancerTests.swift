import FlightLog
import Foundation
import HardwareInterfaces
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The shipped robot driven by its classical controller, with some text replaced.
private func balancer(_ changes: [(String, String)] = []) throws -> LoadedVehicle {
  let path = shippedConfiguration.replacing("quadrotor-hold", with: "balancer-hold")
  var text = try String(contentsOfFile: path, encoding: .utf8)
  for (old, new) in changes {
    try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
    text = text.replacing(old, with: new)
  }
  return try LoadedVehicle(
    configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
}

/// Shorter, for tests that need no more.
private let short = [("duration_s: 22", "duration_s: 8"), ("until_s: 22.0", "until_s: 8.0")]

/// Drives like `ganglion run`, and lets `each` look at every tick and move switches.
private func drive(
  _ loaded: LoadedVehicle, seed: UInt64 = 1, fault: String? = nil, log: String? = nil,
  each: (SimulatedVehicle, SeenTick) -> Void = { _, _ in }
) throws -> FlightReport {
  var run = try Flight(loaded, seed: seed, fault: fault, logPath: log)
  while let start = run.nextTick() {
    let vehicle = run.vehicle
    try run.fly(start, vehicle)
    each(vehicle, SeenTick(start, run.controller.table, run.frame))
  }
  return try run.finish()
}

extension SimulatedVehicle {
  fileprivate var robot: BalancingRobotTruth? { (motion as? SimulatedBalancingRobot)?.plant.truth }
}

@Suite("A simulated balancing robot")
struct BalancerTests {
  @Test("It stands up from the hand, keeps to the commanded path, and raises no fault")
  func holds() throws {
    let report = try drive(try balancer())
    #expect(report.isHeld)
    #expect(report.conditions.isEmpty)
    #expect(report.mode == .active)
    #expect(report.score.crash == nil)
    #expect(report.score.value("path_error_m") < 0.5)
  }

  @Test("It does the same with pulses of the processor's own outputs")
  func kernelPWM() throws {
    let loaded = try balancer(
      short + [
        (
          #"driver: { chip: "pca9685", bus: "sensors", address: 0x40, rate_hz: 1500, oscillator_hz: 25000000 }"#,
          #"driver: { chip: "kernel_pwm", pwm_chip: "1f00098000.pwm", rate_hz: 20000 }"#
        )
      ])
    #expect(abs(try loaded.template(for: "a test").actuators.motors[0].maximumMicroseconds - 50) < 1e-9)
    let report = try drive(loaded)
    #expect(report.isHeld)
    #expect(report.conditions.isEmpty)
  }

  @Test("The same configuration and seed give the same log, byte for byte, and it replays bit for bit")
  func replays() throws {
    try withFolder { folder in
      let loaded = try balancer(short)
      for name in ["a", "b"] { _ = try drive(loaded, seed: 5, log: "\(folder)/\(name)") }
      let logs = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
      #expect(logs[0] == logs[1])
      let log = try FlightLogReader(path: "\(folder)/a")
      #expect(log.table == (try loaded.makeTable()))
      var replay = try Replay(path: "\(folder)/a")
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.ticks > 1900)
    }
  }

  @Test("Its log shows encoders, wheels and drive to people")
  func topics() throws {
    try withFolder { folder in
      let path = "\(folder)/run.mcap"
      _ = try drive(try balancer(short), log: path)
      let outline = try MCAPOutline(LogBytes(path: path))
      let topics = Set(outline.channels.values.map(\.topic))
      #expect(
        topics.isSuperset(of: ["/encoders", "/wheels", "/drive", "/command", "/motors", "/imu", "/battery"]))
      #expect(topics.isDisjoint(with: ["/altitude", "/range", "/barometer"]))
      let sink = MemoryLogSink()
      let export = try CSVExport(outline, topic: "/wheels", to: sink)
      #expect(export.rowCount > 300)
      let lines = String(decoding: sink.bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines[1].contains("left_wheel_joint"))
    }
  }

  @Test("Its bridges never drive both ways, and only while the enable line is high")
  func bridges() throws {
    var both = 0
    var drivenWhileDisarmed = 0
    var senses: Set<Bool> = []
    _ = try drive(try balancer(short)) { vehicle, tick in
      for (forward, reverse) in [("GPIO5", "GPIO6"), ("GPIO23", "GPIO24")] {
        if vehicle.board.isActive(forward) && vehicle.board.isActive(reverse) { both += 1 }
        if !tick.isArmed, vehicle.board.isActive(forward) || vehicle.board.isActive(reverse) {
          drivenWhileDisarmed += 1
        }
        if vehicle.board.isActive(forward) != vehicle.board.isActive(reverse) {
          senses.insert(vehicle.board.isActive(forward))
        }
      }
    }
    #expect(both == 0)
    #expect(drivenWhileDisarmed == 0)
    #expect(senses == [true, false])
  }

  @Test("A pulled kill switch opens the bridges at once, and releasing it does not close them again")
  func killSwitch() throws {
    var ticksAfter = 0
    var alive = 0
    let report = try drive(try balancer(short)) { vehicle, tick in
      let time = tick.time.seconds
      vehicle.board.drive("GPIO27", active: time > 4 && time < 4.1)
      guard time > 4.01 else { return }
      ticksAfter += 1
      if tick.isArmed || vehicle.board.outputsEnabled || vehicle.actuators.bridge(0) != .open { alive += 1 }
    }
    #expect(ticksAfter > 50)
    #expect(alive == 0)
    #expect(report.mode == .terminated)
    #expect(report.conditions.contains(.killSwitch))
  }

  @Test("A low battery makes it stop before it lets itself down")
  func lowBattery() throws {
    var speedAtStop: Double?
    let report = try drive(
      try balancer(
        // A battery that is above the limits at rest and below them under load.
        [("below_v: 9.9", "below_v: 11.665"), ("minimum_voltage: 10.8", "minimum_voltage: 11.67")]
          + [("battery_charge: [0.6, 1.0]", "battery_charge: [0.605, 0.605]")])
    ) { vehicle, tick in
      if tick.mode == .disarmed, vehicle.robot?.isHeld == false, speedAtStop == nil {
        speedAtStop = vehicle.robot?.speed
      }
    }
    #expect(report.conditions == [.lowBattery])
    #expect(report.mode == .disarmed)
    #expect(try abs(#require(speedAtStop)) < 0.15)
  }

  @Test("Left alone, it stays in the hand and never arms while an encoder is missing, and says which")
  func missingEncoder() throws {
    let report = try drive(try balancer(short), fault: "left-encoder:off@0s")
    #expect(report.mode == .disarmed)
    #expect(report.reasons.contains(.encoders))
    #expect(
      report.complaints == [
        "sensors.left_encoder: nothing answers at 0x36, behind channel 0 of the multiplexer at 0x71, where the as5600 "
          + "should be"
      ])
  }

  @Test("A recording of an autopilot is not for it")
  func recording() throws {
    #expect(throws: (any Error).self) {
      let recording = SensorRecording(format: "any")
      _ = try RecordedFlight(try balancer(), recording, name: "x", digest: "", logPath: "/nowhere/log")
    }
  }
}

@Suite("Faults of a balancing robot's chips")
struct BalancerFaultTests {
  /// What the shipped rules make of each kind of fault of each chip, five seconds into a run.
  @Test(
    "Each leads to its configured reaction, and the bridges are open after a stop",
    arguments: [
      ("imu:off", FailsafeCondition.imuStale), ("imu:stuck", .imuStale), ("imu:slow", .imuStale),
      ("imu:nack", .imuStale), ("imu:garbage", .imuStale), ("imu:wrong-identity", .imuStale),
      ("imu:brown-out", .imuStale), ("imu:bias", .tilt),
      ("left-encoder:off", .encoderStale), ("left-encoder:nack", .encoderStale),
      ("left-encoder:garbage", .encoderStale), ("left-encoder:wrong-identity", .encoderStale),
      ("left-encoder:stuck", .wheelSlip), ("right-encoder:off", .encoderStale),
      ("right-encoder:stuck", .wheelSlip), ("multiplexer:off", .encoderStale),
      ("multiplexer:nack", .encoderStale), ("multiplexer:stuck", .wheelSlip),
      ("motors:off", .actuatorFault), ("motors:nack", .actuatorFault), ("motors:garbage", .actuatorFault),
      ("motors:wrong-identity", .actuatorFault), ("motors:stuck", .tilt), ("bridge:off", .tilt),
      ("bridge:stuck", .tilt),
    ])
  func stops(_ fault: String, _ condition: FailsafeCondition) throws {
    var alive = 0
    let report = try drive(try balancer(short), fault: "\(fault)@5s") { vehicle, tick in
      guard tick.mode == .terminated else { return }
      if tick.isArmed || vehicle.board.outputsEnabled { alive += 1 }
    }
    #expect(report.conditions.contains(condition), "\(report.conditions)")
    #expect(report.mode == .terminated)
    #expect(alive == 0)
  }

  @Test(
    "Faults that it can live with are said, or not even felt, and it goes on",
    arguments: [
      ("left-encoder:slow", nil), ("right-encoder:bias", nil), ("left-encoder:brown-out", nil),
      ("multiplexer:brown-out", nil), ("power:off", FailsafeCondition.powerStale),
      ("power:stuck", .powerStale),
      ("power:nack", .powerStale), ("power:garbage", .powerStale), ("motors:slow", nil),
    ] as [(String, FailsafeCondition?)])
  func livesOn(_ fault: String, _ condition: FailsafeCondition?) throws {
    let report = try drive(try balancer(short), fault: "\(fault)@5s")
    #expect(report.conditions == (condition.map { [$0] } ?? []))
    #expect(report.mode == .active)
    #expect(report.score.crash == nil)
  }
}
