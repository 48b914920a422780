import FlightLog

/// What of a log's ticks could not be used: those that were not logged, and what is damaged.
struct MissingTicks {
  /// Ticks that happened but were not logged.
  private(set) var unlogged: UInt64 = 0
  /// Damaged places, and the bytes that are lost in them.
  private(set) var damages: [LogDamage] = []
  private(set) var lostBytes = 0

  /// Takes a gap of ticks that were not logged.
  mutating func add(ticks: UInt32) { unlogged &+= UInt64(ticks) }

  /// Takes a damaged place; from the thousandth on only its bytes count.
  mutating func add(_ damage: LogDamage) {
    lostBytes &+= damage.lostBytes
    if damages.count < 1000 { damages.append(damage) }
  }

  /// In one line; nil when nothing is missing.
  var text: String? {
    var parts: [String] = []
    if unlogged > 0 { parts.append("\(unlogged) ticks were not logged") }
    if let first = damages.first {
      parts.append(
        "\(damages.count) damaged place\(damages.count == 1 ? "" : "s"), \(lostBytes) bytes lost (the first: \(first.error))"
      )
    }
    return parts.isEmpty ? nil : "not all of it could be used: " + parts.joined(separator: "; ")
  }

  /// For programs.
  var json: [String: Any] {
    ["unlogged_ticks": unlogged, "lost_bytes": lostBytes, "damages": damages.map(\.error.description)]
  }
}
