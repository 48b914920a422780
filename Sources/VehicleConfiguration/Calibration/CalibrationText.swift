import HardwareInterfaces
import PortableMath

extension SensorCalibration {
  /// The text of the file for the vehicle of that name: what `read(text:)` reads, with what people want to know beside it.
  public func fileText(vehicle: String) -> String {
    var lines = [
      "// What is wrong with the sensors of \(Self.plain(vehicle)), in their own axes: made by `ganglion calibrate`, which keeps",
      "// the parts that it does not find anew. docs/calibration.md says how, and when to do it again.", "{",
      "  version: 1,",
    ]
    switch origin {
    case .board: lines.append("  made_on: \"linux\",")
    case .specimen(let number):
      lines.append("  made_on: \"simulated\", specimen: \(number),   // no good for a real board")
    case .seed(let number):
      lines.append(
        "  made_on: \"simulated\", seed: \(number),   // no good for a real board, nor for another seed")
    }
    lines.append("  sensors: [")
    for chip in chips { lines += Self.lines(chip) }
    lines += ["  ],", "}", ""]
    return lines.joined(separator: "\n")
  }

  private static func lines(_ chip: ChipCalibration) -> [String] {
    let place = chip.place
    let way = place.channel.map {
      ", multiplexer: \(hexadecimal($0.multiplexer)), channel: \($0.number)"
    }
    var lines = [
      "    {",
      "      chip: \(quoted(place.chip)), bus: \(quoted(place.bus)), address: \(hexadecimal(place.address))\(way ?? ""),",
    ]
    if let gyro = chip.gyro {
      lines += [
        "      gyro: {", "        bias_dps: \(list(gyro.bias * (180 / .pi))),   // reading minus truth",
      ]
      lines += record(
        gyro.record, count: "readings", residual: "standard_error_dps", scale: 180 / .pi)
    }
    if let accelerometer = chip.accelerometer {
      lines += [
        "      accelerometer: {", "        // truth = matrix · (reading − offset)",
        "        offset_m_s2: \(list(accelerometer.offset)),",
      ]
      lines += matrix(accelerometer.matrix)
      lines.append("        gravity_m_s2: \(accelerometer.gravity),")
      lines += record(accelerometer.record, count: "poses", residual: "residual_m_s2", scale: 1)
    }
    if let magnetometer = chip.magnetometer {
      lines += [
        "      magnetometer: {", "        // truth = matrix · (reading − offset)",
        "        offset_ut: \(list(magnetometer.offset * 1e6)),   // hard iron",
      ]
      lines += matrix(magnetometer.matrix)
      lines.append("        field_ut: \(magnetometer.field * 1e6),")
      lines += record(magnetometer.record, count: "points", residual: "residual_ut", scale: 1e6)
    }
    lines.append("    },")
    return lines
  }

  private static func matrix(_ matrix: Matrix3) -> [String] {
    [
      "        matrix: [", "          \(list(matrix.x)),", "          \(list(matrix.y)),",
      "          \(list(matrix.z)),", "        ],",
    ]
  }

  /// The record and the end of its section.
  private static func record(
    _ record: CalibrationRecord, count: String, residual: String, scale: Double
  ) -> [String] {
    var parts: [String] = []
    if let temperature = record.temperature { parts.append("temperature_c: \(temperature),") }
    if let number = record.count { parts.append("\(count): \(number),") }
    if let value = record.residual { parts.append("\(residual): \(value * scale),") }
    var lines = parts.isEmpty ? [] : ["        \(parts.joined(separator: " "))"]
    if let made = record.made { lines.append("        made: \(quoted(made)),") }
    if let command = record.command { lines.append("        command: \(quoted(command)),") }
    return lines + ["      },"]
  }

  private static func list(_ v: Vector3) -> String { "[\(v.x), \(v.y), \(v.z)]" }

  /// A string literal of JSON5 for a text without control characters, as every text of a configuration is.
  private static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in plain(text).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { literal += "\\" }
      literal.unicodeScalars.append(scalar)
    }
    return literal + "\""
  }

  /// A text that ends no line: at most 200 characters, as a key takes them.
  private static func plain(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(200) {
      let ends = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
      plain.append(ends ? " " : scalar)
    }
    return String(plain)
  }
}
