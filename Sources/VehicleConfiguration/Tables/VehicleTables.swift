import Control
import Files
import Sampling
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
  public var groups: [SensorGroup]
  /// Who commands, and what can be asked for.
  public var commands: CommandList
  /// What comes from outside besides devices: what is asked for, and what the board says.
  public var signals: [Signal]
  /// What moves, each with the row of the program that decides what it is sent.
  public var actuators: [ActuatorDeclaration]
  /// The rows of the program in their order; that of safety is among them. Networks are not yet loaded.
  public var blocks: [BlockDeclaration]
  /// The networks that blocks step, on disk.
  public var networks: [NetworkFile]

  /// What every simulated run has.
  public var simulation: Configuration.SimulatedRun
  /// What moves in it.
  public var plant: any Plant
  /// The time of a run that is judged.
  public var evaluation: Configuration.EvaluationWindow
  /// Time in ns without orders that a bus has carried out, after which its actuators do not follow.
  public var ordersStaleAfter: Int64
  /// The file with the sensors' calibration as written; `nil` when none is named.
  public var calibrationFile: String?
  /// What is taken off the sensors' readings; `nil` for nothing.
  public var calibration: SensorCalibration?
  /// Why the calibration that is named is not used, though nothing is wrong with it.
  public var calibrationNote: String?
  /// The configuration of the template from which it was expanded; `nil` without one.
  public var template: Configuration?
  /// The text that it was read from, as the log carries it.
  public var text = ""
  /// The folder that relative paths start from; `nil` when the text came without a file.
  public var directory: String?

  /// What the board says of every vehicle.
  static let boardSignals: [Signal] = {
    let board = SignalOrigin.device("board", bus: 0)
    return [
      Signal("lines.kill_switch", .flag, from: board, about: "whether it is pulled"),
      Signal("actuators.fault", .deviceFault, from: board),
      Signal(
        "recording.flown", .flag, from: board, about: "whether another autopilot flies, in its recording"),
      Signal("run.ending", .flag, from: board, about: "whether the program was asked to end"),
    ]
  }()

  /// What is read, device by device, in the order of the log.
  public var devices: [DeviceDeclaration] { groups.flatMap(\.devices) }

  /// The name of the device whose samples a tick goes by; see `pacemaker(of:)`. `nil` for a vehicle without any.
  public var pacemaker: String? { Configuration.pacemaker(of: devices) }

  /// `path` as seen from the working directory: relative paths start at the configuration's folder.
  public func resolve(_ path: String) -> String { Configuration.resolve(path, in: directory) }

  /// The rules of safety; none when no row has them.
  public var rules: SafetyRules {
    for block in blocks {
      if case .safety(let rules)? = block.settings["rules"] { return rules }
    }
    return SafetyRules()
  }

  /// Whether something is done in motion when the program is asked to end; otherwise it ends at once.
  public var reactsToEnding: Bool {
    rules.conditions.contains { condition in
      (condition.any + condition.all).contains { $0.signal == "run.ending" }
    }
  }

  /// The calibration's file as seen from the working directory; `nil` when none is named.
  public var calibrationPath: String? { calibrationFile.map(resolve) }

  /// The number of the bus called `name` as the origin of signals: 0 is the board itself.
  func number(ofBus name: String) -> Int { buses.firstIndex { $0.name == name }.map { 1 + $0 } ?? 0 }

  /// The signals of the devices alone: what is enough to sample them.
  public func deviceTable() throws(SignalErrors) -> SignalTable {
    try SignalTable(devices.flatMap { $0.signals(bus: number(ofBus: $0.bus)) })
  }

  /// The vehicle as it is calibrated: its sensors alone, as the chips give them, in their own axes; no line, no actuator.
  public static func forCalibration(_ configuration: Configuration) -> VehicleTables {
    var tables = VehicleTables(configuration.forCalibration, hasNetwork: false)
    tables.actuators = []
    return tables
  }

  /// All that comes from outside, as the table of signals has it.
  public var outside: [Signal] {
    let own = template == nil ? actuators.filter { !$0.outputs.isEmpty } : []
    return devices.flatMap { $0.signals(bus: number(ofBus: $0.bus)) } + signals
      // Those of a template say what is wrong together, by `actuators.fault`.
      + own.flatMap { $0.signals(bus: number(ofBus: $0.bus ?? "")) }
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
  ///   - directory: The folder that relative paths start from; with `nil`, as for a text from a log, no file needs to exist.
  ///   - calibration: The sensors' calibration, as a log carries it; of a text with a folder the file that it names counts.
  ///   - hasNetwork: Whether there is a network for a template's block; `nil` goes by whether the file names one.
  /// - Throws: Every error at once.
  public static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides = ConfigurationOverrides(),
    calibration: String? = nil, hasNetwork: Bool? = nil
  ) throws(ConfigurationErrors) -> VehicleTables {
    try load(
      text: text, directory: directory, overrides: overrides, calibration: calibration, file: nil,
      hasNetwork: hasNetwork)
  }

  private static func load(
    text: String, directory: String?, overrides: ConfigurationOverrides, calibration: String?, file: String?,
    hasNetwork: Bool?
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
      let configuration: Configuration
      do {
        configuration = try Configuration.load(
          text: text, directory: directory, overrides: overrides, calibration: calibration, file: file,
          takesAdditions: true)
      } catch {
        let all = error.errors + complaints(aboutAdditionsOf: value, overrides)
        throw ConfigurationErrors(file: nil, errors: all.inOrderOfLines)
      }
      return try VehicleTables(configuration, value, overrides, hasNetwork: hasNetwork)
    }
    let context = ReadingContext(root: value, overrides: overrides)
    (context.directory, context.file, context.loggedCalibration) = (directory, file, calibration)
    var tables = Section(value, path: "", schema: schema, context: context).flatMap(VehicleTables.init)
    tables?.text = text
    tables?.directory = directory
    tables?.apply(overrides, context)
    if directory != nil { tables?.checkModelFiles(context) }
    let errors = context.sortedErrors
    guard let tables, errors.isEmpty else { throw ConfigurationErrors(file: nil, errors: errors) }
    return tables
  }

  /// Reads and checks a configuration file.
  public static func load(
    path: String, overrides: ConfigurationOverrides = ConfigurationOverrides(), hasNetwork: Bool? = nil
  ) throws(ConfigurationErrors) -> VehicleTables {
    let text = try Configuration.readText(path)
    do {
      return try load(
        text: text, directory: Configuration.folder(of: path), overrides: overrides, calibration: nil,
        file: path, hasNetwork: hasNetwork)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

  /// Complains about models of a file without a template that cannot be read.
  private func checkModelFiles(_ context: ReadingContext) {
    for network in networks {
      let path = network.isFromCommandLine ? network.file : resolve(network.file)
      guard !Configuration.canRead(path) else { continue }
      context.complain(network.path, "cannot read \(path): \(Configuration.systemError)")
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
