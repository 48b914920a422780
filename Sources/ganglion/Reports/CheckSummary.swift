import LiquidModel
import VehicleConfiguration

/// What a valid configuration describes, for people and for machines.
struct CheckSummary: Encodable {
  struct Device: Encodable {
    var path, chip, address: String
    var rateHz: Int
    /// Share of the bus's time, 0 to 1.
    var load: Double
  }

  struct Bus: Encodable {
    var name, adapter: String
    var rateHz: Int
    /// Share of the bus's time that the devices take, 0 to 1.
    var load: Double
    var arithmetic: String
    var devices: [Device]
  }

  struct Motor: Encodable {
    var channel: Int
    var minimumMicroseconds, maximumMicroseconds, safeMicroseconds: Double
    /// The direction lines of its bridge.
    var forward, reverse: String?
  }

  /// What makes the motors' pulses.
  struct Driver: Encodable {
    var chip: String
    /// The kernel's PWM chip, for `kernel_pwm`.
    var pwmChip: String?
    var rateHz: Int
  }

  /// What is known of a sensor that can be calibrated.
  struct Calibration: Encodable {
    var path: String
    /// What is taken off its readings: parts of "gyro", "accelerometer", "magnetometer".
    var parts: [String]
  }

  struct Model: Encodable {
    var file, arithmetic, digest: String
    /// Why the file is not protected against damage; `nil` when it is.
    var note: String?
  }

  var valid = true
  var name, vehicle, backend, controller: String
  var loopRateHz: Int
  var buses: [Bus]
  var inputs, outputs: [String]
  var driver: Driver
  var motors: [Motor]
  var model: Model?
  /// The calibration's file, and why it is not used; `nil` when it is, or when there is none.
  var calibrationFile, calibrationNote: String?
  var calibrations: [Calibration]
  /// What its owner should think about.
  var warnings: [String]

  init(_ configuration: Configuration, model: ModelFile?) {
    name = configuration.name
    vehicle = configuration.kind.rawValue
    backend = configuration.backend.rawValue
    controller = configuration.model.controller.rawValue
    loopRateHz = configuration.loop.rateHz
    buses = configuration.busLoads.map { load in
      Bus(
        name: load.bus.name, adapter: load.bus.adapter, rateHz: load.bus.rateHz, load: load.fraction,
        arithmetic: load.arithmetic,
        devices: load.shares.map {
          Device(
            path: $0.path, chip: $0.chip, address: $0.addressText, rateHz: $0.rateHz,
            load: Double($0.bits) * Double($0.rateHz) / Double(load.bus.rateHz))
        })
    }
    inputs = (configuration.network?.inputs ?? []).map { "\($0.signal.rawValue) (\($0.signal.unit))" }
    outputs = (configuration.network?.outputs ?? []).map(\.command.rawValue)
    let pulses = configuration.actuators.driver
    driver = Driver(chip: pulses.chip.rawValue, pwmChip: pulses.pwmChip, rateHz: pulses.rateHz)
    motors = configuration.actuators.motors.map {
      Motor(
        channel: $0.channel, minimumMicroseconds: $0.minimumMicroseconds,
        maximumMicroseconds: $0.maximumMicroseconds, safeMicroseconds: $0.safeMicroseconds,
        forward: $0.bridge?.forward.line, reverse: $0.bridge?.reverse.line)
    }
    calibrationFile = configuration.calibrationPath
    calibrationNote = configuration.calibrationNote
    calibrations = configuration.calibratedSensors.map {
      Calibration(path: $0.path, parts: configuration.calibration?[$0.location].parts ?? [])
    }
    warnings = configuration.warnings.map(\.description) + configuration.hardwareWarnings
    self.model = model.map {
      Model(
        file: configuration.modelPath ?? "", arithmetic: $0.arithmetic.rawValue, digest: $0.digest,
        note: $0.sealNote)
    }
  }

  /// The summary for people.
  var text: String {
    var lines = [
      "\(name): a \(vehicle) that is valid (\(backend); \(controller) flies; \(loopRateHz) ticks/s)"
    ]
    for bus in buses {
      lines.append("bus \(bus.name): \(bus.adapter) at \(bus.rateHz) Hz, \(percent(bus.load)) busy")
      let width = max(bus.devices.map(\.path.count).max() ?? 0, 20)
      lines += bus.devices.map { device in
        "  \(padded(device.path, width)) \(padded(device.chip, 10)) \(device.address) \(device.rateHz) Hz, \(percent(device.load))"
      }
    }
    if let model {
      lines.append("model: \(model.file), \(model.arithmetic), digest \(model.digest.prefix(12))")
      if let note = model.note { lines.append("model: \(note)") }
    }
    if let calibrationNote {
      lines.append("calibration: \(calibrationNote)")
    } else if let calibrationFile {
      let sensors = calibrations.map {
        "\($0.path) \($0.parts.isEmpty ? "none" : $0.parts.joined(separator: " and "))"
      }
      lines.append("calibration: \(calibrationFile): \(sensors.joined(separator: ", "))")
    }
    if !inputs.isEmpty { lines.append("network in:  \(inputs.joined(separator: ", "))") }
    if !outputs.isEmpty { lines.append("network out: \(outputs.joined(separator: ", "))") }
    // A chip on a bus stands there.
    if let pwmChip = driver.pwmChip { lines.append("pulses: \(driver.chip) \(pwmChip), \(driver.rateHz) Hz") }
    for (index, motor) in motors.enumerated() {
      lines.append(
        "motor \(index): channel \(motor.channel), \(shown(motor.minimumMicroseconds)) to "
          + "\(shown(motor.maximumMicroseconds)) µs, safe \(shown(motor.safeMicroseconds)) µs"
          + (motor.forward.map { ", forward \($0)" } ?? "") + (motor.reverse.map { ", reverse \($0)" } ?? ""))
    }
    lines += warnings.map { "warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  private func percent(_ share: Double) -> String { "\(shown((share * 1000).rounded() / 10)) %" }

  /// Without the ".0" of a whole number.
  private func shown(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
