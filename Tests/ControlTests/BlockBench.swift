import CAllocationCounter
import Signals
import Testing

@testable import Control

/// A program of a few blocks with numbers from outside, to be stepped by hand.
///
/// From outside come `in.a`, `in.b`, `in.c` in `unit`, with the validity `in.valid`; `in.flag`; `in.count`; and `in.free`, which is
/// always valid; or what a test says comes from outside. A name that the program does not have is an issue of the test.
struct BlockBench: ~Copyable {
  private(set) var program: Program
  private var number: UInt64 = 0
  private var now: Int64 = 0

  static func outside(_ unit: Unit) -> [Signal] {
    let device = SignalOrigin.device("in", bus: 0)
    return ["a", "b", "c"].map { Signal("in.\($0)", .number, unit: unit, from: device, validity: "in.valid") }
      + [
        Signal("in.free", .number, unit: unit, from: device), Signal("in.flag", .flag, from: device),
        Signal("in.valid", .flag, from: device), Signal("in.count", .count, from: device),
      ]
  }

  init(_ blocks: [BlockDeclaration], unit: Unit = .none) throws {
    try self.init(outside: Self.outside(unit), blocks)
    self["in.valid"] = true
  }

  /// A program with signals of its own from outside, which all are 0 and unset.
  init(outside: [Signal], _ blocks: [BlockDeclaration]) throws {
    program = try ProgramBuilder(outside: outside, blocks: blocks).program()
  }

  /// Signals of one kind and unit from outside.
  static func signals(_ kind: SignalKind, _ unit: Unit = .none, _ names: String...) -> [Signal] {
    names.map { Signal($0, kind, unit: unit, from: .device("outside", bus: 0)) }
  }

  /// One tick, `seconds` after the last, with these numbers. `skipped` periods were missed before it.
  mutating func step(_ numbers: [String: Float] = [:], seconds: Double = 0.01, skipping skipped: UInt64 = 0)
    throws
  {
    for (name, value) in numbers { try put(value, name) }
    number += skipped
    self[count: "tick.missed"] = UInt32(clamping: skipped)
    step(at: now + Int64((seconds * 1e9).rounded()))
  }

  /// One tick at `time` in ns, whatever came before.
  mutating func step(at time: Int64) {
    set(number, "tick.number")
    self[time: "tick.time"] = time
    self[time: "tick.elapsed"] = time &- now
    now = time
    program.step()
    number += 1
  }

  /// How many heap blocks the program takes in a thousand ticks of 4 ms.
  mutating func allocations() throws -> UInt64 {
    let table = program.table
    let (tick, time): (SignalIndex<UInt64>, SignalIndex<Int64>) = (
      try #require(table.index(of: "tick.number")), try #require(table.index(of: "tick.time"))
    )
    let elapsed: SignalIndex<Int64> = try #require(table.index(of: "tick.elapsed"))
    program.frame[elapsed] = 4_000_000
    // The first step makes the runtime set up its type metadata, once for the process.
    program.step()
    let before = allocation_count()
    for _ in 0..<1000 {
      program.frame[tick] += 1
      program.frame[time] += 4_000_000
      program.step()
    }
    return allocation_count() - before
  }

  mutating func put<Value: SignalValue>(_ value: Value, _ name: String) throws {
    program.frame[try #require(program.table.index(of: name, as: Value.self))] = value
  }

  private func value<Value: SignalValue>(_ name: String, orElse missing: Value) -> Value {
    guard let index = program.table.index(of: name, as: Value.self) else {
      Issue.record("the program has no \(name) of this type")
      return missing
    }
    return program.frame[index]
  }

  private func set<Value: SignalValue>(_ value: Value, _ name: String) {
    guard let index = program.table.index(of: name, as: Value.self) else {
      Issue.record("the program has no \(name) of this type")
      return
    }
    program.frame[index] = value
  }

  /// A number or flag by name.
  subscript(name: String) -> Float {
    get { value(name, orElse: .nan) }
    set { set(newValue, name) }
  }

  subscript(name: String) -> Bool {
    get { value(name, orElse: false) }
    set { set(newValue, name) }
  }

  subscript(count name: String) -> UInt32 {
    get { value(name, orElse: .max) }
    set { set(newValue, name) }
  }

  subscript(time name: String) -> Int64 {
    get { value(name, orElse: .min) }
    set { set(newValue, name) }
  }

  subscript(wide name: String) -> Double {
    get { value(name, orElse: .nan) }
    set { set(newValue, name) }
  }

  subscript(word name: String) -> UInt64 { value(name, orElse: .max) }

  /// The name of a choice's value.
  subscript(choice name: String) -> String {
    get {
      let place = Int(value(name, orElse: UInt8.max))
      return place < choices(name).count ? choices(name)[place] : ""
    }
    set {
      guard let place = choices(name).firstIndex(of: newValue) else {
        Issue.record("\(name) cannot be \(newValue)")
        return
      }
      set(UInt8(clamping: place), name)
    }
  }

  private func choices(_ name: String) -> [String] {
    if case .choice(let names)? = program.table[name]?.kind { return names }
    return []
  }

  /// The values of a vector of numbers.
  subscript(vector name: String) -> [Float] {
    (program.table.indices(of: name, as: Float.self) ?? []).map { program.frame[$0] }
  }
}
