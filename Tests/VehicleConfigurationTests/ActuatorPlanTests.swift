import Control
import Devices
import HardwareInterfaces
import Signals
import Testing
import VehicleFixtures

@testable import Sampling
@testable import VehicleConfiguration

@Suite("Plan of actuators")
struct ActuatorPlanTests {
  /// A chip at its standard address on the bus "main", with its keys below `path`.
  static func place(
    _ path: String, _ name: String = "pca9685", address: UInt8? = nil, behind: BusChannel? = nil,
    settings: [String: Double] = [:]
  ) throws -> ActuatorChipPlace {
    let chip = try #require(ActuatorTable.chip(name))
    return ActuatorChipPlace(
      path: path, chip: chip, bus: "main", behind: behind, address: address ?? chip.facts.standardAddress,
      settings: settings)
  }

  /// An actuator `devices.NAME` with a command of its own.
  static func actuator(
    _ name: String, _ conversion: String, _ settings: [String: SettingValue] = [:],
    _ outputs: ActuatorOutput...
  ) -> ActuatorDeclaration {
    ActuatorDeclaration(
      name: name, path: "devices.\(name)", conversion: conversion, settings: settings,
      command: "steer.\(name)", outputs: outputs)
  }

  static func servo(_ name: String, _ channel: Int, _ place: ActuatorChipPlace, safe: Double = 1500)
    -> ActuatorDeclaration
  {
    actuator(
      name, "servo", ["safe_us": .number(safe)], ActuatorOutput("pulse", .chip(place, channel: channel)))
  }

  private static func line(_ line: String, chip: String? = nil) -> DigitalLine {
    DigitalLine(chip: chip, line: line, active: .high)
  }

  private func mistakes(
    _ actuators: [ActuatorDeclaration], lines: [TakenLine] = []
  ) -> [String] {
    do throws(ConfigurationErrors) {
      _ = try ActuatorPlan(actuators, lines: lines)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test("puts actuators that share a chip on one, and the others on their own carriers")
  func sharing() throws {
    let pca = try Self.place("devices.fin", settings: ["rate_hz": 50])
    let plan = try ActuatorPlan([
      Self.servo("fin", 4, pca), Self.servo("flap", 1, pca, safe: 0),
      Self.actuator("lamp", "duty", [:], ActuatorOutput("duty", .chip(pca, channel: 9))),
      Self.actuator(
        "winch", "motor_voltage", ["most_v": .number(5)],
        ActuatorOutput("voltage", .chip(try Self.place("devices.winch", "drv8830"), channel: 0))),
      Self.actuator("pump", "relay", ["safe": .flag(true)], ActuatorOutput("on", .line(Self.line("GPIO5")))),
      Self.actuator(
        "left", "bridge_pulse", ["maximum": .number(50)],
        ActuatorOutput("pulse", .kernelPWM(chip: "pwmchip0", channel: 0, rateHz: 20_000)),
        ActuatorOutput("drive", .direction(forward: Self.line("GPIO6"), backward: Self.line("GPIO7")))),
      Self.actuator(
        "fan", "duty", [:], ActuatorOutput("duty", .kernelPWM(chip: "pwmchip0", channel: 1, rateHz: 25_000))),
    ])
    #expect(plan.chips.map(\.place.chip.name) == ["pca9685", "drv8830"])
    #expect(
      plan.chips[0].use.channels == [
        ActuatorChannel(4, .pulse, safe: 1500), ActuatorChannel(1, .pulse, safe: 0),
        ActuatorChannel(9, .duty, safe: 0),
      ])
    #expect(plan.chips[0].use.settings["rate_hz"] == 50)
    #expect(plan.chips[0].sent.map(\.signal) == ["fin.pulse", "flap.pulse", "lamp.duty"])
    #expect(
      plan.lines.map(\.sent) == [
        PlannedSignal(signal: "pump.on", safe: 1), PlannedSignal(signal: "left.drive", safe: 0),
      ])
    #expect(plan.lines[1].backward == Self.line("GPIO7"))
    #expect(plan.pwm.map(\.sent.signal) == ["left.pulse", "fan.duty"])
    #expect(plan.pwm.map(\.factor) == [1, 40])
    // Channels 1 to 9 in one burst.
    #expect(plan.chips[0].share(rateHz: 100).bits == TransferBits.write(1 + 4 * 9))
  }

  @Test("says what makes chips safe, through multiplexers too")
  func safeWrites() throws {
    let channel = BusChannel(multiplexer: 0x71, number: 2)
    let plan = try ActuatorPlan([
      Self.actuator(
        "winch", "motor_voltage", ["most_v": .number(5)],
        ActuatorOutput(
          "voltage", .chip(try Self.place("devices.winch", "drv8830", behind: channel), channel: 0))),
      Self.actuator(
        "crane", "motor_voltage", ["most_v": .number(5)],
        ActuatorOutput(
          "voltage",
          .chip(
            try Self.place(
              "devices.crane", "drv8830", behind: BusChannel(multiplexer: 0x70, number: 7),
              settings: ["brakes": 0]),
            channel: 0))),
      Self.actuator(
        "pump", "relay", ["safe": .flag(true)],
        ActuatorOutput("on", .chip(try Self.place("devices.pump", "mcp23017"), channel: 10))),
    ])
    func write(_ address: UInt8, _ bytes: UInt8...) -> PlannedWrite {
      PlannedWrite(bus: "main", address: address, bytes: bytes)
    }
    func way(_ address: UInt8, _ channels: UInt8) -> PlannedWrite {
      PlannedWrite(bus: "main", address: address, bytes: [channels], isWithNext: true)
    }
    let through = [
      way(0x70, 0), way(0x71, 4), write(0x60, 0, 3), way(0x71, 0), way(0x70, 128), write(0x60, 0, 0),
    ]
    #expect(plan.safeWrites { _ in true } == through + [write(0x20, 0x14, 0, 4)])
    #expect(plan.safeWrites { _ in false } == through + [write(0x20, 0x14, 0), write(0x20, 0x15, 4)])
    #expect(plan.chips[0].share(rateHz: 50).bits == TransferBits.write(2) + TransferBits.write(1))
  }

  @Test("Two actuators on one channel, or line, are an error")
  func taken() throws {
    let pca = try Self.place("devices.fin")
    #expect(
      mistakes([Self.servo("fin", 4, pca), Self.servo("flap", 4, pca)]) == [
        "devices.flap.channel: channel 4 of the pca9685 at 0x40 on the bus \"main\" is taken by devices.fin: give it another"
      ])
    func fan(_ name: String) -> ActuatorDeclaration {
      Self.actuator(
        name, "duty", [:], ActuatorOutput("duty", .kernelPWM(chip: "pwmchip0", channel: 1, rateHz: 100)))
    }
    #expect(
      mistakes([fan("one"), fan("two")]) == [
        "devices.two.channel: output 1 of pwmchip0 is taken by devices.one: give it another"
      ])
    func relay(_ name: String, _ line: DigitalLine) -> ActuatorDeclaration {
      Self.actuator(name, "relay", [:], ActuatorOutput("on", .line(line)))
    }
    #expect(
      mistakes(
        [
          relay("pump", Self.line("GPIO5")), relay("valve", Self.line("GPIO5", chip: "gpio")),
          relay("horn", Self.line("GPIO6")),
        ], lines: [TakenLine(path: "lines.kill_switch", chip: nil, line: "GPIO6")]) == [
          "devices.valve: the line gpio GPIO5 is taken by devices.pump: give it another",
          "devices.horn: the line GPIO6 is taken by lines.kill_switch: give it another",
        ])
    #expect(
      mistakes([relay("pump", Self.line("1", chip: "a")), relay("valve", Self.line("1", chip: "b"))]).isEmpty)
  }

  @Test("What one chip has once cannot be asked for twice")
  func onePulseRate() throws {
    let (fin, flap) = (
      try Self.place("devices.fin", settings: ["rate_hz": 50]),
      try Self.place("devices.flap", settings: ["rate_hz": 400])
    )
    #expect(
      mistakes([Self.servo("fin", 0, fin), Self.servo("flap", 1, flap)]) == [
        "devices.flap.rate_hz: found 400, expected 50 as devices.fin says: one pca9685 has one for all of its channels; "
          + "write the same, or use a second chip"
      ])
  }

  @Test("Channels, addresses, settings and values that a chip does not have are errors")
  func beyondTheChip() throws {
    #expect(
      mistakes([Self.servo("fin", 16, try Self.place("devices.fin"))]) == [
        "devices.fin.channel: found 16, expected 0 to 15, the channels of a pca9685"
      ])
    #expect(
      mistakes([
        Self.servo(
          "fin", 0,
          try Self.place("devices.fin", address: 0x20, settings: ["rate_hz": 5, "rat_hz": 6, "colour": 7]))
      ]) == [
        "devices.fin.address: found 0x20, expected 0x40 to 0x77, which a pca9685 can have",
        "devices.fin.colour: a pca9685 has no such key",
        "devices.fin.rat_hz: a pca9685 has no such key; did you mean \"rate_hz\"?",
        "devices.fin.rate_hz: found 5, expected 24 to 1526",
      ])
    let drv = try Self.place("devices.winch", "drv8830")
    #expect(
      mistakes([
        Self.actuator(
          "winch", "motor_voltage", ["most_v": .number(6)], ActuatorOutput("voltage", .chip(drv, channel: 1))),
        Self.actuator(
          "crane", "motor_voltage", ["most_v": .number(6)], ActuatorOutput("voltage", .chip(drv, channel: 0))),
      ]) == [
        "devices.winch.channel: found 1, expected 0, the only channel of a drv8830",
        "devices.crane: crane.voltage may be 6 V, expected at most 5.06, which is what a drv8830 can give",
      ])
    #expect(
      mistakes([Self.servo("fin", 0, try Self.place("devices.fin", settings: ["rate_hz": 800]))]) == [
        "devices.fin: fin.pulse may be 2000 µs, expected at most the time between pulses, 1310.7 µs at rate_hz 800: "
          + "lower rate_hz, or the pulse"
      ])
  }

  @Test("A conversion must give what its carrier takes")
  func quantities() throws {
    let mcp = try Self.place("devices.lamp", "mcp23017")
    #expect(
      mistakes([
        Self.actuator("lamp", "duty", [:], ActuatorOutput("duty", .chip(mcp, channel: 0))),
        Self.actuator("horn", "relay", [:], ActuatorOutput("pulse", .chip(mcp, channel: 0))),
        Self.actuator("fin", "servo", [:], ActuatorOutput("pulse", .chip(mcp, channel: 0))),
        Self.actuator(
          "odd", "clamp", ["least": .number(0), "most": .number(1)],
          ActuatorOutput("value", .chip(mcp, channel: 0))),
      ]) == [
        "devices.lamp: lamp.duty is a duty, but a mcp23017 takes a level: use another carrier, or a conversion of relay",
        "devices.horn: the conversion \"relay\" sends no pulse, only on",
        "devices.fin: block fin: safe_us is missing; expected a number from 0 to 20000 us",
        "devices.odd: the conversion \"clamp\" sends no value, and nothing else: it is no conversion",
      ])
  }

  @Test("Chips that hear one address are an error")
  func addresses() throws {
    let channel = BusChannel(multiplexer: 0x70, number: 0)
    func winch(_ name: String, _ place: ActuatorChipPlace) -> ActuatorDeclaration {
      Self.actuator(
        name, "motor_voltage", ["most_v": .number(5)], ActuatorOutput("voltage", .chip(place, channel: 0)))
    }
    #expect(
      mistakes([
        winch("one", try Self.place("devices.one", "drv8830")),
        winch("two", try Self.place("devices.two", "drv8830", behind: channel)),
      ]) == [
        "devices.two.address: 0x70.0 0x60 on the bus \"main\" is that of devices.one on the bus itself, too"
      ])
    #expect(
      mistakes([
        winch("one", try Self.place("devices.one", "drv8830", behind: channel)),
        Self.servo("fin", 0, try Self.place("devices.fin", address: 0x70)),
      ]) == ["devices.fin.address: 0x70 on the bus \"main\" is taken by a multiplexer"])
    #expect(
      mistakes([
        Self.servo("fin", 0, try Self.place("devices.fin", address: 0x60)),
        winch("one", try Self.place("devices.one", "drv8830")),
      ]) == ["devices.one.address: 0x60 on the bus \"main\" is taken by devices.fin (pca9685)"])
  }

  @Test("Ten thousand actuators in one place are ten thousand errors, soon")
  func many() throws {
    let pca = try Self.place("devices.fin")
    let actuators = (0..<10_000).map { Self.servo("fin_\($0)", $0 % 16, pca) }
    #expect(mistakes(actuators).count == 10_000 - 16)
  }

  // MARK: - Format 1

  @Test(
    "The motors of the shipped configurations are actuators that send what their rows say",
    arguments: try shippedTexts())
  func shipped(_ text: String) throws {
    let configuration = try Configuration.load(text: text, directory: nil)
    let actuators = configuration.actuatorDeclarations
    #expect(actuators.map(\.path) == configuration.actuators.motors.indices.map { "actuators.motors[\($0)]" })
    #expect(actuators.allSatisfy { $0.needsArming })
    // The same rows as the template's.
    let rows = configuration.declaration(hasNetwork: false).blocks
    for actuator in actuators {
      let row = try #require(rows.first { $0.name == actuator.name })
      #expect(row.kindName == actuator.conversion.kindName && row.settings == actuator.conversion.settings)
      #expect(row.inputs == actuator.conversion.inputs)
    }
    let plan = try ActuatorPlan(actuators)
    let motors = configuration.actuators.motors
    #expect(plan.chips.count == 1)
    #expect(
      plan.chips[0].use.channels
        == motors.map { ActuatorChannel($0.channel, .pulse, safe: $0.safeMicroseconds) })
    #expect(plan.lines.count == motors.compactMap(\.bridge).count)
    let bus = try #require(configuration.actuators.driver.bus)
    let load = try #require(configuration.busLoads.first { $0.bus.name == bus })
    #expect(load.shares.last == plan.chips[0].share(rateHz: configuration.loop.rateHz))
    let driver = configuration.actuators.driver
    let (rate, oscillator) = (Double(driver.rateHz), Double(driver.oscillatorHz))
    #expect(
      plan.safeWrites { _ in true }
        == motors.map {
          PlannedWrite(
            bus: bus, address: driver.address,
            bytes: PCA9685.pulse(
              channel: $0.channel, microseconds: Float($0.safeMicroseconds),
              prescale: PCA9685.prescale(rate: rate, oscillator: oscillator), oscillator: oscillator))
        })
    #expect(
      plan.safeWrites { _ in false } == [
        PlannedWrite(bus: bus, address: driver.address, bytes: PCA9685.allOff)
      ])
  }

  @Test("Motors at the kernel's PWM are on no bus")
  func kernelPWM() throws {
    let driver = #"chip: "pca9685", bus: "sensors", address: 0x40, rate_hz: 400, oscillator_hz: 25000000"#
    var text = try quadrotorText()
    let range = try #require(text.range(of: driver))
    text.replaceSubrange(range, with: #"chip: "kernel_pwm", pwm_chip: "pwmchip0", rate_hz: 400"#)
    let configuration = try Configuration.load(text: text, directory: nil)
    let plan = try ActuatorPlan(configuration.actuatorDeclarations)
    #expect(plan.chips.isEmpty && plan.safeWrites { _ in true }.isEmpty)
    #expect(plan.pwm.map(\.channel) == configuration.actuators.motors.map(\.channel))
    #expect(plan.pwm.allSatisfy { $0.chip == "pwmchip0" && $0.rateHz == 400 && $0.factor == 1 })
    #expect(plan.pwm.map(\.sent.safe) == configuration.actuators.motors.map(\.safeMicroseconds))
  }

  @Test("What is sent lies in the frame as a number, or as a flag")
  func places() throws {
    let device = SignalOrigin.device("x", bus: 0)
    let table = try SignalTable([
      Signal("x.pulse", .number, unit: .microsecond, from: device), Signal("x.on", .flag, from: device),
      Signal("x.count", .count, from: device),
    ])
    let memory = FrameMemory(table)
    let (pulse, on) = (try #require(SentPlace("x.pulse", table)), try #require(SentPlace("x.on", table)))
    #expect(SentPlace("x.count", table) == nil && SentPlace("x.off", table) == nil)
    #expect(pulse.value(in: memory.frame) == 0 && on.value(in: memory.frame) == 0)
    memory.frame[try #require(table.index(of: "x.pulse", as: Float.self))] = 1500
    memory.frame[try #require(table.index(of: "x.on", as: Bool.self))] = true
    #expect(pulse.value(in: memory.frame) == 1500 && on.value(in: memory.frame) == 1)
  }
}
