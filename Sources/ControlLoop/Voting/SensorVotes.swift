import Control

/// Which of the sensors of a kind.
public enum SensorInstance: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The sensor itself.
  case first = 0
  /// Its spares, in order of priority.
  case firstSpare = 1
  case secondSpare = 2
}

/// What was decided about the sensors of one kind.
public struct KindVote: BitwiseCopyable, Sendable, Equatable {
  /// The one in use.
  public var chosen = SensorInstance.first
  /// How the sensor itself is; each is `absent` when it is not configured.
  public var first = SensorHealth.absent
  /// The first spare.
  public var second = SensorHealth.absent
  /// The second spare.
  public var third = SensorHealth.absent
  /// Whether two differ too much, and it cannot be known which of them is wrong.
  public var isUndecided = false

  /// Nothing there.
  public init() {}

  /// How an instance is.
  public subscript(instance: SensorInstance) -> SensorHealth {
    switch instance {
    case .first: first
    case .firstSpare: second
    case .secondSpare: third
    }
  }

  /// Whether the sensor has spares.
  public var hasSpares: Bool { second != .absent || third != .absent }
}

/// What was decided about the sensors that may have spares.
public struct SensorVotes: BitwiseCopyable, Sendable, Equatable {
  /// About inertial sensors.
  public var imu = KindVote()
  /// About barometers.
  public var barometer = KindVote()
  /// About magnetometers; nothing unless some sensor of the vehicle has spares.
  public var magnetometer = KindVote()
  /// About range finders.
  public var range = KindVote()

  /// Nothing there.
  public init() {}

  /// The vote about a kind.
  public subscript(kind: SensorKind) -> KindVote {
    switch kind {
    case .imu: imu
    case .barometer: barometer
    case .magnetometer: magnetometer
    case .range: range
    }
  }
}
