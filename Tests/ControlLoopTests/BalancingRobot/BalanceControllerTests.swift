import PortableMath
import SimulatedHardware
import Testing

@testable import ControlLoop

@Suite("The classical controller of a balancing robot")
struct BalanceControllerTests {
  /// The command for one deviation from standing still upright.
  private func command(
    setpoint: Setpoint = Setpoint(), _ change: (inout Estimate) -> Void = { _ in }
  ) -> BodyCommand {
    var estimate = Estimate()
    estimate.voltage = 11.4
    change(&estimate)
    return BalanceController().command(estimate: estimate, setpoint: setpoint, path: PathErrors())
  }

  @Test("It drives to where the body falls, and further on where it is ahead")
  func balanceSigns() {
    // Pitch is nose up: falling forward is negative.
    #expect(command { $0.pitch = -0.1 }.drive > 0.1)
    #expect(command { $0.rateY = -1 }.drive > 0.1)
    #expect(command { $0.speed = 0.2 }.drive > 0.1)
    #expect(command(setpoint: Setpoint(speed: 0.2)).drive < 0)
    #expect(command().drive == 0)
  }

  @Test("It turns to where it is asked to, and against a turn that it is not")
  func turnSigns() {
    #expect(command(setpoint: Setpoint(yawRate: 1)).yaw > 0.05)
    #expect(command { $0.rateZ = 1 }.yaw < 0)
  }

  @Test("A lower battery gets more of its voltage, within what is believed of it")
  func voltage() {
    func drive(_ volts: Float) -> Float {
      command {
        $0.pitch = -0.1
        $0.voltage = volts
      }.drive
    }
    #expect(abs(drive(9) * 9 - drive(12) * 12) < 1e-4)
    #expect(drive(0) == drive(11.4))
    #expect(drive(2) == drive(6))
  }

  /// A robot of the plant, seen without noise or delay but for the tick's.
  private func drive(
    _ plant: inout BalancingRobot, seconds: Double, setpoint: Setpoint,
    each: (Double, BalancingRobotTruth) -> Void = { _, _ in }
  ) {
    var controller = BalanceController()
    var estimate = Estimate()
    plant.release()
    for tick in 0..<Int(seconds * 250) {
      let truth = plant.truth
      estimate.pitch = Float(-truth.lean)
      estimate.rateY = Float(-truth.leanRate)
      (estimate.speed, estimate.travel) = (Float(truth.speed), Float(truth.travel))
      let turns = truth.heading / (2 * Double.pi)
      estimate.yaw = Float((turns - turns.rounded()) * 2 * Double.pi)
      (estimate.rateZ, estimate.voltage) = (Float(truth.turnRate), Float(truth.voltage))
      let command = controller.step(estimate: estimate, setpoint: setpoint, elapsed: 0.004, acts: true)
      plant.setDrives(
        left: .driven(Double(command.drive + command.yaw)),
        right: .driven(Double(command.drive - command.yaw)))
      each(Double(tick) * 0.004, truth)
      plant.advance(to: Int64(tick + 1) * 4_000_000)
    }
  }

  @Test("It stands up from a lean and comes back to where it stood", arguments: 0..<8 as Range<UInt64>)
  func standsUp(seed: UInt64) {
    var plant = BalancingRobot(
      variation: BalancingRobotVariation(
        mass: 0.2, inertia: 0.2, motor: 0.1, friction: 0.5, wheelRadius: 0.01, imbalance: 0.004,
        startLean: 0.12),
      seed: seed)
    drive(&plant, seconds: 12, setpoint: Setpoint())
    #expect(plant.truth.crash == .none)
    #expect(abs(plant.truth.travel) < 0.05)
    #expect(abs(plant.truth.speed) < 0.05)
  }

  @Test("It drives at the speed and turns at the rate that it is asked for, without losing way")
  func follows() {
    var plant = BalancingRobot(seed: 1)
    drive(&plant, seconds: 8, setpoint: Setpoint(yawRate: 0.5, speed: 0.3))
    #expect(abs(plant.truth.speed - 0.3) < 0.03)
    #expect(abs(plant.truth.travel - 0.3 * 8) < 0.05)
    #expect(abs(plant.truth.heading - 0.5 * 8) < 0.05)
  }
}

@Suite("Errors along the path")
struct PathErrorsTests {
  private let settings = PathErrorsSettings()

  private func estimate(travel: Float = 0, yaw: Float = 0) -> Estimate {
    var estimate = Estimate()
    (estimate.travel, estimate.yaw) = (travel, yaw)
    return estimate
  }

  @Test("They are what was commanded less what was done, from where the controller began to act")
  func accumulate() {
    var path = PathErrors()
    for tick in 0...100 {
      path.update(
        estimate: estimate(travel: 5 + Float(tick) * 0.001), setpoint: Setpoint(speed: 0.5), seconds: 0.004,
        acts: true, settings: settings)
    }
    #expect(abs(path.travel - 100 * (0.002 - 0.001)) < 1e-4)
    #expect(abs(path.travelIntegral - 0.1 * 0.4 / 2) < 1e-3)
  }

  @Test("A heading that passes half a turn goes on, and does not jump")
  func wraps() {
    var path = PathErrors()
    var yaw: Float = 3
    for _ in 0..<500 {
      yaw += 0.004
      if yaw > .pi { yaw -= 2 * .pi }
      path.update(
        estimate: estimate(yaw: yaw), setpoint: Setpoint(yawRate: 1), seconds: 0.004, acts: true,
        settings: settings)
    }
    #expect(abs(path.heading) < 1e-3)
  }

  @Test("They are bounded, survive what is no number, and are empty while nobody acts")
  func bounded() {
    var path = PathErrors()
    for _ in 0..<5000 {
      path.update(
        estimate: estimate(), setpoint: Setpoint(yawRate: 1, speed: 1), seconds: 0.004, acts: true,
        settings: settings)
    }
    #expect(path.travel == settings.travelLimit)
    #expect(path.travelIntegral == settings.integralLimit)
    #expect(path.heading == settings.headingLimit)
    path.update(
      estimate: estimate(travel: .nan, yaw: .nan), setpoint: Setpoint(), seconds: 0.004, acts: true,
      settings: settings)
    #expect(path.travel.isFinite && path.heading.isFinite)
    path.update(
      estimate: estimate(), setpoint: Setpoint(speed: 1), seconds: 0.004, acts: false, settings: settings)
    #expect(path == PathErrors())
  }
}
