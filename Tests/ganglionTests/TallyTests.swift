import CAllocationCounter
import Control
import Sampling
import Signals
import Testing

@testable import VehicleRuntime
@testable import ganglion

/// What is counted of a flight comes from the vehicle's table, whatever it has.
@Suite("Tallies of a flight")
struct TallyTests {
  private static let health = SignalKind.choice(SensorHealth.allCases.map(\.name))

  /// A vehicle with a voter over three devices, two networks and conditions of its own.
  private static func table() throws -> SignalTable {
    let safety = SignalOrigin.block("safety")
    var signals = [
      Signal("tick.number", .word, from: .loop),
      Signal("safety.mode", .choice(["disarmed", "active", "creep", "terminated"]), from: safety),
      Signal("safety.armed", .flag, from: safety), Signal("safety.in_force", .count, from: safety),
      Signal("safety.cliff", .flag, from: safety, about: "the ground ends"),
      Signal("safety.lost", .flag, from: safety, about: "nobody knows where it is"),
      Signal("safety.no_arming_lid", .flag, from: safety, about: "the lid is open", remedy: "close it"),
    ]
    for name in ["eye_0", "eye_1", "eye_2", "front"] {
      let origin = SignalOrigin.device(name, bus: 0)
      signals += [
        Signal("\(name).time", .time, from: origin), Signal("\(name).count", .count, from: origin),
        Signal("\(name).fault", .deviceFault, from: origin),
      ]
    }
    let eye = SignalOrigin.block("eye")
    signals += [Signal("eye.chosen", .count, from: eye)]
    signals += (0..<3).map { Signal("eye.health_\($0)", health, from: eye) }
    for name in ["network", "steer"] {
      let block = SignalOrigin.block(name)
      signals += [
        Signal("\(name).digest", .word, from: block),
        Signal("\(name).input_limited", .flag, from: block, about: "an input beyond its range"),
      ]
    }
    return try SignalTable(signals)
  }

  /// Ticks in which a flag is set as these names and values say, each behind the other.
  private func told(_ ticks: [[String: UInt8]]) throws -> FlightTold {
    let table = try Self.table()
    let memory = FrameMemory(table)
    let front = DeviceDeclaration(
      "front", path: "devices.front", line: LineInput(line: "x"), staleAfter: 1, twin: DeviceTwin("front"))
    var tallies = FlightTallies(table, [front])
    for tick in ticks {
      for (name, value) in tick {
        let place = try #require(table.bytes(of: name), "\(name)").lowerBound
        memory.frame.base.storeBytes(of: value, toByteOffset: place, as: UInt8.self)
      }
      tallies.note(memory.frame)
    }
    return tallies.told(memory.frame)
  }

  @Test("A condition counts when the vehicle is not disarmed, by its name and words")
  func conditions() throws {
    let seen = try told([
      ["safety.lost": 1, "safety.in_force": 1], ["safety.lost": 0, "safety.mode": 2, "safety.cliff": 1],
      ["safety.mode": 0, "safety.cliff": 0, "safety.in_force": 0],
    ])
    #expect(seen.conditions.map(\.name) == ["cliff"])
    #expect(seen.conditions.map(\.text) == ["the ground ends"])
    #expect(seen.wasArmed && seen.inhibits.isEmpty)
  }

  @Test("What holds a vehicle back that never armed is told with its remedy")
  func inhibits() throws {
    let seen = try told([["safety.no_arming_lid": 1]])
    #expect(!seen.wasArmed && seen.conditions.isEmpty)
    #expect(seen.inhibits.map { [$0.name, $0.text, $0.remedy] } == [["lid", "the lid is open", "close it"]])
  }

  @Test("A row that chooses tells the switches and what was seen of each device")
  func choices() throws {
    let good: [String: UInt8] = ["eye.health_0": 2, "eye.health_1": 2, "eye.health_2": 2, "safety.mode": 1]
    let seen = try told([good, ["eye.health_0": 5, "eye.chosen": 1], [:], ["eye.chosen": 2]])
    #expect(seen.sensors.map(\.name) == ["eye"])
    #expect(seen.sensors.first?.text == "eye.spares[1] in use, after 2 switches; eye was flat")
    // On the ground nothing counts.
    let grounded = try told([good.merging(["safety.mode": 0]) { $1 }, ["eye.chosen": 1]])
    #expect(grounded.sensors.first?.switches == 0)
  }

  @Test("Each network's limits are counted by its name, and each device's end of range")
  func limits() throws {
    let limited: [String: UInt8] = [
      "network.input_limited": 1, "steer.input_limited": 1, "front.fault": 10, "eye_1.fault": 10,
    ]
    let seen = try told([limited, ["safety.mode": 1], [:], ["steer.input_limited": 0]])
    #expect(seen.network.json == ["inputs": 3, "steer.inputs": 2])
    #expect(
      seen.network.lines == [
        "network         an input beyond its range, in 3 ticks",
        "network         steer: an input beyond its range, in 2 ticks",
      ])
    #expect(seen.range.json == ["eye.spares[0]": 3, "front": 3])
    #expect(seen.range.lines.last?.hasSuffix("in 3 ticks: what it measures was beyond it") == true)
    #expect(seen.range.lines.contains { $0.contains(" devices.front stood at the end of its range") })
  }

  @Test("A note takes no heap block, and neither does a look at what is shown")
  func allocations() throws {
    let table = try Self.table()
    let memory = FrameMemory(table)
    var tallies = FlightTallies(table)
    let shown = ShownNumbers(table)
    for byte in 0..<table.size { memory.frame.base.storeBytes(of: 1, toByteOffset: byte, as: UInt8.self) }
    let before = allocation_count()
    for _ in 0..<100 {
      tallies.note(memory.frame)
      _ = shown.values(memory.frame)
    }
    #expect(allocation_count() == before)
  }
}
