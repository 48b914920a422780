import Foundation
import HardwareInterfaces
import PortableMath
import Signals
import Testing
import VehicleConfiguration
import VehicleRuntime

@testable import FlightLog

/// The frame of a tick, as bytes.
struct SyntheticTick: Equatable {
  let vehicle: SignalTable
  private var bytes: [UInt8]

  init(_ vehicle: SignalTable) {
    self.vehicle = vehicle
    bytes = Array(FrameMemory(vehicle).bytes)
  }

  init(_ vehicle: SignalTable, _ frame: Frame) {
    self.vehicle = vehicle
    bytes = Array(UnsafeRawBufferPointer(start: frame.base, count: vehicle.size))
  }

  static func == (a: SyntheticTick, b: SyntheticTick) -> Bool { a.bytes == b.bytes }

  /// A signal's value; 0 when there is none of this name and type.
  func value<Value: SignalValue & ExpressibleByIntegerLiteral>(_ name: String) -> Value {
    read { FrameView(vehicle, $0).value(name) } ?? 0
  }
  /// A signal's values.
  func values(_ name: String) -> [Float] { read { FrameView(vehicle, $0).values(name) } }
  /// The number of the tick, and when it began in ns.
  var number: UInt64 { value("tick.number") }
  var time: Int64 { value("tick.time") }

  /// Lets `body` read the frame.
  func read<Result>(_ body: (Frame) throws -> Result) rethrows -> Result {
    let memory = FrameMemory(vehicle)
    bytes.withUnsafeBytes {
      memory.frame.base.copyMemory(
        from: $0.baseAddress ?? UnsafeRawPointer(memory.frame.base), byteCount: $0.count)
    }
    return try body(memory.frame)
  }

  /// A signal's bytes.
  subscript(name: String) -> ArraySlice<UInt8> {
    get { vehicle.bytes(of: name).map { bytes[$0] } ?? [] }
    set { if let range = vehicle.bytes(of: name) { bytes.replaceSubrange(range, with: newValue) } }
  }

  /// Puts a value; at `element` of a vector.
  mutating func put<Value: BitwiseCopyable>(_ value: Value, _ name: String, element: Int = 0) throws {
    let range = try #require(vehicle.bytes(of: name))
    let start = range.lowerBound + element * MemoryLayout<Value>.size
    withUnsafeBytes(of: value) { bytes.replaceSubrange(start..<start + $0.count, with: $0) }
  }
}

/// Ticks of no real flight, with every logged signal in use and everything from a seed.
enum SyntheticFlight {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let configuration = bytes("quadrotor-hold")
  static let redundantConfiguration = bytes("quadrotor-redundant")
  static let model: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
  static let vehicle = frame("quadrotor-hold")
  static let redundantVehicle = frame("quadrotor-redundant")

  static let metadata = FlightLogMetadata(
    version: "0.1.0", backend: "simulated", seed: 7, tickRate: 250, extra: ["note": "synthetic"])

  private static func bytes(_ name: String) -> [UInt8] {
    let file = root.appendingPathComponent("firmware-configs/\(name).json5")
    return (try? [UInt8](Data(contentsOf: file))) ?? []
  }

  private static func frame(_ name: String) -> SignalTable {
    do {
      let text = String(decoding: bytes(name), as: UTF8.self)
      return try VehicleTables(Configuration.load(text: text, directory: nil), hasNetwork: true).table()
    } catch {
      preconditionFailure("\(name) is not sound: \(error)")
    }
  }

  /// `count` ticks, `period` ns apart.
  static func ticks(
    _ count: Int, seed: UInt64 = 1, period: Int64 = 4_000_000, of vehicle: SignalTable = vehicle
  ) throws -> [SyntheticTick] {
    var random = RandomGenerator(seed: seed)
    return try (0..<count).map { try tick($0, &random, period, vehicle) }
  }

  private static func tick(
    _ number: Int, _ random: inout RandomGenerator, _ period: Int64, _ vehicle: SignalTable
  ) throws -> SyntheticTick {
    var tick = SyntheticTick(vehicle)
    for signal in vehicle.signals where signal.isLogged {
      for element in 0..<signal.width {
        let bits = random.nextBits()
        switch signal.kind {
        case .time: try tick.put(Int64(bits >> 20), signal.name, element: element)
        case .word: try tick.put(bits, signal.name, element: element)
        case .wide: try tick.put(random.nextUniform(-4, 4), signal.name, element: element)
        case .count: try tick.put(UInt32(bits >> 40), signal.name, element: element)
        case .number: try tick.put(Float(random.nextUniform(-4, 4)), signal.name, element: element)
        case .flag: try tick.put(UInt8(bits & 1), signal.name, element: element)
        case .choice(let names):
          try tick.put(UInt8(bits % UInt64(names.count)), signal.name, element: element)
        }
      }
    }
    try tick.put(UInt64(number), "tick.number")
    let time = 1_000_000_000 + Int64(number) * period
    try tick.put(time, "tick.time")
    try tick.put(period + Int64(random.nextBits() % 1000), "tick.elapsed")
    try tick.put(UInt32(0), "tick.missed")
    // What events and topics for people look at moves as it does in a flight.
    try tick.put(UInt8(number < 5 ? 0 : 1), "safety.mode")
    try tick.put(UInt8(number < 5 ? 0 : 1), "command.source")
    for signal in vehicle.signals where signal.kind == .flag {
      if signal.name.hasPrefix("safety.") || signal.name.hasPrefix("network.") {
        try tick.put(UInt8(0), signal.name)
      }
    }
    for signal in vehicle.signals where signal.name.hasSuffix("_health.state") {
      try tick.put(UInt8(2), signal.name)
    }
    try tick.put(UInt8(number % 50 == 49 ? 1 : 0), "safety.range_stale")
    for (device, divisor) in [("imu", 1), ("barometer", 10), ("range", 10), ("power", 25)] {
      for name in [device] + (0..<3).map({ "\(device)_\($0)" }) where vehicle["\(name).time"] != nil {
        try tick.put(time, "\(name).time")
        try tick.put(UInt32(number / divisor + 1), "\(name).count")
        try tick.put(UInt8(0), "\(name).fault")
        try tick.put(UInt8(1), "\(name).present")
        if device == "barometer" {
          try tick.put(101_325 + Float(random.nextUniform(-4, 4)), "\(name).pressure")
        }
        if device == "range" { try tick.put(Float(random.nextUniform(0, 4)), "\(name).distance") }
      }
    }
    return tick
  }

  /// The log of `ticks`, as bytes.
  static func log(_ ticks: [SyntheticTick]) throws -> [UInt8] {
    let sink = MemoryLogSink()
    let vehicle = ticks.first?.vehicle ?? vehicle
    let isRedundant = vehicle["imu_1.time"] != nil
    let writer = try FlightLogWriter(
      sink: sink, signals: vehicle, configuration: isRedundant ? redundantConfiguration : configuration,
      models: ["network": model], metadata: metadata)
    for tick in ticks { try writer.append(tick) }
    try writer.finish()
    return sink.bytes
  }

  /// Everything that a cursor gives, with ticks as frames.
  static func read(_ bytes: [UInt8]) throws
    -> (ticks: [SyntheticTick], dropouts: [UInt32], damages: [LogDamage])
  {
    let reader = try FlightLogReader(LogBytes(bytes))
    var cursor = reader.ticks()
    var (ticks, dropouts, damages): ([SyntheticTick], [UInt32], [LogDamage]) = ([], [], [])
    while true {
      switch try cursor.next() {
      case .tick: ticks.append(SyntheticTick(reader.table, cursor.frame))
      case .dropout(let count): dropouts.append(count)
      case .damage(let damage): damages.append(damage)
      case .end: return (ticks, dropouts, damages)
      }
    }
  }
}

extension FlightLogWriter {
  func append(_ tick: SyntheticTick) throws { try tick.read { try append($0) } }
}

extension TickRing {
  func push(_ tick: SyntheticTick) -> Bool { tick.read { push($0) } }
}

/// The first of two lists of ticks that differs, as text; `nil` when all are the same bit for bit.
func difference(_ a: [SyntheticTick], _ b: [SyntheticTick]) -> String? {
  guard a.count == b.count else { return "\(a.count) ticks instead of \(b.count)" }
  for (x, y) in zip(a, b) {
    let found = x.read { first in y.read { x.vehicle.firstDifference(recorded: first, replayed: $0) } }
    if let found { return "tick \(x.number): \(found.field) \(found.recorded) \(found.replayed)" }
  }
  return nil
}
