/// When one instance of a kind of sensor counts as healthy, as the tick wants it.
struct InstanceLimits: BitwiseCopyable, Sendable {
  /// Age in ns from which a reading is stale.
  var staleAfter = Int64.max
  /// Time in ns between two attempts to read.
  var period: Int64 = 0
  /// Equal readings in a row that are flat; 0 for never.
  var flatAfter: UInt32 = 0
  /// Readings in a row beyond `fullScale` that are saturated; 0 for never.
  var saturatedAfter: UInt32 = 0
  /// From where on a channel counts as at its end.
  var fullScale = SIMD8<Float>(repeating: .infinity)
  /// Share of failed attempts above which the instance is failing.
  var errorsAbove: Float = 1
}

/// How the instances of a kind of sensor are judged and compared.
struct KindLimits: BitwiseCopyable, Sendable {
  /// Instances: 0 without such a sensor, 1 without spares.
  var count = 0
  var instances = InlineArray<3, InstanceLimits>(repeating: InstanceLimits())
  /// How long in ns one must have been good before it is chosen again.
  var goodFor: Int64 = 0
  /// Largest difference of two that agree.
  var difference = SIMD8<Float>(repeating: .infinity)
  /// Largest constant difference between two that is believed to be one.
  var largestOffset = SIMD8<Float>(repeating: .infinity)
}
