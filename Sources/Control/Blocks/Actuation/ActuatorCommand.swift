import Signals

/// What conversions have in common: the command, and whether it counts.
///
/// A conversion is a block that makes of a command what an actuator is sent: a pulse, a duty, a voltage, a level. It alone says what is
/// safe; what carries its outputs to a chip or a line sends them as they are.
///
/// A command that is not valid, or that is not a finite number, never reaches an actuator: the safe value is sent then, and the flag
/// `starved` says so, for a rule of safety to react to. What is sent is always valid.
struct ActuatorCommand: BitwiseCopyable {
  /// The setting that every conversion has besides its own.
  static let needsArming = SettingDescription(
    "needs_arming", .flag, standard: .flag(true),
    about: "whether the safe value is sent while the vehicle is disarmed; false for a lamp, for example")

  /// What every conversion reads.
  static func inputs(_ settings: BlockSettings, _ kind: SignalKind = .number, about: String) -> [InputPort] {
    [InputPort("command", kind, unit: kind == .number ? Unit.none : nil, about: about)]
      + (settings.flag("needs_arming")
        ? [InputPort("armed", .flag, unit: nil, standard: "safety.armed")] : [])
      + [InputPort("held", .flag, unit: nil, count: 0...1, about: "keeps the safe value while set")]
  }

  /// What every conversion writes besides what it sends.
  static let starved = OutputPort(
    "starved", .flag, about: "whether there is no valid command: the safe value is sent then, armed or not")

  private let validity, armedValidity: ValidityList
  private let armed, held: Input<Bool>?
  private let starved: Output<Bool>

  init(_ wiring: inout Wiring) {
    (armed, held) = (wiring.optionalInput("armed"), wiring.optionalInput("held"))
    validity = wiring.validities(of: "command")
    armedValidity = armed == nil ? validity : wiring.validities(of: "armed")
    starved = wiring.output("starved")
  }

  /// Whether the command is to be sent, and not the safe value. `isSound` says whether it is one at all.
  func isToBeSent(_ frame: Frame, isSound: Bool) -> Bool {
    let isThere = isSound && frame.isValid(validity, 0)
    frame[starved] = !isThere
    if let armed, !frame[armed] || !frame.isValid(armedValidity, 0) { return false }
    if let held, frame[held] { return false }
    return isThere
  }
}
