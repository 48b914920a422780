import Foundation
import LiquidModel
import SimulatedHardware
import Testing

@testable import VehicleRuntime
@testable import ganglion

/// Flights of the shipped vehicles give, bit for bit, what they gave when the files of Tests/Fixtures/flights were made.
///
/// Every test run flies the first of each file; `scripts/check-flights` flies all, and writes the files anew when a change of
/// the values is meant.
@Suite("Flight digests")
struct FlightDigestTests {
  /// Which flights are flown: the first of each file, unless GANGLION_FLIGHTS says `check` or `write`.
  private static let order = ProcessInfo.processInfo.environment["GANGLION_FLIGHTS"]

  @Test(
    "a flight without faults reads, estimates, computes and sends what it did",
    arguments: ["quadrotor-hold", "quadrotor-redundant", "balancer-hold"], FlightDigests.Controller.allCases)
  func unfaulted(_ name: String, _ controller: FlightDigests.Controller) throws {
    let digests = FlightDigests(name: name, controller: controller, file: "\(name)-\(controller.rawValue)")
    try compare(digests, (1...20).map { FlightDigests.Flown(seed: $0) })
  }

  /// What the reactions, the voting and the drivers do shows in flights in which something fails: each chip in each way, for
  /// a while and for good.
  @Test(
    "a flight with a fault does too", arguments: ["quadrotor-hold", "quadrotor-redundant", "balancer-hold"])
  func faulted(_ name: String) throws {
    let digests = FlightDigests(name: name, controller: .int16, file: "\(name)-faulted")
    let chips = try SimulatedVehicle(digests.loaded().tables, seed: 1).board.chipNames
    // A brown-out happens once.
    let faults = FaultKind.allCases.filter { !$0.isOfLines && !$0.isOfReceivers }.flatMap { kind in
      chips.map { "\($0):\(kind.rawValue)@7s" + (kind == .brownOut ? "" : "+1.5s") }
    }
    try compare(
      digests, (faults + chips.map { "\($0):off@9s" }).map { FlightDigests.Flown(seed: 1, fault: $0) })
  }

  /// Flies those that this run is for, and compares them with the file, or writes it.
  private func compare(_ digests: FlightDigests, _ flights: [FlightDigests.Flown]) throws {
    if Self.order == "write" { return try digests.write(flights) }
    let recorded = try digests.read()
    #expect(Set(recorded.keys) == Set(flights.map(\.key)))
    for flight in Self.order == "check" ? flights[...] : flights.prefix(1) {
      let (flown, line) = (try digests.fly(flight), recorded[flight.key])
      guard flown != line else { continue }
      Issue.record("\(digests.file), \(flight.key): \(line.map(flown.difference) ?? "not recorded")")
    }
  }

  @Test("two flights that part are told apart, and the group and about the tick are named")
  func parting() throws {
    let digests = FlightDigests(
      name: "quadrotor-hold", controller: .classical, file: "quadrotor-hold-classical")
    let line = try #require(try digests.read()["1"])
    var other = line
    other.digests[3] ^= 1
    // The last group's bit of every digit from the 600th on.
    other.trace = String(
      line.trace.enumerated().map { index, digit in
        index < 600 ? digit : Character(String((digit.hexDigitValue ?? 0) ^ 8, radix: 16))
      })
    #expect(other != line)
    #expect(other.difference(to: line) == "sent differs, from about tick 1200 on")
    #expect(try FlightDigests.Line("\(line)") == line)
  }
}

/// The digests of the flights of one shipped configuration with one controller.
struct FlightDigests {
  /// Whose command flies.
  enum Controller: String, CaseIterable, Sendable {
    case classical, float32, float16, int16, int8
  }

  /// One flight's.
  struct Line: Equatable, CustomStringConvertible {
    var ticks: Int
    var digests: [UInt64]
    var trace: String
  }

  /// What sets a flight apart from others of its file.
  struct Flown {
    var seed: UInt64
    var fault: String?

    /// What its line begins with.
    var key: String { fault ?? "\(seed)" }
  }

  var name: String
  var controller: Controller
  /// The file's name, without its ending.
  var file: String

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()
  private var url: URL {
    Self.root.appending(path: "Tests/Fixtures/flights/\(file).txt")
  }

  /// Flies once, without a log.
  func fly(_ flown: Flown) throws -> Line {
    var flight = try Flight(loaded(), seed: flown.seed, fault: flown.fault, logPath: nil)
    var digest = FlightDigest(flight.controller.table)
    while let start = flight.nextTick() {
      let vehicle = flight.vehicle
      try flight.fly(start, vehicle)
      digest.fold(flight.frame)
    }
    return Line(ticks: digest.ticks, digests: digest.digests, trace: digest.trace)
  }

  func loaded() throws -> LoadedVehicle {
    let text = Array(
      try String(contentsOf: Self.root.appending(path: "firmware-configs/\(name).json5"), encoding: .utf8)
        .utf8)
    let vehicle = name.prefix { $0 != "-" }
    let models = Self.root.appending(path: "firmware-configs/models").path
    let trained = "\(models)/\(vehicle)-ncp19.safetensors"
    let bytes: [UInt8]
    switch controller {
    case .classical:
      return try LoadedVehicle(configuration: text, models: [:], overrides: ["controller": "classical"])
    case .float32: bytes = try ModelFile.bytes(path: trained)
    case .float16:
      bytes = try ModelFile(ModelFile.read(path: trained).model(), arithmetic: .float16).encoded()
    case .int16, .int8:
      bytes = try ModelFile.bytes(path: "\(models)/\(vehicle)-ncp19-\(controller.rawValue).safetensors")
    }
    return try LoadedVehicle(configuration: text, models: ["network": bytes], overrides: [:])
  }

  /// The recorded flights by what sets them apart.
  func read() throws -> [String: Line] {
    var lines: [String: Line] = [:]
    for text in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      lines[String(text.prefix { $0 != " " })] = try Line(String(text.drop { $0 != " " }.dropFirst()))
    }
    return lines
  }

  /// Flies and writes the file.
  func write(_ flights: [Flown]) throws {
    let lines = try flights.map { "\($0.key) \(try fly($0))\n" }
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try lines.joined().write(to: url, atomically: true, encoding: .utf8)
  }
}

extension FlightDigests.Line {
  /// Reads what `description` gives: ticks, the digests and the trace in base 16.
  init(_ text: String) throws {
    let parts = text.split(separator: " ")
    try #require(parts.count == 2 + FlightDigest.groups.count)
    ticks = try #require(Int(parts[0]))
    digests = try parts[1..<parts.count - 1].map { try #require(UInt64($0, radix: 16)) }
    trace = String(parts[parts.count - 1])
  }

  var description: String {
    let words = digests.map { String($0, radix: 16) }.joined(separator: " ")
    return "\(ticks) \(words) \(trace)"
  }

  /// How this flight differs from another, in words.
  func difference(to other: Self) -> String {
    var words = ticks == other.ticks ? [] : ["\(ticks) ticks instead of \(other.ticks)"]
    for (group, name) in FlightDigest.groups.enumerated() where digests[group] != other.digests[group] {
      let place = zip(trace, other.trace).map { pair in
        ((pair.0.hexDigitValue ?? 0) ^ (pair.1.hexDigitValue ?? 0)) & 1 << group
      }.firstIndex { $0 != 0 }
      words.append("\(name) differs" + (place.map { ", from about tick \(2 * $0) on" } ?? ", at the end"))
    }
    return words.joined(separator: "; ")
  }
}
