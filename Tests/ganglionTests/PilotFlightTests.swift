import FlightLog
import Foundation
import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime

@Suite("A simulated vehicle that a pilot flies by radio")
struct PilotFlightTests {
  /// The shipped quadrotor under a radio, and under its profile when that is gone.
  private static func loaded(_ spoken: String = "crsf") throws -> LoadedVehicle {
    let commands = """
      format: 2,
      commands: [
        {
          source: "receiver", name: "radio", protocol: "\(spoken)", port: "/dev/serial0", stale_after_ms: 250,
          sticks: {
            roll: { channel: 1, from: -0.3, to: 0.3, dead_band: 0.02, expo: 0.3 },
            altitude: { channel: 3, from: 0, to: 2, rest: true },
          },
          switches: { arm: { channel: 5 } },
          steps: [{ at_s: 0 }, { at_s: 1, arm: true }, { at_s: 1.5, altitude: 1 }, { at_s: 5, roll: 0.1 }, { at_s: 6, roll: 0 }],
        },
      ],
      safety: [{ when: "setpoint.lost", then: "land" }],
      """
    return try shippedVehicle([("backend: \"simulated\",", commands)])
  }

  private func fly(
    _ vehicle: LoadedVehicle, fault: String? = nil, logPath: String? = nil, flysProfile: Bool = false,
    _ look: (Double, FrameView) -> Void
  ) throws -> FlightReport {
    var flight = try Flight(vehicle, seed: 1, fault: fault, logPath: logPath, flysProfile: flysProfile)
    while let start = flight.nextTick() {
      let craft = flight.vehicle
      try flight.fly(start, craft)
      look(start.time.seconds, FrameView(flight.controller.table, flight.frame))
    }
    return try flight.finish()
  }

  @Test(
    "sticks arm it, raise it and turn it, in every dialect, and the log replays",
    arguments: ["crsf", "sbus", "ibus"])
  func flies(_ spoken: String) throws {
    try withFolder { folder in
      var (altitude, roll) = (0.0, 0.0)
      let report = try fly(Self.loaded(spoken), logPath: "\(folder)/a.mcap") { time, view in
        if time > 4.9, time < 5 { altitude = view["altitude.altitude"] ?? 0 }
        if time > 5.9, time < 6 { roll = view["attitude.roll"] ?? 0 }
      }
      #expect(abs(altitude - 1) < 0.25 && abs(roll - 0.1) < 0.06)
      #expect(report.modeName == "active")
      var replay = try Replay(path: "\(folder)/a.mcap")
      #expect(try replay.run().isIdentical)
    }
  }

  @Test(
    "however the radio is lost, the declared reaction follows, no earlier and not much later than declared",
    arguments: ["silent", "link-lost", "off", "garbage"])
  func losses(_ kind: String) throws {
    var began: Double?
    var heard = 0.0
    _ = try fly(Self.loaded(), fault: "radio:\(kind)@3.5s") { time, view in
      if began == nil, view.choice("safety.mode") == "landing" { began = time }
      heard = max(heard, abs(view["setpoint.roll"] ?? 0))
    }
    let time = try #require(began, "it lands")
    // 250 ms until it is stale, 300 ms in which commands stay; what says that it is lost is believed at once, and a garbled line brings a
    // sound frame now and then.
    #expect(time > 3.5 && time < 4.6, "\(time)")
    #expect(heard < 0.01)
  }

  @Test(
    "a second source goes on without a jump when the radio is gone, and the pilot takes over when it is back")
  func takeOver() throws {
    var (sources, largest, last): ([String], Double, Double?) = ([], 0, nil)
    _ = try fly(Self.loaded(), fault: "radio:silent@4s+1s", flysProfile: true) { _, view in
      let source = view.choice("setpoint.source") ?? ""
      if sources.last != source { sources.append(source) }
      let altitude = view["setpoint.altitude"] ?? 0
      if let last { largest = max(largest, abs(altitude - last)) }
      last = altitude
    }
    #expect(sources.suffix(3) == ["radio", "profile", "radio"], "\(sources)")
    // 0.6 m/s, in ticks that may be late by some ms.
    #expect(largest < 0.6 * 0.012)
  }

  @Test("sticks in any order of the file: the shipped quadrotor in a pilot's hands holds what they ask for")
  func shipped() throws {
    let path = shippedConfiguration.replacing("quadrotor-hold", with: "quadrotor-piloted")
    var flight = try Flight(LoadedVehicle(path: path), seed: 1, fault: nil, logPath: nil)
    var altitude = 0.0
    while let start = flight.nextTick() {
      let craft = flight.vehicle
      try flight.fly(start, craft)
      if start.time.seconds < 6 {
        altitude = FrameView(flight.controller.table, flight.frame)["setpoint.altitude"] ?? 0
      }
    }
    #expect(abs(altitude - 1.5) < 0.01)
    #expect(try flight.finish().held == true)
  }
}
