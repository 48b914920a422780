import Signals
import Testing

@testable import Control

/// Says whether a flag that it reads is set: a block of the test's own.
private struct FlagProbe: Block {
  static let description = BlockDescription("flag_probe", about: "Copies a flag.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: [InputPort("of", .flag, unit: nil)], outputs: [OutputPort("seen", .flag)], invalidity: .goesOn)
  }

  private let of: Input<Bool>
  private let seen: Output<Bool>

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (of, seen) = (wiring.input("of"), wiring.output("seen"))
  }

  mutating func step(_ frame: Frame) { frame[seen] = frame[of] }
}

/// Asks for ports that it does not declare.
private struct Mistaken: Block {
  static let description = BlockDescription("mistaken", about: "Has a mistake.")

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(inputs: [], outputs: [OutputPort("value", .number)], invalidity: .goesOn)
  }

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let (_, _): (Input<Float>, Output<Float>) = (wiring.input("of"), wiring.output("valeu"))
  }

  mutating func step(_ frame: Frame) {}
}

@Suite("Every kind of block")
struct BlockTableTests {
  /// What a kind is set to where it has no default: the least that is allowed.
  private static func least(_ settings: [SettingDescription]) -> [String: SettingValue] {
    var values: [String: SettingValue] = [:]
    for setting in settings where setting.standard == nil {
      switch setting.kind {
      case .number(let range, _): values[setting.name] = .number(range.lowerBound)
      case .numbers(let range, let count, _):
        values[setting.name] = .numbers(Array(repeating: range.lowerBound, count: count.lowerBound))
      case .choice(let names): values[setting.name] = .choice(names[0])
      case .unit: values[setting.name] = .unit(.none)
      case .flag: values[setting.name] = .flag(true)
      case .names(let count): values[setting.name] = .names((0..<count.lowerBound).map { "part_\($0)" })
      case .safety: values[setting.name] = .safety(SafetyRules())
      }
    }
    for setting in settings where setting.standard == nil {
      guard let count = setting.count, case .numbers(let list)? = values[setting.name] else { continue }
      let standards = settings.compactMap { other in other.standard.map { (other.name, $0) } }
      let all = values.merging(standards) { given, _ in given }
      values[setting.name] = .numbers(Array(repeating: list.first ?? 1e-3, count: count.expected(all)))
    }
    return values
  }

  /// What gives a kind more ports than the least.
  private static let more: [String: [String: SettingValue]] = [
    "network": [
      "scale": .numbers([1, 2]), "offset": .numbers([0, 1]), "outputs": .names(["left", "right"]),
      "output_scale": .numbers([1, 1]), "output_offset": .numbers([0, 0]),
    ],
    "voter": [
      "channels": .names(["x", "y"]), "other": .names(["temperature"]), "seen": .names(["seen"]),
      "instances": .number(3), "stale_after": .numbers([1, 1, 1]), "period": .numbers([0.1, 0.1, 0.1]),
    ],
    "command_choice": [
      "commands": .names(["drive", "turn"]), "lowest": .numbers([-1, -1]), "highest": .numbers([1, 1]),
    ],
    "mixer": ["matrix": .numbers([1, 1, 1, -1]), "outputs": .number(2)],
    "safety": [
      "rules": .safety(
        SafetyRules(
          conditions: [
            SafetyCondition(
              "hot", text: "it is hot", any: [.above("motor.temperature", 80), .isSet("motor.alarm")],
              all: [
                .isNotSet("motor.off"), .isOneOf("motor.state", ["part_0"]), .moreThan("motor.turns", 3),
              ],
              reaction: "stop", endsWhenGone: true)
          ],
          arming: [
            ArmingRule("cold", text: "it is cold", remedy: "wait", any: [.below("motor.temperature", 5)])
          ],
          reactions: [SafetyReaction("stop", stops: true)], modes: [SafetyMode("limp")],
          atRest: [.isSet("motor.off")]))
    ],
  ]

  /// A kind's settings, with every port bound to signals of its own from outside, which are valid while `probe.ok` is set.
  private static func declaration(_ kind: any (Block & ~Copyable).Type, more: Bool) throws -> (
    block: BlockDeclaration, outside: [Signal], ports: BlockPorts
  ) {
    let description = kind.description
    let settings = least(description.settings).merging(
      more ? Self.more[description.name] ?? [:] : [:]
    ) { $1 }
    let ports = try ProgramBuilder.ports(of: kind, settings)
    let device = SignalOrigin.device("probe", bus: 0)
    var (outside, inputs) = ([Signal("probe.ok", .flag, from: device)], [String: [String]]())
    for port in ports.inputs {
      let count = more ? min(max(port.count.lowerBound, 2), port.count.upperBound) : port.count.lowerBound
      let names = (0..<count).map { "probe.\(port.name)_\($0)" }
      inputs[port.name] = names
      for name in names {
        let kind = port.kind == .choice([]) ? SignalKind.choice(["part_0", "part_1"]) : port.kind
        outside.append(
          Signal(name, kind, unit: port.unit ?? .none, from: device, validity: "probe.ok"))
      }
    }
    return (BlockDeclaration(kind, "block", settings: settings, inputs: inputs), outside, ports)
  }

  @Test(
    "has its own name, says what it and its settings are for, and names no port or setting twice",
    arguments: 0..<BlockTable.all.count)
  func names(_ index: Int) throws {
    let kind = BlockTable.all[index]
    let description = kind.description
    #expect(BlockTable.all.filter { $0.description.name == description.name }.count == 1)
    #expect(BlockTable.kind(description.name).map { ObjectIdentifier($0) } == ObjectIdentifier(kind))
    #expect(description.about.hasSuffix("."))
    #expect(description.settings.allSatisfy { !$0.about.isEmpty })
    #expect(Set(description.settings.map(\.name)).count == description.settings.count)
    for more in [false, true] {
      let ports = try Self.declaration(kind, more: more).ports
      #expect(Set(ports.inputs.map(\.name)).count == ports.inputs.count)
      // The flag is the program's.
      #expect(Set(ports.outputs.map(\.name) + ["valid"]).count == ports.outputs.count + 1)
    }
  }

  @Test("has defaults that it allows itself", arguments: 0..<BlockTable.all.count)
  func defaults(_ index: Int) {
    for setting in BlockTable.all[index].description.settings {
      if let standard = setting.standard {
        #expect(setting.kind.allows(standard), "\(setting.name) is \(standard)")
      }
      if case .number(let range, _) = setting.kind {
        #expect(range.lowerBound.isFinite && range.upperBound.isFinite, "\(setting.name)")
      }
    }
  }

  @Test(
    "makes a program without mistakes, whose signals are those that it declares",
    arguments: 0..<BlockTable.all.count, [false, true])
  func makesProgram(_ index: Int, more: Bool) throws {
    let kind = BlockTable.all[index]
    let (block, outside, ports) = try Self.declaration(kind, more: more)
    do throws(ProgramErrors) {
      var program = try ProgramBuilder(outside: outside, blocks: [block]).program()
      program.step()
      for output in ports.outputs {
        let signal = program.table["block.\(output.name)"]
        #expect(signal?.kind == output.kind && signal?.width == output.width)
      }
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("has a validity that another block can read", arguments: 0..<BlockTable.all.count, [false, true])
  func validity(_ index: Int, more: Bool) throws {
    let kind = BlockTable.all[index]
    let (block, outside, ports) = try Self.declaration(kind, more: more)
    var bench = try BlockBench(
      outside: outside, [block, BlockDeclaration(FlagProbe.self, "probed", inputs: ["of": ["block.valid"]])])
    for isValid in [true, false, true] {
      bench["probe.ok"] = isValid
      try bench.step()
      #expect(bench["probed.seen"] == bench["block.valid"] as Bool)
      guard ports.invalidity != .decides else { continue }
      #expect(
        bench["block.valid"]
          == (isValid || ports.invalidity == .ends || ports.inputs.isEmpty
            || block.inputs.values.allSatisfy(\.isEmpty))
      )
    }
  }

  @Test("takes no heap block in a step", arguments: 0..<BlockTable.all.count)
  func allocations(_ index: Int) throws {
    let (block, outside, _) = try Self.declaration(BlockTable.all[index], more: true)
    var bench = try BlockBench(outside: outside, [block])
    for isValid in [true, false] {
      bench["probe.ok"] = isValid
      #expect(try bench.allocations() == 0)
    }
  }

  @Test(
    "whose outputs are named by settings takes no name twice, and none of its own",
    arguments: [
      ("network", ["same", "same"]), ("network", ["valid", "valid"]), ("network", ["failed", "x"]),
      ("network", ["Bad name", "x"]), ("command_choice", ["same", "same"]),
      ("command_choice", ["valid", "x"]), ("command_choice", ["source", "x"]), ("voter", ["same", "same"]),
      ("voter", ["count", "x"]), ("voter", ["", "x"]),
    ])
  func clashes(_ kind: String, _ names: [String]) throws {
    let setting = ["network": "outputs", "command_choice": "commands", "voter": "channels"][kind] ?? ""
    let type = try #require(BlockTable.kind(kind))
    var (block, outside, _) = try Self.declaration(type, more: true)
    block.settings[setting] = .names(names)
    let ports = try ProgramBuilder.ports(of: type, block.settings)
    for port in ports.inputs where block.inputs[port.name] == nil {
      block.inputs[port.name] = ["probe.more"]
    }
    let wanted = Set(ports.inputs.map(\.name))
    block.inputs = block.inputs.filter { wanted.contains($0.key) }
    outside.append(Signal("probe.more", .number, from: .device("probe", bus: 0)))
    let errors = try #require(throws: ProgramErrors.self) {
      _ = try ProgramBuilder(outside: outside, blocks: [block]).program()
    }
    #expect(errors.description.contains("block."))
  }

  @Test("whose code asks for ports that it does not declare is a mistake that is said, and no memory is lost")
  func mistakes() throws {
    let errors = try #require(throws: ProgramErrors.self) {
      _ = try ProgramBuilder(outside: [], blocks: [BlockDeclaration(Mistaken.self, "x")]).program()
    }
    #expect(
      errors.errors.map(\.description)
        == ["of", "valeu"].map {
          "block x: asks for a port \"\($0)\" that it does not declare: a mistake in the block's code"
        })
  }
}
