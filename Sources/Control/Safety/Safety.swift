import Signals

/// Arms and disarms, and reacts to what goes wrong, by `SafetyRules`: a state machine, moved on once a tick.
///
/// Its states are modes. Conditions raise reactions; the strongest in force that names a mode leads to it, and each condition says
/// how its reaction ends. A vehicle that was stopped arms again only after the request to arm has been taken back.
struct Safety: Block {
  static let description = BlockDescription(
    "safety", about: "Arms, disarms and reacts to what goes wrong, by rules.",
    settings: [
      SettingDescription("rules", .safety, about: "conditions, reactions, modes, reasons not to arm")
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let rules = settings.safety("rules")
    return BlockPorts(
      inputs: [
        .time, InputPort("requested", .flag, unit: nil, standard: "setpoint.arm", about: "whether to arm"),
        InputPort("starting", .flag, unit: nil, standard: "clock.starting"),
      ] + SafetyTests.ports(rules),
      outputs: [
        OutputPort("mode", .choice(rules.modeNames)),
        OutputPort("armed", .flag, about: "whether motors may turn"),
        OutputPort("arms", .flag, about: "whether it armed in this tick"),
        OutputPort("fallback", .flag, about: "whether the fallback controller has the vehicle"),
        OutputPort("in_force", .count, about: "how many conditions have their reaction in force"),
      ] + rules.conditions.map { OutputPort($0.name, .flag, about: $0.text) }
        + rules.allArming.map {
          OutputPort("\(SafetySignals.inhibit)\($0.name)", .flag, about: $0.text, remedy: $0.remedy)
        },
      invalidity: .ends)
  }

  private let time: Input<Int64>
  private let requested, starting: Input<Bool>
  private let tests: SafetyTests
  private let mode: Output<UInt8>
  private let inForce: Output<UInt32>
  private let armed, arms, fallback, awaiting, reacting: Output<Bool>
  private let modes: UnsafeBufferPointer<ModeRow>
  private let terminated: UInt8

  private var current: UInt8 = 0
  private var isHandedOver = false
  private var awaitsDisarm = true
  private var restingSince: Int64?

  /// A mode as the tick wants it.
  private struct ModeRow: BitwiseCopyable {
    var isSticky, handsOver: Bool
    /// -1 for never.
    var restingTime: Int64
  }

  private static let disarmed: UInt8 = 0
  private static let active: UInt8 = 1

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let rules = settings.safety("rules")
    (time, requested, starting) = (wiring.input("time"), wiring.input("requested"), wiring.input("starting"))
    tests = SafetyTests(rules, &wiring)
    inForce = wiring.output("in_force")
    (mode, armed, arms) = (wiring.output("mode"), wiring.output("armed"), wiring.output("arms"))
    fallback = wiring.output("fallback")
    awaiting = wiring.output("\(SafetySignals.inhibit)\(ArmingRule.awaitingDisarm.name)")
    reacting = wiring.output("\(SafetySignals.inhibit)\(ArmingRule.reacting.name)")
    let plain = ModeRow(isSticky: false, handsOver: false, restingTime: -1)
    modes = wiring.table(
      [plain, plain]
        + rules.modes.map {
          ModeRow(isSticky: $0.isSticky, handsOver: $0.handsOver, restingTime: $0.restingTime ?? -1)
        } + [plain])
    terminated = UInt8(clamping: rules.modeNames.count - 1)
  }

  private var isArmed: Bool { current != Self.disarmed && current != terminated }

  mutating func step(_ frame: Frame) {
    let wasArmed = isArmed
    let found = tests.update(
      frame, now: frame[time], isArmed: wasArmed, isQuiet: !wasArmed && frame[starting])
    if found.takesRequestBack {
      awaitsDisarm = true
    } else if !frame[requested] {
      awaitsDisarm = false
    }
    let waits = awaitsDisarm
    var hasArmed = false
    if current == Self.disarmed {
      if frame[requested], !waits, !found.isHeldBack, !found.forbidsArming {
        (current, isHandedOver, restingSince) = (Self.active, false, nil)
        hasArmed = true
      }
    } else if !frame[requested] {
      disarm()
    } else if wasArmed {
      react(found, frame)
    }
    let isArmed = isArmed
    (frame[mode], frame[armed], frame[arms]) = (current, isArmed, hasArmed)
    frame[fallback] = isHandedOver
    // An armed vehicle has nothing to be held back from.
    (frame[awaiting], frame[reacting]) = (!isArmed && waits, !isArmed && found.forbidsArming)
    frame[inForce] = tests.write(frame, isArmed: isArmed)
  }

  private mutating func react(_ found: SafetyTests.Found, _ frame: Frame) {
    if found.stops {
      (current, awaitsDisarm) = (terminated, true)
    } else if found.mode != 0, !modes[Int(current)].isSticky || modes[Int(found.mode)].isSticky {
      current = found.mode
    } else if !modes[Int(current)].isSticky {
      current = Self.active
    }
    let row = modes[Int(current)]
    // A sticky mode goes on to its end; else the network has its vehicle back when the last reason has ended.
    isHandedOver = row.handsOver || found.handsOver
    guard row.restingTime >= 0 else { return }
    guard tests.isAtRest(frame) else {
      restingSince = nil
      return
    }
    let start = restingSince ?? frame[time]
    restingSince = start
    if frame[time] &- start >= row.restingTime {
      disarm()
      awaitsDisarm = true
    }
  }

  private mutating func disarm() {
    (current, isHandedOver, restingSince) = (Self.disarmed, false, nil)
    tests.forget()
  }
}
