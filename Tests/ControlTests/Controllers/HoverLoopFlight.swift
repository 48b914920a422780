import HardwareInterfaces
import PortableMath
import Signals
import SimulatedHardware

@testable import Control

/// One flight of the classical controller without chips and buses: truth with noise straight to the estimator,
/// commands straight to the motors. What it shows is that plant, estimator, controller and mixer fit together.
struct HoverLoopFlight {
  /// What happened at one tick.
  struct Row {
    var truth: QuadrotorTruth
    /// Thrust, roll, pitch and yaw.
    var command: [Float]
  }

  /// Root-mean-square errors over the judged time, and what was drawn.
  struct Score {
    var roll = 0.0
    var pitch = 0.0
    var altitude = 0.0
    var estimatedRoll = 0.0
    var estimatedPitch = 0.0
    var estimatedAltitude = 0.0
    var largestTilt = 0.0
    var crash = QuadrotorCrash.none
    var held: Bool {
      crash == .none && roll < 5 && pitch < 5 && altitude < 0.3
    }
  }

  var variation = QuadrotorVariation(
    mass: 0.15, inertia: 0.15, motor: 0.05, centreOfMass: 0.004, batteryCharge: 0.6...1)
  var wind = WindParameters(mean: 0...4, gust: 0...2)
  var noise = 1.0
  var duration = 20.0
  /// Times in s between which the range finder gives nothing.
  var rangeLost: ClosedRange<Double>?
  /// Probability that a tick is missed.
  var missed = 0.001
  /// Where roll and pitch go, in the order of their times: s, degrees, degrees, rad/s, m.
  var profile: [(time: Double, roll: Float, pitch: Float, yawRate: Float, altitude: Float)] = [
    (1.5, 0, 0, 0, 1.5), (6, 8, 0, 0, 1.5), (8, -8, 0, 0, 1.5), (10, 0, 8, 0, 1.5), (12, 0, -8, 0, 1.5),
    (14, 0, 0, 0.698, 1.5), (17, 0, 0, 0, 1),
  ]

  /// What is asked for.
  private struct Setpoint {
    var roll: Float = 0
    var pitch: Float = 0
    var yawRate: Float = 0
    var altitude: Float = 0
  }

  private static let motors = ["front_right", "rear_left", "front_left", "rear_right"]
  private static let commands = ["thrust", "roll", "pitch", "yaw"]

  /// Estimators, controller and mixer, with the arming and the setpoint of the flight.
  private static func vehicle() throws -> BlockBench {
    let outside =
      SensorInput.signals + BlockBench.signals(.flag, .none, "asked.armed", "asked.arms", "asked.fallback")
      + BlockBench.signals(.choice(["active"]), .none, "asked.mode")
      + BlockBench.signals(.number, .radian, "asked.roll", "asked.pitch")
      + BlockBench.signals(.number, .radianPerSecond, "asked.yaw_rate")
      + BlockBench.signals(.number, .metre, "asked.altitude")
    let blocks =
      SensorInput.blocks(armed: "asked.armed") + [
        BlockDeclaration(
          "flight_phase", "phase",
          inputs: ["setpoint": ["asked.altitude"], "armed": ["asked.armed"], "mode": ["asked.mode"]]),
        BlockDeclaration(
          "quadrotor_control", "classical",
          inputs: [
            "wanted_roll": ["asked.roll"], "wanted_pitch": ["asked.pitch"],
            "wanted_yaw_rate": ["asked.yaw_rate"], "wanted_altitude": ["asked.altitude"],
            "voltage": ["battery.voltage"],
          ]),
        BlockDeclaration(
          "command_choice", "command",
          settings: [
            "commands": .names(commands), "lowest": .numbers([0, -0.3, -0.3, -0.3]),
            "highest": .numbers([0.9, 0.3, 0.3, 0.3]), "network_flies": .flag(false),
          ],
          inputs: [
            "acts": ["phase.flying"], "armed": ["asked.armed"], "arms": ["asked.arms"],
            "fallback": ["asked.fallback"],
          ]),
        BlockDeclaration(
          "quad_mixer", "motors", settings: ["idle": .number(0.05), "slew": .number(20)],
          inputs: ["armed": ["asked.armed"], "arms": ["asked.arms"]]),
      ]
      + motors.map {
        BlockDeclaration(
          "speed_controller", $0,
          settings: ["minimum": .number(1000), "maximum": .number(2000), "safe": .number(900)],
          inputs: ["command": ["motors.\($0)"], "armed": ["asked.armed"]])
      }
    return try BlockBench(outside: outside, blocks)
  }

  /// Flies with `seed`; `each` sees every tick.
  func fly(seed: UInt64, each: (Row) -> Void = { _ in }) throws -> Score {
    var plant = Quadrotor(variation: variation, wind: wind, seed: seed)
    var sensors = NoisySensors(seed: seed, noise: noise)
    var vehicle = try Self.vehicle()
    var random = RandomGenerator(seed: seed, stream: 201)
    var input = SensorInput()
    var setpoint = Setpoint()
    var score = Score()
    var judged = 0.0

    var last: Int64 = 0
    var tick: Int64 = 0
    while Double(tick) * 0.004 < duration {
      tick += random.nextUniform() < missed ? 2 : 1
      // Up to 0.3 ms late, as in the example configuration.
      let now = tick * 4_000_000 + Int64(random.nextUniform(0, 300_000))
      sensors.sample(&plant, until: now, into: &input, rangeLost: rangeLost)
      let time = Double(now) * 1e-9
      move(&setpoint, time: time, seconds: Float(Double(now - last) * 1e-9))
      last = now

      let armed = time >= 1
      put(setpoint, armed: armed, input, into: &vehicle)
      vehicle.step(at: now)
      guard vehicle["command.classical_failed"] == false else {
        score.crash = .leftBoundary
        return score
      }
      for (motor, name) in Self.motors.enumerated() {
        plant.setPulse(motor: motor, microseconds: armed ? Double(vehicle["\(name).pulse"] as Float) : nil)
      }

      let truth = plant.truth
      let angles = truth.attitude.eulerAngles
      let estimate = Estimate(vehicle)
      if time >= 5 {
        func add(_ sum: inout Double, _ error: Double) { sum += error * error }
        add(&score.roll, angles.roll - Double(setpoint.roll))
        add(&score.pitch, angles.pitch - Double(setpoint.pitch))
        add(&score.altitude, truth.altitude - Double(setpoint.altitude))
        add(&score.estimatedRoll, Double(estimate.roll) - angles.roll)
        add(&score.estimatedPitch, Double(estimate.pitch) - angles.pitch)
        add(&score.estimatedAltitude, Double(estimate.altitude) - truth.altitude)
        judged += 1
      }
      score.largestTilt = max(score.largestTilt, truth.attitude.tilt * 180 / Double.pi)
      each(Row(truth: truth, command: command(vehicle)))
      if truth.crash != .none {
        score.crash = truth.crash
        break
      }
    }
    let degrees = 180 / Double.pi
    func root(_ sum: Double, _ scale: Double) -> Double { (sum / max(judged, 1)).squareRoot() * scale }
    score.roll = root(score.roll, degrees)
    score.pitch = root(score.pitch, degrees)
    score.altitude = root(score.altitude, 1)
    score.estimatedRoll = root(score.estimatedRoll, degrees)
    score.estimatedPitch = root(score.estimatedPitch, degrees)
    score.estimatedAltitude = root(score.estimatedAltitude, 1)
    return score
  }

  /// Moves the setpoint at the rates of the example configuration.
  private func move(_ setpoint: inout Setpoint, time: Double, seconds: Float) {
    guard let target = profile.last(where: { $0.time <= time }) else { return }
    let degree = Float.pi / 180
    func approach(_ value: inout Float, _ goal: Float, _ rate: Float) {
      value += min(max(goal - value, -rate * seconds), rate * seconds)
    }
    approach(&setpoint.roll, target.roll * degree, 60 * degree)
    approach(&setpoint.pitch, target.pitch * degree, 60 * degree)
    approach(&setpoint.yawRate, target.yawRate, 180 * degree)
    approach(&setpoint.altitude, target.altitude, 0.6)
  }

  private func put(_ setpoint: Setpoint, armed: Bool, _ input: SensorInput, into vehicle: inout BlockBench) {
    input.put(into: &vehicle)
    (vehicle["asked.roll"], vehicle["asked.pitch"]) = (setpoint.roll, setpoint.pitch)
    (vehicle["asked.yaw_rate"], vehicle["asked.altitude"]) = (setpoint.yawRate, setpoint.altitude)
    vehicle["asked.armed"] = armed
  }

  private func command(_ vehicle: borrowing BlockBench) -> [Float] {
    var command: [Float] = []
    for name in Self.commands { command.append(vehicle["command.\(name)"]) }
    return command
  }
}

/// Sensors with the noise of their datasheets: MPU-6050 at 500 Hz behind its 94 Hz filter, BMP280, VL53L1X and
/// INA219 at 25, 25 and 10 Hz.
struct NoisySensors {
  private var random: RandomGenerator
  private let noise: Double
  private let gyroBias, forceBias: Vector3
  private let pressureBias: Double
  private var rate = Vector3.zero
  private var force = Vector3(0, 0, -9.80665)
  private var now: Int64 = 0

  init(seed: UInt64, noise: Double) {
    var random = RandomGenerator(seed: seed, stream: 200)
    func draw(_ deviation: Double) -> Vector3 {
      Vector3(
        deviation * random.nextGaussian(), deviation * random.nextGaussian(),
        deviation * random.nextGaussian())
    }
    gyroBias = draw(0.5 * Double.pi / 180)
    forceBias = draw(0.049)
    pressureBias = 100 * random.nextGaussian()
    self.random = random
    self.noise = noise
  }

  /// Moves the plant on to `time` ns and puts the readings on the way into `input`.
  mutating func sample(
    _ plant: inout Quadrotor, until time: Int64, into input: inout SensorInput,
    rangeLost: ClosedRange<Double>?
  ) {
    while now + 2_000_000 <= time {
      // The filter runs at 1 kHz: exp(-2 pi 94 / 1000).
      for _ in 0..<2 {
        now += 1_000_000
        plant.advance(to: now)
        let truth = plant.truth
        rate = rate * 0.554 + truth.rate * 0.446
        force = force * 0.554 + truth.specificForce * 0.446
      }
      readInertial(into: &input)
      if now % 40_000_000 == 0 { readSlow(plant.truth, into: &input, rangeLost: rangeLost) }
      if now % 100_000_000 == 0 { readPower(plant.truth, into: &input) }
    }
    plant.advance(to: time)
  }

  private mutating func gaussian(_ deviation: Double) -> Double { noise * deviation * random.nextGaussian() }

  private mutating func readInertial(into input: inout SensorInput) {
    let degree = Double.pi / 180
    let r = rate + gyroBias + Vector3(gaussian(0.06), gaussian(0.06), gaussian(0.06)) * degree
    let f = force + forceBias + Vector3(gaussian(0.048), gaussian(0.048), gaussian(0.048))
    let sample = InertialSample(
      acceleration: (Float(f.x), Float(f.y), Float(f.z)), rate: (Float(r.x), Float(r.y), Float(r.z)),
      temperature: 25)
    put(sample, into: &input.inertial)
  }

  private mutating func readSlow(
    _ truth: QuadrotorTruth, into input: inout SensorInput, rangeLost: ClosedRange<Double>?
  ) {
    let pressure = truth.pressure + pressureBias + gaussian(1.5)
    put(PressureSample(pressure: Float(pressure), temperature: 25), into: &input.pressure)
    let lost = rangeLost?.contains(Double(now) * 1e-9) ?? false
    if let range = truth.range, range > 0.04, !lost {
      let measured = range + gaussian(0.005 + 0.005 * range)
      put(RangeSample(distance: Float(measured), isValid: true), into: &input.range)
    } else {
      put(RangeSample(distance: 0, isValid: false), into: &input.range)
    }
  }

  private mutating func readPower(_ truth: QuadrotorTruth, into input: inout SensorInput) {
    let sample = PowerSample(voltage: Float(truth.voltage + gaussian(0.01)), current: Float(truth.current))
    put(sample, into: &input.power)
  }

  private func put<Sample>(_ sample: Sample, into reading: inout SensorInput.Reading<Sample>) {
    reading.take(sample, at: MonotonicTime(nanoseconds: now))
  }
}
