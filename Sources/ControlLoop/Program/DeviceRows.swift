import Control
import Signals

/// The rows of the program that look at devices: for each sensor one that chooses among several or judges it, and one that looks at its
/// age. They stand in front of a file's own blocks, and need not be written.
enum DeviceRows {
  /// The rows of some sensors. Those of which there is a block of the same name among `taken` are left out: the file has its own.
  static func rows(of groups: [SensorGroup], taken: Set<String> = []) -> [BlockDeclaration] {
    groups.filter(\.isWatched).flatMap { group in
      [group.judgement.flatMap { row(of: group, $0) }, freshness(of: group)].compactMap(\.self)
    }.filter { !taken.contains($0.name) }
  }

  private static func freshness(of group: SensorGroup) -> BlockDeclaration {
    BlockDeclaration(
      "freshness", "\(group.name)_freshness",
      settings: ["stale_after": .number(Double(group.devices.map(\.staleAfter).max() ?? 0) * 1e-9)],
      inputs: [
        "read_at": ["\(group.name).time"], "count": ["\(group.name).count"],
        "fault": ["\(group.name).fault"], "present": ["\(group.name).present"],
      ])
  }

  private static func row(of group: SensorGroup, _ judgement: SensorJudgement) -> BlockDeclaration? {
    let health = judgement.health
    var settings: [String: SettingValue] = [
      "stale_after": .numbers(group.devices.map { Double($0.staleAfter) * 1e-9 }),
      "period": .numbers(group.devices.map { Double(1_000_000_000 / Int64(max($0.rateHz, 1))) * 1e-9 }),
      "full_scale": .numbers(judgement.fullScale), "flat_after": .number(Double(health.flatAfter)),
      "saturated_after": .number(Double(health.saturatedAfter)),
      "errors_above": .number(health.errorsAbove),
    ]
    guard let first = group.devices.first else { return nil }
    guard first.name != group.name else {
      return BlockDeclaration("health", "\(group.name)_health", settings: settings, inputs: first.inputs())
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
    return BlockDeclaration("voter", group.name, settings: settings, inputs: inputs)
  }
}
