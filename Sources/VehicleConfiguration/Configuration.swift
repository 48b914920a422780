import Files

/// What the drivers talk to.
public enum Backend: String, CaseIterable, Sendable {
  /// Chips simulated at register level on a virtual clock.
  case simulated
  /// The buses, lines and PWM outputs of this Linux machine.
  case linux
}

/// A vehicle: everything that `ganglion run` needs to know, read from one JSON5 file and found valid.
///
/// `docs/configuration.md` lists every key. Values are in SI units; times are in ns, angles in rad.
public struct Configuration: Sendable, Equatable {
  /// Name for logs and messages.
  public var name: String
  /// What kind of vehicle, with what only that kind has.
  public var vehicle: Vehicle
  /// What the drivers talk to.
  public var backend: Backend
  /// The control loop's timing.
  public var loop: Loop
  /// The network on disk, and whether it flies.
  public var model: Model
  /// The I2C buses; names are unique.
  public var buses: [Bus]
  /// The sensors.
  public var sensors: Sensors
  /// The motors.
  public var actuators: Actuators
  /// The digital lines.
  public var lines: Lines
  /// How the loop runs on Linux.
  public var realTime: RealTime
  /// What watches over the loop on Linux.
  public var watchdog: Watchdog
  /// What the network reads and commands; `nil` only when there is no model file.
  public var network: Network?
  /// When the vehicle may arm.
  public var arming: Arming
  /// What is done about each fault.
  public var failsafe: Failsafe
  /// Where the log goes.
  public var log: Log

  /// What is taken off the sensors' readings; `nil` when there is nothing, and when what the file holds was found on
  /// other chips than those of the backend.
  public internal(set) var calibration: SensorCalibration?
  /// Why the calibration that the file names is not used, though nothing is wrong with it; `nil` when it is.
  public internal(set) var calibrationNote: String?

  /// The text it was read from, as the log carries it.
  public internal(set) var text = ""
  /// The folder that relative paths start from; `nil` when the text came without a file.
  public internal(set) var directory: String?

  /// `path` as seen from the working directory: relative paths start at the configuration's folder.
  public func resolve(_ path: String) -> String { Self.resolve(path, in: directory) }

  static func resolve(_ path: String, in directory: String?) -> String {
    guard let directory, !path.hasPrefix("/"), !directory.isEmpty, directory != "." else { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
  }

  /// The kind of vehicle.
  public var kind: VehicleKind { VehicleKind(rawValue: type(of: vehicle.parts).name) ?? .quadrotor }
  /// The timed profile of setpoints, in order; at least one.
  public var setpoints: [SetpointStep] { vehicle.parts.setpoints }
  /// The time of a run that is judged.
  public var evaluation: EvaluationWindow { vehicle.parts.window }
  /// What every simulated run has.
  public var simulation: SimulatedRun { vehicle.parts.simulated }

  /// The model file as seen from the working directory; `nil` when there is none.
  public var modelPath: String? { model.isFileFromCommandLine ? model.file : model.file.map(resolve) }
}

extension Configuration: ConfigurationPart {
  private static let nameKey = Key<String>.text("name", "Name for logs and messages.")
  private static let vehicleKey = Key<VehicleKind>.choice("vehicle", standard: .quadrotor, "Kind of vehicle.")
  private static let backendKey = Key<Backend>.choice(
    "backend", standard: .simulated, "What the drivers talk to.")

  /// The kind of vehicle that a file says it is about; one that says nothing valid counts as saying nothing.
  static func kind(of file: JSON5Value) -> VehicleKind {
    guard case .object(let members) = file.content,
      case .string(let name)? = members.first(where: { $0.key == vehicleKey.name })?.value.content
    else { return .quadrotor }
    return VehicleKind(rawValue: name) ?? .quadrotor
  }

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "", about: "One file describes one vehicle.",
      keys: [
        nameKey.description, vehicleKey.description, backendKey.description,
        .section("loop", "When the controller runs."),
        .section("model", "The trained network."),
        .section("buses", as: "list of 1 to 8 objects", "The I2C buses."),
        .section("sensors", "The sensors."),
        .section("actuators", "The motors and the chip that drives them."),
        .section("lines", absent: "no lines", "The digital lines."),
        .section("realtime", absent: "its defaults", "How the loop runs on Linux."),
        .section("watchdog", absent: "its defaults", "What watches over the loop on Linux."),
        .section("airframe", absent: "its defaults", "The vehicle's physical figures."),
        .section("gains", absent: "its defaults", "Gains and limits of the classical controller."),
        .section("estimator", absent: "its defaults", "How the vehicle's motion is estimated."),
        .section(
          "network", absent: "no network", "What the network reads and commands; needed with a model file."),
        .section("limits", absent: "its defaults", "Limits of commands and setpoints."),
        .section(
          "setpoints", as: "list of 1 to 1000 objects", "The timed profile of setpoints, in order of time."),
        .section("setpoint_rates", absent: "its defaults", "How fast setpoints move."),
        .section("arming", absent: "its defaults", "When the vehicle may arm."),
        .section("failsafe", absent: "its defaults", "What is done about each fault."),
        .section("log", absent: "its defaults", "Where the log goes."),
        .section("evaluation", absent: "no run is judged", "When a run counts as held."),
        .section("simulation", absent: "its defaults", "The simulated run."),
        .section(TrainingSection.name, absent: "as it is measured", "What the network is trained in."),
        FileFormat.key.description,
      ])
  }

  init?(_ section: Section) {
    let (name, kind) = (section.read(Self.nameKey), section.read(Self.vehicleKey))
    let backend = section.read(Self.backendKey).map { section.context.overrides.backend ?? $0 }
    let (loop, model) = (section.read(Loop.self, "loop"), section.read(Model.self, "model"))
    let buses = section.readList(Bus.self, "buses", count: 1...8)
    let sensors = section.read(Sensors.self, "sensors")
    let actuators = section.read(Actuators.self, "actuators")
    let lines = section.readOrStandard(Lines.self, "lines")
    let realTime = section.readOrStandard(RealTime.self, "realtime")
    let watchdog = section.readOrStandard(Watchdog.self, "watchdog")
    let network = section.readOptional(Network.self, "network")
    let arming = section.readOrStandard(Arming.self, "arming")
    let failsafe = section.readOrStandard(Failsafe.self, "failsafe")
    let log = section.readOrStandard(Log.self, "log")
    TrainingSection.read(section)
    let shared = SharedSections(loop: loop, sensors: sensors, failsafe: failsafe)
    let parts = section.context.vehicle.parts.init(section, beside: shared)

    if let buses { Self.checkNames(of: buses, in: section) }
    if let sensors, let actuators {
      Self.checkBuses(buses, sensors: sensors, actuators: actuators, loop: loop, in: section)
    }
    if let lines { Self.checkLines(lines, actuators, in: section) }
    if let sensors, let loop { Self.check(sensors, against: loop, in: section) }
    if let model, let network { Self.check(model, against: network, in: section) }
    if let sensors, let arming, let failsafe { Self.checkBattery(sensors, arming, failsafe, in: section) }
    if let watchdog, let loop { Self.check(watchdog, against: loop, in: section) }
    if let actuators, let loop { Self.check(actuators, against: loop, in: section) }

    guard let name, kind != nil, let backend, let loop, let model, let buses, let sensors, let actuators,
      let lines, let realTime, let watchdog, let network, let arming, let failsafe, let log, let parts
    else { return nil }
    (self.name, self.vehicle, self.backend) = (name, Vehicle(parts: parts), backend)
    (self.loop, self.model, self.buses, self.sensors) = (loop, model, buses, sensors)
    (self.actuators, self.lines, self.realTime, self.watchdog) = (actuators, lines, realTime, watchdog)
    (self.network, self.arming, self.failsafe, self.log) = (network, arming, failsafe, log)
  }
}
