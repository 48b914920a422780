import Control
import Devices
import Files
import HardwareInterfaces
import Sampling
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
    var names: [String] = []
    for name in ActuatorQuantity.allCases.flatMap({ BlockTable.conversions(sending: $0.kind, $0.unit) })
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }()

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
    let schema = ActuatorKeys.schema(of: chip, pulses: members.first { $0.key == "pulses" }?.value, settings)
    guard let section = Section(entry.value, path: entry.path, schema: schema, context: context) else {
      return nil
    }
    let reader = ActuatorReader(section: section, name: entry.name, chip: chip)
    return reader.declaration(conversion, settings)
  }

  /// The conversion that the chip leaves no choice of; `nil` where there is one.
  private static func standardConversion(of chip: String) -> String? {
    if chip == "tb6612" { return "bridge_pulse" }
    let taken = chip == "line" ? [.level] : ActuatorTable.chip(chip)?.facts.takes ?? []
    let fitting = taken.flatMap { BlockTable.conversions(sending: $0.kind, $0.unit) }
    return fitting.count == 1 ? fitting[0] : nil
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
    guard let command = section.read(ActuatorKeys.command), let carriers = carriers(&settings), isWhole else {
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
      actuator.claimed = carriers
    }
    return actuator
  }

  /// What carries the values of the conversion, in the order of its outputs.
  private func carriers(_ settings: inout [String: SettingValue]) -> [ActuatorCarrier]? {
    if let chip = ActuatorTable.chip(chip) { return place(of: chip).map { [$0] } }
    if chip == "line" { return line("line").map { [.line($0)] } }
    guard chip == "tb6612" else { return kernelPWM().map { [$0.carrier] } }
    guard let pulses = bridgePulses() else { return nil }
    // Full duty is the whole time from one pulse to the next.
    settings["maximum"] = .number(pulses.period)
    let (forward, backward) = (line("forward"), line("backward"))
    guard let forward, let backward else { return nil }
    return [pulses.carrier, .direction(forward: forward, backward: backward)]
  }

  /// What makes pulses, and the time in µs from one to the next.
  private typealias Pulses = (carrier: ActuatorCarrier, period: Double)

  /// A PWM output of the kernel.
  private func kernelPWM() -> Pulses? {
    let (pwm, rate) = (section.read(ActuatorKeys.pwm), section.read(ActuatorKeys.rate))
    guard let pwm, let rate else { return nil }
    let parts = pwm.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let channel = parts.last.flatMap(Int.init), (0...63).contains(channel) else {
      section.complain(
        "pwm", "found \(JSON5Value.quoted(pwm)), expected chip, dot and channel: \"pwmchip0.1\"")
      return nil
    }
    let chip = parts.dropLast().joined(separator: ".")
    return (.kernelPWM(chip: chip, channel: channel, rateHz: rate), 1e6 / Double(rate))
  }

  /// The pulses of an H bridge: of the kernel, or of a chip.
  private func bridgePulses() -> Pulses? {
    guard section.has(ActuatorKeys.pulses.name) else { return kernelPWM() }
    guard let name = section.read(ActuatorKeys.pulses) else { return nil }
    guard let chip = ActuatorTable.chip(name), chip.facts.takes.contains(.pulse) else {
      let names = ActuatorTable.all.filter { $0.facts.takes.contains(.pulse) }.map(\.name)
      section.complain(
        ActuatorKeys.pulses.name,
        "found \(JSON5Value.quoted(name)), expected a chip that makes pulses: "
          + names.joined(separator: ", "))
      return nil
    }
    guard let carrier = place(of: chip), case .chip(let place, _) = carrier else { return nil }
    return (carrier, chip.factor(of: .duty, ActuatorSettings(place.settings, of: chip.facts)))
  }

  /// A channel of a chip on a bus.
  private func place(of chip: ActuatorChip) -> ActuatorCarrier? {
    let (bus, address) = (section.read(ActuatorKeys.bus), section.read(ActuatorKeys.address))
    let (multiplexer, number) = (section.read(ActuatorKeys.multiplexer), section.read(ActuatorKeys.behind))
    let (channel, twin) = (section.read(ActuatorKeys.channel), section.read(ActuatorKeys.twin))
    guard let channel, let bus, let address, let multiplexer, let number, let twin else { return nil }
    guard (multiplexer == nil) == (number == nil) else {
      section.complain(
        multiplexer == nil ? ActuatorKeys.multiplexer.name : ActuatorKeys.behind.name,
        "missing; `multiplexer` and `multiplexer_channel` stand together")
      return nil
    }
    var settings: [String: Double] = [:]
    for setting in chip.facts.settings {
      guard let value = section.value(setting.name) else { continue }
      guard let number = value.finiteNumber else {
        section.complain(setting.name, "found \(value.shown), expected number, \(setting.range.shown)")
        return nil
      }
      settings[setting.name] = number
    }
    var place = ActuatorChipPlace(
      path: section.path, chip: chip, bus: bus, address: address ?? chip.facts.standardAddress,
      settings: settings, twin: twin)
    if let multiplexer, let number {
      place.behind = BusChannel(multiplexer: multiplexer, number: UInt8(truncatingIfNeeded: number))
    }
    return .chip(place, channel: channel)
  }

  /// A line: its name, or an object with its chip.
  private func line(_ key: String) -> DigitalLine? {
    guard section.value(key)?.members == nil else { return section.read(DigitalLine.self, key) }
    return section.readLineText(key).map { DigitalLine(chip: nil, line: $0, active: .high) }
  }
}
