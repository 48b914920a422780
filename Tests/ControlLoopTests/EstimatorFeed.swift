import ControlLoop
import HardwareInterfaces
import PortableMath

/// Feeds an estimator with exact readings of a motion, so that a test states only the motion.
struct EstimatorFeed {
  var estimator: AttitudeAltitudeEstimator
  var input = TickInput()
  var estimate = Estimate()
  var armed = false
  /// What the gyroscope reads too much, in rad/s.
  var gyroBias = Vector3.zero
  /// What the accelerometer reads too much, in m/s².
  var forceBias = Vector3.zero
  /// What the barometer reads too much, in Pa.
  var pressureBias = 0.0
  var hasRange = true
  var hasPressure = true
  var rangeIsValid = true
  /// Height in m of the range finder above the ground at altitude 0.
  var mountHeight = 0.08
  private var tick: UInt64 = 0

  init(settings: EstimatorSettings = EstimatorSettings()) {
    estimator = AttitudeAltitudeEstimator(settings: settings)
  }

  var time: Double { input.time.seconds }

  /// One tick, `seconds` after the last: the vehicle now has this attitude, rate, altitude and acceleration.
  mutating func tick(
    attitude: Quaternion = .identity, rate: Vector3 = .zero, altitude: Double = 0,
    acceleration: Vector3 = .zero, seconds: Double = 0.004
  ) {
    tick += 1
    input.tick = tick
    input.elapsed = Int64(seconds * 1e9)
    input.time = input.time.advanced(nanoseconds: input.elapsed)
    let force = attitude.inverseRotate(acceleration - Vector3(0, 0, 9.80665)) + forceBias
    let turned = rate + gyroBias
    let sample = InertialSample(
      acceleration: (Float(force.x), Float(force.y), Float(force.z)),
      rate: (Float(turned.x), Float(turned.y), Float(turned.z)), temperature: 25)
    put(sample, &input.inertial)
    if tick % 10 == 0 {
      let distance = (altitude + mountHeight) / attitude.cosineOfTilt
      if hasRange { put(RangeSample(distance: Float(distance), isValid: rangeIsValid), &input.range) }
      let pressure = StandardAtmosphere.pressure(atAltitude: altitude) + pressureBias
      if hasPressure { put(PressureSample(pressure: Float(pressure), temperature: 25), &input.pressure) }
    }
    estimate = estimator.update(input, armed: armed)
  }

  /// A tick in which no sensor has anything new.
  mutating func silentTick(seconds: Double = 0.004) {
    input.time = input.time.advanced(nanoseconds: Int64(seconds * 1e9))
    estimate = estimator.update(input, armed: armed)
  }

  /// Stands still for `seconds`.
  mutating func stand(attitude: Quaternion = .identity, seconds: Double = 1) {
    for _ in 0..<Int(seconds / 0.004) { tick(attitude: attitude) }
  }

  /// Moves straight up or down for `seconds`, level, from `altitude` at `climbRate` with constant `acceleration`.
  mutating func climb(from altitude: Double, climbRate: Double, acceleration: Double = 0, seconds: Double) {
    for i in 1...Int(seconds / 0.004) {
      let t = Double(i) * 0.004
      tick(
        altitude: altitude + climbRate * t + 0.5 * acceleration * t * t,
        acceleration: Vector3(0, 0, -acceleration))
    }
  }

  private func put<Sample>(_ sample: Sample, _ reading: inout Reading<Sample>) {
    reading.sample = sample
    reading.time = input.time
    reading.sequence += 1
    reading.isPresent = true
  }
}

/// Degrees as radians.
func degrees(_ value: Double) -> Double { value * Double.pi / 180 }
