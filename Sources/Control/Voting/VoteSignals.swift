import Signals

/// What a tick says about devices that measure the same, or about one that is judged by itself: the rows `voter` and `health` as they
/// stand in a vehicle's table.
public struct VoteSignals: Sendable {
  /// The name that blocks read, for example `imu`.
  public let name: String
  /// Which device is in use, from 0; `nil` where there is no choice.
  public let chosen: SignalIndex<UInt32>?
  /// How each device is: a `SensorHealth`.
  public let healths: [SignalIndex<UInt8>]
  /// Whether two differ, and it cannot be known which is wrong.
  public let undecided: SignalIndex<Bool>?
  /// The devices' own names, in order of priority; empty where the table does not tell them.
  public let devices: [String]

  /// The name of a device for people: of several the first has that of all, and the others are its spares.
  public func key(_ instance: Int) -> String {
    if chosen == nil { return name }
    guard devices.indices.contains(instance) else { return "\(name)[\(instance)]" }
    return instance == 0 ? name : "\(name).spares[\(instance - 1)]"
  }

  /// All such rows of a vehicle, in their order.
  public static func all(_ table: SignalTable) -> [VoteSignals] {
    table.declaredSignals.compactMap { signal in
      guard signal.kind == SensorHealth.kind else { return nil }
      if let name = signal.owner(of: "health_0") { return VoteSignals(voter: name, table) }
      guard let name = signal.owner(of: "state"), let state = table.index(of: signal.name, as: UInt8.self)
      else { return nil }
      return VoteSignals(
        name: name.hasSuffix("_health") ? String(name.dropLast("_health".count)) : name, chosen: nil,
        healths: [state], undecided: nil, devices: [])
    }
  }

  /// The names of devices for people, where they are not the devices' own.
  public static func deviceKeys(_ table: SignalTable) -> [String: String] {
    var keys: [String: String] = [:]
    for vote in all(table) {
      for (instance, device) in vote.devices.enumerated() { keys[device] = vote.key(instance) }
    }
    return keys
  }

  private init(
    name: String, chosen: SignalIndex<UInt32>?, healths: [SignalIndex<UInt8>], undecided: SignalIndex<Bool>?,
    devices: [String]
  ) {
    (self.name, self.chosen, self.healths) = (name, chosen, healths)
    (self.undecided, self.devices) = (undecided, devices)
  }

  private init?(voter name: String, _ table: SignalTable) {
    guard let chosen = table.index(of: "\(name).chosen", as: UInt32.self) else { return nil }
    var healths: [SignalIndex<UInt8>] = []
    while let health = table.index(of: "\(name).health_\(healths.count)", as: UInt8.self) {
      healths.append(health)
    }
    let devices = healths.indices.map { "\(name)_\($0)" }
    self.init(
      name: name, chosen: chosen, healths: healths, undecided: table.index(of: "\(name).undecided"),
      devices: devices.allSatisfy { table["\($0).time"] != nil } ? devices : [])
  }
}
