import Control
import Files
import Signals

/// A vehicle's tables as the text of a file of format 2 without a template, which gives the same program.
struct Expansion {
  private let tables: VehicleTables
  /// The file that the tables are of: sections that are the same in every format are taken over as they stand.
  private let file: [JSON5Member]

  /// The tables of the file with this text.
  init(_ tables: VehicleTables, of text: String) throws(ConfigurationErrors) {
    self.tables = tables
    file = try JSON5Value(readingFile: text).members ?? []
  }

  /// The text.
  var text: String {
    var lines = ["// Made by `ganglion check --expand`: what \(JSON5Text.quoted(tables.name)) consists of."]
    lines.append("{")
    lines.append("  name: \(JSON5Text.quoted(tables.name)), format: 2,")
    for key in ["backend", "loop"] { lines += copied(key) }
    lines += section("buses", buses) + section("devices", devices + actuators)
    if let file = tables.calibrationFile { lines.append("  calibration: \(JSON5Text.quoted(file)),") }
    lines += copied("lines")
    lines += commands
    lines += list("blocks", ownBlocks.map(block))
    lines += SafetyText(rules: tables.rules).lines
    if tables.ordersStaleAfter != max(100_000_000, 2 * tables.loop.period) {
      lines.append("  orders_stale_after_ms: \(tables.ordersStaleAfter / 1_000_000),")
    }
    for key in ["realtime", "watchdog", "log", "airframe", "evaluation"] { lines += copied(key) }
    lines += simulation + training
    return lines.joined(separator: "\n") + "\n}\n"
  }

  private func value(_ key: String) -> JSON5Value? { file.first { $0.key == key }?.value }

  private func copied(_ key: String) -> [String] {
    value(key).map { ["  \(key): \(JSON5Text.line($0)),"] } ?? []
  }

  private func section(_ key: String, _ entries: [(key: String, value: String)]) -> [String] {
    entries.isEmpty
      ? [] : ["  \(key): {"] + entries.map { "    \(JSON5Text.key($0.key)): \($0.value)," } + ["  },"]
  }

  private func list(_ key: String, _ elements: [String]) -> [String] {
    ["  \(key): ["] + elements.map { "    \($0)," } + ["  ],"]
  }

  // MARK: - Buses and devices

  private var buses: [(key: String, value: String)] {
    tables.buses.map { bus in
      (
        bus.name,
        JSON5Text.object([
          ("adapter", JSON5Text.quoted(bus.adapter)), ("rate_hz", "\(bus.rateHz)"),
          ("timeout_ms", "\(bus.timeoutMilliseconds)"), ("retries", "\(bus.retries)"),
        ])
      )
    }
  }

  private var sensors: [JSON5Member] { value("sensors")?.members ?? [] }

  private var devices: [(key: String, value: String)] {
    let added = value("devices")?.members ?? []
    return tables.groups.compactMap { group in
      if let own = added.first(where: { $0.key == group.name }) {
        return (own.key, JSON5Text.line(own.value))
      }
      guard let sensor = sensors.first(where: { $0.key == group.name })?.value else { return nil }
      return (group.name, JSON5Text.object(device(group, sensor)))
    }
  }

  /// The section of a template's sensor, with what the template says of it besides.
  private func device(_ group: SensorGroup, _ sensor: JSON5Value) -> [(key: String, value: String)] {
    let mounting = sensors.first { $0.key == "imu" }?.value.members?.first { $0.key == "mounting" }?.value
    func members(_ value: JSON5Value, _ index: Int) -> [(key: String, value: String)] {
      var members = (value.members ?? []).filter { $0.key != "spares" }.map {
        ($0.key, JSON5Text.line($0.value))
      }
      func has(_ key: String) -> Bool { members.contains { $0.0 == key } }
      if group.devices.first?.rank == .magnetic, !has("mounting"), let mounting {
        members.append(("mounting", JSON5Text.line(mounting)))
      }
      let isOpened = tables.groups.contains { other in
        other.devices.contains {
          $0.twin.carrier == group.devices[min(index, group.devices.count - 1)].twin.name
        }
      }
      if isOpened, !has("auxiliary_bypass") { members.append(("auxiliary_bypass", "true")) }
      return members
    }
    var all = members(sensor, 0)
    if case .array(let spares)? = sensor.members?.first(where: { $0.key == "spares" })?.value.content {
      all.append(
        ("spares", JSON5Text.list(spares.enumerated().map { JSON5Text.object(members($1, $0 + 1)) })))
    }
    if let twin = group.devices.first?.twin {
      if twin.name != group.name { all.append(("twin", JSON5Text.quoted(twin.name))) }
      if twin.shaft != 0 { all.append(("shaft", "\(twin.shaft)")) }
    }
    if !group.isWatched { all.append(("watched", "false")) }
    return all
  }

  /// What moves; the rest is in ActuatorText.
  private var actuators: [(key: String, value: String)] {
    let own = value("devices")?.members ?? []
    return tables.actuators.map { actuator in
      if let own = own.first(where: { $0.key == actuator.name }) {
        return (own.key, JSON5Text.line(own.value))
      }
      return (actuator.name, JSON5Text.object(ActuatorText(actuator).members))
    }
  }

  /// The section `simulation`, with what a template knows without being told.
  private var simulation: [String] {
    var members = (value("simulation")?.members ?? []).map { ($0.key, JSON5Text.line($0.value)) }
    if tables.template != nil {
      let own = (tables.plant as? any TemplatePlant)?.members ?? []
      members = [("plant", JSON5Text.quoted(type(of: tables.plant).name))] + own + members
    }
    return members.isEmpty ? [] : ["  simulation: \(JSON5Text.object(members)),"]
  }

  /// The section `training`. Where a template's says how setpoints move, `commands` does.
  private var training: [String] {
    guard tables.template != nil, var members = value(TrainingSection.name)?.members else {
      return copied(TrainingSection.name)
    }
    let asked = members.contains { $0.key.hasPrefix("setpoint") }
    members.removeAll { $0.key.hasPrefix("setpoint") }
    var written = members.map { ($0.key, JSON5Text.line($0.value)) }
    if asked {
      let whole = JSON5Value(content: .object(file), position: TextPosition(line: 1, column: 1))
      do throws(ConfigurationErrors) {
        let text = JSON5Text.line(whole.overlaidForTraining())
        let flown = try Expansion(VehicleTables.load(text: text, directory: nil), of: text)
        let list = flown.commands.joined(separator: "\n").dropFirst("  commands: ".count).dropLast()
        written.append(("commands", String(list)))
      } catch {
        return ["  // Left out: \(TrainingSection.name), which cannot be flown as it stands."]
      }
    }
    return ["  \(TrainingSection.name): \(JSON5Text.object(written)),"]
  }

  // MARK: - Commands

  private var commands: [String] {
    guard !tables.commands.sources.isEmpty else { return [] }
    return ["  commands: ["] + tables.commands.sources.enumerated().flatMap { source($1, isFirst: $0 == 0) }
      + ["  ],"]
  }

  /// A source of commands; what can be asked for stands in the first.
  private func source(_ source: CommandSource, isFirst: Bool) -> [String] {
    let list = tables.commands
    var lines = ["    {", "      source: \"\(source.kind.rawValue)\","]
    if source.name != source.kind.rawValue { lines.append("      name: \(JSON5Text.quoted(source.name)),") }
    if list.isChosen { lines.append("      stale_after_ms: \(source.staleAfter / 1_000_000),") }
    if isFirst {
      if list.isChosen { lines.append("      hold_ms: \(list.hold / 1_000_000),") }
      lines += ["      signals: {"] + list.signals.map(signal) + ["      },"]
      if !list.flags.isEmpty {
        lines.append("      flags: \(JSON5Text.list(list.flags.map(JSON5Text.quoted))),")
      }
    }
    if let pilot = source.pilot { lines += PilotText(pilot).lines.map { "      " + $0 } }
    let profile = source.kind == .profile ? list.profile : source.hands
    if !profile.steps.isEmpty { lines += ["      steps: ["] + steps(profile) + ["      ],"] }
    return lines + ["    },"]
  }

  private func signal(_ signal: CommandSignal) -> String {
    var members = [("unit", JSON5Text.quoted("\(signal.unit)".isEmpty ? "1" : "\(signal.unit)"))]
    if signal.standard != 0 { members.append(("standard", JSON5Text.number(signal.standard))) }
    if let rate = signal.rate { members.append(("rate", JSON5Text.number(rate))) }
    if signal.lowest != -1e12 { members.append(("minimum", JSON5Text.number(signal.lowest))) }
    if signal.highest != 1e12 { members.append(("maximum", JSON5Text.number(signal.highest))) }
    if signal.lost != signal.standard { members.append(("lost", JSON5Text.number(signal.lost))) }
    return "        \(signal.name): \(JSON5Text.object(members)),"
  }

  private func steps(_ profile: CommandProfile) -> [String] {
    var (arm, values) = (false, profile.commands.map(\.standard))
    return profile.steps.map { step in
      var members = [("at_s", JSON5Text.number(Double(step.time) / 1e9))]
      if step.arm != arm { members.append(("arm", "\(step.arm)")) }
      for (index, command) in profile.commands.enumerated() where step.values[index] != values[index] {
        members.append((command.name, JSON5Text.number(step.values[index])))
      }
      (arm, values) = (step.arm, step.values)
      return "        \(JSON5Text.object(members)),"
    }
  }

  // MARK: - Blocks

  /// The blocks that must be written: all but the conversions of actuators and the rows of devices, unless those are not as they
  /// would be.
  private var ownBlocks: [BlockDeclaration] {
    let converted = Set(tables.actuators.map(\.name))
    let blocks = tables.blocks.filter { !converted.contains($0.name) }
    let implied =
      [BlockDeclaration("clock", "clock")] + DeviceRows.rows(of: tables.groups) + tables.commands.rows
    let isImplied =
      blocks.count >= implied.count
      && zip(implied, blocks).allSatisfy { a, b in
        a.name == b.name && a.kindName == b.kindName && a.settings == b.settings && a.inputs == b.inputs
          && (b.divisor, b.phase) == (1, 0)
      }
    return isImplied ? Array(blocks.dropFirst(implied.count)) : blocks
  }

  private func block(_ block: BlockDeclaration) -> String {
    var members = [("block", JSON5Text.quoted(block.kindName)), ("name", JSON5Text.quoted(block.name))]
    if block.kindName == "network" {
      members += network(block)
    } else {
      members += Self.settings(of: block)
      members += block.inputs.sorted { $0.key < $1.key }.map { ($0.key, Self.names($0.value)) }
    }
    if block.divisor != 1 { members.append(("every", "\(block.divisor)")) }
    if block.phase != 0 { members.append(("phase", "\(block.phase)")) }
    return JSON5Text.object(members)
  }

  /// The settings of a block that are not as they would be.
  static func settings(of block: BlockDeclaration) -> [(key: String, value: String)] {
    (BlockTable.kind(block.kindName)?.description.settings ?? []).compactMap { setting in
      guard let value = block.settings[setting.name], value != setting.standard else { return nil }
      return value.json5.map { (setting.name, $0) }
    }
  }

  private static func names(_ names: [String]) -> String {
    names.count == 1 ? JSON5Text.quoted(names[0]) : JSON5Text.list(names.map(JSON5Text.quoted))
  }

  private func network(_ block: BlockDeclaration) -> [(String, String)] {
    func numbers(_ name: String) -> [Double] {
      if case .numbers(let values)? = block.settings[name] { return values }
      return []
    }
    func port(_ key: String, _ name: String, _ scale: Double, _ offset: Double) -> String {
      if scale == 1, offset == 0 { return JSON5Text.quoted(name) }
      var members = [(key, JSON5Text.quoted(name))]
      if scale != 1 { members.append(("scale", JSON5Text.number(scale))) }
      if offset != 0 { members.append(("offset", JSON5Text.number(offset))) }
      return JSON5Text.object(members)
    }
    func ports(_ key: String, _ names: [String], _ scales: [Double], _ offsets: [Double]) -> String {
      let ports = zip(names, zip(scales, offsets)).map { port(key, $0, $1.0, $1.1) }
      return "[\n" + ports.map { "        \($0),\n" }.joined() + "      ]"
    }
    var members: [(String, String)] = []
    if let file = tables.networks.first(where: { $0.block == block.name })?.file {
      members.append(("model", JSON5Text.quoted(file)))
    } else {
      members.append(("computes", "false"))
    }
    members.append(
      ("inputs", ports("signal", block.inputs["inputs"] ?? [], numbers("scale"), numbers("offset"))))
    if case .names(let outputs)? = block.settings["outputs"] {
      members.append(("outputs", ports("name", outputs, numbers("output_scale"), numbers("output_offset"))))
    }
    if let reset = block.inputs["reset"]?.first { members.append(("reset", JSON5Text.quoted(reset))) }
    return members
  }
}

extension SettingValue {
  /// The value as it is written; `nil` for rules, which stand in sections of their own.
  fileprivate var json5: String? {
    switch self {
    case .number(let value): JSON5Text.number(value)
    case .numbers(let values): JSON5Text.list(values.map(JSON5Text.number))
    case .choice(let name): JSON5Text.quoted(name)
    case .unit(let unit): JSON5Text.quoted("\(unit)".isEmpty ? "1" : "\(unit)")
    case .flag(let value): "\(value)"
    case .names(let names): JSON5Text.list(names.map(JSON5Text.quoted))
    case .safety: nil
    }
  }
}
