import Control
import Devices
import Files

/// What an actuator's section may hold: keys that all have, those of what carries it, and the settings of its conversion.
enum ActuatorKeys {
  static let command = Key<String>.text("command", "The signal that it is given.")
  static let bus = Key<String>.text("bus", "Of a chip on a bus: name of one of the `buses`.")
  static let address = Key<UInt8?>.optionalAddress(
    "address", 0x08...0x77, absent: "the chip's", "7-bit I2C address.")
  static let multiplexer = Key<UInt8?>.optionalAddress(
    "multiplexer", 0x70...0x77, absent: "on the bus itself",
    "Address of the multiplexer (TCA9548A or its kind) behind which the chip sits; with `multiplexer_channel`."
  )
  static let behind = Key<Int?>.optionalInteger(
    "multiplexer_channel", 0...7, absent: "on the bus itself", "Channel of the multiplexer.")
  static let channel = Key<Int>.integer("channel", 0...63, standard: 0, "The chip's channel, from 0.")
  static let twin = Key<String?>.optionalText(
    "twin", absent: "the device's", "Name of the simulated chip, by which faults are aimed.")
  static let pwm = Key<String>.text(
    "pwm",
    "Of `kernel_pwm` and `tb6612`: PWM output of the kernel, as chip, dot and channel, for example \"pwmchip0.1\"."
  )
  static let rate = Key<Int>.integer(
    "rate_hz", 10...100_000, unit: "Hz", standard: 1000, "Of a PWM output of the kernel: pulses in a second.")
  static let pulses = Key<String>.text(
    "pulses", "Of `tb6612`: the chip that makes its pulses in place of `pwm`, with the keys of that chip.")

  private static let place = [
    bus.description, address.description, multiplexer.description, behind.description, channel.description,
    twin.description,
  ]

  /// What the section of an actuator of a chip may hold, whose conversion has some settings.
  ///
  /// - Parameter pulses: What stands at `pulses`.
  static func schema(
    of chip: String, pulses: JSON5Value?, _ conversion: [SettingDescription]
  ) -> SectionSchema {
    SectionSchema(
      path: "devices.NAME", about: "An actuator.",
      keys: (["chip", "as"] + conversion.map(\.name)).map { .section($0, as: "", absent: "", "") }
        + [command.description] + carrier(chip, pulses))
  }

  private static func carrier(_ chip: String, _ pulses: JSON5Value?) -> [KeyDescription] {
    if let chip = ActuatorTable.chip(chip) { return keys(of: chip) }
    switch chip {
    case "tb6612":
      let lines = [forward, backward]
      guard let pulses else { return [pwm.description, rate.description, self.pulses.description] + lines }
      let keys = pulses.text.flatMap(ActuatorTable.chip).map(keys) ?? (place + [rate.description])
      return [self.pulses.description] + keys + lines
    case "line": return [line]
    default: return [pwm.description, rate.description]
    }
  }

  private static func keys(of chip: ActuatorChip) -> [KeyDescription] {
    place + chip.facts.settings.map { .section($0.name, as: "number", absent: $0.standard.shown, $0.about) }
  }

  private static let line = KeyDescription.section(
    "line", as: "name or object", "Of `line`: the digital output, as in `lines`.")
  private static let forward = KeyDescription.section(
    "forward", as: "name or object", "Of `tb6612`: the line that is active to drive forward.")
  private static let backward = KeyDescription.section(
    "backward", as: "name or object", "Of `tb6612`: the line that is active to drive backward.")

  /// What the reference says of actuators.
  static let reference: SectionSchema = {
    let chips = ActuatorReader.chips.map { "`\($0)`" }.joined(separator: ", ")
    let conversions = ActuatorReader.conversions.map { "`\($0)`" }.joined(separator: ", ")
    let settings = ActuatorTable.all.flatMap { chip in
      chip.facts.settings.map { setting in
        KeyDescription(
          name: setting.name, expected: "number, \(setting.range.shown)", unit: "",
          standard: setting.standard.shown, about: "Of `\(chip.name)`: \(setting.about)")
      }
    }
    var either = pulses.description
    either.standard = "`pwm`"
    return SectionSchema(
      path: "devices.NAME with command",
      about:
        "Something that moves, shines or heats. Besides the keys below it has the settings of its conversion (docs/blocks.md): `as`.",
      keys: [
        .section("chip", as: "name", "What carries what is sent: one of \(chips)."), command.description,
        .section(
          "as", as: "name",
          absent:
            "`bridge_pulse` of a `tb6612`, `relay` of a `line` and an `mcp23017`, `motor_voltage` of a `drv8830`",
          "The conversion of the command: one of \(conversions)."),
      ] + place + settings + [pwm.description, rate.description, either, forward, backward, line])
  }()
}
