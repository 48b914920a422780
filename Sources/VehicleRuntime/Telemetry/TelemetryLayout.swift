import Control
import Files
import FlightLog
import Signals
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// How a tick's record lies in a telemetry record: the logged signals of the table, and what people want to know beside them.
struct TelemetryLayout: Sendable {
  /// A signal and its place in the record's body.
  struct Place: Sendable {
    var signal: Signal
    var offset: Int
  }

  /// Of all logged signals.
  let places: [Place]
  /// Bytes of the body.
  let length: Int
  /// The digest of names, units, kinds and places: FNV-1a of 32 bits over the lines that `description` has of them.
  let digest: UInt32

  init(_ table: SignalTable) {
    var (places, offset) = ([Place](), 0)
    for range in table.record {
      for signal in table.signals where signal.isLogged {
        guard let bytes = table.bytes(of: signal.name), range.contains(bytes.lowerBound) else { continue }
        places.append(Place(signal: signal, offset: offset + bytes.lowerBound - range.lowerBound))
      }
      offset += range.count
    }
    (self.places, length) = (places, offset)
    var digest: UInt32 = 0x811C_9DC5
    for byte in places.map(Self.line).joined(separator: "\n").utf8 {
      digest = (digest ^ UInt32(byte)) &* 0x0100_0193
    }
    self.digest = digest
  }

  /// Where a signal of one value lies; `nil` when it is not in the record.
  func offset(of name: String) -> Int? { places.first { $0.signal.name == name }?.offset }

  /// A path that programs in other folders can open, too.
  private static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func line(_ place: Place) -> String {
    var members: [(String, String)] = [
      ("name", JSONText.string(place.signal.name)), ("unit", JSONText.string("\(place.signal.unit)")),
      ("kind", JSONText.string(place.signal.kind.telemetryName)), ("at", "\(place.offset)"),
      ("count", "\(place.signal.width)"),
    ]
    switch place.signal.kind {
    case .choice(let names): members.append(("choices", JSONText.list(names.map(JSONText.string))))
    case .flag: members.append(("flag", "true"))
    default: break
    }
    return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
  }

  /// All of it as JSON, with the vehicle's conditions and networks.
  func description(_ tables: VehicleTables, _ table: SignalTable) -> String {
    let signals = SafetySignals(table)
    // What keeps from arming has a signal of its own, and often the name of the condition that it looks at.
    let flags =
      signals.conditions.map { (name: $0.name, flag: $0) }
      + signals.inhibits.map { (name: "no_arming_\($0.name)", flag: $0) }
    let networks = NetworkSignals.all(table).map { network in
      JSONText.object([
        "name": JSONText.string(network.name),
        "model": JSONText.string(
          tables.networks.first { $0.block == network.name }.map { Self.absolute(tables.resolve($0.file)) }
            ?? ""),
      ])
    }
    return JSONText.object([
      "vehicle": JSONText.string(tables.name), "rate_hz": "\(tables.loop.rateHz)", "digest": "\(digest)",
      "length": "\(length)", "schema_name": JSONText.string(table.schemaName),
      "schema": JSONText.string(table.schemaText),
      "signals": JSONText.list(places.map(Self.line)),
      "conditions": JSONText.list(
        flags.map { name, flag in
          JSONText.object([
            "name": JSONText.string(name), "signal": JSONText.string("safety.\(name)"),
            "text": JSONText.string(flag.text),
            "remedy": JSONText.string(flag.remedy),
          ])
        }),
      "networks": JSONText.list(networks),
    ]) + "\n"
  }
}

extension SignalKind {
  /// What a program reads of a record for it.
  fileprivate var telemetryName: String {
    switch self {
    case .time: "i64"
    case .word: "u64"
    case .wide: "f64"
    case .count: "u32"
    case .number: "f32"
    case .flag, .choice: "u8"
    }
  }
}
