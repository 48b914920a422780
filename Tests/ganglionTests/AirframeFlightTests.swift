import Foundation
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

/// Other airframes than the default one, with gains that `ganglion gains` computes.
@Suite("Flights of other airframes")
struct AirframeFlightTests {
  static let airframes = ["0.25kg", "0.8kg", "2.2kg", "6kg"]

  /// The shipped file with an airframe of firmware-configs/airframes, and with `gains`.
  private static func text(_ airframe: String, gains: String = "") throws -> String {
    let file = repository.appending(path: "firmware-configs/airframes/quadrotor-\(airframe).json5")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
      !$0.hasPrefix("//") && $0 != "{" && $0 != "}"
    }
    let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
    let own = try #require(text.split(separator: "\n").first { $0.hasPrefix("  airframe: {") })
    return text.replacing(own, with: lines.joined(separator: "\n") + "\n" + gains)
  }

  private static func computed(_ text: String) throws -> String {
    var overrides = ConfigurationOverrides(controller: .classical)
    overrides.ignoresGains = true
    let configuration = try Configuration.load(text: text, directory: nil, overrides: overrides)
    let gains = try #require(configuration.computedGains).gains
    return "gains: { " + gains.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + " },"
  }

  /// All 200 of these seeds and those behind them hold (docs/airframes.md).
  @Test("hold attitude and altitude", arguments: airframes)
  func holds(_ airframe: String) throws {
    let text = try Self.text(airframe, gains: Self.computed(Self.text(airframe)))
    let loaded = try LoadedVehicle(
      configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
    for seed in 1000...1002 as ClosedRange<UInt64> {
      let report = try fly(Flight(loaded, seed: seed, fault: nil, logPath: nil), showsProgress: false)
      #expect(report.isHeld, "seed \(seed): \(report.score.shortcomings)")
    }
  }

  @Test("keep robots upright and on their way", arguments: [("0.4kg", 0.4), ("4kg", 4)])
  func drives(_ airframe: String, _ mass: Double) throws {
    let folder = repository.appending(path: "firmware-configs")
    let file = folder.appending(path: "airframes/balancer-\(airframe).json5")
    var text = try String(contentsOf: folder.appending(path: "balancer-hold.json5"), encoding: .utf8)
    let own = try #require(text.split(separator: "\n").first { $0.hasPrefix("  airframe: {") })
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
      !$0.hasPrefix("//") && $0 != "{" && $0 != "}"
    }
    let estimator = try #require(lines.last { $0.hasPrefix("  estimator: { ") })
    let wheels = estimator.dropFirst("  estimator: { ".count).dropLast(" },".count)
    let body = lines.dropLast().joined(separator: "\n")
    for (old, new) in [
      (String(own), body), ("wheel_radius_m: 0.034, track_m: 0.17", String(wheels)),
      ("[0.21, 0.26]", "[\(0.21 * mass / 0.9), \(0.26 * mass / 0.9)]"),
    ] {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    text = text.replacing(body, with: body + "\n" + (try Self.computed(text)))
    let loaded = try LoadedVehicle(
      configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
    for seed in 1000...1001 as ClosedRange<UInt64> {
      let report = try fly(Flight(loaded, seed: seed, fault: nil, logPath: nil), showsProgress: false)
      #expect(report.isHeld, "seed \(seed): \(report.score.shortcomings)")
    }
  }

  @Test("are refused with the default's gains where those do not fit")
  func refused() throws {
    let text = try Self.text("0.25kg")
    do {
      _ = try Configuration.load(
        text: text, directory: nil, overrides: ConfigurationOverrides(controller: .classical))
      Issue.record("0.25 kg fly with gains for 0.8 kg")
    } catch {
      #expect("\(error)".contains("gains.hover_thrust: found 0.454, expected 0.223 to 0.348"), "\(error)")
    }
  }

  @Test("get their gains from a command whose text goes into the file, and whose JSON says the same")
  func command() throws {
    try withFolder { folder in
      let path = "\(folder)/vehicle.json5"
      try Self.text("6kg").write(toFile: path, atomically: true, encoding: .utf8)
      let text = try Program.bash("$ganglion gains $folder/vehicle.json5", in: folder)
      let json = try Program.bash("$ganglion gains $folder/vehicle.json5 --json", in: folder)
      #expect(text.status == 0 && json.status == 0, "\(text.errors)\(json.output)")
      let gains = try #require(try json.json["gains"] as? [String: Double])
      #expect(gains.count == 15)
      for name in gains.keys { #expect(text.output.contains("  \(name): "), "\(name)") }
      let complete = try Self.text("6kg", gains: text.output)
      try complete.write(toFile: path, atomically: true, encoding: .utf8)
      let again = try Program.bash("$ganglion gains $folder/vehicle.json5", in: folder)
      #expect(again.output == text.output)
      _ = try Configuration.load(
        text: complete, directory: nil, overrides: ConfigurationOverrides(controller: .classical))
      #expect(try Program.bash("$ganglion gains $folder/none.json5", in: folder).status == 2)
    }
  }
}
