import Signals
import Testing

@testable import Control

/// A pilot before a program, one number, one flag, in ticks of 10 ms.
private final class Commands {
  var bench: BlockBench
  private var counts: [String: UInt32] = ["pilot": 0, "program": 0]

  init(rate: Double = 2, hold: Double = 0.3) throws {
    var outside: [Signal] = []
    for source in ["pilot", "program"] {
      outside += BlockBench.signals(
        .flag, .none, "\(source).good", "\(source).arm", "\(source).takes", "\(source).low", "\(source).land")
      outside += BlockBench.signals(.count, .none, "\(source).count")
      outside += BlockBench.signals(.number, .metrePerSecond, "\(source).speed")
    }
    var inputs: [String: [String]] = [:]
    for source in ["pilot", "program"] {
      for port in ["good", "arm", "takes", "low", "land", "count", "speed"] {
        inputs["\(source)_\(port)"] = ["\(source).\(port)"]
      }
    }
    bench = try BlockBench(
      outside: outside,
      [
        BlockDeclaration(
          CommandSources.self, "setpoint",
          settings: [
            "sources": .names(["pilot", "program"]), "commands": .names(["speed"]),
            "flags": .names(["land"]), "units": .names(["m/s"]), "standard": .numbers([0]),
            "lost": .numbers([-1]), "rates": .numbers([rate]), "hold": .number(hold),
          ], inputs: inputs)
      ])
    for source in ["pilot", "program"] {
      bench["\(source).takes"] = true
      bench["\(source).low"] = true
    }
  }

  /// Some ticks in which these sources are heard.
  func run(_ ticks: Int = 1, heard: String...) throws {
    for _ in 0..<ticks {
      for source in ["pilot", "program"] {
        bench["\(source).good"] = heard.contains(source)
        if heard.contains(source) { counts[source, default: 0] += 1 }
        bench[count: "\(source).count"] = counts[source, default: 0]
      }
      try bench.step(seconds: 0.01)
    }
  }

  var isArmed: Bool { bench["setpoint.arm"] }
  var source: String { bench[choice: "setpoint.source"] }
  var stage: String { bench[choice: "setpoint.stage"] }
  var speed: Float { bench["setpoint.speed"] }
}

@Suite("Sources of commands")
struct CommandSourcesTests {
  @Test("a switch that was on when the program began arms nobody; off and on does")
  func edge() throws {
    let commands = try Commands()
    commands.bench["pilot.arm"] = true
    try commands.run(100, heard: "pilot")
    #expect(!commands.isArmed)
    commands.bench["pilot.arm"] = false
    try commands.run(heard: "pilot")
    commands.bench["pilot.arm"] = true
    try commands.run(heard: "pilot")
    #expect(commands.isArmed)
    commands.bench["pilot.arm"] = false
    try commands.run(heard: "pilot")
    #expect(!commands.isArmed)
  }

  @Test("a switch that was seen off before the link was lost must be seen off again")
  func edgeOverGap() throws {
    let commands = try Commands()
    try commands.run(10, heard: "pilot")
    try commands.run(10)
    commands.bench["pilot.arm"] = true
    try commands.run(10, heard: "pilot")
    #expect(!commands.isArmed)
  }

  @Test("nobody arms with the throttle up, and lowering it afterwards does not either")
  func low() throws {
    let commands = try Commands()
    try commands.run(10, heard: "pilot")
    commands.bench["pilot.low"] = false
    commands.bench["pilot.arm"] = true
    try commands.run(5, heard: "pilot")
    #expect(!commands.isArmed)
    #expect(commands.bench["setpoint.not_low"] == true)
    commands.bench["pilot.low"] = true
    try commands.run(5, heard: "pilot")
    #expect(!commands.isArmed)
    commands.bench["pilot.arm"] = false
    try commands.run(heard: "pilot")
    #expect(commands.bench["setpoint.not_low"] == false)
    commands.bench["pilot.arm"] = true
    try commands.run(heard: "pilot")
    #expect(commands.isArmed)
  }

  @Test("the pilot wins within one tick, and his arm switch keeps programs from arming")
  func priority() throws {
    let commands = try Commands()
    commands.bench["program.speed"] = 1
    commands.bench["pilot.takes"] = false
    try commands.run(10, heard: "pilot", "program")
    #expect(commands.source == "program")
    commands.bench["program.arm"] = true
    try commands.run(10, heard: "pilot", "program")
    #expect(!commands.isArmed, "the pilot's switch is off")
    commands.bench["pilot.takes"] = true
    try commands.run(heard: "pilot", "program")
    #expect(commands.source == "pilot")
  }

  @Test("a change from one source to another moves at the rate")
  func changeOver() throws {
    let commands = try Commands(rate: 2)
    commands.bench["program.speed"] = 1
    commands.bench["pilot.speed"] = -1
    commands.bench["pilot.takes"] = false
    try commands.run(200, heard: "pilot", "program")
    #expect(commands.speed == 1)
    commands.bench["pilot.takes"] = true
    var last = commands.speed
    for _ in 0..<120 {
      try commands.run(heard: "pilot", "program")
      #expect(abs(commands.speed - last) <= 0.02 + 1e-6)
      last = commands.speed
    }
    #expect(commands.speed == -1)
  }

  @Test("lost while armed: held, then lost, then back after three frames")
  func stages() throws {
    let commands = try Commands(rate: 1000, hold: 0.3)
    try commands.run(5, heard: "pilot")
    commands.bench["pilot.arm"] = true
    commands.bench["pilot.land"] = true
    commands.bench["pilot.speed"] = 0.5
    try commands.run(5, heard: "pilot")
    #expect(commands.isArmed && commands.stage == "live" && commands.speed == 0.5)
    try commands.run(30)
    #expect(commands.stage == "held" && commands.speed == 0.5 && commands.isArmed)
    #expect(commands.bench["setpoint.land"] == true)
    try commands.run(1)
    #expect(commands.stage == "lost" && commands.speed == -1 && commands.isArmed)
    #expect(commands.bench["setpoint.lost"] == true)
    #expect(commands.bench["setpoint.land"] == false)
    try commands.run(2, heard: "pilot")
    #expect(commands.stage == "lost")
    try commands.run(1, heard: "pilot")
    #expect(commands.stage == "live" && commands.speed == 0.5 && commands.isArmed)
  }

  @Test("the source that armed was lost: the next flies on, and the first comes back with its say")
  func armingSourceLost() throws {
    let commands = try Commands()
    try commands.run(5, heard: "pilot", "program")
    commands.bench["pilot.arm"] = true
    try commands.run(5, heard: "pilot", "program")
    #expect(commands.isArmed)
    try commands.run(100, heard: "program")
    #expect(
      commands.isArmed && commands.source == "program", "a program that never asked to arm does not disarm")
    commands.bench["pilot.arm"] = false
    try commands.run(5, heard: "pilot", "program")
    #expect(!commands.isArmed)
  }

  @Test("a source that appears in flight with its switch off has no say until it was on")
  func bystander() throws {
    let commands = try Commands()
    try commands.run(5, heard: "program")
    commands.bench["program.arm"] = true
    try commands.run(5, heard: "program")
    #expect(commands.isArmed)
    try commands.run(50, heard: "pilot", "program")
    #expect(commands.isArmed && commands.source == "pilot")
    commands.bench["pilot.arm"] = true
    try commands.run(5, heard: "pilot", "program")
    commands.bench["pilot.arm"] = false
    try commands.run(1, heard: "pilot", "program")
    #expect(!commands.isArmed)
  }

  @Test("what is no number asks for nothing")
  func notANumber() throws {
    let commands = try Commands(rate: 1000)
    commands.bench["pilot.speed"] = 0.25
    try commands.run(5, heard: "pilot")
    for number: Float in [.nan, .infinity, -.infinity] {
      commands.bench["pilot.speed"] = number
      try commands.run(5, heard: "pilot")
      #expect(commands.speed == 0.25)
    }
  }

  @Test("counts that wrap are frames, too, and standing ones are none")
  func counts() throws {
    let bench = try Commands()
    try bench.run(5)
    bench.bench["pilot.good"] = true
    for count: UInt32 in [.max - 1, .max, 0, 1] {
      bench.bench[count: "pilot.count"] = count
      try bench.bench.step()
    }
    #expect(bench.source == "pilot")
    let still = try Commands()
    still.bench["pilot.good"] = true
    for _ in 0..<100 { try still.bench.step() }
    #expect(still.source == "none")
  }

  @Test("nothing is allocated in a step")
  func allocations() throws {
    let commands = try Commands()
    #expect(try commands.bench.allocations() == 0)
  }
}
