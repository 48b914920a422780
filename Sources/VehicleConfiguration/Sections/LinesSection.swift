import HardwareInterfaces
import Sampling

extension Configuration {
  /// The digital lines.
  public struct Lines: ConfigurationSection, Equatable {
    /// Output that is active while armed, if any.
    public var enable: DigitalLine?
    /// Input that stops everything while active, if any.
    public var killSwitch: SwitchLine?
    /// Output for a lamp that shows what the vehicle is doing, if any.
    public var status: DigitalLine?
  }

  /// A digital input.
  public struct SwitchLine: ConfigurationSection, Equatable {
    /// The GPIO chip's label; `nil` when the line's name alone says which it is.
    public var chip: String?
    /// The line's name, or its number on the chip.
    public var line: String
    /// The level at which it is active.
    public var active: ActiveLevel
    /// How it is pulled inside the chip.
    public var bias: LineBias
    /// Age in ns from which its level is worth nothing, and the switch counts as pulled.
    public var staleAfter: Int64
  }
}

extension Configuration.Lines {
  static let schema = SectionSchema(
    path: "lines", about: "The digital lines.",
    keys: [
      .section(
        "enable", absent: "no enable line", "Output, active while armed: it powers the motors' drivers."),
      .section(
        "kill_switch", absent: "no kill switch",
        "Input that disarms while active; after its release arming must be asked for anew."),
      .section(
        "status", absent: "no lamp",
        "Output for a lamp: lit while armed, 1 Hz while disarmed, 5 Hz while a fault is in force."),
    ])

  init?(_ section: Section) {
    let enable = section.readOptional(DigitalLine.self, "enable")
    let killSwitch = section.readOptional(Configuration.SwitchLine.self, "kill_switch")
    let status = section.readOptional(DigitalLine.self, "status")
    guard let enable, let killSwitch, let status else { return nil }
    (self.enable, self.killSwitch, self.status) = (enable, killSwitch, status)
  }
}

/// The keys that every line has.
private enum LineKeys {
  static let chip = Key<String?>.optionalText(
    "chip", absent: "any chip", "Label of the GPIO chip, as `ganglion probe` and `gpiodetect` show it.")
  static let line = Key<String>.text(
    "line", "Name of the line, as `gpioinfo` shows it, or its number on a chip that is named, as text: \"3\"."
  )
  static let active = Key<ActiveLevel>.choice(
    "active", standard: .high, "Level at which it is active.")

  /// Reads them, and checks that a number has a chip to count on.
  static func read(_ section: Section) -> (chip: String?, line: String, active: ActiveLevel)? {
    let (place, active) = (readPlace(section), section.read(active))
    guard let place, let active else { return nil }
    return (place.chip, place.line, active)
  }

  /// Reads where the line is, and checks that a number has a chip to count on.
  static func readPlace(_ section: Section) -> (chip: String?, line: String)? {
    let (chip, line) = (section.read(chip), section.read(line))
    guard let chip, let line else { return nil }
    if chip == nil, Int(line) != nil {
      section.complain("line", "found \"\(line)\", a number; expected a line's name, or its chip beside it")
    }
    return (chip, line)
  }
}

extension DigitalLine: ConfigurationSection {
  static let schema = SectionSchema(
    path: "lines.enable, lines.status, actuators.motors[].forward, actuators.motors[].reverse",
    about: "A digital output.",
    keys: [LineKeys.chip.description, LineKeys.line.description, LineKeys.active.description])

  init?(_ section: Section) {
    guard let (chip, line, active) = LineKeys.read(section) else { return nil }
    self.init(chip: chip, line: line, active: active)
  }
}

extension Configuration.SwitchLine {
  private static let bias = Key<LineBias>.choice(
    "bias", standard: .asIs,
    "How the chip pulls it. With \"pull_up\", `active: \"high\"` and a switch that closes to ground while all is well, "
      + "a broken wire disarms too.")

  private static let staleAfter = Key<Int>.integer(
    "stale_after_ms", 200...10_000, unit: "ms", standard: 500,
    "Time without a look at the switch after which it counts as pulled; it is looked at every 50 ms.")

  static let schema = SectionSchema(
    path: "lines.kill_switch", about: "A digital input.",
    keys: [
      LineKeys.chip.description, LineKeys.line.description, LineKeys.active.description, bias.description,
      staleAfter.description,
    ])

  init?(_ section: Section) {
    guard let (chip, line, active) = LineKeys.read(section), let bias = section.read(Self.bias),
      let staleAfter = section.read(Self.staleAfter)
    else { return nil }
    (self.chip, self.line, self.active, self.bias) = (chip, line, active, bias)
    self.staleAfter = Int64(staleAfter) * 1_000_000
  }
}

extension Section {
  /// The name of a line at `key`, which stands there as a text; `nil` after an error was noted.
  func readLineText(_ key: String) -> String? {
    guard let value = value(key) else {
      complain(key, "missing; expected a line's name, or an object: { line: …, … }")
      return nil
    }
    guard let name = value.text, Int(name) == nil, (1...200).contains(name.unicodeScalars.count) else {
      complain(key, "found \(value.shown), expected a line's name, or its chip beside it")
      return nil
    }
    return name
  }

  /// A line at `key`: its name, or an object with its chip; `nil` after an error was noted.
  func readLineName(_ key: String) -> (chip: String?, line: String)? {
    guard value(key)?.members == nil else {
      return read(LineName.self, key).map { ($0.chip, $0.line) }
    }
    return readLineText(key).map { (nil, $0) }
  }
}

/// Where a line is.
private struct LineName: ConfigurationSection {
  var chip: String?
  var line: String

  static let schema = SectionSchema(
    path: "devices.NAME.line", about: "Where a line is.",
    keys: [LineKeys.chip.description, LineKeys.line.description])

  init?(_ section: Section) {
    guard let place = LineKeys.readPlace(section) else { return nil }
    (chip, line) = place
  }
}
