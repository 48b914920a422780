import FlightLog
import Foundation
import HardwareInterfaces
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// The shipped quadrotor with spare sensors, flown by the classical controller for eight seconds.
private func redundantMission(_ changes: [(String, String)] = []) throws -> LoadedVehicle {
  let path = URL(fileURLWithPath: shippedConfiguration).deletingLastPathComponent()
    .appending(path: "quadrotor-redundant.json5").path
  var text = try String(contentsOfFile: path, encoding: .utf8)
  for (old, new) in [("duration_s: 20", "duration_s: 8"), ("until_s: 20.0", "until_s: 8.0")] + changes {
    try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
    text = text.replacing(old, with: new)
  }
  return try LoadedVehicle(
    configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
}

/// What became of a flight: its report, and whether its log replays to the same bits.
private func fly(_ loaded: LoadedVehicle, fault: String) throws -> (
  report: FlightReport, replay: ReplayOutcome
) {
  try withFolder { folder in
    let path = "\(folder)/flight.mcap"
    let report = try VehicleRuntime.fly(
      Flight(loaded, seed: 1, fault: fault, logPath: path), showsProgress: false)
    var replay = try Replay(path: path)
    return (report, try replay.run())
  }
}

extension FlightReport {
  fileprivate func inUse(_ kind: SensorKind) -> String? { sensors.first { $0.name == kind.rawValue }?.inUse }
}

@Suite("Sensors that fail in flight and have spares")
struct RedundancyTests {
  @Test("Whatever the first inertial sensor does, a spare flies on, and the log replays")
  func firstInertialSensor() throws {
    for fault in ["off", "stuck", "flat", "saturated", "garbage", "bias", "slow", "nack", "wrong-identity"] {
      let (report, replay) = try fly(try redundantMission(), fault: "imu:\(fault)@5s")
      #expect(report.isHeld, "\(fault): \(report.table)")
      #expect(report.mode == .active, "\(fault)")
      #expect(report.inUse(.imu) == "imu.spares[0]", "\(fault): \(report.table)")
      #expect(report.conditions.contains(.sensorSwitched), "\(fault)")
      #expect(!report.conditions.contains(.imuStale), "\(fault)")
      #expect(replay.isIdentical, "\(fault): \(replay.text)")
    }
  }

  @Test("With two of three inertial sensors failed the third flies on")
  func twoInertialSensors() throws {
    for faults in [
      "imu:off@5s,imu.spares[0]:flat@6s", "imu:bias@5s,imu.spares[0]:off@6.5s",
      "imu:nack@5s,imu.spares[0]:saturated@6s", "imu.spares[0]:off@5s,imu:garbage@6s",
    ] {
      let (report, replay) = try fly(try redundantMission(), fault: faults)
      #expect(report.isHeld, "\(faults): \(report.table)")
      #expect(report.inUse(.imu) == "imu.spares[1]", "\(faults): \(report.table)")
      #expect(replay.isIdentical, "\(faults)")
    }
  }

  @Test("When all have failed the vehicle does what it does without the sensor")
  func allInertialSensors() throws {
    let (report, replay) = try fly(
      try redundantMission(), fault: "imu:off@5s,imu.spares[0]:flat@5.5s,imu.spares[1]:stuck@6s")
    #expect(report.conditions.contains(.imuStale))
    #expect(report.mode == .terminated)
    #expect(replay.isIdentical)
  }

  @Test("A bus that is lost takes its sensors with it, and no more")
  func lostSpares() throws {
    let (report, _) = try fly(
      try redundantMission(), fault: "imu.spares[0]:off@4s,imu.spares[1]:off@4s,barometer.spares[0]:off@4s")
    #expect(report.isHeld)
    #expect(report.inUse(.imu) == "imu")
    #expect(report.conditions == [.redundancyLost])
  }

  @Test("A sensor that comes back flies again after its time, and not before")
  func comesBack() throws {
    let soon = try fly(try redundantMission(), fault: "imu:off@4s+0.5s").report
    #expect(soon.inUse(.imu) == "imu.spares[0]")
    let later = try fly(
      try redundantMission([("// health: { good_for_s: 5, … }", "health: { good_for_s: 1 }, //")]),
      fault: "imu:off@4s+0.5s"
    ).report
    #expect(later.inUse(.imu) == "imu")
    #expect(later.isHeld)
    #expect(later.sensors.first { $0.name == "imu" }?.switches == 2)
  }

  @Test("A declared reaction to a switch is taken")
  func reaction() throws {
    let loaded = try redundantMission([
      ("sensor_switched: { action: \"warn\" }", "sensor_switched: { action: \"land\" }")
    ])
    let (report, replay) = try fly(loaded, fault: "imu:stuck@4s")
    #expect(report.mode == .landing || report.mode == .disarmed)
    #expect(replay.isIdentical)
  }

  @Test("A switch does not step the attitude: between two ticks it moves by no more than the rate")
  func smoothSwitch() throws {
    try withFolder { folder in
      let path = "\(folder)/flight.mcap"
      _ = try VehicleRuntime.fly(
        Flight(try redundantMission(), seed: 1, fault: "imu:off@5s", logPath: path), showsProgress: false)
      var cursor = try FlightLogReader(path: path).ticks()
      let names = [
        "imu.chosen", "attitude.roll", "attitude.pitch", "attitude.rate_x", "attitude.rate_y", "tick.elapsed",
        "tick.time",
      ]
      var last: [String: Double]?
      var switches = 0
      while case .tick = try cursor.next() {
        var b: [String: Double] = [:]
        for name in names { b[name] = cursor.view[name] }
        defer { last = b }
        let time = (b["tick.time"] ?? 0) * 1e-9
        guard let a = last, time > 4.9, time < 5.2 else { continue }
        func step(_ name: String) -> Double { abs((b[name] ?? 0) - (a[name] ?? 0)) }
        if step("imu.chosen") != 0 { switches += 1 }
        let seconds = (b["tick.elapsed"] ?? 0) * 1e-9
        // The sensor was silent for up to 12 ms before it was found out.
        let rates = [a, b].flatMap { tick in ["x", "y"].map { abs(tick["attitude.rate_\($0)"] ?? .nan) } }
        let most = (rates.max() ?? 0) * (seconds + 0.016) + 0.002
        #expect(step("attitude.roll") < most)
        #expect(step("attitude.pitch") < most)
        // And the rate by no more than the vehicle can turn, with the sensors' noise.
        #expect(step("attitude.rate_x") < 0.5)
      }
      #expect(switches == 1)
    }
  }

  @Test("Whatever the first barometer does where nothing else gives the altitude, a spare goes on")
  func firstBarometer() throws {
    let withoutRange = [
      ("    range: {", "    // range: {"), ("    range_stale:", "    // range_stale:"),
      (
        "spares: [{ chip: \"bmp388\", bus: \"spares\", address: 0x77, rate_hz: 25 }],",
        "spares: [{ chip: \"bmp388\", bus: \"spares\", address: 0x77, rate_hz: 25 }, "
          + "{ chip: \"bmp280\", bus: \"spares\", address: 0x76, rate_hz: 25 }],"
      ), ("altitude_rms_m: 0.3", "altitude_rms_m: 0.6"),
    ]
    for fault in ["off", "stuck", "flat", "garbage", "bias", "slow", "nack"] {
      let (report, replay) = try fly(try redundantMission(withoutRange), fault: "barometer:\(fault)@5s")
      #expect(report.isHeld, "\(fault): \(report.table)")
      #expect(report.inUse(.barometer) == "barometer.spares[0]", "\(fault): \(report.table)")
      #expect(!report.conditions.contains(.altitudeLost), "\(fault)")
      #expect(replay.isIdentical, "\(fault)")
    }
    let (report, _) = try fly(
      try redundantMission(withoutRange), fault: "barometer:off@5s,barometer.spares[0]:stuck@6s")
    #expect(report.isHeld, "\(report.table)")
    #expect(report.inUse(.barometer) == "barometer.spares[1]")
  }

  @Test("Of two barometers that differ the first is kept, and it is said that nobody can tell")
  func undecided() throws {
    let (report, replay) = try fly(try redundantMission(), fault: "barometer.spares[0]:bias@4s")
    #expect(report.isHeld)
    #expect(report.inUse(.barometer) == "barometer")
    #expect(report.conditions == [.sensorsDisagree])
    #expect(replay.isIdentical)
  }

  @Test("A vehicle without spares says nothing of any")
  func withoutSpares() throws {
    let report = try VehicleRuntime.fly(
      Flight(try shippedVehicle(), seed: 1, fault: nil, logPath: nil), showsProgress: false)
    #expect(report.sensors.isEmpty)
    #expect(report.json["sensors"] == nil)
  }
}
