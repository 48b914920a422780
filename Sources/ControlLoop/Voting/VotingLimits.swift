import HardwareInterfaces

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

extension KindLimits {
  private init<Sensor: SpareableSensor>(whatAllHave sensor: Sensor) {
    for instance in sensor.instances.prefix(instances.count) {
      instances[count] = InstanceLimits(
        staleAfter: instance.staleAfter, period: 1_000_000_000 / Int64(max(instance.rateHz, 1)),
        flatAfter: UInt32(clamping: sensor.health.flatAfter),
        saturatedAfter: UInt32(clamping: sensor.health.saturatedAfter),
        errorsAbove: Float(sensor.health.errorsAbove))
      count += 1
    }
    goodFor = sensor.health.goodFor
  }

  /// Those of inertial sensors. Offsets of up to 20 °/s and 0.2 g are what datasheets allow.
  init(_ sensor: Configuration.InertialSensor) {
    self.init(whatAllHave: sensor)
    for (index, instance) in sensor.instances.prefix(instances.count).enumerated() {
      let force = Float(instance.accelRangeG) * 9.80665
      let rate = Float(Double(instance.gyroRangeDps).radians)
      instances[index].fullScale = Self.inertial(0.95 * force, 0.95 * rate)
    }
    difference = Self.inertial(Float(sensor.health.accelerationDifference), Float(sensor.health.difference))
    largestOffset = Self.inertial(2, 0.35)
  }

  /// Those of barometers. 300 Pa is the worst that two good chips differ by.
  init(_ sensor: Configuration.Barometer?) { self.init(sensor, largestOffset: 300) }
  /// Those of magnetometers. Each has iron of its own beside it.
  init(_ sensor: Configuration.Magnetometer?) { self.init(sensor, largestOffset: 100e-6) }
  /// Those of range finders. One may sit lower than the other.
  init(_ sensor: Configuration.RangeFinder?) { self.init(sensor, largestOffset: 0.3) }

  private init<Sensor: SpareableSensor>(_ sensor: Sensor?, largestOffset: Float) {
    guard let sensor else {
      self.init()
      return
    }
    self.init(whatAllHave: sensor)
    difference = SIMD8(repeating: Float(sensor.health.difference))
    self.largestOffset = SIMD8(repeating: largestOffset)
  }

  private static func inertial(_ force: Float, _ rate: Float) -> SIMD8<Float> {
    SIMD8(force, force, force, rate, rate, rate, .infinity, .infinity)
  }
}
