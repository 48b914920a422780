import FlightLog
import Foundation
import HardwareInterfaces
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// Flies like `ganglion run`, and lets `each` look at every tick and move switches.
private func watch(
  _ loaded: LoadedVehicle, seed: UInt64 = 1, fault: String? = nil,
  each: (SimulatedVehicle, SeenTick) -> Void
) throws -> FlightReport {
  var flight = try Flight(loaded, seed: seed, fault: fault, logPath: nil)
  while let start = flight.nextTick() {
    let vehicle = flight.vehicle
    try flight.fly(start, vehicle)
    each(vehicle, SeenTick(start, flight.controller.table, flight.frame))
  }
  return try flight.finish()
}

private func fly(_ loaded: LoadedVehicle, seed: UInt64 = 1, fault: String? = nil) throws -> FlightReport {
  try watch(loaded, seed: seed, fault: fault) { _, _ in }
}

@Suite("A simulated flight ends safe")
struct SafetyFlightTests {
  private let calm = ("mean_m_s: [3, 6], gust_m_s: [1.5, 3]", "mean_m_s: [0, 1], gust_m_s: [0, 0.5]")

  @Test("A pulled kill switch stops the motors at once, and releasing it does not start them again")
  func killSwitch() throws {
    var armedAfter = 0
    var ticksAfter = 0
    let report = try watch(try shippedVehicle()) { vehicle, tick in
      let time = tick.time.seconds
      vehicle.board.drive("GPIO27", active: time > 4 && time < 4.2)
      guard time > 4.01 else { return }
      ticksAfter += 1
      if tick.isArmed || vehicle.board.outputsEnabled || vehicle.actuators.output(0) != 0 {
        armedAfter += 1
      }
    }
    #expect(ticksAfter > 50)
    #expect(armedAfter == 0)
    #expect(report.mode == .terminated)
    #expect(report.conditions.contains(.killSwitch))
  }

  @Test("A kill switch that is pulled on the ground keeps the vehicle there")
  func killSwitchOnGround() throws {
    let report = try watch(try shippedVehicle()) { vehicle, tick in
      vehicle.board.drive("GPIO27", active: true)
      if tick.isArmed { Issue.record("the enable line is high") }
    }
    #expect(report.mode == .disarmed)
    #expect(report.reasons.first == .killSwitch)
  }

  @Test("A low battery lands the vehicle gently, and it stays disarmed")
  func lowBattery() throws {
    let loaded = try shippedVehicle([
      calm, ("duration_s: 8", "duration_s: 14"), ("below_v: 10.2", "below_v: 11.3"),
      ("minimum_voltage: 10.8", "minimum_voltage: 11.35"), ("[0.6, 1.0]", "[0.6, 0.6]"),
    ])
    var modes: [VehicleMode] = []
    let report = try watch(loaded) { _, tick in
      if let mode = tick.mode, mode != modes.last { modes.append(mode) }
    }
    #expect(modes == [.disarmed, .active, .landing, .disarmed])
    #expect(report.conditions == [.lowBattery])
    #expect(report.score.crash == nil)
  }

  @Test("Without any altitude it lands on thrust alone, whatever it weighs", arguments: [0.65, 0.8, 0.95])
  func blindLanding(_ mass: Double) throws {
    let loaded = try shippedVehicle([
      calm, ("barometer: { chip: \"bmp280\"", "// { chip: \"bmp280\""), ("duration_s: 8", "duration_s: 18"),
      ("plant_rate_hz: 4000", "plant_rate_hz: 4000, mass_kg: \(mass)"), ("[0.6, 1.0]", "[1, 1]"),
    ])
    for seed in 1...3 as ClosedRange<UInt64> {
      var altitudeAtStop: Double?
      let report = try watch(loaded, seed: seed, fault: "range:off@6s") { vehicle, tick in
        if tick.time.seconds > 6, tick.mode == .disarmed, altitudeAtStop == nil {
          altitudeAtStop = (vehicle.motion as? SimulatedQuadrotor)?.plant.truth.altitude
        }
      }
      #expect(report.score.crash == nil, "seed \(seed)")
      #expect(report.mode == .disarmed, "seed \(seed)")
      #expect(try #require(altitudeAtStop) < 0.05, "seed \(seed)")
    }
  }

  @Test("A flight that ends in the air leaves the outputs at their safe values")
  func safeAtEnd() throws {
    let flight = try Flight(try shippedVehicle(), seed: 1, fault: nil, logPath: nil)
    // In an array, because Swift 6.3's optimiser releases a reference that is taken out of a noncopyable value when
    // that value is consumed.
    let kept = [flight.vehicle]
    let report = try VehicleRuntime.fly(flight, showsProgress: false)
    let vehicle = try #require(kept.first)
    #expect(report.mode == .active)
    #expect(!vehicle.board.outputsEnabled)
    // The chip takes a new width over with its next pulse.
    vehicle.board.advance(to: vehicle.board.now.advanced(milliseconds: 5))
    vehicle.board.drive("GPIO17", active: true)
    let pulse = vehicle.actuators.output(try #require(vehicle.actuators["front_right"]))
    #expect(abs(pulse - 900) < 2)
  }

  @Test("Missed ticks in a row land the vehicle when the configuration says so")
  func overruns() throws {
    let loaded = try shippedVehicle([
      ("overruns: { action: \"classical\" }", "overruns: { action: \"land\" }"),
      ("maximum_consecutive_misses: 5", "maximum_consecutive_misses: 1"),
      ("missed_tick_probability: 0.001", "missed_tick_probability: 0.1"),
    ])
    let report = try fly(loaded)
    #expect(report.conditions.contains(.overruns))
    #expect(report.mode == .landing || report.mode == .disarmed)
  }
}

@Suite("Every kind of fault, on the command line's way in")
struct FaultKindTests {
  @Test(
    "Leads to what the shipped configuration says",
    arguments: [
      ("imu:garbage@4s", FailsafeCondition.imuStale, VehicleMode.terminated),
      ("imu:slow@4s", .imuStale, .terminated),
      ("imu:nack@4s", .imuStale, .terminated),
      ("imu:wrong-identity@4s", .imuStale, .terminated),
      ("motors:garbage@4s", .actuatorFault, .terminated),
      ("motors:nack@4s", .actuatorFault, .terminated),
      ("motors:wrong-identity@4s", .actuatorFault, .terminated),
      ("range:slow@4s", .rangeStale, .active),
      ("range:wrong-identity@4s", .rangeStale, .active),
      ("range:brown-out@4s", .rangeStale, .active),
      ("power:garbage@4s", .powerStale, .active),
    ])
  func reaction(_ fault: String, _ condition: FailsafeCondition, _ mode: VehicleMode) throws {
    let report = try fly(try shippedVehicle(), fault: fault)
    #expect(report.conditions.contains(condition), "\(report.conditions)")
    #expect(report.mode == mode)
  }

  @Test("A battery monitor that is far off lands the vehicle")
  func powerBias() throws {
    let report = try fly(
      try shippedVehicle([("duration_s: 8", "duration_s: 14")]), fault: "power:bias@4s")
    #expect(report.conditions.contains(.lowBattery))
    #expect(report.mode == .disarmed)
  }

  @Test("An actuator driver that no longer converts loses the vehicle, which is stopped by its tilt")
  func stuckMotors() throws {
    let report = try fly(
      try shippedVehicle([("duration_s: 8", "duration_s: 12")]),
      fault: "motors:stuck@8s")
    #expect(report.conditions.contains(.tilt))
    #expect(report.mode == .terminated)
  }

  @Test("A range finder that is far off carries the estimate with it: what no rule can see, the result does")
  func rangeBias() throws {
    let right = try fly(try shippedVehicle())
    let wrong = try fly(try shippedVehicle(), fault: "range:bias@4s")
    #expect(wrong.score.value("altitude_rms_m") > right.score.value("altitude_rms_m") + 0.1)
  }
}

@Suite("The run command's edges")
struct RunCommandTests {
  @Test("Options that would be ignored are wrong use")
  func combinations() {
    for arguments in [
      ["--episodes", "2", "--log", "x"], ["--episodes", "2", "--no-log"], ["--logs", "x"],
      ["--log", "x", "--no-log"],
    ] {
      #expect(runCommand([shippedConfiguration, "--controller", "classical"] + arguments) == .wrongUse)
    }
  }

  @Test("A log replaces a file only when it is told to, and never what the run reads")
  func replaces() throws {
    try withFolder { folder in
      let path = "\(folder)/flight"
      let arguments = [shippedConfiguration, "--controller", "classical", "--log", path]
      try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
      #expect(runCommand(arguments) == .wrongUse)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
      #expect(runCommand(arguments + ["--replace"]) == .success)
      #expect(runLogCommand(["verify", path]) == .success)
      #expect(runCommand(arguments) == .wrongUse)
      let configuration = "\(folder)/vehicle.json5"
      try FileManager.default.copyItem(atPath: shippedConfiguration, toPath: configuration)
      try #require(symlink(configuration, "\(folder)/log.mcap") == 0)
      for name in ["vehicle.json5", "log.mcap"] {
        #expect(
          runCommand([configuration, "--controller", "classical", "--replace", "--log", "\(folder)/\(name)"])
            == .wrongUse)
      }
      #expect(FileManager.default.contentsEqual(atPath: configuration, andPath: shippedConfiguration))
    }
  }

  @Test(
    "A model that is asked for must be there, whoever flies", arguments: ["/nowhere", "/dev/zero", "/tmp"])
  func model(_ path: String) {
    let status = runCommand([shippedConfiguration, "--controller", "classical", "--no-log", "--model", path])
    #expect(status == .wrongUse)
  }

  @Test("An error of the file system reads as a sentence with its path")
  func describesErrors() {
    do {
      _ = try FileManager.default.attributesOfItem(atPath: "/nowhere/at.all")
      Issue.record("there is such a file")
    } catch {
      #expect(describe(error).contains("/nowhere/at.all"))
      #expect(!describe(error).contains("Domain="))
    }
  }
}
