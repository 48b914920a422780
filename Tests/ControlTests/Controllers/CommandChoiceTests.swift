import Testing

@testable import Control

/// A choice of the command of a quadrotor between a network and a classical controller that both are the test's.
private struct ChoiceBench: ~Copyable {
  static let parts = ["thrust", "roll", "pitch", "yaw"]
  var bench: BlockBench

  init(hasNetwork: Bool = false) throws {
    var inputs = ["acts": ["asked.acts"]]
    if hasNetwork {
      for part in Self.parts { inputs["network_\(part)"] = ["network.\(part)"] }
      inputs["failed"] = ["network.failed"]
    }
    bench = try BlockBench(
      outside: Self.parts.flatMap {
        BlockBench.signals(.number, .none, "classical.\($0)", "network.\($0)")
      }
        + BlockBench.signals(
          .flag, .none, "network.failed", "asked.acts", "safety.armed", "safety.arms", "safety.fallback"),
      [
        BlockDeclaration(
          "command_choice", "command",
          settings: [
            "commands": .names(Self.parts), "lowest": .numbers([0, -0.3, -0.3, -0.3]),
            "highest": .numbers([0.9, 0.3, 0.3, 0.3]), "network_flies": .flag(hasNetwork),
          ], inputs: inputs)
      ])
    bench["asked.acts"] = true
    bench["safety.armed"] = true
  }

  /// What flies of a command of `source`.
  mutating func limit(_ values: [Float], of source: String = "classical") throws -> [Float] {
    for (part, value) in zip(Self.parts, values) { bench["\(source).\(part)"] = value }
    try bench.step()
    return command
  }

  var command: [Float] { Self.parts.map { bench["command.\($0)"] } }
  var source: String { bench[choice: "command.source"] }
  var failures: [Bool] { [bench["command.network_failed"], bench["command.classical_failed"]] }
}

@Suite("Choice and limits of a command")
struct CommandChoiceTests {
  @Test("clamps each part to its own limit")
  func clamps() throws {
    var choice = try ChoiceBench()
    #expect(try choice.limit([2, -1, 0.5, 0.29]) == [0.9, -0.3, 0.3, 0.29])
    #expect(choice.source == "classical")
    #expect(try choice.limit([-1, 0, 0, 0])[0] == 0)
    #expect(choice.failures == [false, false])
  }

  @Test("refuses a command with a number that is not finite, in any place, and keeps the last")
  func notFinite() throws {
    for value in [Float.nan, .infinity, -.infinity] {
      for place in 0..<4 {
        var choice = try ChoiceBench()
        _ = try choice.limit([0.4, 0.1, 0.2, -0.1])
        var command: [Float] = [0.5, 0, 0, 0]
        command[place] = value
        #expect(try choice.limit(command) == [0.4, 0.1, 0.2, -0.1])
        #expect(choice.failures == [false, true])
        // A failure stands until the vehicle is armed anew.
        #expect(try choice.limit([0.5, 0, 0, 0]) == [0.5, 0, 0, 0])
        #expect(choice.failures == [false, true])
        choice.bench["safety.arms"] = true
        try choice.bench.step()
        #expect(choice.failures == [false, false])
      }
    }
  }

  @Test("a wheel's command is cut to its limits, and refused when it is no number")
  func wheels() throws {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .none, "classical.drive", "classical.turn")
        + BlockBench.signals(.flag, .none, "safety.armed", "safety.arms", "safety.fallback"),
      [
        BlockDeclaration(
          "command_choice", "command",
          settings: [
            "commands": .names(["drive", "turn"]), "lowest": .numbers([-0.8, -0.3]),
            "highest": .numbers([0.8, 0.3]), "network_flies": .flag(false),
          ], inputs: ["acts": ["safety.armed"]])
      ])
    bench["safety.armed"] = true
    try bench.step(["classical.drive": 3, "classical.turn": -2])
    #expect((bench["command.drive"], bench["command.turn"]) as (Float, Float) == (0.8, -0.3))
    for (drive, turn) in [(Float.nan, Float(0)), (0, .infinity)] {
      bench["safety.arms"] = true
      try bench.step(["classical.drive": 0.5, "classical.turn": 0.1])
      bench["safety.arms"] = false
      #expect(bench["command.classical_failed"] == false)
      try bench.step(["classical.drive": drive, "classical.turn": turn])
      #expect(bench["command.classical_failed"] == true)
      #expect((bench["command.drive"], bench["command.turn"]) as (Float, Float) == (0.5, 0.1))
    }
  }

  @Test("the network flies, until it fails, is refused or safety takes its vehicle away")
  func network() throws {
    var choice = try ChoiceBench(hasNetwork: true)
    _ = try choice.limit([0.5, 0, 0, 0])
    #expect(try choice.limit([0.6, 0, 0, 1], of: "network") == [0.6, 0, 0, 0.3])
    #expect(choice.source == "network")
    choice.bench["safety.fallback"] = true
    try choice.bench.step()
    #expect(choice.source == "classical" && choice.command == [0.5, 0, 0, 0])
    choice.bench["safety.fallback"] = false
    choice.bench["network.failed"] = true
    try choice.bench.step()
    #expect(choice.source == "classical" && choice.failures == [true, false])
    // The step succeeds again: it flies, and safety is told until the vehicle is armed anew.
    choice.bench["network.failed"] = false
    try choice.bench.step()
    #expect(choice.source == "network" && choice.failures == [true, false])
    choice.bench["safety.arms"] = true
    try choice.bench.step()
    #expect(choice.failures == [false, false])
    choice.bench["safety.arms"] = false
    #expect(try choice.limit([.nan, 0, 0, 0], of: "network") == [0.5, 0, 0, 0])
    #expect(choice.source == "classical" && choice.failures == [true, false])
  }

  @Test(
    "nothing is asked for while no controller acts, and only the last step's failure counts while disarmed")
  func standing() throws {
    var choice = try ChoiceBench(hasNetwork: true)
    _ = try choice.limit([0.6, 0.1, 0, 0], of: "network")
    choice.bench["asked.acts"] = false
    choice.bench["network.failed"] = true
    try choice.bench.step()
    #expect(choice.command == [0, 0, 0, 0])
    #expect(choice.source == "none" && choice.failures == [true, false])
    choice.bench["safety.armed"] = false
    choice.bench["network.failed"] = false
    try choice.bench.step()
    #expect(choice.failures == [false, false])
  }
}
