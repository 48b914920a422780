@testable import Control
import Signals
import Testing

/// A program of a few blocks with numbers from outside, to be stepped by hand.
///
/// From outside come `in.a`, `in.b`, `in.c` in `unit`, with the validity `in.valid`; `in.flag`; `in.count`; and `in.free`, which is
/// always valid.
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
    program = try ProgramBuilder(outside: Self.outside(unit), blocks: blocks).program()
    self["in.valid"] = true
  }

  /// One tick, `seconds` after the last, with these numbers.
  mutating func step(_ numbers: [String: Float] = [:], seconds: Double = 0.01, skipping skipped: UInt64 = 0)
    throws
  {
    for (name, value) in numbers { try put(value, name) }
    try put(number + skipped, "tick.number")
    now += Int64((seconds * 1e9).rounded())
    try put(now, "tick.time")
    program.step()
    number += skipped + 1
  }

  mutating func put<Value: SignalValue>(_ value: Value, _ name: String) throws {
    program.frame[try #require(program.table.index(of: name, as: Value.self))] = value
  }

  /// A number or flag by name.
  subscript(name: String) -> Float {
    get { program.table.index(of: name).map { program.frame[$0] } ?? .nan }
    set { if let index = program.table.index(of: name, as: Float.self) { program.frame[index] = newValue } }
  }

  subscript(name: String) -> Bool {
    get { program.table.index(of: name).map { program.frame[$0] } ?? false }
    set { if let index = program.table.index(of: name, as: Bool.self) { program.frame[index] = newValue } }
  }
}
