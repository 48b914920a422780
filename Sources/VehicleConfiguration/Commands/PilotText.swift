import Devices
import Files
import Sampling

/// A pilot's sticks and switches as the lines of a configuration that would say the same.
struct PilotText {
  /// The lines, without indentation.
  let lines: [String]

  init(_ pilot: PilotDeclaration) {
    var lines = ["port: \(JSON5Text.quoted(pilot.port)),"]
    var isReceiver = false
    if case .receiver(let spoken, let settings, let scaling) = pilot.device {
      isReceiver = true
      lines.append("protocol: \"\(spoken.rawValue)\",")
      if settings.baud != spoken.port.baud { lines.append("baud: \(settings.baud),") }
      if scaling != .betaflight { lines.append("sbus_scaling: \"\(scaling.rawValue)\",") }
    }
    let input = isReceiver ? "channel" : "axis"
    if !pilot.sticks.isEmpty {
      lines +=
        ["sticks: {"] + pilot.sticks.map { "  \($0.name): \(Self.stick($0.settings, input))," } + ["},"]
    }
    if !pilot.switches.isEmpty {
      lines +=
        ["switches: {"] + pilot.switches.map { "  \($0.name): \(Self.toggle($0.settings, input))," } + ["},"]
    }
    self.lines = lines
  }

  private static func stick(_ stick: StickSettings, _ input: String) -> String {
    var members = [
      (input, "\(stick.input)"), ("from", JSON5Text.number(stick.from)), ("to", JSON5Text.number(stick.to)),
    ]
    if stick.deadBand != 0 { members.append(("dead_band", JSON5Text.number(stick.deadBand))) }
    if stick.expo != 0 { members.append(("expo", JSON5Text.number(stick.expo))) }
    if stick.isReversed { members.append(("reversed", "true")) }
    if stick.mustRest { members.append(("rest", "true")) }
    if let ends = stick.ends {
      let scale: Double = input == "channel" ? 8 : 1
      members.append(("ends", JSON5Text.list(ends.map { JSON5Text.number(Double($0) / scale) })))
    }
    return JSON5Text.object(members)
  }

  private static func toggle(_ one: SwitchSettings, _ input: String) -> String {
    var members = [(one.isButton ? "button" : input, "\(one.input)")]
    if !one.isButton { members.append(("above", JSON5Text.number(one.above))) }
    if one.below != 2 { members.append(("below", JSON5Text.number(one.below))) }
    if one.toggles { members.append(("toggle", "true")) }
    return JSON5Text.object(members)
  }
}
