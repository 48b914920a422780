import Foundation
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// What a network is trained in follows from the vehicle's file.
@Suite struct TrainingPlanTests {
  /// The plan of a text, from a file that is taken away again.
  private static func plan(_ text: String) throws -> TrainingPlan {
    try withFile(text) { try TrainingPlan.load(path: $0) }
  }

  private static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json5")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  private static func complaints(_ text: String) throws -> String {
    do {
      _ = try plan(text)
      return ""
    } catch let error as ConfigurationErrors {
      return error.errors.map(\.description).joined(separator: "\n")
    }
  }

  /// The rover with a network and a controller of blocks beside it.
  private static func rover(_ training: String = "", choice: Bool = true) throws -> String {
    let blocks = """
          { block: "constant", name: "straight", value: 0 },
          { block: "constant", name: "slow", value: 0.3 },
      """
    let chooser = """
          {
            block: "command_choice", name: "drive", commands: ["turn", "speed"], lowest: [-1, -1], highest: [1, 1],
            classical_turn: "straight.value", classical_speed: "slow.value", network_turn: "steer.turn",
            network_speed: "steer.drive", failed: "steer.failed", acts: "safety.armed",
          },
      """
    var text = try roverText().replacing(
      "  blocks: [\n", with: "  blocks: [\n\(blocks)\n", maxReplacements: 1)
    if choice {
      text = text.replacing(
        "    { block: \"differential_drive\", name: \"wheels\", turn: \"steer.turn\", drive: \"steer.drive\" },",
        with: chooser
          + "\n    { block: \"differential_drive\", name: \"wheels\", turn: \"drive.turn\", drive: \"drive.speed\" },"
      )
    }
    guard let end = text.lastIndex(of: "}") else { return text }
    text.replaceSubrange(end...end, with: "  \(training)\n}")
    return text
  }

  @Test func ofATemplateItFollowsFromTheShortSections() throws {
    let path = repository.appending(path: "firmware-configs/quadrotor-hold.json5").path
    let plan = try TrainingPlan.load(path: path)
    #expect(plan.network == "network" && plan.every == 1 && plan.rateHz == 250 && plan.hasChoice)
    #expect(plan.countsWhile == "phase.flying")
    #expect(
      plan.outputs.map(\.teacher) == ["descent.thrust", "classical.roll", "classical.pitch", "classical.yaw"])
    #expect(plan.outputs.map(\.scale) == [0.4, 0.2, 0.2, 0.3])
    #expect(plan.outputs.map(\.offset) == [0.45, 0, 0, 0])
    #expect(plan.ports.inputs.count == 12 && plan.ports.inputs[0].name == "roll_error")
    #expect(plan.ports.inputs[0].unit == "rad" && plan.ports.inputs[0].maximum == 4)
    #expect(plan.ports.outputs.map(\.name) == ["thrust", "roll_torque", "pitch_torque", "yaw_torque"])
    #expect(plan.ports.time == NetworkPorts.Time(unitS: 0.004, minimum: 0, maximum: 16))
    #expect(try TrainingPlan.ports(path: path) == plan.ports)
    // What is flown is a whole configuration, with what the section says and without the section.
    let flown = try Configuration.load(text: plan.configuration, directory: nil)
    #expect(flown.simulation.sensorNoise == 0.3...1.4 && flown.simulation.duration == 20_000_000_000)
    #expect(!plan.configuration.contains("training:"))
  }

  @Test(arguments: ["quadrotor-hold", "balancer-hold"])
  func ofAnExpandedTemplateItIsTheTemplates(_ name: String) throws {
    let path = repository.appending(path: "firmware-configs/\(name).json5").path
    let plan = try TrainingPlan.load(path: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let expanded = try Self.plan(
      try VehicleTables.expanded(VehicleTables.load(text: text, directory: nil), of: text))
    #expect(expanded.outputs == plan.outputs && expanded.countsWhile == plan.countsWhile)
    #expect(expanded.ports.time == plan.ports.time)
    let (own, flown) = (
      try VehicleTables.load(text: plan.configuration, directory: nil),
      try VehicleTables.load(text: expanded.configuration, directory: nil)
    )
    #expect(own.commands.profile == flown.commands.profile && own.simulation == flown.simulation)
    // The same setpoints at random, which move as fast.
    let (a, b) = (own.randomSetpoints(seed: 3), flown.randomSetpoints(seed: 3))
    #expect(a != nil && (a == nil) == (b == nil))
  }

  @Test func ofBlocksTheChoiceTellsWhoIsImitated() throws {
    let plan = try Self.plan(try Self.rover())
    #expect(plan.network == "steer" && plan.hasChoice && plan.countsWhile == "safety.armed")
    #expect(plan.outputs.map(\.teacher) == ["straight.value", "slow.value"])
    #expect(
      plan.ports.inputs.map(\.name)
        == ["line.left", "smooth.value", "line.right", "line.far", "setpoint.speed"])
    #expect(plan.ports.inputs.map(\.unit) == ["V", "V", "V", "V", "m/s"])
    #expect(plan.ports.outputs.map(\.name) == ["turn", "drive"])
    #expect(plan.ports.time.unitS == 0.005)
  }

  @Test func aNetworkOfEveryFourthTickHasThatTime() throws {
    let plan = try Self.plan(
      try Self.rover().replacing("name: \"steer\",", with: "name: \"steer\", every: 4,"))
    #expect(plan.every == 4 && plan.ports.time.unitS == 0.02)
  }

  @Test func theSectionMayNameTheTeacher() throws {
    let plan = try Self.plan(
      Self.rover("training: { teacher: [\"slow.value\", \"straight.value\"] },", choice: false))
    #expect(plan.outputs.map(\.teacher) == ["slow.value", "straight.value"])
    #expect(!plan.hasChoice && plan.countsWhile == "safety.armed")
  }

  @Test func whatTrainingChangesIsLaidOverTheFile() throws {
    let plan = try Self.plan(
      Self.rover(
        "simulation: { duration_s: 9, tick_jitter_us: 5 }, training: { simulation: { duration_s: 4 } },"))
    let tables = try VehicleTables.load(text: plan.configuration, directory: nil)
    #expect(tables.simulation.duration == 4_000_000_000 && tables.simulation.tickJitter == 5000)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var training, expected: String
    var choice = true
    var testDescription: String { training }
  }

  static let refusals = [
    Refusal(
      training: "", expected: "no block `command_choice` says whose place steer.turn takes", choice: false),
    Refusal(
      training: "teacher: [\"slow.value\"]",
      expected: "training.teacher: found 1 signals, expected one for each of the outputs turn, drive"),
    Refusal(
      training: "teacher: [\"slow.valu\", \"slow.value\"]",
      expected: "training.teacher: there is no signal \"slow.valu\"; did you mean \"slow.value\"?"),
    Refusal(
      training: "teacher: [\"line.left\", \"slow.value\"]",
      expected: "training.teacher: line.left is in V, but the network's output is without one"),
    Refusal(
      training: "teacher: [\"bumper.front\", \"slow.value\"]",
      expected: "training.teacher: bumper.front is a flag, expected a number"),
    Refusal(training: "teacher: \"slow.value\"", expected: "expected a list of names of signals"),
    Refusal(
      training: "counts_while: \"slow.value\"",
      expected: "training.counts_while: slow.value is a number, expected a flag"),
    Refusal(
      training: "network: \"stear\"",
      expected:
        "training.network: found \"stear\", expected the name of a block `network`; did you mean \"steer\"?"
    ),
    Refusal(
      training: "simulation: { duration_s: -1 }",
      expected: "training.simulation.duration_s: as training has it flown: found -1, expected number"),
    Refusal(training: "devices: {}", expected: "training: unknown key \"devices\""),
  ]

  @Test(arguments: refusals) func whatCannotBeTrainedIsRefusedWithItsPlace(_ refusal: Refusal) throws {
    let told = try Self.complaints(Self.rover("training: { \(refusal.training) },", choice: refusal.choice))
    #expect(told.contains(refusal.expected), "\(told)")
    #expect(told.contains("line "), "\(told)")
  }

  @Test func aFileWithoutANetworkHasNothingToTrain() throws {
    let text = """
      { name: "still", format: 2, loop: { rate_hz: 100 } }
      """
    #expect(
      try Self.complaints(text).contains("training.network: the vehicle has no network"))
  }

  @Test func aCommandLineChoosesWhoDrivesAndWithWhichModel() throws {
    let text = try Self.rover()
    var overrides = ConfigurationOverrides(modelFile: "other.safetensors", controller: .classical)
    let tables = try VehicleTables.load(text: text, directory: nil, overrides: overrides)
    #expect(tables.networks.map(\.file) == ["other.safetensors"] && tables.networks[0].isFromCommandLine)
    #expect(tables.blocks.first { $0.name == "drive" }?.settings["network_flies"] == .flag(false))
    overrides.controller = .network
    let network = try VehicleTables.load(text: text, directory: nil, overrides: overrides)
    #expect(network.blocks.first { $0.name == "drive" }?.settings["network_flies"] == .flag(true))
    func refusal(_ text: String, _ overrides: ConfigurationOverrides) -> String {
      do throws(ConfigurationErrors) {
        _ = try VehicleTables.load(text: text, directory: nil, overrides: overrides)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      refusal(try Self.rover(choice: false), overrides).contains("--controller: line-follower has no block"))
    let still = "{ name: \"still\", format: 2, loop: { rate_hz: 100 } }"
    #expect(
      refusal(still, ConfigurationOverrides(modelFile: "a")).contains("--model: still has no network"))
  }
}
