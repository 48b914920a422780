import Control
import Devices
import HardwareInterfaces
import Sampling
import Signals

/// One of the values of an actuator's conversion, and what carries it.
public struct ActuatorOutput: Sendable {
  /// The conversion's output, for example `pulse`.
  public var port: String
  /// What carries it.
  public var carrier: ActuatorCarrier

  /// An output from its parts.
  public init(_ port: String, _ carrier: ActuatorCarrier) { (self.port, self.carrier) = (port, carrier) }
}

/// Something that moves, shines or heats: a conversion of a command, and what carries the result. Whoever reads a configuration makes
/// a list of them; what is sent, what is safe and what a guard has to do follow from it (`ActuatorPlan`).
public struct ActuatorDeclaration: Sendable {
  /// The name with which its signals begin, for example `left`.
  public var name: String
  /// Its key in the configuration, for messages, for example `actuators.motors[0]` or `devices.left`.
  public var path: String
  /// The row of the program that decides what is sent. Its name is the actuator's.
  public var conversion: BlockDeclaration
  /// What is carried, of each output at most once.
  public var outputs: [ActuatorOutput]
  /// What its outputs would be carried by, where its settings are wrong, so that nobody knows what it sends: others must not have it.
  var claimed: [ActuatorCarrier] = []

  /// A declaration from its parts. `settings` are the conversion's, `command` is the signal that it converts.
  public init(
    name: String, path: String, conversion: String, settings: [String: SettingValue] = [:], command: String,
    outputs: [ActuatorOutput]
  ) {
    (self.name, self.path, self.outputs) = (name, path, outputs)
    self.conversion = BlockDeclaration(conversion, name, settings: settings, inputs: ["command": [command]])
  }

  /// Whether it is safe while the vehicle is disarmed, and not only while its command is not valid.
  public var needsArming: Bool { conversion.settings["needs_arming"] != .flag(false) }

  /// Name of the bus of its chip; `nil` without one.
  public var bus: String? {
    for case .chip(let place, _) in outputs.map(\.carrier) { return place.bus }
    return nil
  }

  /// The signals that come from its carriers, on the bus of a number: what is wrong with them.
  public func signals(bus number: Int) -> [Signal] {
    [
      Signal(
        "\(name).fault", .deviceFault, from: .device(name, bus: number),
        about: "what keeps it from what is sent")
    ]
  }
}

extension Configuration {
  /// The motors of format 1 as actuators, in their order.
  public var actuatorDeclarations: [ActuatorDeclaration] {
    zip(vehicle.parts.motors, actuators.motors).enumerated().map { index, named in
      declaration(of: named.1, named.0, path: "actuators.motors[\(index)]")
    }
  }

  private func declaration(of motor: Motor, _ name: String, path: String) -> ActuatorDeclaration {
    let pulse = ActuatorOutput("pulse", carrier(of: motor))
    guard let bridge = motor.bridge else {
      return ActuatorDeclaration(
        name: name, path: path, conversion: "speed_controller",
        settings: [
          "minimum": .number(motor.minimumMicroseconds), "maximum": .number(motor.maximumMicroseconds),
          "safe": .number(motor.safeMicroseconds),
        ], command: "motors.\(name)", outputs: [pulse])
    }
    return ActuatorDeclaration(
      name: name, path: path, conversion: "bridge_pulse",
      settings: ["maximum": .number(motor.maximumMicroseconds), "safe": .number(motor.safeMicroseconds)],
      command: "motors.\(name)",
      outputs: [
        pulse, ActuatorOutput("drive", .direction(forward: bridge.forward, backward: bridge.reverse)),
      ])
  }

  private func carrier(of motor: Motor) -> ActuatorCarrier {
    let driver = actuators.driver
    guard let chip = ActuatorTable.chip(driver.chip.rawValue), let bus = driver.bus else {
      return .kernelPWM(chip: driver.pwmChip ?? "", channel: motor.channel, rateHz: driver.rateHz)
    }
    return .chip(
      ActuatorChipPlace(
        path: "actuators.driver", chip: chip, bus: bus, address: driver.address,
        settings: ["rate_hz": Double(driver.rateHz), "oscillator_hz": Double(driver.oscillatorHz)],
        twin: "motors"),
      channel: motor.channel)
  }
}
