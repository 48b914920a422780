import PortableMath

/// Why a flight ended.
public enum QuadrotorCrash: UInt8, Sendable, Equatable, BitwiseCopyable {
  /// It has not.
  case none = 0
  /// It hit the ground faster than its feet can take.
  case impact = 1
  /// It tipped over.
  case tippedOver = 2
  /// It left the simulated space.
  case leftBoundary = 3
}

/// A multirotor as a rigid body with six degrees of freedom, with its motors, battery, wind and ground.
///
/// Only exact floating-point operations are used, so a seed and a sequence of pulses give the same flight on
/// every machine. Integration is semi-implicit Euler: velocities first, then positions with the new velocities,
/// which keeps the stiff contact with the ground stable at 2 kHz and above.
///
/// Without `QuadrotorParameters.rotors` it is a quad-X, whose motors are numbered as in PX4 (and one less here, from 0): 0 front right,
/// 1 rear left, both turning counter-clockwise seen from above; 2 front left, 3 rear right, both clockwise.
public struct Quadrotor: Sendable {
  /// The figures of this vehicle: the nominal ones with this seed's variation.
  public let parameters: QuadrotorParameters
  /// Length of one step in ns.
  public let stepNanoseconds: Int64
  /// Time since the start in ns: a whole number of steps.
  public private(set) var nanoseconds: Int64 = 0
  /// Why the flight ended, or `.none`. A crashed vehicle lies still where it is.
  public private(set) var crash = QuadrotorCrash.none

  /// Mean wind drawn for this seed, north-east-down, in m/s.
  public var meanWind: Vector3 { wind.mean }
  /// Standard deviation of gusts drawn for this seed in m/s.
  public var gust: Double { wind.gust }

  // Position and velocity of the centre of mass, north-east-down; attitude; body rates.
  var position: Vector3
  var velocity = Vector3.zero
  var attitude = Quaternion.identity
  var rate = Vector3.zero
  /// Rotor speeds in rad/s.
  var speeds = SIMD8<Double>.zero
  /// Speed commands, 0 to 1; negative while the motor is off.
  private var commands = SIMD8<Double>.zero
  private var specificForceAtOrigin = Vector3(0, 0, -StandardAtmosphere.gravity)
  private var airVelocity = Vector3.zero
  private var battery: Battery
  private var wind: Wind
  private var stepsUntilWind = 0

  // Constant for the flight.
  private let centreOfMass: Vector3
  private let motorCount: Int
  /// 0 behind the last.
  private let motorFactors: SIMD8<Double>
  private let inverseInertia: Vector3
  private let thrustCoefficient, density: Double
  private let ground: Ground
  /// How far the motors, and the feet below them, stand ahead and to the side of the centre, in m.
  private let forward, side: Double
  private let dt: Double
  /// The wind changes every this many steps: 2 ms at 4 kHz.
  private static let windInterval = 8

  /// A vehicle at rest on the ground, at the origin, heading north, motors off.
  ///
  /// - Parameters:
  ///   - parameters: The nominal vehicle.
  ///   - variation: How far this one may differ.
  ///   - wind: The wind it may meet.
  ///   - seed: Draws variation and wind; streams 64 and 65 of it are used.
  ///   - rate: Steps per second; at least 2000.
  public init(
    parameters nominal: QuadrotorParameters = QuadrotorParameters(), variation: QuadrotorVariation = .none,
    wind windParameters: WindParameters = .calm, seed: UInt64, rate stepsPerSecond: Int = 4000
  ) {
    var random = RandomGenerator(seed: seed, stream: 64)
    func factor(_ width: Double) -> Double { 1 + random.nextUniform(-width, width) }
    var drawn = nominal
    drawn.mass *= factor(variation.mass)
    drawn.inertia.x *= factor(variation.inertia)
    drawn.inertia.y *= factor(variation.inertia)
    drawn.inertia.z *= factor(variation.inertia)
    motorCount = drawn.rotors?.count ?? 4
    var factors = SIMD8<Double>.zero
    for motor in 0..<motorCount { factors[motor] = factor(variation.motor) }
    motorFactors = factors
    let offset = variation.centreOfMass
    centreOfMass = Vector3(
      random.nextUniform(-offset, offset), random.nextUniform(-offset, offset),
      random.nextUniform(-offset, offset))
    battery = Battery(
      parameters: drawn.battery,
      charge: random.nextUniform(variation.batteryCharge.lowerBound, variation.batteryCharge.upperBound))
    parameters = drawn

    stepNanoseconds = 1_000_000_000 / Int64(max(2000, min(stepsPerSecond, 100_000)))
    dt = Double(stepNanoseconds) * 1e-9
    wind = Wind(
      parameters: windParameters, interval: dt * Double(Quadrotor.windInterval),
      random: RandomGenerator(seed: seed, stream: 65))
    ground = Ground(drawn)
    (forward, side) = (drawn.armForward, drawn.armSide)
    thrustCoefficient = drawn.maximumThrust / (drawn.maximumSpeed * drawn.maximumSpeed)
    inverseInertia = Vector3(1 / drawn.inertia.x, 1 / drawn.inertia.y, 1 / drawn.inertia.z)
    density = StandardAtmosphere.density(pressure: drawn.groundPressure, temperature: drawn.groundTemperature)
    // Settled into its feet's springs, deeper on the side where the centre of mass is.
    let sink = drawn.mass * StandardAtmosphere.gravity / (4 * drawn.footStiffness)
    attitude = Quaternion(
      roll: centreOfMass.y * (sink / (side * side)), pitch: -centreOfMass.x * (sink / (forward * forward)),
      yaw: 0)
    position = attitude.rotate(centreOfMass) + Vector3(0, 0, sink)
  }

  /// Sets the pulse that `motor`, from 0, receives, in µs: 1000 to 2000 is 0 to full speed; `nil`, no pulses,
  /// or one below 1000 stops the motor. Another motor number does nothing.
  public mutating func setPulse(motor: Int, microseconds: Double?) {
    guard (0..<motorCount).contains(motor) else { return }
    var command = 0.0
    if let microseconds, microseconds > 1000 {
      command = microseconds < 2000 ? (microseconds - 1000) * 1e-3 : 1
    }
    commands[motor] = command
  }

  /// Moves on, step by step, until the time is at least `time` ns since the start.
  public mutating func advance(to time: Int64) {
    while nanoseconds < time { step() }
  }

  /// Moves on by one step.
  public mutating func step() {
    nanoseconds &+= stepNanoseconds
    guard crash == .none else { return }
    if stepsUntilWind == 0 {
      wind.step()
      stepsUntilWind = Quadrotor.windInterval
    }
    stepsUntilWind -= 1

    let spinUp = turnMotors()
    var (force, torque) = airAndRotors(spinUp: spinUp)
    let contact = feet()
    force += attitude.inverseRotate(contact.force)
    torque += contact.torque
    // Gyroscopic: the body's angular momentum and the rotors'. Clockwise rotors turn about +z.
    let momentum = Vector3(
      parameters.inertia.x * rate.x, parameters.inertia.y * rate.y,
      parameters.inertia.z * rate.z + parameters.rotorInertia * clockwise(speeds))
    torque = torque - rate.cross(momentum)

    let specificForce = force * (1 / parameters.mass)
    let angular = Vector3(
      torque.x * inverseInertia.x, torque.y * inverseInertia.y, torque.z * inverseInertia.z)
    // The inertial unit is in the geometric centre, away from the centre of mass.
    specificForceAtOrigin =
      specificForce - angular.cross(centreOfMass) - rate.cross(rate.cross(centreOfMass))

    velocity += (attitude.rotate(specificForce) + Vector3(0, 0, StandardAtmosphere.gravity)) * dt
    rate += angular * dt
    position += velocity * dt
    attitude = attitude.integrated(rate: rate, seconds: dt)
    detectCrash()
  }

  /// First-order motors; returns their angular acceleration about the body's z axis, summed, in rad/s².
  private mutating func turnMotors() -> Double {
    let full = parameters.maximumSpeed * battery.voltage / parameters.referenceVoltage
    let before = speeds
    for i in 0..<motorCount {
      let target = commands[i] * full
      let time = target > speeds[i] ? parameters.spinUpTime : parameters.spinDownTime
      speeds[i] += (target - speeds[i]) * (dt / time)
    }
    let squares = speeds * speeds
    let cubes = squares * speeds
    let shaft = parameters.torquePerThrust * thrustCoefficient * RotorPlaces.sum(cubes)
    battery.deliver(
      power: shaft / parameters.motorEfficiency + parameters.avionicsPower, seconds: dt)
    return clockwise(speeds - before) / dt
  }

  /// The sum of clockwise rotors' values less that of the others.
  @inline(__always)
  private func clockwise(_ values: SIMD8<Double>) -> Double {
    guard let rotors = parameters.rotors else { return (values[2] + values[3]) - (values[0] + values[1]) }
    return rotors.clockwise(values)
  }

  /// The sum of counter-clockwise rotors' values less that of the others. Not by a sign: of a vehicle at rest that of 0 would be another.
  @inline(__always)
  private func counterClockwise(_ values: SIMD8<Double>) -> Double {
    guard let rotors = parameters.rotors else { return (values[0] + values[1]) - (values[2] + values[3]) }
    return -rotors.clockwise(values)
  }

  /// Torques about the forward and the right axis of the rotors' thrusts.
  @inline(__always)
  private func tilting(_ thrusts: SIMD8<Double>) -> (roll: Double, pitch: Double) {
    guard let rotors = parameters.rotors else {
      return (
        side * ((thrusts[1] + thrusts[2]) - (thrusts[0] + thrusts[3])),
        forward * ((thrusts[0] + thrusts[2]) - (thrusts[1] + thrusts[3]))
      )
    }
    return rotors.tilting(thrusts)
  }

  /// Force in N and torque about the centre of mass in N m, body axes, of the air on rotors and body.
  @inline(__always)
  private mutating func airAndRotors(spinUp: Double) -> (force: Vector3, torque: Vector3) {
    airVelocity = attitude.inverseRotate(
      velocity - wind.velocity(height: altitudeOfOrigin + parameters.footHeight))
    // Each rotor: thrust ∝ speed², less when it climbs into the air, and a force against crosswise air.
    let climb = -airVelocity.z
    let thrusts = motorFactors * thrustCoefficient * speeds * speeds - parameters.rotorInflow * climb * speeds
    let total = RotorPlaces.sum(thrusts)
    let crosswise = parameters.rotorDrag * RotorPlaces.sum(speeds)
    let rotors = Vector3(-crosswise * airVelocity.x, -crosswise * airVelocity.y, -total)
    let body = airVelocity * (-0.5 * density * parameters.dragArea * airVelocity.length)

    // Thrust pulls at the motors, forward and right of the centre.
    let squares = motorFactors * thrustCoefficient * speeds * speeds
    let tilt = tilting(thrusts)
    var torque = Vector3(
      tilt.roll, tilt.pitch,
      parameters.torquePerThrust * counterClockwise(squares) - parameters.rotorInertia * spinUp)
    torque += Vector3(0, 0, -parameters.rotorPlaneHeight).cross(Vector3(rotors.x, rotors.y, 0))
    let force = rotors + body
    // All of this is about the geometric centre.
    return (force, torque - centreOfMass.cross(force))
  }

  /// Force in N, north-east-down, and torque about the centre of mass in N m, body axes, of the ground.
  @inline(__always)
  private mutating func feet() -> (force: Vector3, torque: Vector3) {
    // The ground is at z = footHeight; no foot reaches farther than this.
    let reach = 2 * (parameters.footHeight + forward + side)
    guard position.z > -reach else { return (.zero, .zero) }
    var (force, torque) = (Vector3.zero, Vector3.zero)
    for i in 0..<4 {
      let foot =
        Vector3(i & 1 == 0 ? forward : -forward, i & 2 == 0 ? side : -side, parameters.footHeight)
        - centreOfMass
      let arm = attitude.rotate(foot)
      let depth = position.z + arm.z - parameters.footHeight
      guard depth > 0 else { continue }
      let footForce = ground.force(depth: depth, velocity: velocity + attitude.rotate(rate.cross(foot)))
      force += footForce
      torque += foot.cross(attitude.inverseRotate(footForce))
    }
    if force.z < 0, velocity.z > parameters.crashSpeed { crash = .impact }
    return (force, torque)
  }

  private mutating func detectCrash() {
    if attitude.cosineOfTilt < parameters.crashCosineOfTilt { crash = .tippedOver }
    let north = position.x.magnitude
    let east = position.y.magnitude
    // Written so that a value that is not a number is outside, too.
    if !(north < parameters.boundary && east < parameters.boundary && -position.z < parameters.ceiling) {
      crash = .leftBoundary
    }
    guard crash != .none else { return }
    (velocity, rate, speeds) = (.zero, .zero, .zero)
    specificForceAtOrigin = attitude.inverseRotate(Vector3(0, 0, -StandardAtmosphere.gravity))
  }

  /// Height of the geometric centre above where it is at rest, in m.
  private var altitudeOfOrigin: Double { -(position - attitude.rotate(centreOfMass)).z }

  /// What is true now.
  public var truth: QuadrotorTruth {
    let origin = position - attitude.rotate(centreOfMass)
    let airSpeed = airVelocity.length
    let dynamicPressure = 0.5 * density * airSpeed * airSpeed
    let pressure = StandardAtmosphere.pressure(atAltitude: -origin.z, reference: parameters.groundPressure)
    return QuadrotorTruth(
      nanoseconds: nanoseconds, position: origin,
      velocity: velocity - attitude.rotate(rate.cross(centreOfMass)), attitude: attitude, rate: rate,
      specificForce: specificForceAtOrigin, range: range(origin: origin),
      pressure: pressure + parameters.staticPressureError * dynamicPressure,
      temperature: parameters.groundTemperature + StandardAtmosphere.lapseRate * origin.z,
      voltage: battery.voltage, current: battery.current, motorSpeeds: speeds, crash: crash)
  }

  /// Distance in m from the range finder along the body's z axis to the ground.
  private func range(origin: Vector3) -> Double? {
    let cosine = attitude.cosineOfTilt
    // Beyond 60 degrees the beam returns nothing.
    guard cosine > 0.5 else { return nil }
    let range = (parameters.footHeight - origin.z) / cosine - parameters.rangeFinderDrop
    return range < parameters.maximumRange ? max(0, range) : nil
  }
}
