/// What a command may be, whatever the controller says.
public struct CommandLimits: Sendable, Equatable {
  /// Smallest and largest collective thrust, of full thrust.
  public let thrust: ClosedRange<Float>
  /// Largest magnitude of each torque, of full differential thrust.
  public let torque: Float

  /// Limits on thrust and torque.
  public init(thrust: ClosedRange<Float>, torque: Float) {
    (self.thrust, self.torque) = (thrust, torque)
  }

  /// `command` within the limits.
  ///
  /// - Throws: `CommandFault.notFinite` when a number is NaN or infinite: a controller that says so has failed,
  ///   and clamping would hide it.
  public func limit(_ command: BodyCommand) throws(CommandFault) -> BodyCommand {
    guard command.thrust.isFinite, command.roll.isFinite, command.pitch.isFinite, command.yaw.isFinite else {
      throw .notFinite
    }
    func clamped(_ value: Float) -> Float { min(max(value, -torque), torque) }
    return BodyCommand(
      thrust: min(max(command.thrust, thrust.lowerBound), thrust.upperBound), roll: clamped(command.roll),
      pitch: clamped(command.pitch), yaw: clamped(command.yaw))
  }
}

/// Lets each motor's thrust change only so fast.
public struct MotorSlew: Sendable, Equatable {
  /// The thrusts given last.
  public private(set) var last: MotorValues
  private let perSecond: Float

  /// A limiter of `perSecond` of full thrust per second, from `start`.
  public init(perSecond: Float, start: MotorValues = MotorValues(all: 0)) {
    self.perSecond = perSecond
    last = start
  }

  /// Starts again from `thrusts`, as after arming.
  public mutating func reset(to thrusts: MotorValues) { last = thrusts }

  /// `thrusts` as near as `seconds` allow; a thrust that is not a number keeps its motor where it is.
  public mutating func limit(_ thrusts: MotorValues, seconds: Float) -> MotorValues {
    let step = seconds > 0 ? perSecond * seconds : 0
    for motor in 0..<4 {
      let wanted = thrusts[motor] - last[motor]
      guard !wanted.isNaN else { continue }
      last[motor] += min(max(wanted, -step), step)
    }
    return last
  }
}
