import Control
import Signals

/// Which of several sensors a vehicle went by while it was not disarmed, and how each of them was.
///
/// It runs in the loop's tick; see `FlagTally`.
struct SensorTally: ~Copyable {
  /// A row that chooses, and what became of it.
  private struct Choice: BitwiseCopyable {
    let place: SignalIndex<UInt32>
    /// Its devices among all.
    let first, count: Int
    var last: UInt32 = 0
    var switches: UInt32 = 0
  }

  /// How one of the devices is, last and ever: a bit for each kind of health.
  private struct Device: BitwiseCopyable {
    let place: SignalIndex<UInt8>
    var last: UInt8 = 0
    var seen: UInt16 = 0
  }

  private let votes: [VoteSignals]
  private let mode: SignalIndex<UInt8>?
  private let choices: UnsafeMutableBufferPointer<Choice>
  private let devices: UnsafeMutableBufferPointer<Device>
  private var hasBegun = false

  /// Nothing seen yet of a vehicle with these signals.
  init(_ table: SignalTable) {
    votes = VoteSignals.all(table).filter { $0.chosen != nil }
    mode = SafetySignals(table).mode
    var (choices, devices) = ([Choice](), [Device]())
    for vote in votes {
      guard let place = vote.chosen else { continue }
      choices.append(Choice(place: place, first: devices.count, count: vote.healths.count))
      devices += vote.healths.map { Device(place: $0) }
    }
    (self.choices, self.devices) = (.tally(choices), .tally(devices))
  }

  deinit {
    choices.deallocate()
    devices.deallocate()
  }

  /// Takes note of a tick.
  mutating func note(_ frame: Frame) {
    let isDisarmed = mode.map { frame[$0] == 0 } ?? false
    for index in choices.indices {
      let chosen = frame[choices[index].place]
      if hasBegun, !isDisarmed, chosen != choices[index].last { choices[index].switches &+= 1 }
      choices[index].last = chosen
    }
    for index in devices.indices {
      let health = frame[devices[index].place]
      devices[index].last = health
      if !isDisarmed { devices[index].seen |= 1 << UInt16(health & 15) }
    }
    hasBegun = !isDisarmed
  }

  /// What is to be told, of those that have spares.
  var entries: [SensorAccount] {
    zip(votes, choices).compactMap { vote, choice in
      let devices = (0..<choice.count).map { self.devices[choice.first + $0] }
      let isThere = devices.map { $0.last != SensorHealth.absent.rawValue }
      guard isThere.dropFirst().contains(true) else { return nil }
      let seen = devices.indices.filter { isThere[$0] }.map { instance in
        let mask = devices[instance].seen
        let health = SensorHealth.allCases.filter {
          $0 != .good && $0 != .absent && mask >> UInt16($0.rawValue) & 1 != 0
        }
        return (key: vote.key(instance), health: health)
      }
      return SensorAccount(
        name: vote.name, inUse: vote.key(Int(choice.last)), switches: choice.switches, seen: seen)
    }
  }
}

/// What is told of sensors of which there are several.
public struct SensorAccount: Sendable {
  /// The name under which blocks read the one in use.
  public var name: String
  /// The key of the one in use at the end, and how often it changed.
  public var inUse: String
  /// How often another instance was chosen.
  public var switches: UInt32
  /// By key, what was seen of each beside good.
  public var seen: [(key: String, health: [SensorHealth])]

  /// In one line.
  public var text: String {
    let changes = switches == 0 ? "" : ", after \(switches) switch\(switches == 1 ? "" : "es")"
    let parts = seen.filter { !$0.health.isEmpty }.map { entry in
      "; \(entry.key) was \(entry.health.map(\.name).joined(separator: ", "))"
    }
    return "\(inUse) in use\(changes)\(parts.joined())"
  }

  /// For machines.
  public var json: [String: Any] {
    [
      "in_use": inUse, "switches": switches,
      "seen": Dictionary(uniqueKeysWithValues: seen.map { ($0.key, $0.health.map(\.name)) }),
    ]
  }
}
