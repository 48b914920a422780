import Control
import ControlLoop

/// Which of several sensors of a kind a vehicle went by while it was not disarmed, and how each of them was.
struct SensorTally: BitwiseCopyable, Sendable {
  private var last = SensorVotes()
  private var hasBegun = false
  /// Switches by kind, and the kinds of health seen of each instance, a bit for each.
  private var switches = InlineArray<4, UInt32>(repeating: 0)
  private var seen = InlineArray<12, UInt16>(repeating: 0)

  /// Takes note of a tick.
  mutating func note(_ output: borrowing TickOutput) {
    guard output.mode != .disarmed else {
      (last, hasBegun) = (output.votes, false)
      return
    }
    if hasBegun, output.votes == last { return }
    add(output.votes.imu, last.imu, 0)
    add(output.votes.barometer, last.barometer, 1)
    add(output.votes.magnetometer, last.magnetometer, 2)
    add(output.votes.range, last.range, 3)
    (last, hasBegun) = (output.votes, true)
  }

  private mutating func add(_ vote: KindVote, _ before: KindVote, _ kind: Int) {
    if hasBegun, vote.chosen != before.chosen { switches[kind] &+= 1 }
    seen[3 * kind] |= 1 << UInt16(vote.first.rawValue)
    seen[3 * kind + 1] |= 1 << UInt16(vote.second.rawValue)
    seen[3 * kind + 2] |= 1 << UInt16(vote.third.rawValue)
  }

  /// What is told of a kind of sensors of which there are several.
  struct Entry: Sendable {
    var kind: SensorKind
    /// The key of the one in use at the end, and how often it changed.
    var inUse: String
    var switches: UInt32
    /// By key, what was seen of each beside good.
    var seen: [(key: String, health: [SensorHealth])]

    /// In one line.
    var text: String {
      let changes = switches == 0 ? "" : ", after \(switches) switch\(switches == 1 ? "" : "es")"
      let parts = seen.filter { !$0.health.isEmpty }.map { entry in
        "; \(entry.key) was \(entry.health.map(\.name).joined(separator: ", "))"
      }
      return "\(inUse) in use\(changes)\(parts.joined())"
    }

    /// For machines.
    var json: [String: Any] {
      [
        "in_use": inUse, "switches": switches,
        "seen": Dictionary(uniqueKeysWithValues: seen.map { ($0.key, $0.health.map(\.name)) }),
      ]
    }
  }

  /// What is to be told, a kind each.
  var entries: [Entry] {
    SensorKind.allCases.enumerated().compactMap { index, kind in
      let vote = last[kind]
      guard vote.hasSpares else { return nil }
      let seen = SensorInstance.allCases.filter { vote[$0] != .absent }.map { instance in
        let mask = self.seen[3 * index + Int(instance.rawValue)]
        let health = SensorHealth.allCases.filter {
          $0 != .good && $0 != .absent && mask >> UInt16($0.rawValue) & 1 != 0
        }
        return (key: kind.key(Int(instance.rawValue)), health: health)
      }
      return Entry(
        kind: kind, inUse: kind.key(Int(vote.chosen.rawValue)), switches: switches[index], seen: seen)
    }
  }
}
