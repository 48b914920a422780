import Signals
import Testing

@testable import Control

@Suite("Blocks of flags, and the square root")
struct LogicBlockTests {
  @Test("not, and, or")
  func flags() throws {
    var bench = try BlockBench(
      outside: BlockBench.signals(.flag, .none, "in.a", "in.b", "in.c"),
      [
        BlockDeclaration(Not.self, "not", inputs: ["of": ["in.a"]]),
        BlockDeclaration(And.self, "and", inputs: ["of": ["in.a", "in.b", "in.c"]]),
        BlockDeclaration(Or.self, "or", inputs: ["of": ["in.a", "in.b", "in.c"]]),
      ])
    for number in 0..<8 {
      let set = (0..<3).map { number >> $0 & 1 == 1 }
      for (name, value) in zip(["in.a", "in.b", "in.c"], set) { bench[name] = value }
      try bench.step()
      #expect(bench["not.on"] == !set[0])
      #expect(bench["and.on"] == set.allSatisfy(\.self))
      #expect(bench["or.on"] == set.contains(true))
    }
  }

  @Test("what follows from a flag that is not valid is not valid")
  func validity() throws {
    let device = SignalOrigin.device("in", bus: 0)
    var bench = try BlockBench(
      outside: [
        Signal("in.a", .flag, from: device, validity: "in.valid"), Signal("in.valid", .flag, from: device),
        Signal("in.b", .flag, from: device),
      ],
      [
        BlockDeclaration(Not.self, "not", inputs: ["of": ["in.a"]]),
        BlockDeclaration(Or.self, "or", inputs: ["of": ["in.a", "in.b"]]),
      ])
    try bench.step()
    #expect(bench["not.valid"] == false)
    #expect(bench["or.valid"] == false)
    bench["in.valid"] = true
    try bench.step()
    #expect(bench["not.valid"] == true)
    #expect(bench["or.valid"] == true)
  }

  @Test("the square root is that of the number and of its unit")
  func root() throws {
    let area = try #require(Unit("m2/s2"))
    var bench = try BlockBench([BlockDeclaration(SquareRoot.self, "x", inputs: ["of": ["in.a"]])], unit: area)
    #expect(bench.program.table["x.value"]?.unit == .metrePerSecond)
    for (value, root, isValid) in [
      (4, 2, true), (0, 0, true), (2, Float(2).squareRoot(), true), (-1, 0, false), (.nan, 0, false),
      (.infinity, .infinity, true),
    ] as [(Float, Float, Bool)] {
      try bench.step(["in.a": value])
      #expect(bench["x.value"] == root)
      #expect(bench["x.valid"] == isValid)
    }
  }

  @Test("a unit without a root is refused, and told why")
  func noRoot() throws {
    let error = #expect(throws: ProgramErrors.self) {
      _ = try BlockBench([BlockDeclaration(SquareRoot.self, "x", inputs: ["of": ["in.a"]])], unit: .metre)
    }
    #expect(
      error?.description
        == "block x: input of: the root of m is no unit: put a block scale with a unit whose powers "
        + "are even in front")
  }
}
