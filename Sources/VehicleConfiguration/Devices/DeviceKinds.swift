import Devices
import Signals

/// A device as it was read.
struct ReadDevice: Sendable {
  var group: SensorGroup
  /// Inertial chips among its own that open the way to a magnetometer inside them.
  var carriers: [Carrier] = []
  /// For each of its own that sits inside another chip, which chips those may be.
  var carried: [(path: String, chip: String, carriers: [String], bus: String)] = []

  struct Carrier: Sendable {
    var chip, bus, twin: String
  }
}

/// A kind of device: what its section may hold, and how it is read. Which chips are of the kind is for `SensorTable` to say.
struct DeviceKind: Sendable {
  /// Names of its chips.
  var chips: [String]
  /// What its section may hold.
  var schema: SectionSchema
  /// Reads a section as a device of that name.
  var read: @Sendable (Section, DeviceNaming) -> ReadDevice?

  private init<Part: ConfigurationSection>(
    _ part: Part.Type, _ chips: [String], more: [KeyDescription] = [],
    read: @escaping @Sendable (Part, DeviceNaming) -> ReadDevice
  ) {
    self.chips = chips
    schema = Part.schema
    schema.keys += DeviceKeys.descriptions + more
    self.read = { section, naming in Part(section).map { read($0, naming) } }
  }

  /// The kind of a chip; `nil` when no configuration can name it.
  static func of(chip name: String) -> DeviceKind? { all.first { $0.chips.contains(name) } }

  /// All kinds, in the order of the reference.
  static let all: [DeviceKind] = [
    DeviceKind(Configuration.InertialSensor.self, SensorTable.inertial.map(\.name)) { part, naming in
      let open = part.instances.enumerated().filter(\.element.auxiliaryBypass)
      return ReadDevice(
        group: part.group(naming),
        carriers: open.map {
          ReadDevice.Carrier(
            chip: $0.element.chip.name, bus: $0.element.bus,
            twin: naming.twin($0.offset, identity: nil).name)
        })
    },
    DeviceKind(Configuration.Barometer.self, SensorTable.barometers.map(\.name)) { part, naming in
      ReadDevice(group: part.group(naming))
    },
    DeviceKind(Configuration.Magnetometer.self, SensorTable.magnetometers.map(\.name)) { part, naming in
      ReadDevice(
        group: part.group(naming, mounting: nil),
        carried: part.instances.enumerated().compactMap { index, section in
          let carriers = section.chip.facts.carriers
          return carriers.isEmpty ? nil : (naming.path(index), section.chip.name, carriers, section.bus)
        })
    },
    DeviceKind(Configuration.RangeFinder.self, SensorTable.rangeFinders.map(\.name)) { part, naming in
      ReadDevice(group: part.group(naming))
    },
    DeviceKind(Configuration.PowerMonitor.self, SensorTable.powerMonitors.map(\.name)) { part, naming in
      ReadDevice(group: part.group(naming))
    },
    DeviceKind(
      Configuration.Encoder.self, SensorTable.angleSensors.map(\.name), more: [DeviceKeys.shaft.description]
    ) { part, naming in ReadDevice(group: part.group(naming)) },
    DeviceKind(Configuration.AnalogInputs.self, SensorTable.analogInputs.map(\.name)) { part, naming in
      ReadDevice(group: part.group(naming))
    },
    DeviceKind(Configuration.DifferentialPressure.self, SensorTable.differentialPressure.map(\.name)) {
      part, naming in ReadDevice(group: part.group(naming))
    },
    DeviceKind(Configuration.PortInputs.self, SensorTable.ports.map(\.name)) { part, naming in
      ReadDevice(group: part.group(naming))
    },
    DeviceKind(Configuration.LineDevice.self, [LineReader.facts.name]) { part, naming in
      ReadDevice(group: part.group(naming))
    },
  ]
}

/// The keys that every device has besides those of its kind.
enum DeviceKeys {
  static let twin = Key<String?>.optionalText(
    "twin", absent: "the device's",
    "Name of its simulated chip, by which its noise is drawn and faults are aimed.")
  static let watched = Key<Bool>.flag(
    "watched", standard: true,
    "Whether rows of the program look at its age and its health; false for a device that is only read and logged."
  )
  static let shaft = Key<Int>.integer(
    "shaft", 0...7, standard: 0, "Number of the shaft that it looks at in simulation.")
  static let descriptions = [twin.description, watched.description]
}

extension Section {
  /// Devices of a configuration at most.
  static let mostDevices = 128
  /// Names that signals of a device must not begin with: those of the loop, the board and of what is commanded.
  static let reservedNames = [
    "tick", "previous", "setpoint", "lines", "actuators", "recording", "clock", "safety", "run",
  ]

  /// The section `devices`: what is read, and what moves, which has a `command`. Those that could not be read are left out, and noted as
  /// broken.
  ///
  /// - Parameter calibration: What is taken off the readings.
  func readDevices(
    calibration: SensorCalibration? = nil
  ) -> (devices: [ReadDevice], actuators: [ActuatorDeclaration]) {
    let read = readEntries("devices", most: Self.mostDevices)
    if !read.isThere { context.broken.addAnything() }
    for entry in read.refused { context.broken.add(entry.name, entry.value) }
    var (devices, actuators) = ([ReadDevice](), [ActuatorDeclaration]())
    for entry in read.entries {
      guard !Self.reservedNames.contains(entry.name) else {
        context.complain(entry.path, "\"\(entry.name)\" is Ganglion's own: give the device another name")
        context.broken.add(entry.name, entry.value)
        continue
      }
      let members = entry.value.members ?? []
      let chip = members.first { $0.key == "chip" }?.value.text ?? ""
      if ActuatorReader.chips.contains(chip), members.contains(where: { $0.key == "command" }) {
        if let actuator = ActuatorReader.read(entry, chip: chip, context) {
          actuators.append(actuator)
          continue
        }
      } else if let device = readDevice(entry, calibration) {
        devices.append(device)
        continue
      }
      context.broken.add(entry.name, entry.value)
    }
    joinCarriers(&devices)
    return (devices, actuators)
  }

  private func readDevice(_ entry: NamedEntry, _ calibration: SensorCalibration?) -> ReadDevice? {
    guard let members = entry.value.members else {
      context.complain(entry.path, "found \(entry.value.shown), expected an object: { chip: …, … }")
      return nil
    }
    // What has a command was meant to move.
    let isActuator = members.contains { $0.key == "command" }
    let names = isActuator ? ActuatorReader.chips : DeviceKind.all.flatMap(\.chips)
    guard let chip = members.first(where: { $0.key == "chip" })?.value else {
      context.complain(
        "\(entry.path).chip", "missing; expected one of " + names.map { "\"\($0)\"" }.joined(separator: ", "))
      return nil
    }
    guard let name = chip.text, let kind = DeviceKind.of(chip: name) else {
      if let name = chip.text, ActuatorReader.chips.contains(name) {
        context.complain("\(entry.path).command", "missing; expected the signal that the \(name) is given")
        return nil
      }
      let conversion: Conversion<String> = noSuchChip(chip.text ?? "", chip, among: names)
      switch conversion {
      case .wrong(let message): context.complain("\(entry.path).chip", message)
      case .unexpected(let nearest):
        context.complain(
          "\(entry.path).chip",
          "found \(chip.shown), for which there is no driver" + (nearest.map { "; nearest: \($0)" } ?? ""))
      case .value: break
      }
      return nil
    }
    guard let section = Section(entry.value, path: entry.path, schema: kind.schema, context: context) else {
      return nil
    }
    let (twin, watched) = (section.read(DeviceKeys.twin), section.read(DeviceKeys.watched))
    let shaft = kind.schema.keys.contains { $0.name == "shaft" } ? section.read(DeviceKeys.shaft) : 0
    guard let twin, let watched, let shaft else { return nil }
    return kind.read(
      section,
      DeviceNaming(
        name: entry.name, path: entry.path, twin: twin ?? entry.name, isWatched: watched, shaft: shaft,
        calibration: calibration))
  }

  /// Finds the chip inside which a magnetometer sits, and complains where there is none.
  private func joinCarriers(_ devices: inout [ReadDevice]) {
    let carriers = devices.flatMap(\.carriers)
    for place in devices.indices {
      for carried in devices[place].carried
      where !carriers.contains(where: { carried.carriers.contains($0.chip) && $0.bus == carried.bus })
        && !carried.carriers.contains(where: context.broken.mention)
      {
        context.complain(
          "\(carried.path).chip",
          "found \"\(carried.chip)\", which sits inside the " + carried.carriers.joined(separator: " or ")
            + ": a device with that chip and `auxiliary_bypass: true` must be on the same bus")
      }
      for index in devices[place].group.devices.indices
      where devices[place].group.devices[index].rank == .magnetic {
        let bus = devices[place].group.devices[index].bus
        devices[place].group.devices[index].twin.carrier = carriers.first { $0.bus == bus }?.twin
      }
    }
  }
}
