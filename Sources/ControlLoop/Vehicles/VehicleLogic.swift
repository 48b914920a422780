import HardwareInterfaces

/// What a kind of vehicle has of its own in a tick: its estimator, its classical controller, its limits and its mixer.
///
/// `VehicleTick` asks for these in the order in which they stand here, and does itself what is the same for every
/// vehicle: safety logic, network, choice of the controller. It is generic over the logic, so nothing is boxed.
protocol VehicleLogic: Sendable {
  /// What the kind of vehicle has of its own in a configuration.
  associatedtype Parts: VehicleParts

  /// The logic of a vehicle at rest.
  init(_ configuration: Configuration, _ parts: Parts)

  /// Takes in what is new in `input`, and estimates the vehicle's motion. `armed` says whether motors may turn.
  mutating func estimate(_ input: TickInput, armed: Bool) -> Estimate
  /// Whether the attitude is known, by the last estimate.
  var attitudeIsKnown: Bool { get }
  /// Whether the gyroscope's bias is known, by the last estimate.
  var gyroBiasIsKnown: Bool { get }
  /// The conditions that only this kind of vehicle has, a bit for each `FailsafeCondition` that holds.
  func conditions(_ input: TickInput, _ estimate: Estimate) -> UInt32
  /// The reasons not to arm that only this kind of vehicle has, a bit for each `ArmingInhibit` that holds.
  func inhibits(_ input: TickInput, _ estimate: Estimate) -> UInt32
  /// Whether the vehicle has come to rest, as of the last plan, so that coming to rest may end in disarming.
  var isAtRest: Bool { get }
  /// Starts afresh: the vehicle has just armed.
  mutating func arm()

  /// Moves the setpoint, the memory and the classical controller on by a tick.
  mutating func plan(_ situation: TickSituation) -> TickPlan
  /// What the vehicle does when the network does not command it: by default what the classical controller asks for.
  func fallback(_ classical: BodyCommand, _ estimate: Estimate) -> BodyCommand
  /// `command` within the vehicle's limits.
  ///
  /// - Throws: `CommandFault.notFinite` when a number is NaN or infinite: a controller that says so has failed,
  ///   and clamping would hide it.
  func limited(_ command: BodyCommand) throws(CommandFault) -> BodyCommand
  /// Gives `command` to the motors of an armed vehicle, as `motors` and `pulses` of `output`; unless controllers act, the
  /// motors idle.
  mutating func drive(_ command: BodyCommand, acts: Bool, seconds: Float, _ output: inout TickOutput)
}

extension VehicleLogic {
  func fallback(_ classical: BodyCommand, _ estimate: Estimate) -> BodyCommand { classical }
}

/// What a vehicle's logic may look at when it plans a tick.
struct TickSituation: BitwiseCopyable, Sendable {
  /// What the vehicle is asked to do.
  var setpoint: Setpoint
  var estimate: Estimate
  /// What the safety logic lets the vehicle do.
  var mode: VehicleMode
  /// Whether motors may turn.
  var isArmed: Bool
  /// Time since the previous tick in s.
  var seconds: Float
  /// What went to the mixer in the tick before.
  var lastCommand: BodyCommand
}

/// What a vehicle's logic plans for a tick.
struct TickPlan: Sendable {
  /// Whether controllers act: on the ground, or held by hand, none may.
  var acts: Bool
  /// Whether they begin to in this tick.
  var begins: Bool
  /// What the classical controller asks for.
  var classical: BodyCommand
  /// What a network may read.
  var signals: SignalValues
}

/// Why a command was refused.
public enum CommandFault: UInt8, Error, Sendable, BitwiseCopyable, Equatable {
  /// A number of the command is NaN or infinite.
  case notFinite = 1
}
