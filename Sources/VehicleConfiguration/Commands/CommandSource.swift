import Control
import Devices
import Files
import HardwareInterfaces
import Sampling
import Signals

/// Somebody who asks a vehicle for something: a list of times, a program at a socket, a pilot.
public struct CommandSource: Sendable, Equatable {
  /// How its wishes come.
  public enum Kind: String, Sendable, CaseIterable {
    /// A list of times. It arms in simulation only, or where somebody asks for it by hand.
    case profile
    /// Datagrams at a local socket.
    case socket
    /// A radio's receiver at a serial port.
    case receiver
    /// A gamepad.
    case gamepad
  }

  /// The name with which its signals begin.
  public var name: String
  /// Its key in the configuration.
  public var path: String
  /// How its wishes come.
  public var kind: Kind
  /// Age in ns from which what it asked for counts no more.
  public var staleAfter: Int64
  /// What it can ask for.
  public var signals: [CommandSignal]
  /// Flags that it can set.
  public var flags: [String]
  /// The pilot's sticks and switches; `nil` of who has none.
  public var pilot: PilotDeclaration?
  /// What a simulated pilot does with them; nothing in a list without steps.
  public var hands = CommandProfile()

  /// Gives it a pilot, who can ask for what there are sticks and switches for, and for nothing else.
  mutating func take(_ pilot: PilotDeclaration) {
    var pilot = pilot
    // In the order of the list, in which a step has its values, whatever the file's.
    let places = Dictionary(uniqueKeysWithValues: signals.enumerated().map { ($1.name, $0) })
    pilot.sticks.sort { (places[$0.name] ?? 0) < (places[$1.name] ?? 0) }
    self.pilot = pilot
    signals = signals.filter { signal in pilot.sticks.contains { $0.name == signal.name } }
    flags = flags.filter { flag in pilot.switches.contains { $0.name == flag } }
  }

  /// Whether it can ask to arm.
  var canArm: Bool { pilot.map { $0.switches.contains { $0.name == "arm" } } ?? true }

  /// The digest of what it can ask for, which its records must have.
  public var digest: UInt32 {
    CommandRecord.digest(numbers: signals.map { ($0.name, "\($0.unit)") }, flags: flags)
  }

  /// What is known of it in every tick, as the table of signals has it.
  var table: [Signal] {
    let origin = SignalOrigin.device(name, bus: 0)
    return [
      Signal("\(name).time", .time, unit: .nanosecond, from: origin, about: "when its newest wish came"),
      Signal("\(name).count", .count, from: origin, about: "wishes so far"),
      Signal("\(name).refused", .count, from: origin, about: "wishes that were not heard"),
      Signal("\(name).fault", .deviceFault, from: origin),
      Signal("\(name).takes", .flag, from: origin, about: "whether it wants to command"),
      Signal("\(name).arm", .flag, from: origin, about: "whether it asks to arm"),
    ] + signals.map { Signal("\(name).\($0.name)", .number, unit: $0.unit, from: origin) }
      + flags.map { Signal("\(name).\($0)", .flag, from: origin) } + (pilot?.signals ?? [])
  }
}

/// All who command a vehicle, the one that always wins first, and what they can ask for.
public struct CommandList: Sendable, Equatable {
  /// What can be asked for besides arming.
  public var signals: [CommandSignal] = []
  /// Flags that can be set, beside `arm`.
  public var flags: [String] = []
  /// Who asks, in the order in which they win.
  public var sources: [CommandSource] = []
  /// The list of times; empty without one.
  public var profile = CommandProfile()
  /// Time in ns for which commands stay when all sources are lost.
  public var hold: Int64 = 300_000_000
  /// Whether all that a file says of them could be read.
  var isWhole = true

  /// Whether a row of the program chooses among sources; without one the profile gives `setpoint.NAME` itself.
  public var isChosen: Bool { sources.contains { $0.kind != .profile } }
  /// With what the names of the profile's signals begin.
  public var profileOwner: String { isChosen ? CommandSource.Kind.profile.rawValue : Self.owner }
  /// With what the names of the commands begin.
  static let owner = "setpoint"

  /// What comes from outside.
  public var outside: [Signal] {
    if isChosen { return sources.flatMap(\.table) }
    let asked = SignalOrigin.device(Self.owner, bus: 0)
    return signals.map { Signal("setpoint.\($0.name)", .number, unit: $0.unit, from: asked) } + [
      Signal("setpoint.arm", .flag, from: asked, about: "whether the vehicle is wanted armed")
    ]
  }

  /// The rows that look at the sources' ages and choose among them; none when there is nothing to choose.
  var rows: [BlockDeclaration] {
    guard isChosen else { return [] }
    var inputs: [String: [String]] = [:]
    var rows: [BlockDeclaration] = []
    for source in sources {
      let name = source.name
      rows.append(
        BlockDeclaration(
          "freshness", "\(name)_freshness",
          settings: ["stale_after": .number(Double(source.staleAfter) * 1e-9)],
          inputs: [
            "read_at": ["\(name).time"], "count": ["\(name).count"], "fault": ["\(name).fault"],
          ]))
      inputs["\(name)_good"] = ["\(name)_freshness.good"]
      let ports =
        ["count", "takes"] + (source.canArm ? ["arm"] : []) + (source.pilot == nil ? [] : ["low"])
        + source.signals.map(\.name) + source.flags
      for port in ports { inputs["\(name)_\(port)"] = ["\(name).\(port)"] }
    }
    rows.append(
      BlockDeclaration(
        "command_sources", Self.owner,
        settings: [
          "sources": .names(sources.map(\.name)), "commands": .names(signals.map(\.name)),
          "flags": .names(flags), "units": .names(signals.map { "\($0.unit)" }),
          "standard": .numbers(signals.map(\.standard)), "lost": .numbers(signals.map(\.lost)),
          "rates": .numbers(signals.map { $0.rate ?? 0 }), "hold": .number(Double(hold) * 1e-9),
        ], inputs: inputs))
    return rows
  }
}
