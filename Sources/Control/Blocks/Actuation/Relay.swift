import Signals

/// The level of a relay, a valve or a pump, which stays on and off for a shortest time each.
///
/// Safety does not wait: while there is no valid command, or the vehicle is disarmed, the safe level is given at once. The times
/// count from every change, and from the first step, because nobody knows how long the level before had lasted.
struct Relay: Block {
  static let description = BlockDescription(
    "relay",
    about: "A flag, or a number with hysteresis, as a level that lasts; the safe one while disarmed.",
    settings: [
      SettingDescription(
        "reads", .choice(["flag", "number"]), standard: .choice("flag"), about: "what the command is"),
      .number("on_above", -1e6...1e6, .none, 0.5, "of a number: it goes on above this"),
      .number(
        "off_below", -1e6...1e6, .none, 0.5,
        "of a number: it goes off below this; more than on_above counts as on_above"),
      .number("shortest_on_s", 0...86_400, .second, 0, "time that it stays on at least"),
      .number("shortest_off_s", 0...86_400, .second, 0, "time that it stays off at least"),
      SettingDescription("safe", .flag, standard: .flag(false), about: "whether it is on while disarmed"),
      ActuatorCommand.needsArming,
    ])

  private static func readsNumber(_ settings: BlockSettings) -> Bool { settings.choice("reads") == "number" }

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: ActuatorCommand.inputs(
        settings, readsNumber(settings) ? .number : .flag, about: "whether it is wanted on") + [.time],
      outputs: [
        OutputPort("on", .flag, initial: settings.flag("safe") ? 1 : 0, about: "as sent"),
        OutputPort("waits", .flag, about: "whether a shortest time keeps it from what is wanted"),
        ActuatorCommand.starved,
      ], invalidity: .ends)
  }

  static func sent(_ settings: BlockSettings) -> [SentValue] {
    [SentValue("on", safe: settings.flag("safe") ? 1 : 0, 0, 1)]
  }

  private let flag: Input<Bool>?
  private let number: Input<Float>?
  private let time: Input<Int64>
  private let taken: ActuatorCommand
  private let on, waits: Output<Bool>
  private let onAbove, offBelow: Float
  private let shortestOn, shortestOff: Int64
  private let safe: Bool
  /// What the command wants, between the bounds what it wanted last.
  private var isWanted: Bool
  /// When the level changed last.
  private var since: Int64 = 0
  private var hasBegun = false

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    let readsNumber = Self.readsNumber(settings)
    flag = readsNumber ? nil : wiring.input("command")
    number = readsNumber ? wiring.input("command") : nil
    (time, on, waits) = (wiring.input("time"), wiring.output("on"), wiring.output("waits"))
    taken = ActuatorCommand(&wiring)
    onAbove = settings.float("on_above")
    offBelow = min(settings.float("off_below"), onAbove)
    shortestOn = Int64(settings.number("shortest_on_s") * 1e9)
    shortestOff = Int64(settings.number("shortest_off_s") * 1e9)
    safe = settings.flag("safe")
    isWanted = safe
  }

  mutating func step(_ frame: Frame) {
    let now = frame[time]
    if !hasBegun || now < since { (since, hasBegun) = (now, true) }
    guard taken.isToBeSent(frame, isSound: number.map { frame[$0].isFinite } ?? true) else {
      // What was wanted before an interruption is not wanted behind it.
      isWanted = safe
      set(safe, frame, now)
      frame[waits] = false
      return
    }
    if let flag { isWanted = frame[flag] }
    if let number {
      let value = frame[number]
      if value > onAbove { isWanted = true } else if value < offBelow { isWanted = false }
    }
    let isFree = now &- since >= (frame[on] ? shortestOn : shortestOff)
    if isFree { set(isWanted, frame, now) }
    frame[waits] = frame[on] != isWanted
  }

  private mutating func set(_ level: Bool, _ frame: Frame, _ now: Int64) {
    if frame[on] != level { since = now }
    frame[on] = level
  }
}
