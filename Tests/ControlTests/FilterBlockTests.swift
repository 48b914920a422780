import Signals
import Testing

@testable import Control

@Suite("Blocks that go by time")
struct FilterBlockTests {
  @Test("a low pass begins where its input does, follows it, and stands still while it is not valid")
  func lowPass() throws {
    var bench = try BlockBench([
      BlockDeclaration(LowPass.self, "x", settings: ["cutoff_hz": .number(1)], inputs: ["of": ["in.a"]])
    ])
    try bench.step(["in.a": 4])
    #expect(bench["x.value"] == 4)
    // A step of 1: after n steps of T what is left is (τ / (T + τ))ⁿ.
    let (time, seconds) = (1 / (2 * Double.pi), 0.01)
    var left = 1.0
    for _ in 0..<50 {
      try bench.step(["in.a": 5], seconds: seconds)
      left *= time / (seconds + time)
      #expect(abs(Double(bench["x.value"] as Float) - (5 - left)) < 1e-5)
    }
    let before: Float = bench["x.value"]
    bench["in.valid"] = false
    for _ in 0..<10 { try bench.step(["in.a": 100]) }
    #expect(bench["x.value"] == before)
    #expect(bench["x.valid"] == false)
    bench["in.valid"] = true
    try bench.step(["in.a": .nan])
    #expect(bench["x.value"] == before)
    // No time, no motion; and time that goes back is none.
    try bench.step(["in.a": 100], seconds: 0)
    try bench.step(["in.a": 100], seconds: -1)
    #expect(bench["x.value"] == before)
  }

  @Test("a filter with a divisor goes by the time since its own last step")
  func divisor() throws {
    func blocks(_ divisor: Int) -> [BlockDeclaration] {
      [
        BlockDeclaration(
          LowPass.self, "x", settings: ["cutoff_hz": .number(2)], inputs: ["of": ["in.free"]],
          divisor: divisor)
      ]
    }
    var slow = try BlockBench(blocks(4))
    var fast = try BlockBench(blocks(1))
    for step in 0...20 {
      let value: Float = step == 0 ? 0 : 1
      try slow.step(["in.free": value], seconds: 0.01)
      if step % 4 == 0 { try fast.step(["in.free": value], seconds: 0.04) }
      #expect(slow["x.value"] == fast["x.value"] as Float)
    }
  }

  @Test("a derivative settles at the slope of a ramp")
  func derivative() throws {
    var bench = try BlockBench(
      [BlockDeclaration(Derivative.self, "x", settings: ["cutoff_hz": .number(5)], inputs: ["of": ["in.a"]])],
      unit: .metre)
    #expect(bench.program.table["x.value"]?.unit == Unit("m/s"))
    for step in 0..<400 { try bench.step(["in.a": 0.25 * Float(step) * 0.01]) }
    #expect(abs((bench["x.value"] as Float) - 0.25) < 1e-3)
    let before: Float = bench["x.value"]
    try bench.step(["in.a": .infinity])
    try bench.step(["in.a": 1], seconds: 0)
    #expect(bench["x.value"] == before)
  }

  @Test("an integral sums within its bounds, counts a long gap for a tenth of a second, and empties")
  func integral() throws {
    var bench = try BlockBench(
      [
        BlockDeclaration(
          Integral.self, "x", settings: ["most": .number(0.5)],
          inputs: ["of": ["in.a"], "reset": ["in.flag"]])
      ], unit: .metre)
    #expect(bench.program.table["x.value"]?.unit == Unit("m s"))
    try bench.step(["in.a": 1])
    for step in 1...20 {
      try bench.step(["in.a": 1])
      #expect(abs((bench["x.value"] as Float) - 0.01 * Float(step)) < 1e-6)
    }
    try bench.step(["in.a": 1], seconds: 3600)
    #expect(abs((bench["x.value"] as Float) - 0.3) < 1e-6)
    for _ in 0..<100 { try bench.step(["in.a": 1]) }
    #expect(bench["x.value"] == 0.5)
    try bench.step(["in.a": .nan])
    try bench.step(["in.a": -.infinity])
    #expect(bench["x.value"] == 0.5)
    bench["in.flag"] = true
    try bench.step(["in.a": 1])
    #expect(bench["x.value"] == 0)
  }

  @Test("a slew takes the steps that its rate allows, and no number that is none moves it")
  func slew() throws {
    var bench = try BlockBench([
      BlockDeclaration(
        Slew.self, "x", settings: ["most_per_s": .number(2)], inputs: ["of": ["in.a"], "reset": ["in.flag"]])
    ])
    try bench.step(["in.a": 1], seconds: 0)
    #expect(bench["x.value"] == 0)
    for step in 1...50 {
      try bench.step(["in.a": 1])
      #expect(abs((bench["x.value"] as Float) - 0.02 * Float(step)) < 1e-5)
    }
    try bench.step(["in.a": .nan])
    #expect(abs((bench["x.value"] as Float) - 1) < 1e-5)
    try bench.step(["in.a": -.infinity], seconds: 0.25)
    #expect(abs((bench["x.value"] as Float) - 0.5) < 1e-5)
    bench["in.flag"] = true
    try bench.step(["in.a": 1])
    #expect(bench["x.value"] == 0)
  }
}
