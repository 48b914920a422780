@testable import Control
import HardwareInterfaces
import PortableMath
import Signals

/// The newest readings of the sensors that the estimators look at.
struct SensorInput {
  /// The newest reading of a sensor, which is its `count`th.
  struct Reading<Sample> {
    var sample: Sample
    var time = MonotonicTime.zero
    var count: UInt32 = 0

    /// One reading more, taken at `time`.
    mutating func take(_ sample: Sample, at time: MonotonicTime) {
      (self.sample, self.time) = (sample, time)
      count &+= 1
    }
  }

  var time = MonotonicTime.zero
  var inertial = Reading(
    sample: InertialSample(acceleration: (0, 0, 0), rate: (0, 0, 0), temperature: 0))
  var pressure = Reading(sample: PressureSample(pressure: 0, temperature: 0))
  var range = Reading(sample: RangeSample(distance: 0, isValid: false))
  var power = Reading(sample: PowerSample(voltage: 0, current: 0))

  /// The signals of these sensors.
  static let signals =
    BlockBench.signals(
      .number, .metrePerSecondSquared, "imu.acceleration_x", "imu.acceleration_y", "imu.acceleration_z")
    + BlockBench.signals(.number, .radianPerSecond, "imu.rate_x", "imu.rate_y", "imu.rate_z")
    + BlockBench.signals(.number, .metre, "range.distance") + BlockBench.signals(.flag, .none, "range.seen")
    + BlockBench.signals(.number, .pascal, "barometer.pressure")
    + BlockBench.signals(.number, .volt, "power.voltage")
    + BlockBench.signals(.count, .none, "imu.count", "range.count", "barometer.count", "power.count")
    + BlockBench.signals(.time, .nanosecond, "imu.time", "range.time", "barometer.time")

  /// The estimators over them; `armed` is the name of the flag that says whether motors may turn.
  static func blocks(armed: String) -> [BlockDeclaration] {
    [
      BlockDeclaration("attitude", "attitude", inputs: ["armed": [armed]]),
      BlockDeclaration(
        "altitude", "altitude",
        inputs: [
          "range": ["range.distance"], "range_seen": ["range.seen"], "range_count": ["range.count"],
          "range_time": ["range.time"], "pressure": ["barometer.pressure"],
          "pressure_count": ["barometer.count"], "pressure_time": ["barometer.time"],
        ]), BlockDeclaration("last_voltage", "battery"),
    ]
  }

  /// Puts the readings in their places.
  func put(into bench: inout BlockBench) {
    let sample = inertial.sample
    bench["imu.acceleration_x"] = sample.accelerationX
    bench["imu.acceleration_y"] = sample.accelerationY
    bench["imu.acceleration_z"] = sample.accelerationZ
    bench["imu.rate_x"] = sample.rateX
    bench["imu.rate_y"] = sample.rateY
    bench["imu.rate_z"] = sample.rateZ
    (bench[count: "imu.count"], bench[time: "imu.time"]) = (inertial.count, inertial.time.nanoseconds)
    (bench["range.distance"], bench["range.seen"]) = (range.sample.distance, range.sample.isValid)
    (bench[count: "range.count"], bench[time: "range.time"]) = (range.count, range.time.nanoseconds)
    bench["barometer.pressure"] = pressure.sample.pressure
    bench[count: "barometer.count"] = pressure.count
    bench[time: "barometer.time"] = pressure.time.nanoseconds
    (bench["power.voltage"], bench[count: "power.count"]) = (power.sample.voltage, power.count)
  }
}

/// What the estimators say of the vehicle.
struct Estimate: Equatable {
  var roll, pitch, yaw, rateX, rateY, rateZ, accelerationZ, altitude, climbRate, voltage: Float
  /// w, x, y, z.
  var quaternion: SIMD4<Float>

  /// As the blocks of `SensorInput` have written it.
  init(_ bench: borrowing BlockBench) {
    (roll, pitch, yaw) = (bench["attitude.roll"], bench["attitude.pitch"], bench["attitude.yaw"])
    (rateX, rateY, rateZ) = (bench["attitude.rate_x"], bench["attitude.rate_y"], bench["attitude.rate_z"])
    accelerationZ = bench["attitude.acceleration_z"]
    (altitude, climbRate) = (bench["altitude.altitude"], bench["altitude.climb_rate"])
    voltage = bench["battery.voltage"]
    quaternion = [
      bench["attitude.q_w"], bench["attitude.q_x"], bench["attitude.q_y"], bench["attitude.q_z"],
    ]
  }
}

/// Feeds the estimators with exact readings of a motion, so that a test states only the motion.
struct EstimatorFeed: ~Copyable {
  /// What the estimators say about themselves.
  struct Health {
    var attitudeValid, altitudeValid, rangeIsLive, barometerIsLive, isBiasKnown: Bool
    /// What is not a signal: whether the vehicle stands still, and the gyroscope's bias as learnt, in rad/s.
    var isStill: Bool
    var gyroBias: Vector3
  }

  private var bench: BlockBench
  /// The estimator of the attitude once more, fed with the same: it knows what the block does not say.
  private var estimator: AttitudeEstimator
  var input = SensorInput()
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

  init() throws {
    let settings = try BlockSettings([:], AttitudeSettings.descriptions)
    let bench = try BlockBench(
      outside: SensorInput.signals + BlockBench.signals(.flag, .none, "asked.armed"),
      SensorInput.blocks(armed: "asked.armed"))
    self.bench = bench
    estimator = AttitudeEstimator(AttitudeSettings(settings))
  }

  var estimate: Estimate { Estimate(bench) }
  /// As the other estimator has it.
  var attitude: Quaternion { estimator.attitude }
  var health: Health {
    Health(
      attitudeValid: bench["attitude.valid"], altitudeValid: bench["altitude.valid"],
      rangeIsLive: bench["altitude.range_live"], barometerIsLive: bench["altitude.barometer_live"],
      isBiasKnown: bench["attitude.bias_known"], isStill: estimator.isStill, gyroBias: estimator.bias)
  }

  /// One tick, `seconds` after the last: the vehicle now has this attitude, rate, altitude and acceleration.
  mutating func tick(
    attitude: Quaternion = .identity, rate: Vector3 = .zero, altitude: Double = 0,
    acceleration: Vector3 = .zero, seconds: Double = 0.004
  ) {
    tick += 1
    input.time = input.time.advanced(nanoseconds: Int64(seconds * 1e9))
    let force = attitude.inverseRotate(acceleration - Vector3(0, 0, 9.80665)) + forceBias
    let turned = rate + gyroBias
    let sample = InertialSample(
      acceleration: (Float(force.x), Float(force.y), Float(force.z)),
      rate: (Float(turned.x), Float(turned.y), Float(turned.z)), temperature: 25)
    input.inertial.take(sample, at: input.time)
    if tick % 10 == 0 {
      let distance = (altitude + mountHeight) / attitude.cosineOfTilt
      let range = RangeSample(distance: Float(distance), isValid: rangeIsValid)
      if hasRange { input.range.take(range, at: input.time) }
      let pressure = StandardAtmosphere.pressure(atAltitude: altitude) + pressureBias
      if hasPressure {
        input.pressure.take(PressureSample(pressure: Float(pressure), temperature: 25), at: input.time)
      }
    }
    update()
  }

  /// A tick in which no sensor has anything new but what a test has put into `input`.
  mutating func silentTick(seconds: Double = 0.004) {
    input.time = input.time.advanced(nanoseconds: Int64(seconds * 1e9))
    update()
  }

  private mutating func update() {
    input.put(into: &bench)
    bench["asked.armed"] = armed
    bench.step(at: input.time.nanoseconds)
    let sample = input.inertial.sample
    _ = estimator.update(
      rate: Vector3(Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ)),
      force: Vector3(
        Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ)),
      count: input.inertial.count, time: input.inertial.time.nanoseconds, armed: armed)
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
}

/// Degrees as radians.
func degrees(_ value: Double) -> Double { value * Double.pi / 180 }
