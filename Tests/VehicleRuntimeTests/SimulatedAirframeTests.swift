import PortableMath
import SimulatedHardware
import Testing

@testable import VehicleConfiguration
@testable import VehicleRuntime

@Suite("Simulated airframes")
struct SimulatedAirframeTests {
  @Test("of a configuration that says nothing are the plants' own")
  func standard() {
    #expect(QuadrotorParameters(Configuration.Quadrotor.Airframe()) == QuadrotorParameters())
    #expect(
      BalancingRobotParameters(
        Configuration.BalancingRobot.Airframe(), BalancingRobotPlant.Wheels(radius: 0.034, track: 0.17))
        == BalancingRobotParameters())
  }

  @Test("with rotors that are named fly as those of an X in the same places, but for rounding")
  func namedRotors() {
    let (x, y) = (0.1, 0.14)
    var parameters = QuadrotorParameters()
    (parameters.armForward, parameters.armSide) = (x, y)
    var usual = Quadrotor(parameters: parameters, seed: 3)
    parameters.rotors = RotorPlaces([
      .init(forward: x, right: y, isClockwise: false), .init(forward: -x, right: -y, isClockwise: false),
      .init(forward: x, right: -y, isClockwise: true), .init(forward: -x, right: y, isClockwise: true),
    ])
    var named = Quadrotor(parameters: parameters, seed: 3)
    for (motor, width) in [1750.0, 1752, 1749, 1751].enumerated() {
      usual.setPulse(motor: motor, microseconds: width)
      named.setPulse(motor: motor, microseconds: width)
    }
    usual.advance(to: 400_000_000)
    named.advance(to: 400_000_000)
    #expect(usual.truth.rate.length > 0.01 && usual.truth.altitude > 0.01)
    #expect((usual.truth.rate - named.truth.rate).length < 1e-9)
    #expect((usual.truth.position - named.truth.position).length < 1e-9)
    // Beyond those that there are is nothing to set.
    named.setPulse(motor: 5, microseconds: 2000)
    named.advance(to: 500_000_000)
    #expect(named.truth.motorSpeeds[5] == 0)
  }

  @Test("of six rotors go up without turning when all six give the same")
  func six() {
    var parameters = QuadrotorParameters()
    parameters.mass = 1
    parameters.rotors = RotorPlaces(
      [(0.0, 0.2), (0, -0.2), (0.17, -0.1), (-0.17, 0.1), (0.17, 0.1), (-0.17, -0.1)].enumerated().map {
        RotorPlaces.Place(
          forward: $1.0, right: $1.1, isClockwise: [true, false, true, false, false, true][$0])
      })
    #expect(parameters.largestCurrent > 1.4 * QuadrotorParameters().largestCurrent)
    var plant = Quadrotor(parameters: parameters, seed: 1)
    for motor in 0..<6 { plant.setPulse(motor: motor, microseconds: 1800) }
    plant.advance(to: 500_000_000)
    #expect(plant.truth.altitude > 0.1 && plant.truth.rate.length < 1e-9)
    plant.setPulse(motor: 0, microseconds: 1700)
    plant.advance(to: 600_000_000)
    // Less at the right, clockwise: it rolls to the right and its nose turns left less, that is right.
    #expect(plant.truth.rate.x > 0.1 && plant.truth.rate.z > 0)
  }

  @Test("are what the configuration says")
  func described() {
    var airframe = Configuration.Quadrotor.Airframe()
    (airframe.mass, airframe.armSide, airframe.rotorThrust) = (2.2, 0.2, 10.7)
    airframe.battery.cells = 4
    let parameters = QuadrotorParameters(airframe)
    #expect(parameters.mass == 2.2 && parameters.armSide == 0.2 && parameters.maximumThrust == 10.7)
    #expect(parameters.battery.cells == 4)
    #expect(parameters.largestCurrent != QuadrotorParameters().largestCurrent)
  }
}
