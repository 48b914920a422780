/// The electrical level at which a line is active.
public enum ActiveLevel: String, CaseIterable, Sendable {
  case high, low
}

extension Configuration {
  /// The digital lines.
  public struct Lines: ConfigurationSection, Equatable {
    /// Output that is active while armed, if any.
    public var enable: Line?
    /// Input that stops everything while active, if any.
    public var killSwitch: Line?
  }

  /// A digital line.
  public struct Line: ConfigurationSection, Equatable {
    /// The GPIO chip's label.
    public var chip: String
    /// The line's name.
    public var line: String
    /// The level at which it is active.
    public var active: ActiveLevel
  }
}

extension Configuration.Lines {
  static let schema = SectionSchema(
    path: "lines", about: "The digital lines.",
    keys: [
      .section(
        "enable", absent: "no enable line", "Output, active while armed: it powers the motors' drivers."),
      .section("kill_switch", absent: "no kill switch", "Input that disarms while active."),
    ])

  init?(_ section: Section) {
    let enable = section.readOptional(Configuration.Line.self, "enable")
    let killSwitch = section.readOptional(Configuration.Line.self, "kill_switch")
    guard let enable, let killSwitch else { return nil }
    if let enable, let killSwitch, enable.chip == killSwitch.chip, enable.line == killSwitch.line {
      section.complain("kill_switch", "\(enable.chip) \(enable.line) is the enable line already")
    }
    (self.enable, self.killSwitch) = (enable, killSwitch)
  }
}

extension Configuration.Line {
  private static let chip = Key<String>.text("chip", "Label of the GPIO chip, as `gpiodetect` shows it.")
  private static let line = Key<String>.text("line", "Name of the line, as `gpioinfo` shows it.")
  private static let active = Key<ActiveLevel>.choice(
    "active", standard: .high, "Level at which it is active.")

  static let schema = SectionSchema(
    path: "lines.enable, lines.kill_switch", about: "A digital line.",
    keys: [chip.description, line.description, active.description])

  init?(_ section: Section) {
    let (chip, line, active) = (section.read(Self.chip), section.read(Self.line), section.read(Self.active))
    guard let chip, let line, let active else { return nil }
    (self.chip, self.line, self.active) = (chip, line, active)
  }
}
