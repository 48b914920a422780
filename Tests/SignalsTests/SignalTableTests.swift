import Signals
import Testing

@Suite("Signal table")
struct SignalTableTests {
  private static let imu = SignalOrigin.device("imu", bus: 0)
  private static let front = SignalOrigin.device("front", bus: 1)

  static func unit(_ text: String) throws -> Unit { try #require(Unit(text)) }

  /// One signal of each kind, and some of each origin.
  static func table() throws -> SignalTable {
    try SignalTable([
      Signal(
        "estimate.pitch", .number, unit: Self.unit("rad"), from: .block("attitude"),
        validity: "attitude.valid"),
      Signal("attitude.valid", .flag, from: .block("attitude")),
      Signal("attitude.q_w", .wide, from: .block("attitude")),
      Signal("front.distance", .number, unit: Self.unit("m"), from: front, about: "along its axis"),
      Signal("front.time", .time, unit: Self.unit("ns"), from: front),
      Signal("front.fault", .choice(["none", "missing"]), from: front),
      Signal("imu.rate_x", .number, unit: Self.unit("rad/s"), from: imu),
      Signal("imu.time", .time, unit: Self.unit("ns"), from: imu),
      Signal("imu.count", .count, from: imu),
      Signal("steer.digest", .word, from: .block("steer")),
      Signal("tick.time", .time, unit: Self.unit("ns"), from: .loop),
    ])
  }

  @Test("signals lie by bank, and inside a bank by who gives them")
  func order() throws {
    let table = try Self.table()
    #expect(
      table.signals.map(\.name) == [
        "tick.time", "imu.time", "front.time", "steer.digest", "attitude.q_w", "imu.count", "imu.rate_x",
        "front.distance", "estimate.pitch", "front.fault", "attitude.valid",
      ])
    #expect(table.size == 5 * 8 + 4 * 4 + 2)
    #expect(table.bytes(of: "imu.rate_x") == 44..<48)
    #expect(table.bytes(of: "imu.rate_z") == nil)
    #expect(table["front.distance"]?.unit == Unit("m"))
  }

  @Test("an index is of the signal's type and of no other")
  func types() throws {
    let table = try Self.table()
    #expect(table.index(of: "imu.rate_x", as: Float.self) != nil)
    #expect(table.index(of: "imu.rate_x", as: Double.self) == nil)
    #expect(table.index(of: "imu.rate_x", as: UInt32.self) == nil)
    #expect(table.index(of: "imu.count", as: UInt32.self) != nil)
    #expect(table.index(of: "attitude.q_w", as: Double.self) != nil)
    #expect(table.index(of: "steer.digest", as: UInt64.self) != nil)
    #expect(table.index(of: "front.fault", as: UInt8.self) != nil)
    #expect(table.index(of: "attitude.valid", as: Bool.self) != nil)
    #expect(table.index(of: "nothing", as: Float.self) == nil)
  }

  @Test("what comes from outside, and what a bus gives, are few ranges")
  func ranges() throws {
    let table = try Self.table()
    #expect(table.ranges(where: \.origin.isOutside) == [0..<24, 40..<52, 56..<57])
    #expect(table.ranges { $0.origin == Self.front } == [16..<24, 48..<52, 56..<57])
    #expect(table.ranges { _ in false } == [])
    #expect(table.ranges { _ in true } == [0..<table.size])
  }

  @Test(
    "names of parts, digits and single underscores are well formed, and no others",
    arguments: [
      ("imu.rate_x", true), ("steer.input.3", true), ("a", true), ("line_2.left", true), ("", false),
      ("Imu.rate", false), ("1imu", false), ("imu..rate", false), ("imu.", false), (".imu", false),
      ("imu_", false),
      ("imu_.rate", false), ("imu._rate", false), ("imu__rate", false), ("imu-rate", false),
      ("imu rate", false),
      ("größe", false), (String(repeating: "a", count: 120), true),
      (String(repeating: "a", count: 121), false),
    ])
  func names(_ name: String, _ isGood: Bool) {
    let signal = Signal(name, .number, from: .loop)
    guard isGood else {
      #expect(throws: SignalErrors.self) { try SignalTable([signal]) }
      return
    }
    #expect((try? SignalTable([signal]))?.signals == [signal])
  }

  @Test("all mistakes are found at once, each with both places")
  func mistakes() throws {
    let (a, b) = (SignalOrigin.block("steer"), SignalOrigin.block("drive"))
    let signals = [
      Signal("left.command", .number, from: a), Signal("left.command", .number, from: b),
      Signal("imu.rate_x", .number, from: Self.imu), Signal("imu_rate.x", .number, from: b),
      Signal("Mode", .choice(["a"]), from: a), Signal("mode", .choice([]), from: a),
      Signal("out", .number, from: a, validity: "out.valid"),
      Signal("other", .number, from: a, validity: "left.command"),
    ]
    let error = try #require(throws: SignalErrors.self) { try SignalTable(signals) }
    #expect(
      error.errors == [
        .twice(signals[0], signals[1]), .twice(signals[2], signals[3]), .badName(signals[4]),
        .badChoice(signals[5]),
        .noValidity(signals[6], "out.valid"), .noValidity(signals[7], "left.command"),
      ])
    let words = error.description
    #expect(
      words.contains(
        "left.command is written by block steer and by block drive: give one of them another name"))
    #expect(
      words.contains("imu.rate_x (device imu) and imu_rate.x (block drive) have the same name in a log"))
  }

  @Test("10,000 devices are one clear error, and no table")
  func tooMany() throws {
    let signals = (0..<10_000).map { Signal("device_\($0).value", .number, from: .device("d", bus: 0)) }
    let error = try #require(throws: SignalErrors.self) { try SignalTable(signals) }
    #expect(error.errors == [.tooLarge(10_000, bytes: 40_000)])
    let fitting = try SignalTable(Array(signals.prefix(4096)))
    #expect(fitting.size == SignalTable.largestFrame)
    #expect(throws: SignalErrors.self) { try SignalTable(Array(signals.prefix(4097))) }
  }

  @Test("a vector has its values side by side, and no single index", arguments: [0, -1, 16_385, Int.max])
  func vectors(_ badWidth: Int) throws {
    let table = try SignalTable([
      Signal("steer.input", .number, width: 512, from: Self.imu), Signal("x", .number, from: .loop),
    ])
    #expect(table.bytes(of: "steer.input") == 4..<4 + 2048)
    #expect(table.index(of: "steer.input", as: Float.self) == nil)
    #expect(table.indices(of: "steer.input", as: Float.self)?.count == 512)
    #expect(table.indices(of: "steer.input", as: UInt32.self) == nil)
    let wrong = Signal("y", .number, width: badWidth, from: .loop)
    let error = try #require(throws: SignalErrors.self) { try SignalTable([wrong]) }
    #expect(error.errors == [.badWidth(wrong)])
  }

  @Test("what is not logged lies behind the record of its bank, and nothing from outside may")
  func record() throws {
    let table = try SignalTable([
      Signal("a.hidden", .number, from: .block("a"), isLogged: false),
      Signal("a.shown", .number, from: .block("a")),
      Signal("a.wide", .wide, from: .block("a"), isLogged: false),
      Signal("imu.count", .count, from: Self.imu),
      Signal("imu.x", .number, from: Self.imu),
    ])
    #expect(table.signals.map(\.name) == ["a.wide", "imu.count", "imu.x", "a.shown", "a.hidden"])
    #expect(table.record == [8..<20])
    #expect(table.recordSize == 12)
    let secret = Signal("imu.y", .number, from: Self.imu, isLogged: false)
    #expect(throws: SignalErrors.self) { try SignalTable([secret]) }
  }
}
