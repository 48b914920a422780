import Control
import Files
import Foundation
import Signals
import VehicleConfiguration
import VehicleRuntime

/// What `ganglion check` says of a vehicle as tables: what a file expands to, and what a file without a template consists of.
enum CheckTables {
  /// The tables of a file as the text of one without a template.
  static func expanded(_ path: String) throws -> String {
    let text = try Configuration.readText(path)
    let tables = try LoadedVehicle.tables(path: path, overrides: ConfigurationOverrides())
    return try VehicleTables.expanded(tables, of: text)
  }

  /// Moves a file to format 2: prints it, or puts it in its place.
  static func migrate(_ path: String, replacing: Bool) throws {
    let text: String
    do throws(ConfigurationErrors) {
      text = try VehicleTables.migrated(try Configuration.readText(path))
    } catch {
      throw ConfigurationErrors(file: path, isUnreadable: error.isUnreadable, errors: error.errors)
    }
    guard replacing else {
      return Terminal.printResult(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
    try OutputFile.write(Array(text.utf8), path: path, replacing: true)
    Terminal.printResult("\(path) is in format 2")
  }

  /// What a file without a template consists of, in a few lines.
  static func summary(_ tables: VehicleTables) throws -> String {
    let signals = try tables.table()
    var lines = ["\(tables.name): valid, format 2 without a template"]
    for group in tables.groups {
      let chips = group.devices.map { device in
        device.line.map { "line \($0.text)" } ?? "\(device.chip.name) at \(device.rateHz) Hz"
      }.joined(separator: ", ")
      lines.append("device \(group.name): \(chips)")
    }
    for actuator in tables.actuators {
      let command = (actuator.conversion.inputs["command"] ?? []).joined(separator: ", ")
      lines.append("actuator \(actuator.name): \(actuator.conversion.kindName) of \(command)")
    }
    for network in tables.networks {
      lines.append(
        "network \(network.block): \(network.file), \(network.inputs) inputs, \(network.outputs) outputs")
    }
    let rules = tables.rules
    lines.append(
      "\(signals.signals.count) signals, \(tables.blocks.count) blocks, \(rules.conditions.count) conditions, "
        + "\(rules.arming.count) reasons not to arm; a tick's record has \(signals.recordSize) bytes")
    return lines.joined(separator: "\n")
  }
}

/// What `check --json` says of a valid file without a template.
struct TablesSummary: Encodable {
  struct Device: Encodable {
    var name, chip: String
    /// Its bus; `nil` for a line.
    var bus: String?
    /// The line that it is; `nil` for a chip on a bus.
    var line: String?
    /// Samples per second; of a line how often it is looked at besides its edges.
    var rateHz: Int
  }

  struct Actuator: Encodable {
    var name, conversion, command: String
    /// Its chip's bus; `nil` without one.
    var bus: String?
  }

  struct Block: Encodable {
    var name, kind: String
  }

  var valid = true
  var name: String
  var devices: [Device]
  var actuators: [Actuator]
  var blocks: [Block]
  var conditions: [String]

  init(_ tables: VehicleTables) {
    name = tables.name
    devices = tables.devices.map {
      Device(
        name: $0.name, chip: $0.chip.name, bus: $0.line == nil ? $0.bus : nil, line: $0.line?.text,
        rateHz: $0.rateHz)
    }
    actuators = tables.actuators.map {
      Actuator(
        name: $0.name, conversion: $0.conversion.kindName,
        command: ($0.conversion.inputs["command"] ?? []).joined(separator: ", "), bus: $0.bus)
    }
    blocks = tables.blocks.map { Block(name: $0.name, kind: $0.kindName) }
    conditions = tables.rules.conditions.map(\.name)
  }
}
