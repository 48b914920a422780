import Devices
import Sampling
import SimulatedHardware
import VehicleConfiguration

extension SimulatedBoard {
  /// Puts the chips where the configuration says they are, under the names that faults use, but for the `absent`.
  /// Returns what hangs at the actuators' chips, outputs and lines of `plan`.
  func attach(
    _ configuration: VehicleTables, _ plan: ActuatorPlan, without absent: Set<String> = []
  ) throws(AssemblyError) -> SimulatedActuators {
    let multiplexers = try attachMultiplexers(configuration, plan)
    func bus(_ name: String) -> Int { configuration.buses.firstIndex { $0.name == name } ?? 0 }
    func way(_ channel: BusChannel?, on busName: String) -> (multiplexer: String, number: Int)? {
      channel.map { channel in
        let multiplexer = Multiplexer(bus: bus(busName), address: channel.multiplexer)
        return (multiplexers[multiplexer] ?? "", Int(channel.number))
      }
    }
    func put(
      _ chip: String, _ name: String, on busName: String, _ address: UInt8, behind channel: BusChannel?,
      _ settings: SimulatedChipSettings
    ) throws(AssemblyError) -> SimulatedChip? {
      guard !absent.contains(name) else { return nil }
      guard let chip = SimulatedChips.make(chip, settings) else {
        throw .unknownChip(chip, known: SimulatedChips.names)
      }
      return try attach(
        chip, name: name,
        at: BusPlace(bus: bus(busName), address: address, behind: way(channel, on: busName)))
    }
    var carriers: [String: SimulatedChip] = [:]
    for device in configuration.devices {
      if let line = device.line {
        if !absent.contains(device.twin.name) { try placeInput(device.twin.name, at: line.text) }
        continue
      }
      var settings = SimulatedChipSettings()
      settings.mounting = device.twin.mounting.map { Mounting($0) } ?? settings.mounting
      settings.identity = device.twin.identity
      settings.shuntResistance = device.twin.shuntResistance ?? settings.shuntResistance
      settings.converter = configuration.converter(of: device)
      (settings.shaft, settings.isReversed) = (device.twin.shaft, device.twin.isReversed)
      let chip = try put(
        device.chip.name, device.twin.name, on: device.bus, device.address, behind: device.channel, settings)
      if let carrier = device.twin.carrier { chip?.carrier = carriers[carrier] }
      carriers[device.twin.name] = chip
    }
    for device in configuration.devices where !absent.contains(device.twin.name) {
      call(device.twin.name, by: device.name)
    }
    return try connect(configuration, plan) { planned, name throws(AssemblyError) in
      let place = planned.place
      let read = configuration.devices.first {
        $0.line == nil
          && ($0.bus, $0.channel, $0.address) == (place.bus, place.behind, place.address)
      }
      // A chip that is read, too, is there already.
      if let read, let chip = carriers[read.twin.name] as? any SimulatedActuator { return chip }
      guard let chip = SimulatedActuatorChips.make(place.chip.name, place.settings) else {
        throw .unknownChip(place.chip.name, known: SimulatedActuatorChips.names)
      }
      let behind = way(place.behind, on: place.bus)
      try attach(
        chip, name: name, at: BusPlace(bus: bus(place.bus), address: place.address, behind: behind))
      return chip
    }
  }

  /// A multiplexer by its place.
  private struct Multiplexer: Hashable {
    var bus: Int
    var address: UInt8
  }

  /// Puts the multiplexers on that devices and actuators sit behind; their names by their places.
  private func attachMultiplexers(
    _ configuration: VehicleTables, _ plan: ActuatorPlan
  ) throws(AssemblyError) -> [Multiplexer: String] {
    var names: [Multiplexer: String] = [:]
    for (number, load) in configuration.busLoads(plan).enumerated() {
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
  init(_ mounting: SensorMounting) {
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
