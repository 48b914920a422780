import Control
import Devices
import Files
import Sampling
import Signals

extension VehicleTables {
  private static let nameKey = Key<String>.text("name", "Name for logs and messages.")
  private static let backendKey = Key<Backend>.choice(
    "backend", standard: .simulated, "What the drivers talk to.")

  private static let calibrationKey = Key<String?>.optionalText(
    "calibration", absent: "readings as the chips give them",
    "File with the sensors' calibration, as `ganglion calibrate` makes it; relative to this file.")
  private static let staleKey = Key<Int?>.optionalInteger(
    "orders_stale_after_ms", 10...10_000, absent: "100, and at least two periods of the loop",
    "Time in ms without orders that a bus has carried out, after which `actuators.fault` says so.")

  /// What a file without a template may hold.
  static let schema = SectionSchema(
    path: "", about: "One file describes one vehicle.",
    keys: [
      nameKey.description,
      KeyDescription(
        name: "format", expected: "2", unit: "", standard: nil, about: "Number of the file's format."),
      backendKey.description,
      .section("loop", "When the controller runs."),
      .section("buses", as: "names and objects", absent: "no buses", "The I2C buses, at most 8."),
      .section(
        "devices", as: "names and objects", absent: "no devices",
        "What is read and what moves, at most \(Section.mostDevices) devices under names of your own."),
      .section("lines", absent: "no lines", "The digital lines."),
      .section(
        "commands", as: "list of objects", absent: "nothing is asked for", "What the vehicle is asked to do."),
      .section(
        "blocks", as: "list of objects", absent: "no blocks",
        "What runs in a tick, in this order (docs/blocks.md), at most \(BlockList.most). `clock`, and for each device a row that looks at its "
          + "age and one that judges it or chooses among spares, stand in front of them."),
      .section(
        "safety", as: "list of objects", absent: "none", "What can go wrong, and what is done about it."),
      .section("arming", as: "list of objects", absent: "none", "Why the vehicle may not arm."),
      .section(
        "reactions", as: "list of objects", absent: "`warn`, `stop`, `disarm`",
        "What may be done about a fault, mildest first."),
      .section("modes", as: "list of objects", absent: "none", "Modes of an armed vehicle beside `active`."),
      .section(
        "at_rest", as: "list of comparisons", absent: "never",
        "The vehicle is at rest when any of these holds."),
      .section("realtime", absent: "its defaults", "How the loop runs on Linux."),
      .section("watchdog", absent: "its defaults", "What watches over the loop on Linux."),
      .section("log", absent: "its defaults", "Where the log goes."),
      .section("simulation", absent: "its defaults", "The simulated run, and what moves in it."),
      .section(
        "airframe", absent: "its defaults",
        "Physical figures of what moves: the keys of the section `airframe` of a file with the plant as its `vehicle`."
      ),
      .section("evaluation", absent: "no run is judged", "When a run counts as held."),
      .section(TrainingSection.name, absent: "as it is measured", "What a network is trained in."),
      calibrationKey.description, staleKey.description,
    ])

  /// Reads a file without a template. Errors are noted, and what could not be read is left out or stands as if nothing were said of it, so
  /// that all that is wrong with the rest is found, too.
  init?(_ file: Section) {
    let (name, backend) = (file.read(Self.nameKey), file.read(Self.backendKey))
    let loop = file.read(Configuration.Loop.self, "loop")
    let buses = file.readBuses()
    let lines = file.readOrStandard(Configuration.Lines.self, "lines")
    let realTime = file.readOrStandard(Configuration.RealTime.self, "realtime")
    let watchdog = file.readOrStandard(Configuration.Watchdog.self, "watchdog")
    let log = file.readOrStandard(Configuration.Log.self, "log")
    let (plantRead, stale) = (PlantSections.read(file), file.read(Self.staleKey))
    let used = file.context.overrides.backend ?? backend
    let calibration = file.readCalibration(
      Self.calibrationKey, backend: used, specimen: plantRead?.run.sensorErrors?.specimen)
    let read = file.readDevices(calibration: calibration?.read?.used)
    let commands = CommandList.read(file)
    TrainingSection.read(file)
    let list = BlockList(file)
    if let watchdog, let loop { Configuration.check(watchdog, against: loop, in: file) }
    if let lines { Configuration.checkLines(lines, nil, in: file) }

    guard let lines = lines ?? Section.standard(), let realTime = realTime ?? Section.standard(),
      let watchdog = watchdog ?? Section.standard(), let log = log ?? Section.standard(),
      let standing: Configuration.SimulatedRun = Section.standard()
    else { return nil }
    let run = plantRead ?? StandingPlant.reading(standing)
    (self.name, self.backend, self.buses) = (name ?? "", used ?? .simulated, buses)
    self.loop = loop ?? Configuration.Loop(rateHz: 10, maximumConsecutiveMisses: 1, endsWithin: 0)
    (plant, simulation, evaluation) = (run.plant, run.run, run.window)
    ordersStaleAfter =
      (stale ?? nil).map { Int64($0) * 1_000_000 } ?? max(100_000_000, 2 * self.loop.period)
    (calibrationFile, self.calibration) = (calibration?.file, calibration?.read?.used)
    calibrationNote = calibration?.read?.note
    (self.lines, self.realTime, self.watchdog, self.log) = (lines, realTime, watchdog, log)
    (groups, self.commands, actuators) = (read.devices.map(\.group), commands, read.actuators)
    signals = commands.outside + Self.boardSignals
    networks = list.entries.compactMap(\.network)
    let own = list.entries.map(\.declaration)
    let taken = Set(own.map(\.name))
    blocks =
      (taken.contains("clock") ? [] : [BlockDeclaration("clock", "clock")])
      + DeviceRows.rows(of: groups, taken: taken) + commands.rows.filter { !taken.contains($0.name) }
      + own + read.actuators.map(\.conversion)
    if let held = calibration?.read?.held { checkCalibration(held, file) }
    if let loop, ordersStaleAfter < 2 * loop.period {
      file.complain(
        "orders_stale_after_ms",
        "found \(ordersStaleAfter / 1_000_000), expected at least two periods of the loop, "
          + "\(rounded(Double(2 * loop.period) / 1e6, 3)) ms: otherwise one late order is a fault")
    }
    checkPlant(file)
    checkInputs(file.context)
    var places = list.places
    places.add(actuators)
    checkActuators(file, places, rateHz: loop?.rateHz ?? 0)
    addSafety(file, &places)
    checkLostCommands(file)
    check(file, places, list)
    (plant as? any CheckedPlant)?.check(self, in: file)
  }

  /// Reads the rules of safety and gives them to the row of safety, which is put where it belongs when the file has none.
  private mutating func addSafety(_ file: Section, _ places: inout BlockPlaces) {
    if !blocks.contains(where: { $0.kindName == "safety" }) {
      blocks.insert(BlockDeclaration("safety", "safety"), at: Self.placeOfSafety(blocks))
    }
    guard let place = blocks.firstIndex(where: { $0.kindName == "safety" }) else { return }
    var rules = SafetyRules(reactions: SafetyRules.standardReactions)
    let named = ["safety", "arming"].map { key -> Bool in
      guard case .array(let entries)? = file.value(key)?.content else { return false }
      return entries.contains { entry in
        entry.members?.contains { $0.key == "name" && $0.value.text == SafetyRules.killSwitch } == true
      }
    }
    if lines.killSwitch != nil { rules.addKillSwitch(condition: !named[0], reason: !named[1]) }
    let reader = SafetyTestReader(
      context: file.context, kinds: SignalKinds(outside: outside, blocks: blocks), place: place)
    SafetyList(file: file, reader: reader).read(into: &rules, &places)
    // A kill switch that the file says nothing of does what it says everywhere.
    if lines.killSwitch != nil, !named[0],
      !rules.reactions.contains(where: { $0.name == SafetyRules.killReaction })
    {
      file.complain("reactions", "there is no \"disarm\", which is what a kill switch does: add it")
      rules.conditions.removeAll { $0.reaction == SafetyRules.killReaction }
    }
    blocks[place].settings["rules"] = .safety(rules)
  }

  /// In front of the first block that reads a signal of safety; the end when none does.
  private static func placeOfSafety(_ blocks: [BlockDeclaration]) -> Int {
    blocks.firstIndex { block in
      var names = block.inputs.values.flatMap(\.self)
      if let kind = BlockTable.kind(block.kindName) {
        do throws(ProgramErrors) {
          let ports = try ProgramBuilder.ports(of: kind, block.settings)
          names += ports.inputs.filter { block.inputs[$0.name] == nil }.compactMap(\.standard)
        } catch {
          // What is wrong with the block is said of it.
        }
      }
      return names.contains { $0.hasPrefix("safety.") }
    } ?? blocks.count
  }

  /// Checks what is on the buses: addresses, and how much they carry. `plan` is what actuators ask of them.
  static func checkBuses(
    _ buses: [Configuration.Bus], _ groups: [SensorGroup], _ plan: ActuatorPlan? = nil, rateHz: Int = 0,
    in file: Section
  ) {
    let shares = groups.flatMap(\.devices).filter { $0.line == nil && !file.context.broken.hasBus($0.bus) }
      .map { (bus: $0.bus, share: $0.share) }
    let orders = (plan?.chips ?? []).map { (bus: $0.place.bus, share: $0.share(rateHz: rateHz)) }
    Configuration.checkBuses(buses, shares: shares, orders: orders, in: file)
  }
}

extension SafetyRules {
  static let killReaction = "disarm"
  static let killSwitch = "kill_switch"

  /// What every vehicle with a kill switch has, unless it has its own condition, or its own reason not to arm.
  mutating func addKillSwitch(condition: Bool, reason: Bool) {
    let pulled: [SignalTest] = [.isSet("lines.kill_switch")]
    let text = FailsafeCondition.killSwitch.text
    if condition {
      conditions.append(
        SafetyCondition(
          Self.killSwitch, text: text, any: pulled, reaction: Self.killReaction, endsWhenGone: false,
          countsWhileStarting: true, takesRequestBack: true))
    }
    if reason {
      arming.append(
        ArmingRule(Self.killSwitch, text: text, remedy: ArmingInhibit.killSwitch.remedy, any: pulled))
    }
  }
}

extension Section {
  /// The buses of a file of format 2, by their names. Those that could not be read are left out, and noted as broken.
  func readBuses() -> [Configuration.Bus] {
    let read = readEntries("buses", most: 8, anyName: true)
    if !read.isThere { context.broken.addAnything() }
    for entry in read.refused { context.broken.add(bus: entry.name) }
    let buses = read.entries.compactMap { entry -> Configuration.Bus? in
      let bus = readBus(entry)
      if bus == nil { context.broken.add(bus: entry.name) }
      return bus
    }
    for (index, bus) in buses.enumerated() {
      guard let first = buses[..<index].first(where: { $0.adapter == bus.adapter }) else { continue }
      complain("buses.\(bus.name).adapter", "\"\(bus.adapter)\" belongs to \(first.name) already")
    }
    return buses
  }

  private func readBus(_ entry: NamedEntry) -> Configuration.Bus? {
    guard let members = entry.value.members else {
      context.complain(
        entry.path, "found \(entry.value.shown), expected an object: { adapter: …, rate_hz: … }")
      return nil
    }
    guard !members.contains(where: { $0.key == "name" }) else {
      context.complain("\(entry.path).name", "stands here twice: the key is the name")
      return nil
    }
    var value = entry.value
    let name = JSON5Value(content: .string(entry.name), position: value.position)
    value.content = .object([JSON5Member(key: "name", keyPosition: value.position, value: name)] + members)
    return Section(value, path: entry.path, schema: Configuration.Bus.schema, context: context)
      .flatMap(Configuration.Bus.init)
  }

  /// A part of which a file says nothing, all of whose keys may be left out.
  static func standard<Part: ConfigurationPart>() -> Part? {
    let nothing = JSON5Value(content: .object([]), position: TextPosition(line: 1, column: 1))
    let context = ReadingContext(root: nothing, overrides: ConfigurationOverrides())
    return Section(nothing, path: "", schema: Part.schema(of: context.vehicle), context: context)
      .flatMap(Part.init)
  }
}
