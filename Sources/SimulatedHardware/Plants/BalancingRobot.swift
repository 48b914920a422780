import PortableMath

/// A robot that balances on two wheels: an inverted pendulum on an axle that drives and turns, with geared motors, a
/// battery, a ground in waves, and someone who pushes.
///
/// Lean and speed follow the equations of a wheeled inverted pendulum with yaw (Pathak, Franch and Agrawal, "Velocity and
/// position control of a wheeled inverted pendulum by partial feedback linearization", IEEE Transactions on Robotics 21
/// (3), 2005), with the rotors' inertia behind the gears and a slope under the wheels. The wheels roll without slipping;
/// backlash is not modelled. Only exact floating-point operations are used, so a seed and a sequence of drives give the
/// same run on every machine. Integration is semi-implicit Euler: velocities first, then positions with the new ones.
///
/// Until the bridges have been alive for `releaseTime`, a hand holds the robot where it is.
public struct BalancingRobot: Sendable {
  /// What a bridge does with a motor.
  public enum Drive: Sendable, Equatable {
    /// Nothing: the motor runs out.
    case open
    /// A share of the supply's voltage, −1 to 1, forward positive; 0 is a short circuit.
    case driven(Double)
  }

  /// The figures of this robot: the nominal ones with this seed's variation.
  public let parameters: BalancingRobotParameters
  /// Length of one step in ns.
  public let stepNanoseconds: Int64
  /// Time since the start in ns: a whole number of steps.
  public private(set) var nanoseconds: Int64 = 0
  /// Why the run ended, or `.none`. A robot that has fallen lies still where it is.
  public private(set) var crash = BalancingRobotCrash.none
  /// Whether a hand holds the robot.
  public private(set) var isHeld = true

  var north = 0.0, east = 0.0
  var heading = 0.0, turnRate = 0.0
  var lean: Double
  var leanRate = 0.0
  var speed = 0.0
  private(set) var travel = 0.0
  private(set) var wheelAngles = SIMD2<Double>.zero
  private var drives = (Drive.open, Drive.open)
  private var aliveFor = 0.0
  private var specificForce = Vector3.zero
  private var battery: Battery
  private var terrain: Terrain
  private var pusher: Pusher

  private let dt: Double
  /// Mean radius of the wheels in m, and each wheel's share of it.
  private let radius: Double
  private let gravity = StandardAtmosphere.gravity

  /// A robot at the origin, heading north, held upright by a hand.
  ///
  /// - Parameters:
  ///   - parameters: The nominal robot.
  ///   - variation: How far this one may differ.
  ///   - surroundings: Ground and pushes that it may meet.
  ///   - seed: Draws all three; streams 66, 67 and 68 of it are used.
  ///   - rate: Steps per second; at least 2000.
  public init(
    parameters nominal: BalancingRobotParameters = BalancingRobotParameters(),
    variation: BalancingRobotVariation = .none, surroundings: BalancingRobotSurroundings = .calm,
    seed: UInt64, rate stepsPerSecond: Int = 4000
  ) {
    var random = RandomGenerator(seed: seed, stream: 66)
    func factor(_ width: Double) -> Double { 1 + random.nextUniform(-width, width) }
    func factors(_ width: Double) -> SIMD2<Double> {
      let left = factor(width)
      return SIMD2(left, factor(width))
    }
    var drawn = nominal
    drawn.mass *= factor(variation.mass)
    let inertia = factor(variation.inertia)
    drawn.inertia.roll *= inertia
    drawn.inertia.pitch *= inertia
    drawn.inertia.yaw *= factor(variation.inertia)
    let motors = factors(variation.motor)
    drawn.backEMF *= motors
    drawn.torquePerCurrent *= motors
    drawn.friction *= factors(variation.friction)
    drawn.wheelRadius *= factors(variation.wheelRadius)
    drawn.imbalance += random.nextUniform(-variation.imbalance, variation.imbalance)
    lean = random.nextUniform(-variation.startLean, variation.startLean)
    battery = Battery(
      parameters: drawn.battery,
      charge: random.nextUniform(variation.batteryCharge.lowerBound, variation.batteryCharge.upperBound))
    parameters = drawn
    radius = 0.5 * (drawn.wheelRadius[0] + drawn.wheelRadius[1])

    stepNanoseconds = 1_000_000_000 / Int64(max(2000, min(stepsPerSecond, 100_000)))
    dt = Double(stepNanoseconds) * 1e-9
    terrain = Terrain(surroundings, random: RandomGenerator(seed: seed, stream: 67))
    pusher = Pusher(
      surroundings, duration: drawn.pushTime, random: RandomGenerator(seed: seed, stream: 68))
    specificForce = gravityInBody
  }

  /// Says what the bridges do with the left and the right motor from now on.
  public mutating func setDrives(left: Drive, right: Drive) { drives = (left, right) }

  /// Lets go of the robot.
  public mutating func release() { isHeld = false }

  /// Moves on, step by step, until the time is at least `time` ns since the start.
  public mutating func advance(to time: Int64) {
    while nanoseconds < time { step() }
  }

  /// Moves on by one step.
  public mutating func step() {
    nanoseconds &+= stepNanoseconds
    guard crash == .none else { return }
    let torques = motorTorques()
    guard !isHeld else { return hold() }
    let push = pusher.step(seconds: dt)

    let p = parameters
    let (s, c) = sineAndCosine(lean)
    let slope = terrain.slope(north: north, east: east, heading: heading)
    // The centre of mass from the axle, forward and up, with the body leaning.
    let (forward, up) = (p.massHeight * s + p.imbalance * c, p.massHeight * c - p.imbalance * s)
    let (slopeSine, slopeCosine) = sineAndCosine(slope)
    // The lever of the centre of mass along and across the way that the wheels go.
    let along = up * slopeCosine - forward * slopeSine
    let across = forward * slopeCosine + up * slopeSine
    let squared = forward * forward + up * up
    let bothWheels = 2 * p.wheelMass
    let rotors = 2 * p.rotorInertia

    // Masses: a11 v̇ + a12 λ̈ = f1, a12 v̇ + a22 λ̈ = f2, for speed v and lean λ.
    let a11 = p.mass + bothWheels + (2 * p.wheelInertia + rotors) / (radius * radius)
    let a12 = p.mass * along - rotors / radius
    let a22 = p.mass * squared + p.inertia.pitch + rotors
    let drive = torques[0] + torques[1]
    let turning = turnRate * turnRate
    let weight = (p.mass + bothWheels) * gravity
    let rolling = p.rollingResistance * weight * Self.faded(speed, 0.02)
    let f1 =
      drive / radius - weight * slopeSine - rolling + push
      + p.mass * (across * leanRate * leanRate + forward * turning)
    let gyration = p.mass * up * forward + (p.inertia.roll - p.inertia.yaw) * s * c
    let f2 = p.mass * gravity * forward - drive + push * p.pushHeight * c + gyration * turning
    let scale = 1 / (a11 * a22 - a12 * a12)
    let acceleration = (f1 * a22 - f2 * a12) * scale
    let leanAcceleration = (f2 * a11 - f1 * a12) * scale

    let half = 0.5 * p.track
    let yawInertia =
      p.inertia.yaw * c * c + p.inertia.roll * s * s + p.mass * forward * forward
      + 2 * (p.wheelMass + (p.wheelInertia + p.rotorInertia) / (radius * radius)) * half * half
    let yawTorque =
      (torques[0] - torques[1]) * half / radius - p.scrubTorque * Self.faded(turnRate, 0.05)
      - 2 * gyration * leanRate * turnRate - p.mass * forward * speed * turnRate
    let turnAcceleration = yawTorque / yawInertia

    feel(acceleration, leanAcceleration, turnAcceleration, slope: (slopeSine, slopeCosine))
    speed += acceleration * dt
    leanRate += leanAcceleration * dt
    turnRate += turnAcceleration * dt
    move()
    detectCrash()
  }

  /// The hand: nothing moves, and it lets go when the bridges have been alive long enough.
  private mutating func hold() {
    (speed, leanRate, turnRate) = (0, 0, 0)
    specificForce = gravityInBody
    aliveFor = drives.0 == .open && drives.1 == .open ? 0 : aliveFor + dt
    if aliveFor >= parameters.releaseTime { isHeld = false }
  }

  /// Rates in rad/s at which the wheels turn in the body, left and right: each wheel rolls at its own radius.
  private var wheelRates: SIMD2<Double> {
    let half = 0.5 * parameters.track
    return SIMD2(speed + half * turnRate, speed - half * turnRate) / parameters.wheelRadius
      - SIMD2(leanRate, leanRate)
  }

  /// Torques in N m of the motors on the wheels, friction taken off; draws the current from the battery.
  private mutating func motorTorques() -> SIMD2<Double> {
    let rates = wheelRates
    var torques = SIMD2<Double>.zero
    var power = parameters.electronicsPower
    for side in 0..<2 {
      let rate = rates[side]
      if case .driven(let duty) = side == 0 ? drives.0 : drives.1 {
        let volts = battery.voltage * min(max(duty, -1), 1)
        let current = (volts - parameters.backEMF[side] * rate) / parameters.resistance
        torques[side] = parameters.torquePerCurrent[side] * current
        power += volts * current
      }
      let slow = rate / parameters.stictionRate
      let standing = slow.magnitude < 4 ? parameters.stiction * exponential(-slow * slow) : 0
      torques[side] -=
        parameters.friction[side] * (1 + standing) * Self.faded(rate, parameters.frictionFadeRate)
        + parameters.viscousFriction * rate
    }
    // A bridge's diodes could charge the battery; here braking only warms the motors.
    battery.deliver(power: max(power, 0), seconds: dt)
    return torques
  }

  /// The sense of a motion, fading to 0 where it comes to rest.
  private static func faded(_ rate: Double, _ fade: Double) -> Double {
    rate / (rate.magnitude > fade ? rate.magnitude : fade)
  }

  private mutating func move() {
    lean += leanRate * dt
    heading += turnRate * dt
    travel += speed * dt
    let (s, c) = sineAndCosine(heading)
    north += speed * c * dt
    east += speed * s * dt
    wheelAngles += wheelRates * dt
  }

  /// What the inertial unit feels of these accelerations.
  private mutating func feel(
    _ acceleration: Double, _ leanAcceleration: Double, _ turnAcceleration: Double,
    slope: (sine: Double, cosine: Double)
  ) {
    let h = parameters.sensorHeight
    let (s, c) = sineAndCosine(lean)
    let forward =
      acceleration * slope.cosine + h * (c * leanAcceleration - s * leanRate * leanRate)
      - h * s * turnRate * turnRate
    let up = acceleration * slope.sine - h * (s * leanAcceleration + c * leanRate * leanRate) + gravity
    let right = speed * turnRate + 2 * h * c * leanRate * turnRate + h * s * turnAcceleration
    // Leaning by λ, the body's x axis points λ below forward.
    specificForce = Vector3(forward * c - up * s, right, -forward * s - up * c)
  }

  /// What an inertial unit at rest feels.
  private var gravityInBody: Vector3 {
    let (s, c) = sineAndCosine(lean)
    return Vector3(-gravity * s, 0, -gravity * c)
  }

  private mutating func detectCrash() {
    if !(lean.magnitude < parameters.fallenLean) { crash = .fell }
    // Written so that a value that is not a number is outside, too.
    if !(north.magnitude < parameters.boundary && east.magnitude < parameters.boundary) {
      crash = .leftBoundary
    }
    guard crash != .none else { return }
    (speed, leanRate, turnRate) = (0, 0, 0)
    specificForce = gravityInBody
  }

  /// Energy in J of the motion and of the height of the masses, for tests of what the equations keep.
  var energy: Double {
    let p = parameters
    let (s, c) = sineAndCosine(lean)
    let (forward, up) = (p.massHeight * s + p.imbalance * c, p.massHeight * c - p.imbalance * s)
    let mean = speed / radius
    let inBody = mean - leanRate
    let half = 0.5 * p.track
    let yawInertia =
      p.inertia.yaw * c * c + p.inertia.roll * s * s + p.mass * forward * forward
      + 2 * (p.wheelMass + (p.wheelInertia + p.rotorInertia) / (radius * radius)) * half * half
    // Twice the kinetic energy, part by part.
    let body =
      p.mass
      * (speed * speed + 2 * speed * leanRate * up + leanRate * leanRate * (forward * forward + up * up))
      + p.inertia.pitch * leanRate * leanRate
    let wheels = 2 * (p.wheelMass * speed * speed + p.wheelInertia * mean * mean)
    let rotors = 2 * p.rotorInertia * inBody * inBody
    return 0.5 * (body + wheels + rotors + yawInertia * turnRate * turnRate) + p.mass * gravity * up
  }

  /// What is true now.
  public var truth: BalancingRobotTruth {
    let (s, c) = sineAndCosine(lean)
    return BalancingRobotTruth(
      nanoseconds: nanoseconds, north: north, east: east, heading: heading, turnRate: turnRate, lean: lean,
      leanRate: leanRate, speed: speed, travel: travel, wheelAngles: wheelAngles,
      rate: Vector3(turnRate * s, -leanRate, turnRate * c), specificForce: specificForce,
      voltage: battery.voltage, current: battery.current, isHeld: isHeld, crash: crash)
  }
}
