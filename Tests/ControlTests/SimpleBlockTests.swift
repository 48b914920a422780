@testable import Control
import Signals
import Testing

@Suite("Simple blocks")
struct SimpleBlockTests {
  @Test("scale rounds after the product and after the sum")
  func scale() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Scale.self, "x", settings: ["scale": .number(0.1), "offset": .number(-11.4)], inputs: ["of": ["in.a"]]
      )
    ])
    for value: Float in [0, 1, -3.25, 12.3, 1e30, -0.0, .infinity] {
      try bench.step(["in.a": value])
      #expect(bench["x.value"] == value * 0.1 + -11.4)
    }
  }

  @Test("clamp keeps within its bounds, and says when there is no number")
  func clamp() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Clamp.self, "x", settings: ["least": .number(-1), "most": .number(2)], inputs: ["of": ["in.a"]])
    ])
    for (value, expected, isValid) in [
      (0.5, 0.5, true), (-7, -1, true), (7, 2, true), (.infinity, 2, true), (-.infinity, -1, true),
      (.nan, -1, false),
      (1, 1, true),
    ] as [(Float, Float, Bool)] {
      try bench.step(["in.a": value])
      #expect(bench["x.value"] == expected)
      #expect(bench["x.valid"] == isValid)
    }
    bench["in.valid"] = false
    try bench.step(["in.a": 0])
    #expect(bench["x.valid"] == false)
  }

  @Test("sum adds from left to right, and difference subtracts on a line and on a circle")
  func sums() throws {
    var bench = try BlockBench([
      BlockDeclaration(Sum.self, "sum", inputs: ["of": ["in.a", "in.b", "in.c"]])
    ])
    try bench.step(["in.a": 1e8, "in.b": 1, "in.c": -1e8])
    #expect(bench["sum.value"] == (1e8 + 1) + -1e8 as Float)
    var circle = try BlockBench(
      [
        BlockDeclaration(Difference.self, "line", inputs: ["from": ["in.a"], "less": ["in.b"]]),
        BlockDeclaration(
          Difference.self, "circle", settings: ["on": .choice("circle")],
          inputs: ["from": ["in.a"], "less": ["in.b"]]),
      ], unit: .radian)
    for (a, b, line, turned) in [
      (0.5, 0.25, 0.25, 0.25), (3, -3, 6, 6 - 2 * .pi), (-3, 3, -6, -6 + 2 * .pi), (10, 10, 0, 0),
    ] as [(Float, Float, Float, Float)] {
      try circle.step(["in.a": a, "in.b": b])
      #expect(circle["line.value"] == line)
      #expect(abs((circle["circle.value"] as Float) - turned) < 1e-6)
    }
  }

  @Test("delay gives the tick before, with its validity")
  func delay() throws {
    var bench = try BlockBench([BlockDeclaration(Delay.self, "x", inputs: ["of": ["in.a"]])])
    var last: (Float, Bool) = (0, false)
    for (value, isValid) in [(1, true), (2, true), (3, false), (4, true)] as [(Float, Bool)] {
      bench["in.valid"] = isValid
      try bench.step(["in.a": value])
      #expect(bench["x.value"] == last.0)
      #expect(bench["x.valid"] == last.1)
      last = (value, isValid)
    }
  }

  @Test("product multiplies numbers and units")
  func product() throws {
    var bench = try BlockBench(
      [BlockDeclaration(Product.self, "x", inputs: ["of": ["in.a", "in.b", "in.c"]])], unit: .metre)
    try bench.step(["in.a": 2, "in.b": -3, "in.c": 0.5])
    #expect(bench["x.value"] == -3)
    #expect(bench.program.table["x.value"]?.unit == Unit("m3"))
  }

  @Test("a dead band has no jump at its edge")
  func deadBand() throws {
    var bench = try BlockBench([
      BlockDeclaration(DeadBand.self, "x", settings: ["width": .number(0.5)], inputs: ["of": ["in.a"]])
    ])
    for (value, expected) in [(0, 0), (0.5, 0), (-0.5, 0), (0.75, 0.25), (-2, -1.5)] as [(Float, Float)] {
      try bench.step(["in.a": value])
      #expect(bench["x.value"] == expected)
    }
    try bench.step(["in.a": .nan])
    #expect((bench["x.value"] as Float).isNaN)
  }

  @Test("a switch has a hysteresis, and holds while it knows nothing")
  func hysteresis() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Switch.self, "x",
        settings: ["on_above": .number(2), "off_below": .number(1), "starts_on": .flag(true)],
        inputs: ["of": ["in.a"]])
    ])
    for (value, isValid, expected) in [
      (1.5, true, true), (0.9, true, false), (1.5, true, false), (2, true, false), (2.1, true, true),
      (.nan, true, true),
      (0, false, true), (0, true, false),
    ] as [(Float, Bool, Bool)] {
      bench["in.valid"] = isValid
      try bench.step(["in.a": value])
      #expect(bench["x.on"] == expected)
    }
  }

  @Test("select takes the first number that is valid, finite and not left out")
  func select() throws {
    var bench = try BlockBench([
      BlockDeclaration(Select.self, "x", inputs: ["of": ["in.a", "in.free"], "unless": ["in.flag"]])
    ])
    func chosen(_ bench: borrowing BlockBench) -> UInt32? {
      bench.program.table.index(of: "x.chosen", as: UInt32.self).map { bench.program.frame[$0] }
    }
    try bench.step(["in.a": 1, "in.free": 2])
    #expect(bench["x.value"] == 1)
    #expect(chosen(bench) == 1)
    bench["in.valid"] = false
    try bench.step()
    #expect(bench["x.value"] == 2)
    #expect(bench["x.valid"] == true)
    #expect(chosen(bench) == 2)
    bench["in.valid"] = true
    bench["in.flag"] = true
    try bench.step()
    #expect(chosen(bench) == 2)
    try bench.step(["in.free": .nan])
    #expect(chosen(bench) == 0)
    #expect(bench["x.value"] == 2)
    #expect(bench["x.valid"] == false)
  }

  @Test("wheels share drive and turn, and keep whole what comes first", arguments: ["drive", "turn"])
  func differentialDrive(_ first: String) throws {
    var bench = try BlockBench([
      BlockDeclaration(
        DifferentialDrive.self, "x", settings: ["first": .choice(first)],
        inputs: ["drive": ["in.a"], "turn": ["in.b"]])
    ])
    for (drive, turn) in [(0, 0), (0.5, 0.25), (1, 0.5), (-1, 1), (0.75, -0.5), (7, 7)] as [(Float, Float)] {
      try bench.step(["in.a": drive, "in.b": turn])
      let (left, right): (Float, Float) = (bench["x.left"], bench["x.right"])
      #expect(abs(left) <= 1 && abs(right) <= 1)
      let kept = first == "drive" ? (left + right) / 2 : (left - right) / 2
      #expect(kept == min(max(first == "drive" ? drive : turn, -1), 1))
      if abs(drive) + abs(turn) <= 1 { #expect((left, right) == (drive + turn, drive - turn)) }
    }
  }
}
