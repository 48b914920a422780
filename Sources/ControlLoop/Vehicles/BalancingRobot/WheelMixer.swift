/// Shares drive and turn among two wheels: duties of their bridges, −1 to 1, forward positive.
///
/// Balance comes first: a turn gets what the drive leaves.
public struct WheelMixer: Sendable, Equatable {
  /// Largest magnitude of drive and of turn.
  public let drive, turn: Float
  /// Largest change of a duty in 1/s.
  public let slew: Float
  /// The duty given last to the left wheel.
  public private(set) var left: Float = 0
  /// The duty given last to the right wheel.
  public private(set) var right: Float = 0

  /// A mixer with its limits, at rest.
  public init(drive: Float, turn: Float, slew: Float) {
    (self.drive, self.turn, self.slew) = (drive, turn, slew)
  }

  /// `command` within the limits.
  ///
  /// - Throws: `CommandFault.notFinite` when a number is NaN or infinite.
  public func limited(_ command: BodyCommand) throws(CommandFault) -> BodyCommand {
    guard command.drive.isFinite, command.yaw.isFinite else { throw .notFinite }
    return BodyCommand(
      yaw: min(max(command.yaw, -turn), turn), drive: min(max(command.drive, -drive), drive))
  }

  /// Starts again from rest, as after arming.
  public mutating func reset() { (left, right) = (0, 0) }

  /// Moves the duties towards a finite `command`, as near as `seconds` allow.
  public mutating func move(to command: BodyCommand, seconds: Float) {
    let room = max(1 - command.drive.magnitude, 0)
    let turn = min(max(command.yaw, -room), room)
    let step = seconds > 0 ? slew * seconds : 0
    left += min(max(command.drive + turn - left, -step), step)
    right += min(max(command.drive - turn - right, -step), step)
  }
}
