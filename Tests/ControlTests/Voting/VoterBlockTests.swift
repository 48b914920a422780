import Signals
import Testing

@testable import Control

/// Two barometers behind a voter, of 250 Hz in a loop of 250 Hz.
private struct Barometers: ~Copyable {
  var bench: BlockBench
  var pressures: [Float]
  var failed: [Bool]
  private var tick = 0

  init() throws {
    var (outside, inputs): ([Signal], [String: [String]]) = ([], [:])
    for place in 0..<2 {
      let name = "barometer_\(place)"
      outside +=
        BlockBench.signals(.number, .pascal, "\(name).pressure")
        + BlockBench.signals(.number, .degreeCelsius, "\(name).temperature")
        + BlockBench.signals(.time, .nanosecond, "\(name).time")
        + BlockBench.signals(.count, .none, "\(name).count")
        + BlockBench.signals(.deviceFault, .none, "\(name).fault")
      inputs["channels_\(place)"] = ["\(name).pressure"]
      inputs["other_\(place)"] = ["\(name).temperature"]
      inputs["read_at_\(place)"] = ["\(name).time"]
      inputs["count_\(place)"] = ["\(name).count"]
      inputs["fault_\(place)"] = ["\(name).fault"]
    }
    bench = try BlockBench(
      outside: outside,
      [
        BlockDeclaration("clock", "clock"),
        BlockDeclaration(
          "voter", "barometer",
          settings: [
            "channels": .names(["pressure"]), "other": .names(["temperature"]),
            "stale_after": .numbers([0.02, 0.02]), "period": .numbers([0.004, 0.004]), "good_for": .number(1),
            "difference": .numbers([20]), "largest_offset": .numbers([300]),
          ], inputs: inputs),
      ])
    // Here and not above: Swift 6.2 does not clean up a value that is half made and cannot be copied.
    (pressures, failed) = ([100_000, 100_030], [false, false])
  }

  mutating func run(_ seconds: Double) throws {
    for _ in 0..<Int(seconds * 250) {
      tick += 1
      for place in 0..<2 where !failed[place] {
        let name = "barometer_\(place)"
        bench["\(name).pressure"] = pressures[place]
        bench["\(name).temperature"] = 20 + Float(place)
        bench[time: "\(name).time"] = Int64(tick) * 4_000_000
        bench[count: "\(name).count"] += 1
      }
      try bench.step(seconds: 0.004)
    }
  }

  var flags: [Bool] {
    [bench["barometer.switched"], bench["barometer.redundancy_lost"], bench["barometer.doubtful"]]
  }
}

@Suite("Voter, health and freshness")
struct VoterBlockTests {
  @Test("a voter hands on the first, and the spare on its level when the first falls silent")
  func voter() throws {
    var pair = try Barometers()
    #expect(pair.bench.program.table["barometer.pressure"]?.unit == .pascal)
    try pair.run(3)
    #expect(pair.bench["barometer.pressure"] == 100_000)
    #expect(pair.bench["barometer.temperature"] == 20)
    #expect(pair.bench[count: "barometer.count"] == 750)
    #expect(pair.bench[time: "barometer.time"] == 3_000_000_000)
    #expect(pair.flags == [false, false, false])
    pair.failed[0] = true
    try pair.run(0.5)
    #expect(pair.bench[count: "barometer.chosen"] == 1)
    #expect(pair.bench[choice: "barometer.health_0"] == "stale")
    #expect(pair.bench[choice: "barometer.health_1"] == "good")
    #expect(abs((pair.bench["barometer.pressure"] as Float) - 100_000) < 0.1)
    #expect(pair.bench["barometer.temperature"] == 21)
    #expect(pair.flags == [true, true, false])
    // Numbered on, without a gap: the five ticks until the first was stale brought nothing.
    #expect(pair.bench[count: "barometer.count"] == 750 + 125 - 5)
    #expect(pair.bench[time: "barometer.time"] == 3_500_000_000)
  }

  @Test("two that differ are undecided")
  func undecided() throws {
    var pair = try Barometers()
    try pair.run(3)
    pair.pressures[1] += 200
    try pair.run(0.5)
    #expect(pair.bench["barometer.undecided"] == true)
    #expect(pair.bench[count: "barometer.chosen"] == 0)
  }

  private func device(_ blocks: [BlockDeclaration]) throws -> BlockBench {
    try BlockBench(
      outside: BlockBench.signals(.number, .metre, "range.distance")
        + BlockBench.signals(.time, .nanosecond, "range.time")
        + BlockBench.signals(.count, .none, "range.count")
        + BlockBench.signals(.deviceFault, .none, "range.fault")
        + BlockBench.signals(.flag, .none, "range.present"),
      blocks)
  }

  private static let inputs = [
    "read_at": ["range.time"], "count": ["range.count"], "fault": ["range.fault"],
    "present": ["range.present"],
  ]

  @Test("a device is missing when it is there and gives nothing young, and good when no fault is said either")
  func freshness() throws {
    var bench = try device([
      BlockDeclaration("freshness", "fresh", settings: ["stale_after": .number(0.02)], inputs: Self.inputs)
    ])
    func state(_ bench: borrowing BlockBench) -> [Bool] { [bench["fresh.missing"], bench["fresh.good"]] }
    try bench.step()
    #expect(state(bench) == [false, false], "absent")
    bench["range.present"] = true
    try bench.step()
    #expect(state(bench) == [true, false], "without a reading")
    bench[count: "range.count"] = 1
    bench[time: "range.time"] = 20_000_000
    try bench.step(seconds: 0.02)
    #expect(state(bench) == [false, true], "as old as it may be")
    bench[choice: "range.fault"] = "transfer"
    try bench.step(seconds: 0)
    #expect(state(bench) == [false, false], "with a fault")
    bench[choice: "range.fault"] = "none"
    try bench.step(seconds: 1e-9)
    #expect(state(bench) == [true, false], "too old")
  }

  @Test("health says how far a device can be trusted, and which of its states are doubtful")
  func health() throws {
    var bench = try device([
      BlockDeclaration("clock", "clock"),
      BlockDeclaration(
        "health", "range_health",
        settings: [
          "stale_after": .numbers([0.05]), "period": .numbers([0.01]), "full_scale": .numbers([4]),
          "saturated_after": .number(2), "errors_above": .number(0.3),
        ], inputs: Self.inputs.merging(["channels": ["range.distance"]]) { $1 }),
    ])
    func state(_ bench: borrowing BlockBench) -> String { bench[choice: "range_health.state"] }
    try bench.step()
    #expect(state(bench) == "absent")
    bench["range.present"] = true
    try bench.step()
    #expect(state(bench) == "starting")
    func read(_ distance: Float, _ bench: inout BlockBench) throws {
      bench["range.distance"] = distance
      bench[count: "range.count"] += 1
      bench[time: "range.time"] = bench[time: "tick.time"] + 10_000_000
      try bench.step()
    }
    try read(1, &bench)
    #expect(state(bench) == "good" && bench["range_health.doubtful"] == false)
    for _ in 0..<2 { try read(5, &bench) }
    #expect(state(bench) == "saturated" && bench["range_health.doubtful"] == true)
    bench[choice: "range.fault"] = "frozen_data"
    try bench.step()
    #expect(state(bench) == "faulty" && bench["range_health.doubtful"] == false)
    bench[choice: "range.fault"] = "none"
    try bench.step(seconds: 0.1)
    #expect(state(bench) == "stale")
  }
}
