import Foundation
import HardwareInterfaces
import LinuxHardware
import VehicleRuntime

extension MachineProbe {
  /// For people: each finding with the line that puts it into a configuration.
  var table: String {
    var lines: [String] = ["I2C"]
    if adapters.isEmpty {
      lines.append(
        "  no adapter (on a Raspberry Pi: dtparam=i2c_arm=on; the device files need the module i2c-dev)")
    }
    for entry in adapters {
      let clock = entry.adapter.clockHz.map { ", \($0) Hz" } ?? ""
      lines.append(row("  \(entry.adapter.device)", "\(entry.adapter.name)\(clock)", entry.adapter.line))
      if entry.findings.isEmpty, entry.trouble == nil { lines.append("    nothing answers") }
      for finding in entry.findings {
        let certainty = finding.certainty == .likely ? "likely " : ""
        lines.append(row("    \(hexadecimal(finding.address))", certainty + finding.text, finding.line))
      }
      if let trouble = entry.trouble { lines.append("    \(trouble)") }
    }
    lines.append("GPIO")
    if gpio.isEmpty { lines.append("  " + (gpioTrouble ?? "no chip")) }
    for entry in gpio {
      lines.append("  \(entry.chip.name)  \(entry.chip.label), \(entry.lines.count) lines")
      for (offset, line) in entry.lines.enumerated() where !line.name.isEmpty || line.isUsed {
        lines.append(
          row(
            "    \(offset)", [line.name, entry.state(offset)].filter { !$0.isEmpty }.joined(separator: ", "),
            entry.isFree(offset) ? entry.configuration(offset) : nil))
      }
      if let first = entry.lines.firstIndex(where: { $0.name.isEmpty }) {
        lines.append(row("    …", "lines without a name, by their numbers", entry.configuration(first)))
      }
    }
    lines.append("PWM")
    if pwm.isEmpty { lines.append("  no chip (on a Raspberry Pi: dtoverlay=pwm-2chan)") }
    for chip in pwm {
      lines.append(row("  \(chip.name)", "\(chip.device), \(chip.channels) channels", chip.line))
    }
    lines.append("real time")
    lines.append("  kernel \(kernel)")
    if let isolatedProcessors {
      lines.append(
        row("  isolated", "processors \(isolatedProcessors)", Self.processorLine(isolatedProcessors)))
    }
    for grant in realTime { lines.append("  \(grant.text)") }
    return lines.joined(separator: "\n")
  }

  /// A finding and its line, the line in a column of its own.
  private func row(_ name: String, _ text: String, _ line: String?) -> String {
    let finding = name.padding(toLength: max(name.count + 2, 12), withPad: " ", startingAt: 0) + text
    guard let line else { return finding }
    return finding.padding(toLength: max(finding.count + 2, 58), withPad: " ", startingAt: 0) + line
  }

  /// For machines.
  var json: [String: Any] {
    [
      "i2c": adapters.map { entry in
        optional(
          [
            "device": entry.adapter.device, "name": entry.adapter.name, "configuration": entry.adapter.line,
            "devices": entry.findings.map { finding in
              optional(
                [
                  "address": hexadecimal(finding.address), "certainty": finding.certainty.rawValue,
                  "text": finding.text,
                ], ["identity": finding.identity.map(hexadecimal), "configuration": finding.line])
            },
          ],
          ["clock_hz": entry.adapter.clockHz, "driver": entry.adapter.driver, "trouble": entry.trouble])
      },
      "gpio": gpio.map { entry in
        [
          "name": entry.chip.name, "label": entry.chip.label,
          "lines": entry.lines.enumerated().map { offset, line in
            optional(
              [
                "offset": offset, "name": line.name, "state": entry.state(offset),
                "free": entry.isFree(offset),
              ],
              ["configuration": entry.isFree(offset) ? entry.configuration(offset) : nil])
          },
        ] as [String: Any]
      },
      "gpio_trouble": gpioTrouble ?? "",
      "pwm": pwm.map {
        ["name": $0.name, "device": $0.device, "channels": $0.channels, "configuration": $0.line]
          as [String: Any]
      },
      "realtime": realTime.map {
        ["name": $0.name, "obtained": $0.isObtained, "reason": $0.reason, "remedy": $0.remedy]
          as [String: Any]
      },
      "kernel": kernel, "isolated_processors": isolatedProcessors ?? "",
    ]
  }

  private func optional(_ object: [String: Any], _ more: [String: Any?]) -> [String: Any] {
    object.merging(more.compactMapValues { $0 }) { first, _ in first }
  }

  private static func processorLine(_ list: String) -> String? {
    list.split { !$0.isNumber }.first.map { "realtime: { processor: \($0) }" }
  }
}

extension MachineProbe.Lines {
  func state(_ offset: Int) -> String {
    let line = lines[offset]
    if line.isUsed { return line.consumer.isEmpty ? "in use" : "in use by \(line.consumer)" }
    return conflicts[offset] ?? "free"
  }

  func isFree(_ offset: Int) -> Bool { !lines[offset].isUsed && conflicts[offset] == nil }

  func configuration(_ offset: Int) -> String {
    let name = lines[offset].name
    return "{ chip: \"\(chip.label)\", line: \"\(name.isEmpty ? String(offset) : name)\" }"
  }
}

extension I2CAdapter {
  /// The line that makes it a bus of a configuration.
  var line: String { "{ name: \"\(device)\", adapter: \"\(device)\", rate_hz: \(clockHz ?? 400_000) }" }
}

extension PWMChip {
  /// The line that makes it the motors' driver.
  var line: String {
    "driver: { chip: \"kernel_pwm\", pwm_chip: \"\(device.isEmpty ? name : device)\", rate_hz: 400 }"
  }
}
