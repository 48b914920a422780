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
