import Control
import Signals

extension PartKind {
  /// A vehicle with wheels at both sides on a floor with a line.
  static let wheels = PartKind(
    "wheels",
    about:
      "A vehicle with wheels at both sides, which turns by their difference, on a floor with a line; a bar of reflectance sensors looks at it. "
      + "It starts on the line.",
    inputs: [
      PartInput("left", count: 1...4, about: "Speed of the wheels at the left in m/s; of several the mean."),
      PartInput("right", count: 1...4, about: "The same at the right."),
      PartInput("turned", count: 0...4, about: "Turn rate in rad/s that the floor adds; several add up."),
    ],
    settings: [
      SettingDescription(
        "track_m", .number(0.01...10, unit: .metre), about: "distance of the wheels of both sides"),
      SettingDescription(
        "scrub", .number(0...0.95, unit: .none), standard: .number(0),
        about: "share of a turn that is lost where wheels of a side stand behind each other"),
      SettingDescription(
        "line", .choice(["circle", "oval", "figure_eight"]), standard: .choice("figure_eight"),
        about: "shape of the line; an oval is half as wide as long"),
      SettingDescription(
        "size_m", .number(0.05...1000, unit: .metre),
        about: "from the middle of the line to its farthest point"),
      SettingDescription(
        "line_width_m", .number(0.001...1, unit: .metre), standard: .number(0.019), about: "width of the line"
      ),
      SettingDescription(
        "sensors", .number(1...16, unit: .none), standard: .number(5), about: "how many sensors there are"),
      SettingDescription(
        "ahead_m", .number(-10...10, unit: .metre), standard: .number(0.08),
        about: "how far in front of the axis they are"),
      SettingDescription(
        "spacing_m", .number(0.001...1, unit: .metre), standard: .number(0.015),
        about: "distance from sensor to sensor"),
      SettingDescription(
        "spot_m", .number(0.0005...1, unit: .metre), standard: .number(0.006),
        about: "radius of what each sees"),
      SettingDescription(
        "start_offset_m", .number(0...1, unit: .metre), standard: .number(0),
        about: "largest distance of the axis from the line at the start"),
      SettingDescription(
        "wall_m", .number(0.05...1000, unit: .metre), standard: .number(1000),
        about: "distance of walls from the middle of the line, at which the vehicle is stopped"),
    ],
    outputs: { settings in
      let count = Int(settings.number("sensors"))
      return [
        PartOutput("offset", .metre, about: "distance of the line from the middle of the bar, along it"),
        PartOutput("speed", .metrePerSecond, about: "forward"),
        PartOutput("turn_rate", .radianPerSecond, about: "to the right"),
        PartOutput("bumped", .none, about: "1 while it stands against a wall"),
      ]
        + (0..<max(count, 0)).map {
          PartOutput("sensor_\($0)", .none, about: "share of line that the sensor sees, from the left")
        }
    })
}
