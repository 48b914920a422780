import Devices

/// What a kind of vehicle has of its own in a configuration: the tables that say what its file may hold, and the sections
/// that only it can read.
///
/// Its sections are `airframe`, `gains`, `estimator`, `limits`, `setpoints`, `setpoint_rates`, `evaluation` and `simulation`; all others are
/// read alike for every kind, by these tables.
protocol VehicleParts: Sendable, Equatable {
  /// The name of their kind in a file.
  static var name: String { get }
  /// The sections below `sensors`, besides `imu`.
  static var sensors: [SensorRole] { get }
  /// How its motors are driven.
  static var actuation: Actuation { get }
  /// The signals that its network may read.
  static var signals: [NetworkSignal] { get }
  /// What its network commands, each exactly once.
  static var commands: [CommandChannel] { get }
  /// What can go wrong with it in motion.
  static var conditions: [FailsafeCondition] { get }
  /// The tables of its own sections and of those below them, in the order of the reference.
  static var schemas: [SectionSchema] { get }

  /// Reads its sections of the whole `file`, so that all errors are found, and checks them against the sections that
  /// every vehicle has; `nil` when they cannot be whole.
  init?(_ file: Section, beside shared: SharedSections)

  /// The timed profile of setpoints, in order; at least one.
  var setpoints: [Configuration.SetpointStep] { get }
  /// The time that is judged.
  var window: Configuration.EvaluationWindow { get }
  /// What every simulated run has.
  var simulated: Configuration.SimulatedRun { get }
  /// How fast setpoints move.
  var motion: SetpointMotion { get }
  /// What may be asked for by somebody outside, by the setpoints' names.
  var largestCommands: [String: ClosedRange<Double>] { get }
  /// The names of its motors, in the order of `actuators.motors`.
  var motors: [String] { get }
  /// What moves in simulation.
  var plant: any TemplatePlant { get }
  /// The program that a configuration with these parts expands to.
  ///
  /// - Parameter hasNetwork: Whether there is one to step; else only the inputs that it would have are shown.
  func declaration(of configuration: Configuration, hasNetwork: Bool) -> VehicleDeclaration
  /// The gains that follow from the airframe; `nil` when there are none with which it holds.
  func computedGains(_ loop: Configuration.Loop, _ sensors: Configuration.Sensors)
    -> Configuration.ComputedGains?
}

/// Sections that every vehicle has, as far as they could be read.
struct SharedSections {
  var loop: Configuration.Loop?
  var sensors: Configuration.Sensors?
  var failsafe: Configuration.Failsafe?
}

/// A sensor beside the inertial one, by its place in the vehicle.
public enum SensorRole: String, CaseIterable, Sendable {
  case barometer, magnetometer, range, power
  case leftEncoder = "left_encoder"
  case rightEncoder = "right_encoder"
}

/// How a kind of vehicle drives its motors.
public enum Actuation: Sendable, Equatable {
  /// Speed controllers that take pulses, one for each motor in this order.
  case speedControllers([String])
  /// H bridges with two direction lines and a pulse output, one for each motor in this order.
  case bridges([String])

  /// The motors' places in their order.
  public var motors: [String] {
    switch self {
    case .speedControllers(let motors), .bridges(let motors): motors
    }
  }
}
