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
    var carriers: [String: SimulatedChip] = [:]
    for device in configuration.devices {
      var settings = SimulatedChipSettings()
      settings.mounting = device.twin.mounting.map { Mounting($0) } ?? settings.mounting
      settings.identity = device.twin.identity
      settings.shuntResistance = device.twin.shuntResistance ?? settings.shuntResistance
      (settings.shaft, settings.isReversed) = (device.twin.shaft, device.twin.isReversed)
      let chip = try put(
        device.chip.name, device.twin.name, on: device.bus, device.address, behind: device.channel, settings)
      if let carrier = device.twin.carrier { chip?.carrier = carriers[carrier] }
      carriers[device.twin.name] = chip
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
