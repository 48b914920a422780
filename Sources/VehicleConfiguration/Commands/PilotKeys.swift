import Devices
import Files
import HardwareInterfaces
import Sampling
import Signals

/// Keys of a source that is in a pilot's hands: a radio's receiver, a gamepad.
enum PilotKeys {
  static let spoken = Key<ReceiverProtocol>.choice(
    "protocol", standard: .crsf,
    "What a receiver speaks: `\"crsf\"` (Crossfire, ExpressLRS), `\"sbus\"` (Futaba, FrSky; the line needs an inverter), `\"ibus\"` (FlySky)."
  )
  static let port = Key<String?>.optionalText(
    "port", absent: "must be said",
    "The device file: `/dev/serial0`, a link of `/dev/serial/by-id`, or of a gamepad in `/dev/input/by-id`.")
  static let baud = Key<Int?>.optionalInteger(
    "baud", 50...4_000_000, absent: "420000 for CRSF, 100000 for SBUS, 115200 for IBUS",
    "Rate of a receiver's port.")
  static let scaling = Key<SBUSScaling>.choice(
    "sbus_scaling", standard: .betaflight,
    "What an SBUS count means: `\"betaflight\"`: 173 to 1812 are 988 to 2012 µs; `\"ardupilot\"`: 200 to 1800 are 1000 to 2000 µs."
  )

  static let sections = [
    KeyDescription.section(
      "sticks", as: "names and objects", absent: "none",
      "Of a receiver or a gamepad: which stick asks for each of the `signals`."),
    .section(
      "switches", as: "names and objects", absent: "none",
      "Of a receiver or a gamepad: which switch gives each of the `flags`, and `arm` and `takes`: whether it asks to arm, whether it wants to "
        + "command. Without `arm` it never arms; without `takes` it commands whenever it is there."),
  ]
  /// All keys that only such a source has.
  static let all = [spoken.description, port.description, baud.description, scaling.description] + sections
  static let names = all.map { $0.name }

  // MARK: - A stick

  private static let channel = Key<Int?>.optionalInteger(
    "channel", 1...18, absent: "of a gamepad", "Channel of the receiver.")
  private static let axis = Key<Int?>.optionalInteger(
    "axis", 0...23, absent: "of a receiver",
    "Axis of the gamepad by its code: 0 X, 1 Y, 2 Z, 3 RX, 4 RY, 5 RZ, 6 throttle.")
  private static let from = Key<Double?>.optionalNumber(
    "from", -1e12...1e12, absent: "the signal's `minimum`", "What is asked for at the lower end.")
  private static let to = Key<Double?>.optionalNumber(
    "to", -1e12...1e12, absent: "the signal's `maximum`", "What is asked for at the upper end.")
  private static let deadBand = Key<Double>.number(
    "dead_band", 0...0.9, standard: 0, "Share of the way from the middle to an end that still is the middle.")
  private static let expo = Key<Double>.number(
    "expo", 0...1, standard: 0,
    "How much of the answer is cubic: fine near the middle, all of it at the ends.")
  private static let reversed = Key<Bool>.flag(
    "reversed", standard: false, "Whether it falls where the input rises.")
  private static let rest = Key<Bool>.flag(
    "rest", standard: false,
    "Whether it must be at its lower end when somebody asks to arm, as a throttle must.")
  private static let ends = KeyDescription.section(
    "ends", as: "[low, middle, high]", absent: "[988, 1500, 2012] µs; what the gamepad says",
    "Ends and middle of the input, in µs or in the axis's own units.")

  static let stick = SectionSchema(
    path: "commands[].sticks.NAME", about: "A stick and what it asks for.",
    keys: [
      channel.description, axis.description, from.description, to.description, deadBand.description,
      expo.description, reversed.description, rest.description, ends,
    ])

  // MARK: - A switch

  private static let button = Key<Int?>.optionalInteger(
    "button", 0...767, absent: "an axis",
    "Button of the gamepad by its code: 304 is the southern one (A), 315 START.")
  private static let above = Key<Double>.number(
    "above", -2...1, standard: 0.3, "It is on above this place; −1 and 1 are the ends of the input.")
  private static let below = Key<Double>.number("below", -1...2, standard: 2, "It is on below this place.")

  private static let toggles = Key<Bool>.flag(
    "toggle", standard: false, "Whether each press turns it on or off, as a button wants that springs back.")

  static let toggle = SectionSchema(
    path: "commands[].switches.NAME", about: "A switch and when it is on.",
    keys: [
      channel.description, axis.description, button.description, above.description, below.description,
      toggles.description,
    ])

  // MARK: - Reading

  /// The pilot of a source; `nil` after an error was noted.
  ///
  /// - Parameters:
  ///   - signals: What can be asked for.
  ///   - flags: The flags that can be set.
  static func read(
    _ section: Section, name: String, _ kind: CommandSource.Kind, _ signals: [CommandSignal], flags: [String]
  ) -> PilotDeclaration? {
    let (spoken, port, baud) = (section.read(spoken), section.read(port), section.read(baud))
    let scaling = section.read(scaling)
    let isReceiver = kind == .receiver
    let sticks = readSticks(section, signals, isReceiver: isReceiver)
    let switches = readSwitches(section, flags, isReceiver: isReceiver)
    guard let spoken, let port, let baud, let scaling, let sticks, let switches else { return nil }
    guard let port, port.hasPrefix("/dev/") else {
      section.complain(
        "port",
        "\(port.map { "found \(JSON5Value.quoted($0))" } ?? "missing"); expected a device file, such as \"/dev/serial0\""
      )
      return nil
    }
    if !isReceiver, let key = ["protocol", "baud", "sbus_scaling"].first(where: section.has) {
      section.complain(key, "only a receiver has one")
      return nil
    }
    var settings = spoken.port
    if let baud { settings.baud = UInt32(baud) }
    return PilotDeclaration(
      name: name, port: port,
      device: isReceiver ? .receiver(spoken, settings: settings, scaling: scaling) : .gamepad,
      sticks: sticks, switches: switches)
  }

  private static func readSticks(
    _ section: Section, _ signals: [CommandSignal], isReceiver: Bool
  ) -> [PilotDeclaration.Stick]? {
    guard let entries = section.entries("sticks", most: CommandSignal.most) else { return nil }
    let sticks = entries.compactMap { entry -> PilotDeclaration.Stick? in
      guard let signal = signals.first(where: { $0.name == entry.name }) else {
        section.context.complain(entry.path, noSuch(entry.name, among: signals.map(\.name), "signal"))
        return nil
      }
      guard let one = Section(entry.value, path: entry.path, schema: stick, context: section.context) else {
        return nil
      }
      return readStick(one, signal, isReceiver: isReceiver).map {
        PilotDeclaration.Stick(name: signal.name, settings: $0)
      }
    }
    return sticks.count == entries.count ? sticks : nil
  }

  private static func readStick(
    _ section: Section, _ signal: CommandSignal, isReceiver: Bool
  ) -> StickSettings? {
    let input = input(section, isReceiver: isReceiver)
    let (from, to) = (section.read(from), section.read(to))
    let (deadBand, expo, reversed, rest) = (
      section.read(deadBand), section.read(expo), section.read(reversed), section.read(rest)
    )
    guard let input, let from, let to, let deadBand, let expo, let reversed, let rest else { return nil }
    for (key, value) in [("from", from), ("to", to)] {
      if value == nil, signal.lowest == -1e12 || signal.highest == 1e12 {
        section.complain(
          key, "missing; expected a number, since \"\(signal.name)\" has no minimum and maximum")
        return nil
      }
      if let value, !(signal.lowest...signal.highest).contains(value) {
        section.complain(
          key,
          "found \(value.shown), expected \((signal.lowest...signal.highest).shown) as \"\(signal.name)\" allows"
        )
        return nil
      }
    }
    let (low, high) = (from ?? signal.lowest, to ?? signal.highest)
    guard low != high else {
      section.complain("to", "found \(high.shown), expected another number than `from`")
      return nil
    }
    var settings = StickSettings(
      input: input, from: low, to: high, deadBand: deadBand, expo: expo, isReversed: reversed, mustRest: rest)
    if let value = section.value("ends") {
      let scale: Double = isReceiver ? 8 : 1
      let range: ClosedRange<Double> = isReceiver ? 0...4_095 : -1e9...1e9
      guard let numbers = value.numbers, numbers.count == 3, numbers.allSatisfy(range.contains),
        numbers[0] < numbers[1], numbers[1] < numbers[2]
      else {
        section.complain(
          "ends", "found \(value.shown), expected [low, middle, high], each more than the one before")
        return nil
      }
      settings.ends = numbers.map { Int32(($0 * scale).rounded()) }
    }
    do {
      _ = try StickMap(settings, ends: StickMap.receiverEnds)
    } catch {
      section.complain("ends", "they leave nothing between dead band and ends; expected ends farther apart")
      return nil
    }
    return settings
  }

  private static func readSwitches(
    _ section: Section, _ flags: [String], isReceiver: Bool
  ) -> [PilotDeclaration.Switch]? {
    guard let entries = section.entries("switches", most: 18) else { return nil }
    let names = ["arm", "takes"] + flags
    let switches = entries.compactMap { entry -> PilotDeclaration.Switch? in
      guard names.contains(entry.name) else {
        section.context.complain(entry.path, noSuch(entry.name, among: names, "flag"))
        return nil
      }
      guard let one = Section(entry.value, path: entry.path, schema: toggle, context: section.context),
        let (button, above, below) = whole(one.read(button), one.read(above), one.read(below)),
        let toggles = one.read(toggles)
      else { return nil }
      if let button {
        guard !isReceiver, !one.has("axis") else {
          one.complain("button", "only a gamepad has buttons, and a switch is a button or an axis")
          return nil
        }
        return PilotDeclaration.Switch(
          name: entry.name, settings: SwitchSettings(input: button, isButton: true, toggles: toggles))
      }
      guard let input = input(one, isReceiver: isReceiver) else { return nil }
      guard above < below else {
        one.complain("below", "found \(below.shown), expected more than `above`, \(above.shown)")
        return nil
      }
      return PilotDeclaration.Switch(
        name: entry.name, settings: SwitchSettings(input: input, above: above, below: below, toggles: toggles)
      )
    }
    return switches.count == entries.count ? switches : nil
  }

  private static func whole<A, B, C>(_ a: A?, _ b: B?, _ c: C?) -> (A, B, C)? {
    guard let a, let b, let c else { return nil }
    return (a, b, c)
  }

  /// The channel of a receiver or the axis of a gamepad that a stick or a switch is read from.
  private static func input(_ section: Section, isReceiver: Bool) -> Int? {
    guard let channel = section.read(channel), let axis = section.read(axis) else { return nil }
    let (wanted, other) = isReceiver ? ("channel", "axis") : ("axis", "channel")
    guard !section.has(other) else {
      section.complain(other, "a \(isReceiver ? "receiver" : "gamepad") has \(wanted)s")
      return nil
    }
    guard let input = isReceiver ? channel : axis else {
      section.complain(wanted, "missing; expected its number")
      return nil
    }
    return input
  }

  private static func noSuch(_ name: String, among names: [String], _ kind: String) -> String {
    let hint =
      nearestName(to: name, among: names).map { "did you mean \"\($0)\"?" }
      ?? "there are " + (names.isEmpty ? "none" : names.joined(separator: ", "))
    return "no \(kind) is called \(JSON5Value.quoted(name)); \(hint)"
  }
}
