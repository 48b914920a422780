import HardwareInterfaces

/// What one call of an actuator's driver brought.
public struct ActuatorPoll: Equatable, Sendable, BitwiseCopyable {
  /// Whether the chip is configured and takes commands.
  public var isReady: Bool
  /// What is wrong now; `.none` while the chip works or is still starting without trouble.
  public var fault: DeviceFault
  /// When the driver wants to be called next.
  public var next: MonotonicTime

  /// A result from its parts.
  public init(isReady: Bool, fault: DeviceFault, next: MonotonicTime) {
    (self.isReady, self.fault, self.next) = (isReady, fault, next)
  }
}
