import Control
import Signals

/// A vehicle as tables: what a file of format 2 says, and what a template expands to. The runtime needs nothing else, and knows no kind of
/// vehicle.
public struct VehicleTables: Sendable {
  /// Name for logs and messages.
  public var name: String
  /// What the drivers talk to.
  public var backend: Backend
  /// The control loop's timing.
  public var loop: Configuration.Loop
  /// The I2C buses; names are unique.
  public var buses: [Configuration.Bus]
  /// The digital lines of the board.
  public var lines: Configuration.Lines
  /// How the loop runs on Linux.
  public var realTime: Configuration.RealTime
  /// What watches over the loop on Linux.
  public var watchdog: Configuration.Watchdog
  /// Where the log goes.
  public var log: Configuration.Log
  /// What is read, in the order of the log.
  public var devices: [SensorGroup]
  /// What is asked for, by a list of times.
  public var profile: CommandProfile
  /// What comes from outside besides devices: what is asked for, and what the board says.
  public var signals: [Signal]
  /// What moves, each with the row of the program that decides what it is sent.
  public var actuators: [ActuatorDeclaration]
  /// The rows of the program in their order; that of safety is among them. Networks are not yet loaded.
  public var blocks: [BlockDeclaration]
  /// The networks that blocks step, on disk.
  public var networks: [NetworkFile]

  /// What the board says of every vehicle.
  static let boardSignals: [Signal] = {
    let board = SignalOrigin.device("board", bus: 0)
    return [
      Signal("lines.kill_switch", .flag, from: board, about: "whether it is pulled"),
      Signal("actuators.fault", .deviceFault, from: board),
      Signal(
        "recording.flown", .flag, from: board, about: "whether another autopilot flies, in its recording"),
    ]
  }()

  /// The rules of safety; none when no row has them.
  public var rules: SafetyRules {
    for block in blocks {
      if case .safety(let rules)? = block.settings["rules"] { return rules }
    }
    return SafetyRules()
  }

  /// All that comes from outside, as the table of signals has it.
  public var outside: [Signal] {
    devices.flatMap { group in
      group.devices.flatMap { device in
        device.signals(bus: 1 + (buses.firstIndex { $0.name == device.bus } ?? 0))
      }
    } + signals
  }

  /// The signals of a tick.
  public func table() throws(ProgramErrors) -> SignalTable {
    try ProgramBuilder(outside: outside, blocks: blocks).table()
  }
}

extension VehicleTables {
  /// Reads and checks a configuration of any format.
  ///
  /// - Parameters:
  ///   - text: The configuration.
  ///   - directory: The folder that relative paths start from; with `nil` no file needs to exist.
  /// - Throws: Every error at once.
  public static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides = ConfigurationOverrides()
  ) throws(ConfigurationErrors) -> VehicleTables {
    guard text.utf8.count <= Configuration.maximumSize else {
      throw ConfigurationErrors(
        file: nil,
        errors: [
          ConfigurationError(
            path: "", line: nil, message: "the file has more than \(Configuration.maximumSize) bytes")
        ])
    }
    let value = try JSON5Value(readingFile: text)
    guard FileFormat(value) == .tables else {
      let configuration = try Configuration.load(
        text: text, directory: directory, overrides: overrides, takesAdditions: true)
      return try VehicleTables(configuration, value, overrides)
    }
    let context = ReadingContext(root: value, overrides: overrides)
    let tables = Section(value, path: "", schema: schema, context: context).flatMap(VehicleTables.init)
    if let directory { tables?.checkModelFiles(in: directory, context) }
    let errors = context.sortedErrors
    guard let tables, errors.isEmpty else { throw ConfigurationErrors(file: nil, errors: errors) }
    return tables
  }

  /// Reads and checks a configuration file.
  public static func load(
    path: String, overrides: ConfigurationOverrides = ConfigurationOverrides()
  ) throws(ConfigurationErrors) -> VehicleTables {
    let text = try Configuration.readText(path)
    do {
      return try load(text: text, directory: Configuration.folder(of: path), overrides: overrides)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }
}

extension VehicleTables {
  /// Tables as the text of a file without a template, which gives the same program; `text` is that of the file that they are of.
  public static func expanded(_ tables: VehicleTables, of text: String) throws(ConfigurationErrors) -> String
  {
    try Expansion(tables, of: text).text
  }

  /// The text of a file in format 2, with its comments; the same when it is in that format already. Throws what is wrong with it.
  public static func migrated(_ text: String) throws(ConfigurationErrors) -> String {
    try Migration.migrated(text)
  }
}
