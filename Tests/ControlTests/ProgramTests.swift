@testable import Control
import Signals
import Testing

@Suite("Program")
struct ProgramTests {
  private static func scale(
    _ name: String, of signal: String, by factor: Double = 2, divisor: Int = 1, phase: Int = 0
  )
    -> BlockDeclaration
  {
    BlockDeclaration(
      Scale.self, name, settings: ["scale": .number(factor)], inputs: ["of": [signal]], divisor: divisor,
      phase: phase)
  }

  private static func errors(_ blocks: [BlockDeclaration], outside: [Signal] = BlockBench.outside(.none))
    throws -> [String]
  {
    try #require(throws: ProgramErrors.self) {
      _ = try ProgramBuilder(outside: outside, blocks: blocks).program()
    }.errors.map(\.description)
  }

  @Test("blocks run in their order, and previous is the tick before")
  func order() throws {
    var bench = try BlockBench([
      BlockDeclaration(Sum.self, "first", inputs: ["of": ["in.free", "previous.second.value"]]),
      Self.scale("second", of: "first.value"),
    ])
    try bench.step(["in.free": 1])
    #expect((bench["first.value"], bench["second.value"]) as (Float, Float) == (1, 2))
    try bench.step(["in.free": 1])
    #expect((bench["first.value"], bench["second.value"]) as (Float, Float) == (3, 6))
  }

  @Test("what follows from an invalid signal is invalid, and what does not cannot be")
  func validity() throws {
    var bench = try BlockBench([
      Self.scale("bad", of: "in.a"), Self.scale("good", of: "in.free"), Self.scale("worse", of: "bad.value"),
    ])
    #expect(bench.program.table["good.valid"] == nil)
    for isValid in [true, false, true] {
      bench["in.valid"] = isValid
      try bench.step(["in.a": isValid ? 1 : 3])
      #expect(bench["bad.valid"] == isValid)
      #expect(bench["worse.valid"] == isValid)
      // Scale goes on: the number is there, and nobody need believe it.
      #expect(bench["worse.value"] == (isValid ? 4 : 12) as Float)
    }
    #expect(bench.program.table["worse.value"]?.validity == "worse.valid")
  }

  @Test("two blocks that read each other's last value become valid")
  func circle() throws {
    var bench = try BlockBench([
      BlockDeclaration(Sum.self, "a", inputs: ["of": ["in.a", "previous.b.value"]]),
      Self.scale("b", of: "a.value"),
    ])
    try bench.step(["in.a": 1])
    #expect(bench["a.valid"] == true)
    #expect(bench["b.valid"] == true)
  }

  @Test("a block with a divisor loses no step where ticks are missed", arguments: [0, 1, 3])
  func divisors(_ phase: Int) throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Sum.self, "sum", inputs: ["of": ["in.free", "previous.copy.value"]], divisor: 4, phase: phase),
      Self.scale("copy", of: "sum.value", by: 1),
    ])
    // Runs at 0+phase, then every fourth number; a tick that skips past the number runs it at once, and the grid stays.
    var (number, runs): (UInt64, Float) = (0, 0)
    var due = UInt64(phase)
    for skipped: UInt64 in [0, 0, 0, 0, 0, 2, 0, 5, 0, 0, 9, 0, 0, 0, 0, 0] {
      try bench.step(["in.free": 1], skipping: skipped)
      number += skipped
      if number >= due {
        runs += 1
        due = number - (number - due) % 4 + 4
      }
      #expect(bench["sum.value"] == runs, "tick \(number)")
      number += 1
    }
    #expect(runs >= 5)
  }

  @Test("every mistake is found at once, with block, cause and remedy")
  func mistakes() throws {
    let errors = try Self.errors([
      Self.scale("a", of: "in.aa"), Self.scale("b", of: "c.value"), Self.scale("c", of: "c.value"),
      Self.scale("d", of: "previous.in.a"), Self.scale("e", of: "previous.a.value"),
      Self.scale("f", of: "in.flag"),
      BlockDeclaration(Scale.self, "g", settings: ["skale": .number(2)], inputs: ["of": ["in.a"]]),
      BlockDeclaration(Scale.self, "h", settings: ["scale": .number(.nan)], inputs: ["of": ["in.a"]]),
      BlockDeclaration(Scale.self, "i", inputs: ["off": ["in.a"], "of": ["in.a"]]),
      BlockDeclaration(Sum.self, "j", inputs: ["of": ["in.a"]]), BlockDeclaration(Sum.self, "k"),
      BlockDeclaration(Clamp.self, "l", inputs: ["of": ["in.a"]]), Self.scale("a", of: "in.b"),
      Self.scale("m", of: "in.b", divisor: 0), Self.scale("n", of: "in.b", divisor: 2, phase: 2),
    ])
    #expect(
      errors == [
        "block g: unknown setting \"skale\"; did you mean \"scale\"?",
        "block h: scale is nan, expected a number from -1000000000 to 1000000000",
        "block l: least is missing; expected a number from -1000000000 to 1000000000",
        "block l: most is missing; expected a number from -1000000000 to 1000000000",
        "block a: another block has this name, too: give one of them another",
        "block m: every must be 1 to 1000000, and phase from 0 and below every",
        "block n: every must be 1 to 1000000, and phase from 0 and below every",
        "block i: unknown input \"off\"; did you mean \"of\"?",
        "block j: input of is bound to 1 signals, expected 2 to 64",
        "block k: input of is bound to 0 signals, expected 2 to 64",
        "block a: input of: no signal is called \"in.aa\"; did you mean \"in.a\"?",
        "block b: input of: c.value is written by block c, which comes later: move it up, or read previous.c.value",
        "block c: input of: c.value is written by this block itself: read previous.c.value",
        "block d: input of: previous.in.a is not kept: it is new in every tick; add a block delay",
        "block e: input of: previous.a.value is not kept: it has been written in this tick; add a block delay",
        "block f: input of: in.flag is a flag, expected a number",
      ])
  }

  @Test("units follow from those of inputs, and must agree")
  func units() throws {
    let (metre, speed) = (try #require(Unit("m")), try #require(Unit("m/s")))
    let outside =
      BlockBench.outside(metre) + [Signal("in.speed", .number, unit: speed, from: .device("in", bus: 0))]
    let program = try ProgramBuilder(
      outside: outside,
      blocks: [
        BlockDeclaration(Sum.self, "sum", inputs: ["of": ["in.a", "previous.later.value"]]),
        BlockDeclaration(Delay.self, "later", inputs: ["of": ["sum.value"]]),
      ]
    ).program()
    #expect(program.table["sum.value"]?.unit == metre)
    #expect(program.table["later.value"]?.unit == metre)
    let errors = try Self.errors(
      [
        BlockDeclaration(Sum.self, "sum", inputs: ["of": ["in.a", "in.speed"]]),
        BlockDeclaration(
          Difference.self, "turn", settings: ["on": .choice("circle")],
          inputs: ["from": ["in.a"], "less": ["in.b"]]),
        BlockDeclaration(Delay.self, "one", inputs: ["of": ["previous.two.value"]]),
        BlockDeclaration(Delay.self, "two", inputs: ["of": ["one.value"]]),
      ], outside: outside)
    #expect(
      errors == [
        "block one: output value has a unit that follows from itself: put a block scale with a unit into the circle",
        "block two: output value has a unit that follows from itself: put a block scale with a unit into the circle",
        "block sum: input of: in.speed is in m/s, expected m",
        "block turn: input from: in.a is in m, expected rad",
        "block turn: input less: in.b is in m, expected rad",
      ])
  }

  @Test("a block's signals clash with a device's as two devices' do")
  func clash() throws {
    let errors = try Self.errors(
      [Self.scale("in", of: "in.free")],
      outside: BlockBench.outside(.none) + [
        Signal("in.value", .number, from: .device("in", bus: 0))
      ])
    #expect(errors.count == 1)
    #expect(errors.first?.hasPrefix("in.value is written by device in and by block in") == true)
  }

  @Test("a kind of block that there is none of is an error with the nearest name")
  func unknownKind() throws {
    let errors = try Self.errors([
      BlockDeclaration("skale", "a", inputs: ["of": ["in.a"]]), BlockDeclaration("", "b"),
      BlockDeclaration("low_pas", "c", settings: ["cutoff_hz": .number(1)], inputs: ["of": ["in.a"]]),
    ])
    #expect(errors.count == 3)
    #expect(errors[0] == "block a: there is no kind of block \"skale\"; did you mean \"scale\"?")
    #expect(
      errors[1].hasPrefix("block b: there is no kind of block \"\"; there are constant, scale, clamp, "))
    #expect(errors[2] == "block c: there is no kind of block \"low_pas\"; did you mean \"low_pass\"?")
  }

  @Test("a network or a voter is bound to as many signals as its settings have places for")
  func boundCounts() throws {
    let errors = try Self.errors(
      [
        BlockDeclaration("clock", "clock"),
        BlockDeclaration(
          "network", "a",
          settings: [
            "scale": .numbers([1, 1, 1]), "offset": .numbers([0, 0, 0]), "outputs": .names(["x"]),
            "output_scale": .numbers([1]), "output_offset": .numbers([0]),
          ], inputs: ["inputs": ["in.a", "in.b"]]),
        BlockDeclaration(
          "voter", "b",
          settings: [
            "channels": .names(["x", "y"]), "instances": .number(1), "stale_after": .numbers([1]),
            "period": .numbers([1]),
          ],
          inputs: [
            "channels_0": ["in.a"], "read_at_0": ["tick.time"], "count_0": ["in.count"],
            "fault_0": ["in.fault"],
          ]),
      ], outside: BlockBench.outside(.none) + BlockBench.signals(.deviceFault, .none, "in.fault"))
    #expect(errors.contains("block a: input inputs is bound to 2 signals, expected 3"))
    #expect(errors.contains("block b: input channels_0 is bound to 1 signals, expected 2"))
  }
}
