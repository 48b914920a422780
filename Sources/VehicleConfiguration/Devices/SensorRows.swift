import Control
import Sampling
import Signals

/// The devices and the sensor rows of a vehicle's program: for each sensor one that chooses among several or judges it, and one that
/// looks at its age.
struct SensorRows {
  private(set) var signals: [Signal] = []
  private(set) var blocks: [BlockDeclaration] = []
  /// The flags of the rows that choose among devices, or judge one.
  private(set) var voters: [String] = []
  private(set) var judges: [String] = []

  /// The rows of sensors; `bus` gives the number of a bus as an origin of signals.
  init(_ groups: [SensorGroup], bus: (String) -> Int) {
    for group in groups {
      signals += group.devices.flatMap { $0.signals(bus: bus($0.bus)) }
      guard group.isWatched else { continue }
      if let judgement = group.judgement { judge(group, judgement) }
      blocks.append(
        BlockDeclaration(
          "freshness", "\(group.name)_freshness",
          settings: ["stale_after": .number(Double(group.devices.map(\.staleAfter).max() ?? 0) * 1e-9)],
          inputs: [
            "read_at": ["\(group.name).time"], "count": ["\(group.name).count"],
            "fault": ["\(group.name).fault"], "present": ["\(group.name).present"],
          ]))
    }
    if groups.contains(where: { $0.name == "power" }) {
      blocks.append(BlockDeclaration("last_voltage", "battery"))
    }
  }

  private mutating func judge(_ group: SensorGroup, _ judgement: SensorJudgement) {
    let health = judgement.health
    var settings: [String: SettingValue] = [
      "stale_after": .numbers(group.devices.map { Double($0.staleAfter) * 1e-9 }),
      "period": .numbers(group.devices.map { Double(1_000_000_000 / Int64(max($0.rateHz, 1))) * 1e-9 }),
      "full_scale": .numbers(judgement.fullScale), "flat_after": .number(Double(health.flatAfter)),
      "saturated_after": .number(Double(health.saturatedAfter)),
      "errors_above": .number(health.errorsAbove),
    ]
    guard let first = group.devices.first else { return }
    guard first.name != group.name else {
      blocks.append(
        BlockDeclaration("health", "\(group.name)_health", settings: settings, inputs: first.inputs()))
      judges.append("\(group.name)_health")
      return
    }
    func names(_ use: SampleChannel.Use) -> SettingValue {
      .names(first.channels.filter { $0.channel.use == use }.map(\.name))
    }
    settings["instances"] = .number(Double(group.devices.count))
    settings["channels"] = names(.compared)
    settings["other"] = names(.handedOn)
    settings["seen"] = names(.comparable)
    settings["good_for"] = .number(Double(health.goodFor) * 1e-9)
    settings["difference"] = .numbers(judgement.difference)
    settings["largest_offset"] = .numbers(judgement.largestOffset)
    var inputs: [String: [String]] = [:]
    for (index, device) in group.devices.enumerated() {
      inputs.merge(device.inputs(suffix: "_\(index)")) { $1 }
    }
    blocks.append(BlockDeclaration("voter", group.name, settings: settings, inputs: inputs))
    voters.append(group.name)
  }
}

extension SensorRows {
  /// The rows of the sensors of a configuration.
  init(_ configuration: Configuration) {
    self.init(configuration.sensorGroups) { configuration.number(ofBus: $0) }
  }
}
