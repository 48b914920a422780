import Signals

/// The command that flies: the network's when it flies and has one, else the classical controller's, within limits.
///
/// A command with a number that is NaN or infinite is refused, because clamping would hide that a controller has failed. A refused
/// network counts as failed until the vehicle is disarmed or armed anew, and the classical controller takes over. When that is
/// refused, too, the last command stays.
struct CommandChoice: Block {
  /// Whose command flies.
  static let sources = SignalKind.choice(["none", "network", "classical"])

  static let description = BlockDescription(
    "command_choice", about: "The network's command or the classical controller's, within limits.",
    settings: [
      SettingDescription("commands", .names(count: 1...16), about: "names of the parts of a command"),
      SettingDescription(
        "lowest", .numbers(-1e6...1e6, count: 1...16, unit: .none), about: "smallest value of each"
      ).counted(by: "commands"),
      SettingDescription(
        "highest", .numbers(-1e6...1e6, count: 1...16, unit: .none), about: "largest value of each"
      ).counted(by: "commands"),
      SettingDescription(
        "network_flies", .flag, standard: .flag(true), about: "else the classical controller does"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let names = settings.names("commands")
    return BlockPorts(
      inputs: names.map {
        InputPort("classical_\($0)", .number, unit: Unit.none, standard: "classical.\($0)")
      }
        + names.map {
          InputPort("network_\($0)", .number, unit: Unit.none, count: 0...1, about: "unbound: 0")
        }
        + [
          InputPort("failed", .flag, unit: nil, count: 0...1, about: "whether the network's step failed"),
          InputPort("acts", .flag, unit: nil, about: "whether controllers act at all"),
          InputPort("armed", .flag, unit: nil, standard: "safety.armed"),
          InputPort("arms", .flag, unit: nil, standard: "safety.arms"),
          InputPort("fallback", .flag, unit: nil, standard: "safety.fallback"),
        ],
      outputs: names.map { OutputPort($0, .number) }
        + [OutputPort("source", sources, about: "whose command it is")]
        + OutputPort.flags("network_failed", "network_lost", "classical_failed"),
      invalidity: .ends)
  }

  /// A part of the command.
  private struct Part: BitwiseCopyable {
    var classical: Input<Float>
    var network: Input<Float>?
    var command: Output<Float>
    var lowest, highest: Float
  }

  private let parts: UnsafeBufferPointer<Part>
  private let failed: Input<Bool>?
  private let acts, armed, arms, fallback: Input<Bool>
  private let source: Output<UInt8>
  private let networkFailed, networkLost, classicalFailed: Output<Bool>
  private let networkFlies: Bool

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let (lowest, highest) = (settings.numbers("lowest"), settings.numbers("highest"))
    var parts: [Part] = []
    for (index, name) in settings.names("commands").enumerated() {
      parts.append(
        Part(
          classical: wiring.input("classical_\(name)"), network: wiring.optionalInput("network_\(name)"),
          command: wiring.output(name), lowest: index < lowest.count ? Float(lowest[index]) : -1,
          highest: index < highest.count ? Float(highest[index]) : 1))
    }
    self.parts = wiring.table(parts)
    (failed, acts, armed) = (wiring.optionalInput("failed"), wiring.input("acts"), wiring.input("armed"))
    (arms, fallback) = (wiring.input("arms"), wiring.input("fallback"))
    source = wiring.output("source")
    (networkFailed, classicalFailed) = (wiring.output("network_failed"), wiring.output("classical_failed"))
    networkLost = wiring.output("network_lost")
    networkFlies = settings.flag("network_flies")
  }

  mutating func step(_ frame: Frame) {
    choose(frame)
    // Of a network that only looks on, nobody has lost anything.
    frame[networkLost] = networkFlies && frame[networkFailed]
  }

  private func choose(_ frame: Frame) {
    // Only the last step's failure counts while disarmed, or a vehicle could never arm again.
    let goesOn = frame[armed] && !frame[arms]
    let hasFailed = failed.map { frame[$0] } ?? false
    frame[networkFailed] = (goesOn && frame[networkFailed]) || hasFailed
    frame[classicalFailed] = goesOn && frame[classicalFailed]
    guard frame[acts] else {
      for part in parts { frame[part.command] = 0 }
      frame[source] = 0
      return
    }
    if networkFlies, !frame[fallback], !hasFailed {
      if take(frame, fromNetwork: true) {
        frame[source] = 1
        return
      }
      frame[networkFailed] = true
    }
    frame[source] = 2
    // The safety logic disarms in the next tick; until then the motors keep what they have.
    if !take(frame, fromNetwork: false) { frame[classicalFailed] = true }
  }

  /// Takes over a command within its limits; says `false`, and takes nothing, when a part of it is not finite.
  private func take(_ frame: Frame, fromNetwork: Bool) -> Bool {
    for part in parts where !value(part, frame, fromNetwork).isFinite { return false }
    for part in parts {
      frame[part.command] = min(max(value(part, frame, fromNetwork), part.lowest), part.highest)
    }
    return true
  }

  private func value(_ part: Part, _ frame: Frame, _ fromNetwork: Bool) -> Float {
    fromNetwork ? part.network.map { frame[$0] } ?? 0 : frame[part.classical]
  }
}
