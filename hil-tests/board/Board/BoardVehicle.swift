import SimulatedHardware

/// Which vehicle the board is in.
enum VehicleKind: String, Sendable {
  case quadrotor
  case balancer
}

/// The vehicle that a board is in: its own chips, what they measure, and what its motors do to it.
protocol BoardVehicle: AnyObject {
  /// Its time in ns since it was switched on.
  var nanoseconds: Int64 { get }
  /// Moves on by one step.
  func step()
  /// What its chips measure.
  var physics: PhysicalState { get }
  /// How it was wrecked, if it was.
  var crash: String? { get }
  /// Whether it has begun to move as its network wants it.
  var isUnderWay: Bool { get }
  /// The levels of the board's output pins have changed.
  func take(pins: UInt8, _ board: SimulatedBoard)
  /// Lets the motors have what the motor driver and the pins give them now.
  func drive(_ motors: SimulatedPCA9685, _ board: SimulatedBoard)
  /// Names of the columns of `row`, after the time.
  var columns: String { get }
  /// Where it is, for the host's judgement.
  var row: String { get }
}
