import PortableMath
import SimulatedHardware

/// A light aeroplane with dihedral: a point that lift, drag, thrust and weight move, whose angle of attack follows the elevator as a
/// spring with damping, and whose roll follows the rudder. Turns are without slip.
///
/// Stengel, "Flight Dynamics", 2nd edition, sections 3.2 and 4.1, for the equations of a point over a flat Earth, and for how
/// derivatives grow with the dynamic pressure.
final class FixedWing: MovingPart {
  private let elevator, rudder, throttle: Int
  private let windNorth, windEast, windUp: [Int]
  private let headingOut, heightOut, airspeedOut, rollOut, pitchOut, pressureOut, pitotOut: Int
  private let field: [Int]
  private let motion: MotionPlaces
  private let mass, wing, drag, induced, slope, trimLift, thrust, pitchSpeed: Double
  private let elevatorPower, nod, rudderPower, rollDamping, rollReturn, throwTime, throwSpeed, hill: Double

  private var time = 0.0
  private var speed = 0.0
  private var climb = 0.0
  private var heading: Double
  private var roll = 0.0
  private var rollRate = 0.0
  private var attack = 0.0
  private var attackRate = 0.0
  private var height = 0.0
  private var climbRate = 0.0
  private var wind = (north: 0.0, east: 0.0)
  private var slip = 0.0
  private var before: Quaternion?
  private(set) var crash: String?

  init(_ wiring: PartWiring) {
    var wiring = wiring
    (elevator, rudder) = (wiring.place("elevator"), wiring.place("rudder"))
    throttle = wiring.place("throttle")
    (windNorth, windEast) = (wiring.places("wind_north"), wiring.places("wind_east"))
    windUp = wiring.places("wind_up")
    (headingOut, heightOut) = (wiring.output("heading"), wiring.output("height"))
    (airspeedOut, rollOut) = (wiring.output("airspeed"), wiring.output("roll"))
    (pitchOut, pressureOut) = (wiring.output("pitch"), wiring.output("pressure"))
    pitotOut = wiring.output("differential_pressure")
    field = ["x", "y", "z"].map { wiring.output("field_\($0)") }
    motion = MotionPlaces(wiring)
    (mass, wing, drag) = (wiring.number("mass_kg"), wiring.number("wing_m2"), wiring.number("drag"))
    (induced, slope) = (wiring.number("induced"), wiring.number("lift_slope"))
    (trimLift, thrust) = (wiring.number("trim_lift"), wiring.number("thrust_n"))
    pitchSpeed = wiring.number("pitch_speed_m_s")
    (elevatorPower, nod) = (wiring.number("elevator_power"), 2 * .pi * wiring.number("pitch_rate_hz"))
    (rudderPower, rollDamping) = (wiring.number("rudder_power"), wiring.number("roll_damping"))
    rollReturn = wiring.number("roll_return")
    (throwTime, throwSpeed) = (wiring.number("throw_s"), wiring.number("throw_m_s"))
    hill = wiring.number("throw_m")
    heading = wiring.random.nextUniform(-0.2, 0.2)
  }

  func step(_ values: inout [Double], seconds: Double) {
    time += seconds
    let gravity = StandardAtmosphere.gravity
    var force = Vector3(0, 0, -gravity)
    if time >= throwTime + 0.4 {
      force = fly(values, seconds, gravity)
    } else if time >= throwTime {
      // The arm that throws it.
      speed += throwSpeed / 0.4 * seconds
      force.x = throwSpeed / 0.4
    }
    if time < throwTime { wind = (values.sum(at: windNorth), values.sum(at: windEast)) }
    if height < -hill { crash = "it flew into the ground" }
    put(force, seconds, &values)
  }

  /// Forces and motion in the air: the specific force in its axes.
  private func fly(_ values: [Double], _ seconds: Double, _ gravity: Double) -> Vector3 {
    let density = StandardAtmosphere.density(
      pressure: StandardAtmosphere.pressure(atAltitude: height + hill), temperature: 288)
    blow(values, seconds)
    speed = speed.limited(2, 200)
    let pressure = density / 2 * speed * speed
    // Derivatives of moments grow with the dynamic pressure.
    let grown = (speed / throwSpeed) * (speed / throwSpeed)
    let wanted = trimLift / slope + elevatorPower * values[elevator]
    attackRate +=
      (nod * nod * grown * (wanted - attack) - 1.4 * nod * speed / throwSpeed * attackRate) * seconds
    attack = (attack + attackRate * seconds).limited(-0.3, 0.4)
    // Beyond the stall there is no more lift.
    let lift = pressure * wing * (slope * attack).limited(-0.6, 1.2)
    let coefficient = lift / max(pressure * wing, 1e-6)
    let stalled = max(attack.magnitude - 1.2 / slope, 0)
    let resistance = pressure * wing * (drag + induced * coefficient * coefficient + 2 * stalled * stalled)
    let pull = thrust * values[throttle].limited(0, 1) * max(1 - speed / pitchSpeed, 0)
    let (sinRoll, cosRoll) = sineAndCosine(roll)
    let (sinClimb, cosClimb) = sineAndCosine(climb)
    let (sinAttack, cosAttack) = sineAndCosine(attack)
    let up = lift + pull * sinAttack
    speed += ((pull * cosAttack - resistance) / mass - gravity * sinClimb) * seconds
    let climbTurn = (up * cosRoll / mass - gravity * cosClimb) / speed
    climb = (climb + climbTurn * seconds).limited(-1.4, 1.4)
    let turn = up * sinRoll / (mass * speed * max(cosClimb, 0.1))
    heading += turn * seconds
    if heading > .pi { heading -= 2 * .pi } else if heading < -.pi { heading += 2 * .pi }
    rollRate +=
      (rudderPower * grown * values[rudder] - rollDamping * speed / throwSpeed * rollRate
        - rollReturn * grown * sinRoll) * seconds
    roll += rollRate * seconds
    climbRate = speed * sinClimb + values.sum(at: windUp)
    height += climbRate * seconds
    let force = Vector3(
      (pull - resistance * cosAttack + lift * sinAttack) / mass, 0,
      -(lift * cosAttack + resistance * sinAttack) / mass)
    return force
  }

  /// A gust changes the speed through the air at once, turns the nose into the wind, and lifts the wing that it meets first.
  private func blow(_ values: [Double], _ seconds: Double) {
    let now = (north: values.sum(at: windNorth), east: values.sum(at: windEast))
    let (s, c) = sineAndCosine(heading)
    let (north, east) = (now.north - wind.north, now.east - wind.east)
    let aside = east * c - north * s
    speed -= north * c + east * s
    // Not at once: what blows from the side is gone when the nose has turned.
    slip += aside / max(speed, 2)
    let share = min(seconds / Self.slipTime, 1)
    heading -= Self.weathervane * slip * share
    slip -= slip * share
    rollRate += Self.dihedral * aside
    wind = now
  }

  /// Share of a side gust's angle by which the nose turns, roll rate in rad/s for each m/s of it, and time in s in which it does.
  private static let (weathervane, dihedral, slipTime) = (0.3, 0.05, 0.4)

  private func put(_ force: Vector3, _ seconds: Double, _ values: inout [Double]) {
    // Nose up by the angle of attack in the plane of the lift.
    let pitch = time < throwTime + 0.4 ? 0 : climb + attack * cosine(roll)
    let attitude = Quaternion(roll: roll, pitch: pitch, yaw: heading)
    let turned = (before ?? attitude).conjugate * attitude
    before = attitude
    let rate = Vector3(turned.x, turned.y, turned.z) * (2 * (turned.w < 0 ? -1 : 1) / seconds)
    let earth = attitude.inverseRotate(PhysicalState.earthField)
    for axis in 0..<3 { values[field[axis]] = earth[axis] }
    (values[headingOut], values[heightOut], values[airspeedOut]) = (heading, height, speed)
    (values[rollOut], values[pitchOut]) = (roll, pitch)
    values[pressureOut] = StandardAtmosphere.pressure(atAltitude: height + hill)
    values[pitotOut] = 1.225 / 2 * speed * speed
    motion.put(force: force, rate: rate, &values)
  }
}
