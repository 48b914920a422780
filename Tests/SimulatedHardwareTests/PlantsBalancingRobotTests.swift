import PortableMath
import Testing

@testable import SimulatedHardware

/// A robot without friction and on open bridges keeps its energy.
private func frictionless() -> BalancingRobotParameters {
  var parameters = BalancingRobotParameters()
  (parameters.friction, parameters.viscousFriction) = (.zero, 0)
  (parameters.rollingResistance, parameters.scrubTorque) = (0, 0)
  return parameters
}

@Suite("Balancing robot plant")
struct PlantsBalancingRobotTests {
  static let variation = BalancingRobotVariation(
    mass: 0.15, inertia: 0.15, motor: 0.08, friction: 0.4, wheelRadius: 0.01, imbalance: 0.003,
    startLean: 0.05, batteryCharge: 0.6...1)
  static let surroundings = BalancingRobotSurroundings(slope: 0.05...0.09, impulse: 0.1...0.3, every: 1...2)

  @Test(
    "is held where it is until its bridges have been alive for a while", arguments: 0..<4 as Range<UInt64>)
  func isHeld(seed: UInt64) {
    var plant = BalancingRobot(variation: Self.variation, surroundings: Self.surroundings, seed: seed)
    let start = plant.truth
    plant.advance(to: 3_000_000_000)
    #expect(plant.truth.isHeld)
    #expect(plant.truth.lean == start.lean)
    #expect(plant.truth.travel == 0)
    #expect(plant.truth.rate == .zero)
    plant.setDrives(left: .driven(0), right: .driven(0))
    plant.advance(to: 3_140_000_000)
    #expect(plant.truth.isHeld)
    plant.advance(to: 3_160_000_000)
    #expect(!plant.truth.isHeld)
  }

  @Test("measures gravity while it is held, along its own axes")
  func measuresGravity() {
    var plant = BalancingRobot(seed: 1)
    plant.lean = 0.1
    plant.advance(to: 10_000_000)
    let expected = Vector3(-9.80665 * sine(0.1), 0, -9.80665 * cosine(0.1))
    #expect((plant.truth.specificForce - expected).length < 1e-12)
  }

  @Test("falls without control, forward as well as backward", arguments: [-0.02, 0.02])
  func falls(lean: Double) {
    var plant = BalancingRobot(seed: 1)
    plant.lean = lean
    plant.release()
    plant.advance(to: 2_500_000_000)
    #expect(plant.truth.crash == .fell)
    #expect(plant.truth.lean * lean > 0)
    // A robot that has fallen lies still.
    let lying = plant.truth
    plant.advance(to: 2_600_000_000)
    #expect(plant.truth.travel == lying.travel && plant.truth.lean == lying.lean)
    #expect(abs(plant.truth.specificForce.length - 9.80665) < 1e-9)
  }

  @Test("keeps its energy without friction and with open bridges, driving, leaning and turning")
  func keepsEnergy() {
    var plant = BalancingRobot(parameters: frictionless(), seed: 1, rate: 20_000)
    (plant.lean, plant.leanRate) = (0.1, -1.2)
    (plant.speed, plant.turnRate) = (0.8, 3)
    plant.release()
    let energy = plant.energy
    plant.advance(to: 300_000_000)
    #expect(plant.truth.crash == .none)
    #expect(abs(plant.truth.lean - 0.1) > 0.05)
    #expect(abs(plant.energy / energy - 1) < 2e-4)
  }

  @Test("loses energy to friction, and more with braked motors than with open bridges")
  func losesEnergy() {
    func left(_ drive: BalancingRobot.Drive) -> Double {
      var plant = BalancingRobot(seed: 1)
      (plant.speed, plant.leanRate) = (0.6, -1)
      plant.setDrives(left: drive, right: drive)
      plant.release()
      let energy = plant.energy
      plant.advance(to: 100_000_000)
      return plant.energy / energy
    }
    let (open, braked) = (left(.open), left(.driven(0)))
    #expect(open < 0.999)
    #expect(braked < open)
  }

  @Test("driven forward the wheels go forward and the body leans back; backward the other way")
  func driveSigns() {
    for sign in [1.0, -1] {
      var plant = BalancingRobot(seed: 1)
      plant.setDrives(left: .driven(0.6 * sign), right: .driven(0.6 * sign))
      plant.release()
      plant.advance(to: 60_000_000)
      #expect(plant.truth.speed * sign > 0.05)
      #expect(plant.truth.leanRate * sign < -0.1)
      #expect(plant.truth.turnRate == 0)
    }
  }

  @Test("turns clockwise when the left wheel drives more, and feels it in its axes")
  func turnSigns() {
    var plant = BalancingRobot(seed: 1)
    plant.setDrives(left: .driven(0.4), right: .driven(-0.4))
    plant.release()
    plant.advance(to: 200_000_000)
    let truth = plant.truth
    #expect(truth.turnRate > 1)
    #expect(truth.heading > 0.1)
    #expect(abs(truth.rate.z - truth.turnRate * cosine(truth.lean)) < 1e-12)
    #expect(truth.wheelAngles[0] > 0 && truth.wheelAngles[1] < 0)
  }

  @Test("its encoders see the wheels turn in the body: the way less the lean")
  func encoders() {
    var plant = BalancingRobot(seed: 1)
    plant.lean = 0.05
    plant.setDrives(left: .driven(0.3), right: .driven(0.3))
    plant.release()
    plant.advance(to: 250_000_000)
    let truth = plant.truth
    let expected = truth.travel / 0.034 - (truth.lean - 0.05)
    #expect(abs(truth.travel) > 0.005)
    #expect(abs(truth.wheelAngles[0] - expected) < 1e-9)
    #expect(abs(truth.wheelAngles[1] - expected) < 1e-9)
  }

  @Test("a push moves it by its impulse")
  func pushes() {
    var plant = BalancingRobot(
      parameters: frictionless(),
      surroundings: BalancingRobotSurroundings(slope: 0...0, impulse: 0.2...0.2, every: 0.1...0.1), seed: 3)
    plant.release()
    plant.advance(to: 225_000_000)
    let truth = plant.truth
    // Horizontal momentum of body and wheels, with the wheels' and rotors' share at the rim.
    let momentum =
      (0.9 + 0.07 + 2 * (2.2e-5 + 2.7e-4) / (0.034 * 0.034)) * truth.speed
      + (0.9 * 0.07 * cosine(truth.lean) - 2 * 2.7e-4 / 0.034) * truth.leanRate
    #expect(abs(abs(momentum) - 0.2) < 0.004)
  }

  @Test("rolls down a slope, and sags the battery when it drives")
  func slopeAndBattery() {
    var plant = BalancingRobot(
      surroundings: BalancingRobotSurroundings(slope: 0.1...0.1, impulse: 0...0, every: 1000...1000), seed: 2)
    let rest = plant.truth.voltage
    plant.setDrives(left: .driven(1), right: .driven(1))
    plant.advance(to: 10_000_000)
    #expect(plant.truth.voltage < rest - 0.05)
    #expect(plant.truth.current > 1)
    var level = BalancingRobot(seed: 2)
    for index in 0..<2 {
      var robot = index == 0 ? plant : level
      robot.setDrives(left: .open, right: .open)
      robot.release()
      robot.advance(to: 200_000_000)
      if index == 0 { plant = robot } else { level = robot }
    }
    #expect(level.truth.speed == 0)
    #expect(plant.truth.speed < -0.0005)
  }

  @Test("two robots of one seed are the same to the last bit, of another seed are not")
  func repeatable() {
    func drive(_ seed: UInt64) -> BalancingRobotTruth {
      var plant = BalancingRobot(variation: Self.variation, surroundings: Self.surroundings, seed: seed)
      plant.setDrives(left: .driven(0.1), right: .driven(0.05))
      plant.advance(to: 500_000_000)
      return plant.truth
    }
    #expect(drive(3) == drive(3))
    #expect(drive(3) != drive(4))
  }

  @Test("the same bits on every machine: the state after 0.4 s is the recorded one")
  func golden() {
    var plant = BalancingRobot(variation: Self.variation, surroundings: Self.surroundings, seed: 42)
    plant.setDrives(left: .driven(0.2), right: .driven(0.1))
    plant.advance(to: 400_000_000)
    let truth = plant.truth
    #expect(truth.crash == .none && !truth.isHeld)
    // Printed by this very test on x86-64; a change of the physics changes it, another machine must not.
    let bits = [truth.north, truth.lean, truth.turnRate, truth.wheelAngles[1], truth.voltage].map {
      String($0.bitPattern, radix: 16)
    }
    #expect(bits == GoldenRun.bits)
  }
}
