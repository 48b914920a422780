import ControlLoop
import Devices
import SimulatedHardware

extension SimulatedBoard {
  /// Puts the chips where the configuration says they are, under the names that faults use, but for the `absent`.
  func attach(
    _ configuration: Configuration, motors: SimulatedMotors, without absent: Set<String>
  ) throws(AssemblyError) {
    let multiplexers = try attachMultiplexers(configuration)
    func bus(_ name: String) -> Int { configuration.buses.firstIndex { $0.name == name } ?? 0 }
    func put(
      _ chip: String, _ name: String, on busName: String, _ address: UInt8, behind channel: BusChannel?,
      _ settings: SimulatedChipSettings
    ) throws(AssemblyError) -> SimulatedChip? {
      guard !absent.contains(name) else { return nil }
      guard let chip = SimulatedChips.make(chip, settings) else {
        throw .unknownChip(chip, known: SimulatedChips.names)
      }
      let way = channel.map { channel in
        let multiplexer = Multiplexer(bus: bus(busName), address: channel.multiplexer)
        return (multiplexer: multiplexers[multiplexer] ?? "", number: Int(channel.number))
      }
      return try attach(chip, name: name, at: BusPlace(bus: bus(busName), address: address, behind: way))
    }
    let sensors = configuration.sensors
    var carriers: [SimulatedChip?] = []
    for (index, imu) in sensors.imu.instances.enumerated() {
      var settings = SimulatedChipSettings()
      settings.mounting = Mounting(imu.mounting)
      settings.identity = imu.acceptIdentities.first
      carriers.append(
        try put(
          imu.chip.name, SensorKind.imu.key(index), on: imu.bus, imu.address, behind: imu.channel, settings))
    }
    for (index, barometer) in (sensors.barometer?.instances ?? []).enumerated() {
      var settings = SimulatedChipSettings()
      settings.identity = barometer.acceptIdentities.first
      _ = try put(
        barometer.chip.name, SensorKind.barometer.key(index), on: barometer.bus, barometer.address,
        behind: barometer.channel, settings)
    }
    for (index, magnetometer) in (sensors.magnetometer?.instances ?? []).enumerated() {
      var settings = SimulatedChipSettings()
      settings.mounting = Mounting(magnetometer.mounting ?? sensors.imu.mounting)
      settings.identity = magnetometer.acceptIdentities.first
      let chip = try put(
        magnetometer.chip.name, SensorKind.magnetometer.key(index), on: magnetometer.bus,
        magnetometer.address, behind: magnetometer.channel, settings)
      // On one bus with a chip that opens the way to its own: behind it, as inside an MPU-9250.
      let carrier = sensors.imu.instances.firstIndex { $0.auxiliaryBypass && $0.bus == magnetometer.bus }
      if let carrier { chip?.carrier = carriers[carrier] }
    }
    for (index, range) in (sensors.range?.instances ?? []).enumerated() {
      _ = try put(
        range.chip.name, SensorKind.range.key(index), on: range.bus, range.address, behind: range.channel,
        SimulatedChipSettings())
    }
    if let power = sensors.power {
      var settings = SimulatedChipSettings()
      settings.shuntResistance = power.shuntOhm
      _ = try put(
        power.chip.name, "power", on: power.bus, power.address, behind: power.channel, settings)
    }
    for (shaft, name, encoder) in [
      (0, "left-encoder", sensors.leftEncoder), (1, "right-encoder", sensors.rightEncoder),
    ] {
      guard let encoder else { continue }
      var settings = SimulatedChipSettings()
      (settings.shaft, settings.isReversed) = (shaft, encoder.isReversed)
      _ = try put(
        encoder.chip.name, name, on: encoder.bus, encoder.address, behind: encoder.channel, settings)
    }
    if let bridge = motors.bridgeChip { try place(bridge, name: "bridge") }
    let driver = configuration.actuators.driver
    guard let motorBus = driver.bus else { return }
    try attach(motors.pulseDriver, name: "motors", bus: bus(motorBus), address: driver.address)
  }

  /// A multiplexer by its place.
  private struct Multiplexer: Hashable {
    var bus: Int
    var address: UInt8
  }

  /// Puts the multiplexers on that sensors sit behind; their names by their places.
  private func attachMultiplexers(
    _ configuration: Configuration
  ) throws(AssemblyError) -> [Multiplexer: String] {
    var names: [Multiplexer: String] = [:]
    for (number, load) in configuration.busLoads.enumerated() {
      for address in Set(load.shares.compactMap(\.channel?.multiplexer)).sorted() {
        // The first is "multiplexer", the next "multiplexer-2".
        let name = names.isEmpty ? "multiplexer" : "multiplexer-\(names.count + 1)"
        try attach(SimulatedTCA9548A(), name: name, bus: number, address: address)
        names[Multiplexer(bus: number, address: address)] = name
      }
    }
    return names
  }
}

extension Mounting {
  /// The simulated twin of a configured mounting.
  init(_ mounting: Configuration.Mounting) {
    func axis(_ axis: SignedAxis) -> Axis { Axis(rawValue: axis.rawValue) ?? .plusX }
    self.init(forward: axis(mounting.forward), right: axis(mounting.right), down: axis(mounting.down))
  }
}

extension SpecimenErrors {
  /// The simulated twin of configured errors.
  init(_ errors: Configuration.SensorErrors) {
    self.init(specimen: errors.specimen)
    gyroBias = errors.gyroBias
    (accelerometerOffset, accelerometerScale) = (errors.accelerometerOffset, errors.accelerometerScale)
    accelerometerCross = errors.accelerometerCross
    (hardIron, softIron) = (errors.hardIron, errors.softIron)
  }
}
