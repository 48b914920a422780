import Control
import Files
import Signals

extension VehicleTables {
  /// The tables to which the template of a configuration expands.
  ///
  /// - Parameter hasNetwork: Whether there is a network to step; `nil` goes by whether the configuration names one.
  public init(_ configuration: Configuration, hasNetwork: Bool? = nil) {
    let isThere = hasNetwork ?? (configuration.network != nil && configuration.model.file != nil)
    let vehicle = configuration.declaration(hasNetwork: isThere)
    name = configuration.name
    (backend, loop, buses) = (configuration.backend, configuration.loop, configuration.buses)
    (lines, realTime, watchdog) = (configuration.lines, configuration.realTime, configuration.watchdog)
    (log, text, directory) = (configuration.log, configuration.text, configuration.directory)
    (simulation, evaluation, template) = (configuration.simulation, configuration.evaluation, configuration)
    (plant, ordersStaleAfter) = (configuration.vehicle.parts.plant, configuration.actuators.staleAfter)
    calibrationFile = configuration.sensors.calibrationFile
    (calibration, calibrationNote) = (configuration.calibration, configuration.calibrationNote)
    groups = configuration.sensorGroups
    commands = configuration.commandList(
      vehicle.outside.filter { $0.kind == .number && $0.name.hasPrefix("setpoint.") })
    let names = Set(VehicleTables.boardSignals.map(\.name))
    signals = vehicle.outside.filter { $0.name.hasPrefix("setpoint.") || names.contains($0.name) }
    blocks = vehicle.blocks
    networks = []
    actuators = configuration.actuatorDeclarations
    if isThere, let file = configuration.model.file, let network = configuration.network {
      networks = [
        NetworkFile(
          block: "network", file: file, path: "model.file", inputs: network.inputs.count,
          outputs: network.outputs.count, isFromCommandLine: configuration.model.isFileFromCommandLine)
      ]
    }
  }

  /// The tables of a file of format 2 with a template, with what the file adds and changes.
  init(
    _ configuration: Configuration, _ value: JSON5Value, _ overrides: ConfigurationOverrides,
    hasNetwork: Bool? = nil
  ) throws(ConfigurationErrors) {
    self.init(configuration, hasNetwork: hasNetwork)
    let context = ReadingContext(root: value, overrides: overrides)
    if FileFormat(value) == .template {
      let schema = Configuration.formatSchema(of: context.vehicle)
      if let file = Section(value, path: "", schema: schema, context: context) { add(file) }
    }
    checkInputs(context)
    let errors = context.sortedErrors
    if !errors.isEmpty { throw ConfigurationErrors(file: nil, errors: errors) }
  }

  /// What is wrong with the sections that a file of format 2 adds to a template which could not be read, as far as they can be read without
  /// it.
  static func complaints(
    aboutAdditionsOf value: JSON5Value, _ overrides: ConfigurationOverrides
  ) -> [ConfigurationError] {
    guard FileFormat(value) == .template, let members = value.members else { return [] }
    let context = ReadingContext(root: value, overrides: overrides)
    let names = ["devices", "blocks"]
    var added = value
    added.content = .object(
      names.compactMap { name in
        members.first { $0.key == name }
      })
    let schema = SectionSchema(
      path: "", about: "", keys: Configuration.additions.filter { names.contains($0.name) })
    guard let file = Section(added, path: "", schema: schema, context: context) else { return [] }
    _ = file.readDevices()
    _ = BlockList(file, isUnknown: true)
    return context.sortedErrors
  }

  private mutating func add(_ file: Section) {
    let read = file.readDevices()
    let list = BlockList(file, template: blocks)
    take(CommandList.read(file, template: commands))
    let template = Set(blocks.map(\.name))
    let devices = read.devices.map(\.group).filter { device in
      let isTaken = groups.contains { $0.name == device.name } || template.contains(device.name)
      if isTaken {
        file.complain(
          "devices.\(device.name)", "the template has this name already: give the device another")
      }
      return !isTaken
    }
    groups += devices
    // Their rows stand behind those of the template's devices.
    let own = list.entries.map(\.declaration)
    let rows = DeviceRows.rows(of: devices, taken: Set(own.map(\.name)))
    let place = 1 + (blocks.lastIndex { $0.kindName == "freshness" } ?? -1)
    blocks.insert(contentsOf: rows, at: place)
    var places = BlockPlaces()
    for entry in list.changes {
      guard let place = blocks.firstIndex(where: { $0.name == entry.declaration.name }) else { continue }
      if blocks[place].network == nil { blocks[place] = entry.declaration }
      // What is safe follows from the same settings.
      for index in actuators.indices where actuators[index].name == entry.declaration.name {
        actuators[index].conversion = entry.declaration
      }
      places[entry.declaration.name] = entry.path
    }
    let conversions = Set(actuators.map(\.name))
    for entry in list.entries {
      // Conversions stand behind all others.
      let place =
        blocks.firstIndex { block in
          entry.before.map { block.name == $0 } ?? conversions.contains(block.name)
        } ?? blocks.count
      blocks.insert(entry.declaration, at: place)
      if !template.contains(entry.declaration.name) { places.add(entry.declaration.name, entry.path) }
    }
    for actuator in read.actuators {
      blocks.append(actuator.conversion)
      places.add(actuator.name, actuator.path)
    }
    actuators += read.actuators
    checkActuators(file, places, rateHz: loop.rateHz)
    networks += list.entries.compactMap(\.network)
    guard let place = blocks.firstIndex(where: { $0.kindName == "safety" }) else { return }
    var rules = rules
    let reader = SafetyTestReader(
      context: file.context, kinds: SignalKinds(outside: outside, blocks: blocks), place: place)
    SafetyList(file: file, reader: reader).readConditions(into: &rules, &places)
    blocks[place].settings["rules"] = .safety(rules)
    checkLostCommands(file)
    check(file, places, list)
  }
}

extension VehicleTables {
  /// Puts those who command in the place of the template's profile.
  private mutating func take(_ list: CommandList) {
    commands = list
    guard list.isChosen else { return }
    signals = list.outside + signals.filter { !$0.name.hasPrefix("\(CommandList.owner).") }
    let place = 1 + (blocks.lastIndex { $0.kindName == "freshness" } ?? -1)
    blocks.insert(contentsOf: list.rows, at: place)
  }
}

extension Configuration {
  /// What a file of format 2 with a template may hold.
  static func formatSchema(of vehicle: VehicleKind) -> SectionSchema {
    var schema = schema(of: vehicle)
    schema.keys += additions
    return schema
  }

  /// A number as people write it, which is the same number again in single precision.
  private static func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  /// What can be asked for, which is `asked`, and the timed profile of setpoints as the only source of it.
  fileprivate func commandList(_ asked: [Signal]) -> CommandList {
    let motion = vehicle.parts.motion
    let known: [String: (rate: Double, value: (Setpoint) -> Float)] = [
      "roll": (motion.attitude, { $0.roll }), "pitch": (motion.attitude, { $0.pitch }),
      "yaw_rate": (motion.yaw, { $0.yawRate }), "altitude": (motion.altitude, { $0.altitude }),
      "speed": (motion.speed, { $0.speed }),
    ]
    let commands = asked.compactMap { signal -> (CommandSignal, (Setpoint) -> Float)? in
      let name = String(signal.name.dropFirst("setpoint.".count))
      guard let (rate, value) = known[name] else { return nil }
      let limits = vehicle.parts.largestCommands[name] ?? -1e12...1e12
      return (
        CommandSignal(
          name: name, unit: signal.unit, rate: rate, lowest: limits.lowerBound, highest: limits.upperBound),
        value
      )
    }
    let profile = CommandProfile(
      commands: commands.map(\.0),
      steps: setpoints.map { step in
        CommandProfile.Step(
          time: step.time, arm: step.setpoint.arm, values: commands.map { Self.decimal($0.1(step.setpoint)) })
      })
    return CommandList(
      signals: profile.commands,
      sources: [
        CommandSource(
          name: CommandSource.Kind.profile.rawValue, path: "setpoints", kind: .profile,
          staleAfter: 500_000_000,
          signals: profile.commands, flags: [])
      ], profile: profile)
  }
}
