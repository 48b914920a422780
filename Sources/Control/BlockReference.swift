import Signals

extension BlockTable {
  /// The reference of all blocks as Markdown: the generated part of `docs/blocks.md`.
  public static var reference: String {
    all.map { markdown($0.description, $0.ports) }.joined(separator: "\n\n")
  }

  private static func markdown(
    _ description: BlockDescription, _ ports: (BlockSettings) -> BlockPorts
  ) -> String {
    var lines = ["### `\(description.name)`", "", description.about]
    if !description.settings.isEmpty {
      lines += ["", "| setting | value | default | meaning |", "|---|---|---|---|"]
      lines += description.settings.map { setting in
        let standard = setting.standard.map(\.words) ?? "**required**"
        return "| `\(setting.name)` | \(setting.kind.words) | \(standard) | \(setting.about) |"
      }
    }
    do throws(SettingErrors) {
      let settings = try BlockSettings(description.sampleSettings, description.settings)
      lines += tables(ports(settings))
    } catch {
      lines += ["", "\(error.errors)"]
    }
    return lines.joined(separator: "\n")
  }

  private static func tables(_ ports: BlockPorts) -> [String] {
    var lines: [String] = []
    if !ports.inputs.isEmpty {
      lines += ["", "| reads | kind | unit | by default | meaning |", "|---|---|---|---|---|"]
      lines += ports.inputs.map { port in
        let unit = port.unit.map { $0 == .none ? "1" : "\($0)" } ?? (port.kind.isNumeric ? "any" : "")
        let standard = port.standard.map { "`\($0)`" } ?? (port.count.lowerBound == 0 ? "nothing" : "")
        let count = port.count.upperBound > 1 ? ", up to \(port.count.upperBound)" : ""
        return "| `\(port.name)` | \(port.kind.words)\(count) | \(unit) | \(standard) | \(port.about) |"
      }
    }
    lines += ["", "| writes | kind | unit | meaning |", "|---|---|---|---|"]
    lines += ports.outputs.map { port in
      let kind = port.width > 1 ? "vector of \(port.kind.words)s" : port.kind.words
      return "| `\(port.name)` | \(kind) | \(port.unit.words) | \(port.about) |"
    }
    return lines + ["", ports.invalidity.words]
  }
}

extension BlockDescription {
  /// Settings with which the block can be shown: defaults, and something for what has none.
  var sampleSettings: [String: SettingValue] {
    var sample: [String: SettingValue] = [:]
    for setting in settings where setting.standard == nil {
      sample[setting.name] =
        switch setting.kind {
        case .number(let range, _): .number(range.contains(1) ? 1 : range.lowerBound)
        case .numbers(let range, let count, _):
          .numbers(
            Array(repeating: range.contains(1) ? 1 : range.lowerBound, count: max(count.lowerBound, 1)))
        case .choice(let names): .choice(names.first ?? "")
        case .unit: .unit(.none)
        case .flag: .flag(false)
        case .names(let count): .names((0..<max(count.lowerBound, 1)).map { "name_\($0)" })
        case .safety: .safety(.sample)
        }
    }
    for setting in settings where setting.standard == nil {
      // As many as the others ask for.
      guard let count = setting.count, !count.mayBeEmpty, case .numbers(let list)? = sample[setting.name]
      else { continue }
      let standards = settings.compactMap { other in other.standard.map { (other.name, $0) } }
      let values = sample.merging(standards) { given, _ in given }
      sample[setting.name] = .numbers(Array(repeating: list.first ?? 0, count: count.expected(values)))
    }
    return sample
  }
}

extension SafetyRules {
  /// Rules of one condition and one reason not to arm.
  static let sample = SafetyRules(
    conditions: [
      SafetyCondition(
        "condition", text: "whether the reaction to it is in force", any: [.isSet("device.flag")],
        reaction: "stop", endsWhenGone: false)
    ],
    arming: [
      ArmingRule("reason", text: "", remedy: "", any: [.isNotSet("device.flag")])
    ],
    reactions: [SafetyReaction("stop", stops: true, forbidsArming: true)])
}

extension SignalKind {
  fileprivate var isNumeric: Bool { self == .number || self == .wide }
}

extension OutputUnit {
  fileprivate var words: String {
    switch self {
    case .fixed(let unit): unit == .none ? "" : "\(unit)"
    case .like(let input): "that of `\(input)`"
    case .rate(let input): "that of `\(input)`, a second"
    case .integral(let input): "that of `\(input)` times s"
    case .element(let input, let place): "that of `\(input)`, place \(place)"
    case .product(let input): "product of those of `\(input)`"
    case .root(let input): "root of that of `\(input)`"
    }
  }
}

extension Invalidity {
  fileprivate var words: String {
    switch self {
    case .holds:
      "When something that it reads is not valid it is not stepped; its outputs stay, and are not valid."
    case .goesOn: "When something that it reads is not valid it goes on; its outputs are not valid then."
    case .decides: "It decides itself whether its outputs are valid, and says so by the flag `valid`."
    case .ends: "Its outputs are always valid."
    }
  }
}
