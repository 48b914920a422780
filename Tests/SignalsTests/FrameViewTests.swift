import Signals
import Testing

@Suite struct FrameViewTests {
  private static func table() throws -> SignalTable {
    let front = SignalOrigin.device("front", bus: 0)
    return try SignalTable([
      Signal("tick.number", .word, from: .loop), Signal("front.time", .time, from: front),
      Signal("front.count", .count, from: front), Signal("front.distance", .number, from: front),
      Signal("lamp.time", .time, from: .device("lamp", bus: 1)),
      Signal("filter.exact", .wide, from: .block("filter")),
      Signal("filter.count", .count, from: .block("filter")),
      Signal("filter.time", .time, from: .block("filter")),
      Signal("filter.valid", .flag, from: .block("filter")),
      Signal("filter.mode", .choice(["low", "high"]), from: .block("filter")),
      Signal("filter.taps", .number, width: 3, from: .block("filter")),
    ])
  }

  @Test func everyKindIsANumberByItsName() throws {
    let table = try Self.table()
    let memory = FrameMemory(table)
    let frame = memory.frame
    frame[try #require(table.index(of: "tick.number", as: UInt64.self))] = 7
    frame[try #require(table.index(of: "front.time", as: Int64.self))] = -5
    frame[try #require(table.index(of: "front.count", as: UInt32.self))] = 9
    frame[try #require(table.index(of: "front.distance", as: Float.self))] = 0.5
    frame[try #require(table.index(of: "filter.exact", as: Double.self))] = 0.1
    frame[try #require(table.index(of: "filter.valid", as: Bool.self))] = true
    frame[try #require(table.index(of: "filter.mode", as: UInt8.self))] = 1
    for (index, tap) in try #require(table.indices(of: "filter.taps", as: Float.self)).enumerated() {
      frame[tap] = Float(index)
    }
    let view = FrameView(table, frame)
    let names = [
      "tick.number", "front.time", "front.count", "front.distance", "filter.exact", "filter.valid",
      "filter.mode",
    ]
    #expect(names.map { view[$0] } == [7, -5, 9, 0.5, 0.1, 1, 1])
    #expect(view.values("filter.taps", as: Float.self) == [0, 1, 2])
    #expect(view.value("tick.number", as: UInt64.self) == 7)
    #expect(view.choice("filter.mode") == "high")
    #expect(view.isSet("filter.valid"))
  }

  @Test func whatIsNotThereOrOfAnotherTypeIsNothing() throws {
    let table = try Self.table()
    let memory = FrameMemory(table)
    let view = FrameView(table, memory.frame)
    #expect(view["front.pressure"] == nil && view["filter.taps"] == nil)
    #expect(view.value("front.count", as: Float.self) == nil)
    #expect(view.values("front.count", as: Float.self).isEmpty)
    #expect(view.choice("front.count") == nil && !view.isSet("front.count"))
    memory.frame[try #require(table.index(of: "filter.mode", as: UInt8.self))] = 2
    #expect(view.choice("filter.mode") == nil)
  }

  @Test func aDeviceIsWhatHasTheTimeAndTheNumberOfItsReadings() throws {
    #expect(try Self.table().deviceNames == ["front"])
  }
}
