/// What was decided about devices that measure the same.
struct KindVote: BitwiseCopyable, Sendable, Equatable {
  /// The one in use, from 0.
  var chosen: UInt8 = 0
  /// How each is; `absent` when it is not configured.
  var first = SensorHealth.absent
  var second = SensorHealth.absent
  var third = SensorHealth.absent
  /// Whether two differ too much, and it cannot be known which of them is wrong.
  var isUndecided = false

  /// How the one in use is.
  var health: SensorHealth { chosen == 0 ? first : chosen == 1 ? second : third }

  /// Whether the device has spares, and any of them all is not as it should be.
  var isRedundancyLost: Bool {
    (second != .absent || third != .absent)
      && (first != .good || (second != .good && second != .absent) || (third != .good && third != .absent))
  }
}
