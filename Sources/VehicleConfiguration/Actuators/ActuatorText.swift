import Control
import Devices
import HardwareInterfaces
import Sampling

/// An actuator as the members of a device in a file.
struct ActuatorText {
  private let actuator: ActuatorDeclaration

  init(_ actuator: ActuatorDeclaration) { self.actuator = actuator }

  /// What its device holds.
  var members: [(key: String, value: String)] {
    let conversion = actuator.conversion
    let carriers = actuator.outputs.map(\.carrier)
    var lines: [(key: String, value: String)] = []
    for case .direction(let forward, let backward) in carriers {
      lines = [("forward", line(forward)), ("backward", line(backward))]
    }
    let isBridge = !lines.isEmpty
    var members = isBridge ? [("chip", "\"tb6612\"")] : []
    for carrier in carriers {
      switch carrier {
      case .chip(let place, let channel):
        members += self.chip(place, channel, key: isBridge ? "pulses" : "chip")
      case .kernelPWM(let chip, let channel, let rateHz):
        if !isBridge { members.append(("chip", "\"kernel_pwm\"")) }
        members += [("pwm", JSON5Text.quoted("\(chip).\(channel)")), ("rate_hz", "\(rateHz)")]
      case .line(let output): members += [("chip", "\"line\""), ("line", line(output))]
      case .direction: break
      }
    }
    members += lines
    members.append(("as", JSON5Text.quoted(conversion.kindName)))
    members += (conversion.inputs["command"] ?? []).map { ("command", JSON5Text.quoted($0)) }
    // How long a bridge's longest pulse is follows from what makes it.
    return members + Expansion.settings(of: conversion).filter { !isBridge || $0.key != "maximum" }
  }

  private func chip(
    _ place: ActuatorChipPlace, _ channel: Int, key: String
  ) -> [(key: String, value: String)] {
    var members = [
      (key, JSON5Text.quoted(place.chip.name)), ("bus", JSON5Text.quoted(place.bus)),
      ("address", hexadecimal(place.address)),
    ]
    if let behind = place.behind {
      members.append(("multiplexer", hexadecimal(behind.multiplexer)))
      members.append(("multiplexer_channel", "\(behind.number)"))
    }
    members.append(("channel", "\(channel)"))
    for setting in place.chip.facts.settings {
      guard let value = place.settings[setting.name] else { continue }
      members.append((setting.name, JSON5Text.number(value)))
    }
    if let twin = place.twin { members.append(("twin", JSON5Text.quoted(twin))) }
    return members
  }

  private func line(_ line: DigitalLine) -> String {
    var members: [(key: String, value: String)] = []
    if let chip = line.chip { members.append(("chip", JSON5Text.quoted(chip))) }
    members.append(("line", JSON5Text.quoted(line.line)))
    if line.active != .high { members.append(("active", JSON5Text.quoted(line.active.rawValue))) }
    return JSON5Text.object(members)
  }
}
