/// What a vehicle is doing: the modes that the templates have, in the order in which safety counts them.
public enum VehicleMode: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Outputs at their safe values, enable line low.
  case disarmed = 0
  /// Flying by the configured controller.
  case active = 1
  /// Flying level at the altitude held when a fault called for it.
  case hold = 2
  /// Descending level until the ground, then disarmed.
  case landing = 3
  /// Stopped by a failsafe, until the pilot disarms.
  case terminated = 4
}

/// Which controller's command reaches the mixer, as `command.source` counts them.
public enum ActiveController: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case network = 1
  case classical = 2
}
