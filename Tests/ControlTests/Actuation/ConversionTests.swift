import Signals
import Testing

@testable import Control

@Suite("Conversions")
struct ConversionTests {
  /// Every conversion, set so that its safe value is none that it sends otherwise, with the output that an actuator takes.
  static let all: [(kind: String, settings: [String: SettingValue], output: String)] = [
    (
      "speed_controller", ["minimum": .number(1100), "maximum": .number(1900), "safe": .number(900)], "pulse"
    ),
    ("bridge_pulse", ["maximum": .number(50), "safe": .number(1)], "pulse"),
    ("servo", ["safe_us": .number(1400)], "pulse"),
    ("duty", ["safe": .number(0.25)], "duty"),
    ("motor_voltage", ["most_v": .number(5)], "voltage"),
    ("relay", ["reads": .choice("number")], "on"),
  ]

  static func bench(
    _ kind: String, _ settings: [String: SettingValue] = [:], _ inputs: [String: [String]] = [:]
  ) throws -> BlockBench {
    var bench = try BlockBench([
      BlockDeclaration(
        kind, "out", settings: settings,
        inputs: ["command": ["in.a"], "armed": ["in.flag"]].merging(inputs) { $1 })
    ])
    bench["in.flag"] = true
    return bench
  }

  /// What an actuator is sent by the bench's block, a flag as 0 or 1.
  static func sent(_ bench: borrowing BlockBench, _ output: String) -> Float {
    output == "on" ? (bench["out.on"] ? 1 : 0) : bench["out.\(output)"]
  }

  @Test(
    "send the safe value while the vehicle is disarmed, and follow their command while it is armed",
    arguments: 0..<all.count)
  func disarmed(_ index: Int) throws {
    let (kind, settings, output) = Self.all[index]
    var bench = try Self.bench(kind, settings)
    let safe = try Self.safe(kind, settings)
    try bench.step(["in.a": 0.75])
    let followed = Self.sent(bench, output)
    #expect(followed != safe && bench["out.starved"] == false)
    bench["in.flag"] = false
    try bench.step()
    #expect(Self.sent(bench, output) == safe && bench["out.starved"] == false)
    bench["in.flag"] = true
    try bench.step()
    #expect(Self.sent(bench, output) == followed)
  }

  private static func safe(_ kind: String, _ settings: [String: SettingValue]) throws -> Float {
    let sent = try BlockDeclaration(kind, "out", settings: settings).sentSignals()
    return Float(try #require(sent.first).safe)
  }

  @Test(
    "send the safe value, and say so, for a command that is not valid or no finite number",
    arguments: 0..<all.count, [Float.nan, .infinity, -.infinity, 0.75])
  func starved(_ index: Int, _ command: Float) throws {
    let (kind, settings, output) = Self.all[index]
    let safe = try Self.safe(kind, settings)
    var bench = try Self.bench(kind, settings)
    bench["in.valid"] = !command.isFinite
    try bench.step(["in.a": command])
    #expect(Self.sent(bench, output) == safe)
    #expect(bench["out.starved"] == true)
    bench["in.valid"] = true
    try bench.step(["in.a": 0.75])
    #expect(Self.sent(bench, output) != safe)
    #expect(bench["out.starved"] == false)
  }

  @Test("take a word about arming that is not valid for none", arguments: 0..<all.count)
  func invalidArming(_ index: Int) throws {
    let (kind, settings, output) = Self.all[index]
    let safe = try Self.safe(kind, settings)
    let device = SignalOrigin.device("in", bus: 0)
    var bench = try BlockBench(
      outside: [
        Signal("in.command", .number, from: device),
        Signal("in.armed", .flag, from: device, validity: "in.known"),
        Signal("in.known", .flag, from: device),
      ],
      [
        BlockDeclaration(
          kind, "out", settings: settings, inputs: ["command": ["in.command"], "armed": ["in.armed"]])
      ])
    bench["in.armed"] = true
    try bench.step(["in.command": 0.75])
    #expect(Self.sent(bench, output) == safe)
    #expect(bench["out.starved"] == false)
    bench["in.known"] = true
    try bench.step()
    #expect(Self.sent(bench, output) != safe)
  }

  @Test("may go without arming, and are held by a flag", arguments: 0..<all.count)
  func withoutArming(_ index: Int) throws {
    let (kind, settings, output) = Self.all[index]
    let safe = try Self.safe(kind, settings)
    var bench = try BlockBench([
      BlockDeclaration(
        kind, "out", settings: settings.merging(["needs_arming": .flag(false)]) { $1 },
        inputs: ["command": ["in.a"], "held": ["in.flag"]])
    ])
    try bench.step(["in.a": 0.75])
    #expect(Self.sent(bench, output) != safe)
    bench["in.flag"] = true
    try bench.step()
    #expect(Self.sent(bench, output) == safe)
  }

  @Test("say what they send, and stay within it", arguments: 0..<all.count)
  func bounds(_ index: Int) throws {
    let (kind, settings, _) = Self.all[index]
    let sent = try BlockDeclaration(kind, "out", settings: settings).sentSignals()
    var bench = try Self.bench(kind, settings)
    #expect(!sent.isEmpty)
    for command: Float in [-1e30, -2, -1, -0.3, -0.0, 0, 1e-30, 0.3, 1, 2, 1e30] {
      try bench.step(["in.a": command])
      for signal in sent {
        let output = String(signal.name.dropFirst(4))
        #expect(signal.range.contains(Double(Self.sent(bench, output))), "\(signal.name) at \(command)")
        #expect(bench.program.table[signal.name]?.kind == signal.kind)
        #expect(bench.program.table[signal.name]?.unit == signal.unit)
      }
    }
  }

  @Test("A block that is no conversion sends nothing, and wrong settings are said")
  func sentSignals() throws {
    let clamp = BlockDeclaration("clamp", "x", settings: ["least": .number(0), "most": .number(1)])
    let sent = try clamp.sentSignals()
    #expect(sent.isEmpty)
    let missing = #expect(throws: ProgramErrors.self) { try BlockDeclaration("servo", "fin").sentSignals() }
    #expect(missing?.description == "block fin: safe_us is missing; expected a number from 0 to 20000 us")
    let unknown = #expect(throws: ProgramErrors.self) { try BlockDeclaration("servos", "fin").sentSignals() }
    #expect(
      unknown?.description == "block fin: there is no kind of block \"servos\"; did you mean \"servo\"?")
  }

  // MARK: - Golden values

  @Test(
    "A servo goes from its trim straight to either end",
    arguments: [
      (-2, 1000), (-1, 1000), (-0.5, 1225), (0, 1450), (0.5, 1700), (1, 1950), (7, 1950),
    ] as [(Float, Float)])
  func servo(_ command: Float, _ pulse: Float) throws {
    let settings: [String: SettingValue] = [
      "least_us": .number(1000), "middle_us": .number(1450), "most_us": .number(1950), "safe_us": .number(0),
    ]
    var bench = try Self.bench("servo", settings)
    try bench.step(["in.a": command])
    #expect(bench["out.pulse"] == pulse)
    // Turned round, it goes to the other end of the same trim.
    bench = try Self.bench("servo", settings.merging(["reversed": .flag(true)]) { $1 })
    try bench.step(["in.a": -command])
    #expect(bench["out.pulse"] == pulse)
  }

  @Test(
    "A duty is a straight line between its ends",
    arguments: [(-1, 0.25), (0, 0.25), (0.5, 0.5), (1, 0.75), (2, 0.75)] as [(Float, Float)])
  func duty(_ command: Float, _ duty: Float) throws {
    var bench = try Self.bench("duty", ["least": .number(0.25), "most": .number(0.75)])
    try bench.step(["in.a": command])
    #expect(bench["out.duty"] == duty)
  }

  @Test(
    "A motor's voltage follows its command, but for voltages too small to turn it",
    arguments: [
      (-3, -4), (-1, -4), (-0.25, -1), (-0.125, 0), (0, 0), (0.125, 0), (0.25, 1), (0.5, 2), (1, 4),
    ]
      as [(Float, Float)])
  func motorVoltage(_ command: Float, _ volts: Float) throws {
    let settings: [String: SettingValue] = ["most_v": .number(4), "least_v": .number(0.75)]
    var bench = try Self.bench("motor_voltage", settings)
    try bench.step(["in.a": command])
    #expect(bench["out.voltage"] == volts)
    bench = try Self.bench("motor_voltage", settings.merging(["reversed": .flag(true)]) { $1 })
    try bench.step(["in.a": command])
    #expect(bench["out.voltage"] == -volts)
  }

  @Test(
    "A bridge's pulse is the magnitude of its duty, its lines the sign",
    arguments: [(-2, 50, -1), (-0.5, 25, -0.5), (0, 0, 0), (0.25, 12.5, 0.25), (1.5, 50, 1)]
      as [(Float, Float, Float)])
  func bridge(_ command: Float, _ pulse: Float, _ drive: Float) throws {
    var bench = try Self.bench("bridge_pulse", ["maximum": .number(50)])
    try bench.step(["in.a": command])
    #expect(bench["out.pulse"] == pulse && bench["out.drive"] == drive)
    bench["in.flag"] = false
    try bench.step()
    #expect(bench["out.pulse"] == 0 && bench["out.drive"] == 0)
  }
}
