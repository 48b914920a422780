import Control
import Devices
import Signals

/// An actuator as a device with `command`: a conversion of the command, and what carries what it sends.
struct ActuatorReader {
  let section: Section
  let name: String
  let chip: String

  /// What carries a conversion's value besides the chips of `ActuatorTable`.
  private static let others = ["tb6612", "kernel_pwm", "line"]
  /// All chips, in the order of the reference.
  static var chips: [String] { ActuatorTable.all.map(\.name) + others }
  /// The kinds of block that convert a command.
  static let conversions: [String] = {
    let kinds: [(SignalKind, Unit)] = [
      (.number, .microsecond), (.number, .none), (.number, .volt), (.flag, .none),
    ]
    var names: [String] = []
    for name in kinds.flatMap({ BlockTable.conversions(sending: $0.0, $0.1) }) where !names.contains(name) {
      names.append(name)
    }
    return names
  }()

  private static let commandKey = Key<String>.text("command", "The signal that it is given.")
  private static let busKey = Key<String>.text("bus", "Name of one of the `buses`.")
  private static let addressKey = Key<UInt8?>.optionalAddress(
    "address", 0x08...0x77, absent: "the chip's", "7-bit I2C address.")
  private static let channelKey = Key<Int>.integer(
    "channel", 0...63, standard: 0, "The chip's channel, from 0.")
  private static let pwmKey = Key<String>.text(
    "pwm", "PWM output of the kernel: chip, dot, channel, for example \"pwmchip0.1\".")
  private static let rateKey = Key<Int>.integer(
    "rate_hz", 10...100_000, unit: "Hz", standard: 1000, "Pulses in a second.")

  /// Reads the device at an entry; `nil` after an error was noted.
  static func read(_ entry: NamedEntry, chip: String, _ context: ReadingContext) -> ActuatorDeclaration? {
    let members = entry.value.members ?? []
    let given = members.first { $0.key == "as" }?.value
    let standard = standardConversion(of: chip)
    guard let conversion = given?.text ?? standard, conversions.contains(conversion) else {
      context.complain(
        "\(entry.path).as",
        (given.map { "found \($0.shown)" } ?? "missing") + ", expected one of "
          + conversions.joined(separator: ", ")
          + hint(given?.text ?? "", among: conversions))
      return nil
    }
    let settings = (BlockTable.kind(conversion)?.description.settings ?? []).filter {
      !(chip == "tb6612" && $0.name == "maximum")
    }
    let schema = SectionSchema(
      path: "devices.NAME", about: "An actuator.",
      keys: (["chip", "as"] + settings.map(\.name)).map { .section($0, as: "", absent: "", "") }
        + [commandKey.description] + keys(of: chip))
    guard let section = Section(entry.value, path: entry.path, schema: schema, context: context) else {
      return nil
    }
    let reader = ActuatorReader(section: section, name: entry.name, chip: chip)
    return reader.declaration(conversion, settings)
  }

  private static func standardConversion(of chip: String) -> String? {
    switch chip {
    case "tb6612": "bridge_pulse"
    case "line", "mcp23017": "relay"
    case "drv8830": "motor_voltage"
    default: nil
    }
  }

  private static func keys(of chip: String) -> [KeyDescription] {
    if let facts = ActuatorTable.chip(chip)?.facts {
      return [busKey.description, addressKey.description, channelKey.description]
        + facts.settings.map { .section($0.name, as: "number", absent: $0.standard.shown, $0.about) }
    }
    let pulses = [pwmKey.description, rateKey.description]
    return switch chip {
    case "tb6612":
      pulses + ["forward", "backward"].map { .section($0, as: "line", "Direction line of the bridge.") }
    case "line": [.section("line", as: "line", "The digital output.")]
    default: pulses
    }
  }

  private func declaration(_ conversion: String, _ known: [SettingDescription]) -> ActuatorDeclaration? {
    var settings: [String: SettingValue] = [:]
    var isWhole = true
    for setting in known {
      guard let value = section.value(setting.name) else { continue }
      settings[setting.name] = SettingValue(value, setting.kind)
      if settings[setting.name] == nil {
        section.complain(setting.name, "found \(value.shown), expected \(setting.kind.words)")
        isWhole = false
      }
    }
    guard let command = section.read(Self.commandKey), let carriers = carriers(&settings), isWhole else {
      return nil
    }
    var actuator = ActuatorDeclaration(
      name: name, path: section.path, conversion: conversion, settings: settings, command: command,
      outputs: [])
    do throws(ProgramErrors) {
      let sent = try actuator.conversion.sentSignals().map { String($0.name.dropFirst(name.count + 1)) }
      actuator.outputs = zip(sent, carriers).map { ActuatorOutput($0, $1) }
    } catch {
      // What is wrong with the settings is said with all else that is wrong with the program.
    }
    return actuator
  }

  /// What carries the values of the conversion, in the order of its outputs.
  private func carriers(_ settings: inout [String: SettingValue]) -> [ActuatorCarrier]? {
    if let chip = ActuatorTable.chip(chip) { return place(of: chip).map { [$0] } }
    if chip == "line" { return line("line").map { [.line($0)] } }
    let (pwm, rate) = (section.read(Self.pwmKey), section.read(Self.rateKey))
    guard let pwm, let rate else { return nil }
    let parts = pwm.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let channel = parts.last.flatMap(Int.init), (0...63).contains(channel) else {
      section.complain(
        "pwm", "found \(JSON5Value.quoted(pwm)), expected chip, dot and channel: \"pwmchip0.1\"")
      return nil
    }
    let carrier = ActuatorCarrier.kernelPWM(
      chip: parts.dropLast().joined(separator: "."), channel: channel, rateHz: rate)
    guard chip == "tb6612" else { return [carrier] }
    // Full duty is the whole time from one pulse to the next.
    settings["maximum"] = .number(1e6 / Double(rate))
    let (forward, backward) = (line("forward"), line("backward"))
    guard let forward, let backward else { return nil }
    return [carrier, .direction(forward: forward, backward: backward)]
  }

  private func place(of chip: ActuatorChip) -> ActuatorCarrier? {
    let (bus, address) = (section.read(Self.busKey), section.read(Self.addressKey))
    guard let channel = section.read(Self.channelKey), let bus, let address else { return nil }
    var settings: [String: Double] = [:]
    for setting in chip.facts.settings {
      guard let value = section.value(setting.name) else { continue }
      guard let number = value.finiteNumber else {
        section.complain(setting.name, "found \(value.shown), expected number, \(setting.range.shown)")
        return nil
      }
      settings[setting.name] = number
    }
    return .chip(
      ActuatorChipPlace(
        path: section.path, chip: chip, bus: bus, address: address ?? chip.facts.standardAddress,
        settings: settings), channel: channel)
  }

  /// A line: its name, or an object with its chip.
  private func line(_ key: String) -> Configuration.Line? {
    guard let value = section.value(key) else {
      section.complain(key, "missing; expected a line's name, or an object: { line: …, … }")
      return nil
    }
    guard let name = value.text else {
      return section.read(Configuration.Line.self, key)
    }
    guard Int(name) == nil, (1...200).contains(name.unicodeScalars.count) else {
      section.complain(key, "found \(value.shown), expected a line's name, or its chip beside it")
      return nil
    }
    return Configuration.Line(chip: nil, line: name, active: .high)
  }
}

extension VehicleTables {
  /// Complains about what is wrong with actuators: channels and lines that two have, carriers that do not take what is sent.
  func checkActuators(_ file: Section) {
    for actuator in actuators {
      for case .chip(let place, _) in actuator.outputs.map(\.carrier)
      where !buses.contains(where: { $0.name == place.bus }) {
        file.complain(
          "\(place.path).bus",
          "there is no bus \(JSON5Value.quoted(place.bus))" + hint(place.bus, among: buses.map(\.name)))
      }
    }
    do throws(ConfigurationErrors) {
      _ = try actuatorPlan()
    } catch {
      for error in error.errors { file.complain(error.path, error.message) }
    }
  }

  /// How the values of all actuators leave the processor. Throws everything that is wrong with them.
  public func actuatorPlan() throws(ConfigurationErrors) -> ActuatorPlan {
    var taken: [TakenLine] = []
    if let line = lines.enable {
      taken.append(TakenLine(path: "lines.enable", chip: line.chip, line: line.line))
    }
    if let line = lines.killSwitch {
      taken.append(TakenLine(path: "lines.kill_switch", chip: line.chip, line: line.line))
    }
    if let line = lines.status {
      taken.append(TakenLine(path: "lines.status", chip: line.chip, line: line.line))
    }
    return try ActuatorPlan(actuators.filter { !$0.outputs.isEmpty }, besides: devices, lines: taken)
  }
}
