import Signals
import Testing

@testable import Control

@Suite("Clock, last voltage and constant")
struct ClockAndVoltageTests {
  @Test("the vehicle starts for its time from the first tick on, whenever that is")
  func starting() throws {
    var bench = try BlockBench(
      outside: [], [BlockDeclaration("clock", "clock", settings: ["start_up": .number(0.5)])])
    for (time, isStarting) in [(10_000_000_000, true), (10_499_999_999, true), (10_500_000_000, false)] {
      bench.step(at: Int64(time))
      #expect(bench["clock.starting"] == isStarting)
    }
  }

  @Test("misses add up over ticks that come late, and end with one in time")
  func misses() throws {
    var bench = try BlockBench(outside: [], [BlockDeclaration("clock", "clock")])
    for (missed, sum) in [(0, 0), (2, 2), (1, 3), (0, 0), (1, 1), (UInt64(UInt32.max), .max), (5, .max)]
      as [(UInt64, UInt32)]
    {
      try bench.step(skipping: missed)
      #expect(bench[count: "clock.misses"] == sum)
    }
  }

  @Test("the last finite voltage stays, and is valid once one was measured")
  func voltage() throws {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .volt, "power.voltage")
        + BlockBench.signals(.count, .none, "power.count"),
      [BlockDeclaration("last_voltage", "battery")])
    for (voltage, count, last, isMeasured) in [
      (12, 0, 0, false), (.nan, 1, 0, true), (11.1, 2, 11.1, true), (.nan, 3, 11.1, true),
      (.infinity, 4, 11.1, true), (10.5, 5, 10.5, true),
    ] as [(Float, UInt32, Float, Bool)] {
      bench[count: "power.count"] = count
      try bench.step(["power.voltage": voltage])
      #expect(bench["battery.voltage"] == last)
      #expect(bench["battery.valid"] == isMeasured)
    }
  }

  @Test("a constant has its value and unit from before the first step on")
  func constant() throws {
    var bench = try BlockBench(
      outside: [],
      [BlockDeclaration("constant", "x", settings: ["value": .number(-2.5), "unit": .unit(.volt)])])
    #expect(bench["x.value"] == -2.5)
    #expect(bench.program.table["x.value"]?.unit == .volt)
    try bench.step()
    #expect(bench["x.value"] == -2.5)
    #expect(bench.program.table["x.valid"] == nil)
  }
}
