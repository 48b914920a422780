import PortableMath
import Testing

@testable import SimulatedHardware

/// Sets all four pulses.
private func setPulses(_ plant: inout Quadrotor, _ pulses: [Double?]) {
  for (motor, pulse) in pulses.enumerated() { plant.setPulse(motor: motor, microseconds: pulse) }
}

/// The pulse in µs at which the nominal vehicle hovers at this voltage.
private func hoverPulse(_ parameters: QuadrotorParameters, voltage: Double) -> Double {
  let thrust = parameters.mass * 9.80665 / 4 / parameters.maximumThrust
  return 1000 + 1000 * thrust.squareRoot() * parameters.referenceVoltage / voltage
}

/// Height at which a test in free air starts, in m.
private let airborne = -20.0

@Suite("Quadrotor plant")
struct PlantsQuadrotorTests {
  static let variation = QuadrotorVariation(
    mass: 0.15, inertia: 0.15, motor: 0.05, centreOfMass: 0.004, batteryCharge: 0.6...1)

  @Test(
    "rests level and still on its feet with motors off, in wind, and measures gravity",
    arguments: 0..<8 as Range<UInt64>)
  func rests(seed: UInt64) {
    var plant = Quadrotor(
      variation: Self.variation, wind: WindParameters(mean: 4...4, gust: 2...2), seed: seed)
    plant.advance(to: 5_000_000_000)
    let truth = plant.truth
    #expect(truth.crash == .none)
    #expect(truth.attitude.tilt < 0.005)
    #expect(abs(truth.altitude) < 0.004)
    #expect(truth.velocity.length < 0.01)
    #expect((truth.specificForce - Vector3(0, 0, -9.80665)).length < 0.1)
    #expect(abs((truth.range ?? 0) - 0.08) < 0.004)
  }

  @Test("two vehicles of one seed are the same to the last bit, of another seed are not")
  func repeatable() {
    func fly(_ seed: UInt64) -> QuadrotorTruth {
      var plant = Quadrotor(
        variation: Self.variation, wind: WindParameters(mean: 0...4, gust: 0...2), seed: seed)
      setPulses(&plant, [1700, 1702, 1701, 1699])
      plant.advance(to: 1_000_000_000)
      return plant.truth
    }
    #expect(fly(3) == fly(3))
    #expect(fly(3) != fly(4))
  }

  @Test("the same bits on every machine: the state after 0.6 s is the recorded one")
  func golden() {
    var plant = Quadrotor(
      variation: Self.variation, wind: WindParameters(mean: 0...4, gust: 0...2), seed: 42)
    setPulses(&plant, [1790, 1792, 1791, 1789])
    plant.advance(to: 600_000_000)
    let truth = plant.truth
    #expect(truth.crash == .none && truth.altitude > 0.1)
    // Printed by this very test on x86-64; a change of the physics changes it, another machine must not.
    let bits = [
      truth.position.x, truth.position.z, truth.attitude.w, truth.rate.y, truth.voltage, truth.pressure,
    ].map { String($0.bitPattern, radix: 16) }
    #expect(bits == GoldenFlight.bits)
  }

  @Test("one stronger motor turns the vehicle as quad-X geometry and spin direction say")
  func torqueSigns() {
    // roll, pitch, yaw signs of more thrust at front right, rear left, front left, rear right.
    let signs: [(Double, Double, Double)] = [(-1, 1, 1), (1, -1, 1), (1, 1, -1), (-1, -1, -1)]
    for (motor, sign) in signs.enumerated() {
      var plant = Quadrotor(seed: 1)
      plant.position.z = airborne
      var pulses: [Double?] = [1500, 1500, 1500, 1500]
      pulses[motor] = 1520
      setPulses(&plant, pulses)
      plant.advance(to: 300_000_000)
      let rate = plant.truth.rate
      #expect(rate.x * sign.0 > 0.01 && rate.y * sign.1 > 0.01 && rate.z * sign.2 > 0.01, "motor \(motor)")
    }
  }

  @Test("hovers at the thrust that equals its weight")
  func hovers() {
    var plant = Quadrotor(seed: 1)
    plant.position.z = airborne
    // The battery's voltage moves with the load: follow it.
    for _ in 0..<4000 {
      let pulse = hoverPulse(plant.parameters, voltage: plant.truth.voltage)
      setPulses(&plant, [pulse, pulse, pulse, pulse])
      plant.step()
    }
    let before = plant.truth.climbRate
    for _ in 0..<2000 {
      let pulse = hoverPulse(plant.parameters, voltage: plant.truth.voltage)
      setPulses(&plant, [pulse, pulse, pulse, pulse])
      plant.step()
    }
    // It fell while the motors started; heave damping then slows the fall. Thrust equals weight when still.
    let fall = -plant.truth.climbRate
    #expect(fall > 0 && fall < -before)
    #expect(abs(plant.truth.specificForce.z + 9.80665) < 0.2)
  }

  @Test("has about 2.2 times its weight in thrust at the reference voltage")
  func thrustToWeight() {
    let p = QuadrotorParameters()
    #expect(abs(4 * p.maximumThrust / (p.mass * 9.80665) - 2.2) < 0.01)
  }

  @Test("a motor reaches 63 % of its speed after its time constant, up in 30 ms and down in 35 ms")
  func motorLag() {
    var plant = Quadrotor(seed: 1)
    plant.position.z = airborne
    setPulses(&plant, [1200, 1200, 1200, 1200])
    plant.advance(to: 30_000_000)
    let voltage = plant.truth.voltage
    let target = 0.2 * plant.parameters.maximumSpeed * voltage / plant.parameters.referenceVoltage
    #expect(abs(plant.truth.motorSpeeds[0] / target - 0.632) < 0.01)
    plant.advance(to: 300_000_000)
    let full = plant.truth.motorSpeeds[0]
    setPulses(&plant, [nil, nil, nil, nil])
    plant.advance(to: 335_000_000)
    #expect(abs(plant.truth.motorSpeeds[0] / full - 0.368) < 0.01)
  }

  @Test("pulses are clamped, and missing, short or non-finite ones stop the motor")
  func pulses() {
    for (pulse, command) in [(nil, 0.0), (900, 0), (999.9, 0), (.nan, 0), (5000, 1), (.infinity, 1)]
      as [(Double?, Double)]
    {
      var plant = Quadrotor(seed: 1)
      plant.position.z = airborne
      setPulses(&plant, [pulse, 1500, 1500, 1500])
      plant.setPulse(motor: 4, microseconds: 2000)
      plant.setPulse(motor: -1, microseconds: 2000)
      plant.advance(to: 100_000_000)
      let speeds = plant.truth.motorSpeeds
      #expect(command == 0 ? speeds[0] == 0 : abs(speeds[0] / speeds[1] - 2) < 1e-9)
    }
  }

  @Test("without torque the angular momentum stays, in size and direction")
  func angularMomentum() {
    var parameters = QuadrotorParameters()
    (parameters.rotorDrag, parameters.dragArea) = (0, 0)
    var plant = Quadrotor(parameters: parameters, seed: 1)
    plant.position.z = airborne
    // Near the intermediate axis, where rotation tumbles; little enough not to count as tipped over.
    plant.rate = Vector3(0.05, 0.6, 0.05)
    func momentum() -> Vector3 {
      let p = plant.parameters.inertia
      return plant.attitude.rotate(
        Vector3(p.x * plant.rate.x, p.y * plant.rate.y, p.z * plant.rate.z))
    }
    let start = momentum()
    plant.advance(to: 1_500_000_000)
    #expect(plant.crash == .none)
    #expect((momentum() - start).length < 2e-3 * start.length)
  }

  @Test("free fall feels no weight, and is a crash on reaching the ground at speed")
  func freeFall() {
    var plant = Quadrotor(seed: 1)
    plant.position.z = -2
    plant.advance(to: 100_000_000)
    #expect(plant.truth.specificForce.length < 0.05)
    #expect(abs(plant.truth.climbRate + 0.980665) < 0.01)
    plant.advance(to: 2_000_000_000)
    #expect(plant.truth.crash == .impact)
    let truth = plant.truth
    plant.advance(to: 3_000_000_000)
    #expect(plant.truth.position == truth.position && plant.truth.velocity == .zero)
    #expect(abs(plant.truth.specificForce.length - 9.80665) < 1e-9)
  }

  @Test("a landing at half a metre per second is no crash and comes to rest")
  func softLanding() {
    var plant = Quadrotor(seed: 1)
    plant.position.z = -0.02
    plant.velocity.z = 0.5
    plant.advance(to: 3_000_000_000)
    #expect(plant.truth.crash == .none)
    #expect(plant.truth.velocity.length < 1e-3 && plant.truth.attitude.tilt < 1e-3)
  }

  @Test("one motor at full on the ground tips it over, and that is a crash")
  func tipsOver() {
    var plant = Quadrotor(seed: 1)
    setPulses(&plant, [2000, nil, 2000, nil])
    plant.advance(to: 3_000_000_000)
    #expect(plant.truth.crash == .tippedOver)
  }

  @Test("leaving the simulated space is a crash")
  func boundary() {
    var plant = Quadrotor(seed: 1)
    plant.position = Vector3(199, 0, airborne)
    plant.velocity.x = 5
    plant.advance(to: 1_000_000_000)
    #expect(plant.truth.crash == .leftBoundary)
  }

  @Test("wind carries a hovering vehicle along, by rotor drag of about 0.35 1/s")
  func drift() {
    var plant = Quadrotor(wind: WindParameters(mean: 4...4, gust: 0...0), seed: 5)
    plant.position.z = airborne
    var speed = 0.0
    for i in 0..<4000 {
      let pulse = hoverPulse(plant.parameters, voltage: plant.truth.voltage)
      setPulses(&plant, [pulse, pulse, pulse, pulse])
      // Rotor drag above the centre would also tilt it; hold it level.
      plant.attitude = .identity
      plant.rate = .zero
      plant.step()
      if i == 399 { speed = plant.truth.velocity.dot(plant.meanWind) / 4 }
    }
    let gain = plant.truth.velocity.dot(plant.meanWind) / 4 - speed
    #expect(abs(plant.meanWind.length - 4) < 1e-12)
    #expect(gain > 0.8 && gain < 1.6)
  }

  @Test("the range finder reads height over cosine of tilt, and nothing when steep or high")
  func rangeFinder() {
    var plant = Quadrotor(seed: 1)
    plant.position.z = -1.5
    plant.attitude = Quaternion(roll: 0.5, pitch: 0, yaw: 1)
    #expect(abs((plant.truth.range ?? 0) - (1.6 / cosine(0.5) - 0.02)) < 1e-12)
    plant.attitude = Quaternion(roll: 1.06, pitch: 0, yaw: 0)
    #expect(plant.truth.range == nil)
    plant.attitude = .identity
    plant.position.z = -4
    #expect(plant.truth.range == nil)
  }

  @Test("air pressure falls by 12 Pa per metre of altitude")
  func barometer() {
    var plant = Quadrotor(seed: 1)
    let ground = plant.truth.pressure
    plant.position.z = -10
    #expect(abs((ground - plant.truth.pressure) / 10 - 12) < 0.1)
  }

  @Test("an inertial unit away from the centre of mass feels rotation")
  func leverArm() {
    let variation = QuadrotorVariation(centreOfMass: 0.05)
    var plant = Quadrotor(variation: variation, seed: 2)
    plant.position.z = airborne
    plant.rate = Vector3(0, 0, 3)
    plant.step()
    // Falling freely, all that is left is the pull towards the centre of mass and a little air.
    let force = plant.truth.specificForce
    #expect((force.x * force.x + force.y * force.y).squareRoot() > 0.1)
    #expect(abs(force.z) < 0.1)
  }
}
