import Signals
import Testing

@testable import Control

@Suite("Relay")
struct RelayTests {
  /// A relay at flag `in.wanted`, armed by `in.armed`, in ticks of 0.1 s.
  private static func bench(_ settings: [String: SettingValue]) throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.flag, .none, "in.wanted", "in.armed"),
      [
        BlockDeclaration(
          "relay", "pump", settings: settings, inputs: ["command": ["in.wanted"], "armed": ["in.armed"]])
      ])
    bench["in.armed"] = true
    return bench
  }

  /// The levels of some ticks, `#` for on, and behind each `~` while the relay waits.
  private static func levels(_ bench: inout BlockBench, ticks: Int, seconds: Double = 0.1) throws -> String {
    var text = ""
    for _ in 0..<ticks {
      try bench.step(seconds: seconds)
      text += (bench["pump.on"] ? "#" : ".") + (bench["pump.waits"] ? "~" : "")
    }
    return text
  }

  @Test("follows its command at once when it has no shortest times")
  func plain() throws {
    var bench = try Self.bench([:])
    #expect(try Self.levels(&bench, ticks: 2) == "..")
    bench["in.wanted"] = true
    #expect(try Self.levels(&bench, ticks: 2) == "##")
    bench["in.wanted"] = false
    #expect(try Self.levels(&bench, ticks: 2) == "..")
  }

  @Test("stays on and off for its shortest times, counted from the start and from each change")
  func shortestTimes() throws {
    var bench = try Self.bench(["shortest_on_s": .number(0.25), "shortest_off_s": .number(0.35)])
    bench["in.wanted"] = true
    #expect(try Self.levels(&bench, ticks: 6) == ".~.~.~.~##")
    bench["in.wanted"] = false
    #expect(try Self.levels(&bench, ticks: 3) == "#~..")
    bench["in.wanted"] = true
    #expect(try Self.levels(&bench, ticks: 4) == ".~.~##")
    // A wish that comes and goes within the time changes nothing.
    bench["in.wanted"] = false
    #expect(try Self.levels(&bench, ticks: 1) == "#~")
    bench["in.wanted"] = true
    #expect(try Self.levels(&bench, ticks: 4) == "####")
  }

  @Test("goes to its safe level at once when the vehicle is disarmed, and waits from there on")
  func safety() throws {
    var bench = try Self.bench(["shortest_on_s": .number(10), "shortest_off_s": .number(0.25)])
    bench["in.wanted"] = true
    #expect(try Self.levels(&bench, ticks: 5) == ".~.~.~##")
    bench["in.armed"] = false
    #expect(try Self.levels(&bench, ticks: 1) == ".")
    bench["in.armed"] = true
    #expect(try Self.levels(&bench, ticks: 4) == ".~.~##")
  }

  @Test("may be on while it is safe, from before the first step")
  func safeOn() throws {
    var bench = try Self.bench(["safe": .flag(true)])
    #expect(bench["pump.on"] == true)
    bench["in.armed"] = false
    #expect(try Self.levels(&bench, ticks: 2) == "##")
    bench["in.armed"] = true
    #expect(try Self.levels(&bench, ticks: 2) == "..")
  }

  @Test("counts anew when the clock goes back")
  func clockGoesBack() throws {
    var bench = try Self.bench(["shortest_off_s": .number(1)])
    bench["in.wanted"] = true
    bench.step(at: 100_000_000_000)
    bench.step(at: 5_000_000_000)
    #expect(bench["pump.on"] == false)
    bench.step(at: 6_000_000_000)
    #expect(bench["pump.on"] == true)
  }

  @Test("at a number has a hysteresis, and forgets it while it is safe")
  func hysteresis() throws {
    var bench = try ConversionTests.bench(
      "relay", ["reads": .choice("number"), "on_above": .number(40), "off_below": .number(35)])
    func on(_ number: Float, _ bench: inout BlockBench) throws -> Bool {
      try bench.step(["in.a": number])
      return bench["out.on"]
    }
    #expect(try !on(40, &bench))
    #expect(try on(40.5, &bench))
    #expect(try on(35, &bench))
    #expect(try !on(34.5, &bench))
    #expect(try !on(38, &bench))
    #expect(try on(41, &bench))
    bench["in.flag"] = false
    #expect(try !on(41, &bench))
    bench["in.flag"] = true
    #expect(try !on(38, &bench))
  }

  @Test("whose bounds are the wrong way round switches at the upper one's place alone")
  func wrongBounds() throws {
    var bench = try ConversionTests.bench(
      "relay", ["reads": .choice("number"), "on_above": .number(1), "off_below": .number(2)])
    for (number, isOn) in [(Float(1.5), true), (0.5, false), (1.5, true)] {
      try bench.step(["in.a": number])
      #expect(bench["out.on"] == isOn)
    }
  }
}
