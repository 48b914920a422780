import Control
import Files
import Signals

/// How a network of a vehicle is trained by imitation: its ports, its teacher, and the configuration that is flown for it.
///
/// All of it follows from the vehicle's file. A teacher is a controller that runs in every tick, whoever drives; a network's label is
/// what it asks for there.
public struct TrainingPlan: Sendable, Equatable, Encodable {
  /// Whom an output imitates: what is asked for is output · scale + offset.
  public struct Output: Sendable, Equatable, Encodable {
    /// What a number of the network means.
    public var scale, offset: Double
    /// The signal that says what it should have asked for.
    public var teacher: String
  }

  /// The vehicle's name.
  public var name: String
  /// Ticks per second.
  public var rateHz: Int
  /// Name of the network's block.
  public var network: String
  /// Every how many ticks it steps.
  public var every: Int
  /// Its ports.
  public var ports: NetworkPorts
  /// What its outputs mean, in their order.
  public var outputs: [Output]
  /// The flag that says in which ticks a label counts.
  public var countsWhile: String
  /// Whether the teacher can drive in place of the network.
  public var hasChoice: Bool
  /// The text of the configuration that is flown, without the section `training`.
  public var configuration: String
}

extension VehicleTables {
  /// Whether the file says what its network is trained in.
  public var hasTraining: Bool {
    do throws(ConfigurationErrors) {
      return try JSON5Value(readingFile: text).members?.contains { $0.key == TrainingSection.name } == true
    } catch {
      return false
    }
  }
}

extension TrainingPlan {
  /// The ports that the network of a configuration file must have: a member of its plan that needs no teacher.
  public static func ports(path: String) throws(ConfigurationErrors) -> NetworkPorts {
    let text = try Configuration.readText(path)
    do throws(ConfigurationErrors) {
      let tables = try VehicleTables.load(text: text, directory: nil)
      let context = ReadingContext(
        root: try JSON5Value(readingFile: text), overrides: ConfigurationOverrides())
      guard let teacher = teacher(context),
        let row = block(teacher.network, tables, placed(context)), let signals = signals(of: tables)
      else { throw ConfigurationErrors(file: nil, errors: context.sortedErrors) }
      return tables.ports(of: row, signals)
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

  /// The plan of a configuration file. The network's model need not exist. Throws everything that is wrong.
  public static func load(path: String) throws(ConfigurationErrors) -> TrainingPlan {
    let text = try Configuration.readText(path)
    do throws(ConfigurationErrors) {
      // What is wrong with the file itself is said of it.
      _ = try VehicleTables.load(text: text, directory: nil)
      return try TrainingPlan(JSON5Value(readingFile: text), directory: Configuration.folder(of: path))
    } catch {
      throw ConfigurationErrors(file: path, errors: error.errors)
    }
  }

  private init(_ file: JSON5Value, directory: String) throws(ConfigurationErrors) {
    let context = ReadingContext(root: file, overrides: ConfigurationOverrides())
    let teacher = Self.teacher(context)
    configuration = Self.text(of: file.overlaidForTraining(), directory)
    let tables: VehicleTables
    do throws(ConfigurationErrors) {
      tables = try VehicleTables.load(text: configuration, directory: nil)
    } catch {
      throw ConfigurationErrors(file: nil, errors: error.errors.map { Self.placed($0, file) })
    }
    (name, rateHz) = (tables.name, tables.loop.rateHz)
    (network, every, outputs, countsWhile, hasChoice) = ("", 1, [], "", false)
    ports = NetworkPorts()
    if let teacher { take(teacher, tables, context) }
    let errors = context.sortedErrors
    if !errors.isEmpty { throw ConfigurationErrors(file: nil, errors: errors) }
  }

  /// What the file's section says of the teacher; `nil` after an error was noted.
  private static func teacher(_ context: ReadingContext) -> TrainingSection.Teacher? {
    let format = FileFormat(context.root)
    let schema = format == .tables ? VehicleTables.schema : Configuration.formatSchema(of: context.vehicle)
    return Section(context.root, path: "", schema: schema, context: context)
      .flatMap { TrainingSection.read($0) }
  }

  /// Notes errors of keys of the section.
  private static func placed(_ context: ReadingContext) -> (String, String) -> Void {
    { key, message in
      context.complain(key.isEmpty ? TrainingSection.name : "\(TrainingSection.name).\(key)", message)
    }
  }

  /// An error of the flown text where the file has it.
  private static func placed(_ error: ConfigurationError, _ file: JSON5Value) -> ConfigurationError {
    let first = error.path.split(separator: ".").first.map(String.init) ?? ""
    let key = String(first.prefix { $0 != "[" })
    let training = file.members?.first { $0.key == TrainingSection.name }?.value.members ?? []
    let path = training.contains { $0.key == key } ? "\(TrainingSection.name).\(error.path)" : error.path
    return ConfigurationError(
      path: path, line: file.line(ofPath: path), message: "as training has it flown: \(error.message)")
  }

  /// The file as text. What it names by paths from its own folder it names from the root, so that it may lie anywhere.
  private static func text(of file: JSON5Value, _ directory: String) -> String {
    let members = (file.members ?? []).map { member -> String in
      var value = member.value
      if member.key == "calibration" { value = resolved(value, directory) }
      if member.key == "sensors", var sensors = value.members {
        for index in sensors.indices where sensors[index].key == "calibration" {
          sensors[index].value = resolved(sensors[index].value, directory)
        }
        value.content = .object(sensors)
      }
      return "  \(JSON5Text.key(member.key)): \(JSON5Text.line(value)),\n"
    }
    return
      "// Made by `ganglion check --training`: what its network is trained in.\n{\n\(members.joined())}\n"
  }

  private static func resolved(_ value: JSON5Value, _ directory: String) -> JSON5Value {
    guard let path = value.text else { return value }
    return JSON5Value(content: .string(Configuration.resolve(path, in: directory)), position: value.position)
  }

  private mutating func take(
    _ teacher: TrainingSection.Teacher, _ tables: VehicleTables, _ context: ReadingContext
  ) {
    let complain = Self.placed(context)
    guard let block = Self.block(teacher.network, tables, complain), let signals = Self.signals(of: tables)
    else { return }
    (network, every) = (block.name, block.divisor)
    let choices = tables.controllerChoices.map { tables.blocks[$0] }
    let choice = choices.first { row in
      row.inputs.contains {
        $0.key.hasPrefix("network_") && $0.value.first?.hasPrefix("\(network).") == true
      }
    }
    hasChoice = !choices.isEmpty
    guard case .names(let names)? = block.settings["outputs"] else { return }
    let found = teacher.signals ?? names.map { Self.teacher(of: "\(network).\($0)", choice) ?? "" }
    guard found.count == names.count else {
      return complain(
        "teacher",
        "found \(found.count) signals, expected one for each of the outputs \(names.joined(separator: ", "))")
    }
    for (output, teacher) in zip(names, found) {
      if teacher.isEmpty {
        complain(
          "",
          "no block `command_choice` says whose place \(network).\(output) takes: name the signals that it is to imitate as "
            + "`teacher`, one for each of its outputs")
      } else if let words = Self.refusal(
        signals[teacher], .number, signals["\(network).\(output)"]?.unit, teacher, signals)
      {
        complain("teacher", words)
      }
    }
    countsWhile = teacher.countsWhile ?? choice?.inputs["acts"]?.first ?? "safety.armed"
    if let words = Self.refusal(signals[countsWhile], .flag, nil, countsWhile, signals) {
      complain("counts_while", words)
    }
    ports = tables.ports(of: block, signals)
    outputs = found.enumerated().map { index, teacher in
      Output(
        scale: block.number("output_scale", index, 1), offset: block.number("output_offset", index, 0),
        teacher: teacher)
    }
  }

  /// The block whose network is trained; `nil` after an error was noted.
  private static func block(
    _ name: String?, _ tables: VehicleTables, _ complain: (String, String) -> Void
  ) -> BlockDeclaration? {
    let names = tables.networks.map(\.block)
    guard let name = name ?? (names.count == 1 ? names.first : nil) else {
      let words =
        names.isEmpty ? "the vehicle has no network" : "there are several: \(names.joined(separator: ", "))"
      complain("network", "\(words); expected the name of the block whose network is trained")
      return nil
    }
    guard names.contains(name), let block = tables.blocks.first(where: { $0.name == name }) else {
      complain(
        "network",
        "found \(JSON5Value.quoted(name)), expected the name of a block `network`\(hint(name, among: names))")
      return nil
    }
    return block
  }

  private static func signals(of tables: VehicleTables) -> SignalTable? {
    // A program that is wrong was refused before.
    do throws(ProgramErrors) { return try tables.table() } catch { return nil }
  }

  /// What the teacher says in place of a network's output, by the choice that reads both.
  private static func teacher(of output: String, _ choice: BlockDeclaration?) -> String? {
    guard let choice, let key = choice.inputs.first(where: { $0.value == [output] })?.key,
      key.hasPrefix("network_")
    else { return nil }
    let part = key.dropFirst("network_".count)
    return choice.inputs["classical_\(part)"]?.first ?? "classical.\(part)"
  }

  /// Why a signal cannot be learnt from; `nil` when it can.
  private static func refusal(
    _ signal: Signal?, _ kind: SignalKind, _ unit: Unit?, _ name: String, _ signals: SignalTable
  ) -> String? {
    guard let signal else {
      return "there is no signal \(JSON5Value.quoted(name))"
        + hint(name, among: signals.declaredSignals.map(\.name))
    }
    if signal.kind != kind { return "\(name) is a \(signal.kind.words), expected a \(kind.words)" }
    if !signal.isLogged { return "\(name) is not logged, and training reads logs: name one that is" }
    if let unit, signal.unit != unit {
      return "\(name) is " + (signal.unit == .none ? "without a unit" : "in \(signal.unit)")
        + ", but the network's output is " + (unit == .none ? "without one" : "in \(unit)")
    }
    return nil
  }
}
