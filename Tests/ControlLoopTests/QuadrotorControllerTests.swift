import ControlLoop
import Testing

@Suite("Classical controller")
struct ClassicalControllerTests {
  /// Level, at 1.5 m, still, with the voltage that the gains are for.
  static var hovering: Estimate {
    var estimate = Estimate()
    (estimate.altitude, estimate.voltage) = (1.5, 11.4)
    return estimate
  }
  static let setpoint = Setpoint(altitude: 1.5, arm: true)

  @Test("without an error it asks for hover thrust and no torque")
  func equilibrium() {
    var controller = QuadrotorController()
    let command = controller.step(
      estimate: Self.hovering, setpoint: Self.setpoint, elapsed: 0.004, flying: true)
    #expect(abs(command.thrust - controller.settings.hoverThrust) < 1e-6)
    #expect(command.roll == 0 && command.pitch == 0 && command.yaw == 0)
  }

  @Test("each error calls for a command against it")
  func signs() {
    func command(_ change: (inout Estimate, inout Setpoint) -> Void) -> BodyCommand {
      var (estimate, setpoint) = (Self.hovering, Self.setpoint)
      change(&estimate, &setpoint)
      var controller = QuadrotorController()
      return controller.step(estimate: estimate, setpoint: setpoint, elapsed: 0.004, flying: true)
    }
    let hover = QuadrotorControllerSettings().hoverThrust
    #expect(command { $1.roll = 0.1 }.roll > 0 && command { e, _ in e.roll = 0.1 }.roll < 0)
    #expect(command { $1.pitch = 0.1 }.pitch > 0 && command { e, _ in e.pitch = 0.1 }.pitch < 0)
    #expect(command { e, _ in e.rateX = 0.5 }.roll < 0 && command { e, _ in e.rateY = 0.5 }.pitch < 0)
    #expect(command { $1.yawRate = 0.5 }.yaw > 0 && command { e, _ in e.rateZ = 0.5 }.yaw < 0)
    #expect(command { $1.altitude = 2 }.thrust > hover && command { e, _ in e.altitude = 2 }.thrust < hover)
    #expect(command { e, _ in e.climbRate = 0.5 }.thrust < hover)
  }

  @Test("a lower voltage calls for more of everything, by its square; an unknown one for nothing special")
  func voltage() {
    var estimate = Self.hovering
    estimate.roll = -0.05
    let controller = QuadrotorController()
    func command(_ voltage: Float) -> BodyCommand {
      estimate.voltage = voltage
      return controller.command(estimate: estimate, setpoint: Self.setpoint, integrals: ErrorIntegrals())
    }
    let (nominal, low) = (command(11.4), command(10.2))
    let factor: Float = (11.4 / 10.2) * (11.4 / 10.2)
    #expect(abs(low.thrust / nominal.thrust - factor) < 1e-5 && abs(low.roll / nominal.roll - factor) < 1e-5)
    #expect(command(0) == nominal)
    // A broken measurement cannot double the thrust.
    #expect(command(3).thrust / nominal.thrust < 1.61)
  }

  @Test("tilt raises the thrust so that its vertical part stays, within a limit")
  func tilt() {
    let controller = QuadrotorController()
    var estimate = Self.hovering
    // 30 degrees about x.
    (estimate.quaternion.w, estimate.quaternion.x, estimate.roll) = (0.9659258, 0.2588190, 0.5235988)
    let setpoint = Setpoint(roll: 0.5235988, altitude: 1.5)
    let thrust = controller.command(estimate: estimate, setpoint: setpoint, integrals: ErrorIntegrals())
      .thrust
    #expect(abs(thrust * 0.8660254 - controller.settings.hoverThrust) < 1e-5)
    // Upside down.
    (estimate.quaternion.w, estimate.quaternion.x) = (0, 1)
    let upside = controller.command(estimate: estimate, setpoint: setpoint, integrals: ErrorIntegrals())
      .thrust
    #expect(upside <= controller.settings.hoverThrust * 1.5 + 1e-6)
  }

  @Test("a lasting error adds up, to its limit and no further, and comes down again at once")
  func integral() {
    var controller = QuadrotorController()
    var estimate = Self.hovering
    (estimate.roll, estimate.altitude) = (-0.2, 0)
    for _ in 0..<2500 {
      _ = controller.step(estimate: estimate, setpoint: Self.setpoint, elapsed: 0.004, flying: true)
    }
    let limits = controller.settings.integrals
    #expect(
      controller.integrals.roll == limits.attitudeLimit && controller.integrals.climb == limits.climbLimit)
    (estimate.roll, estimate.altitude) = (0.2, 3)
    _ = controller.step(estimate: estimate, setpoint: Self.setpoint, elapsed: 0.004, flying: true)
    #expect(
      controller.integrals.roll < limits.attitudeLimit && controller.integrals.climb < limits.climbLimit)
  }

  @Test("after a perfect step of the setpoint the integral is where it was")
  func integralOfStep() {
    var integrals = ErrorIntegrals()
    let settings = ErrorIntegralsSettings()
    var estimate = Self.hovering
    // The attitude follows as a first-order lag with the attitude gain: that is what the integral takes as perfect.
    let setpoint = Setpoint(roll: 0.14, altitude: 1.5)
    for _ in 0..<10_000 {
      estimate.rateX = settings.attitudeGain * (setpoint.roll - estimate.roll)
      integrals.update(
        estimate: estimate, setpoint: setpoint, seconds: 0.001, flying: true, settings: settings)
      estimate.roll += estimate.rateX * 0.001
    }
    #expect(abs(estimate.roll - 0.14) < 1e-4 && abs(integrals.roll) < 1e-4)
  }

  @Test("on the ground it asks for nothing and forgets")
  func ground() {
    var controller = QuadrotorController()
    var estimate = Self.hovering
    estimate.roll = 0.3
    _ = controller.step(estimate: estimate, setpoint: Self.setpoint, elapsed: 0.1, flying: true)
    #expect(controller.integrals != ErrorIntegrals())
    let command = controller.step(estimate: estimate, setpoint: Self.setpoint, elapsed: 0.1, flying: false)
    #expect(command == .none && controller.integrals == ErrorIntegrals())
  }

  @Test("an estimate that is not a number never enters the integrals")
  func notANumber() {
    var integrals = ErrorIntegrals()
    var estimate = Self.hovering
    (estimate.roll, estimate.rateY, estimate.rateZ, estimate.climbRate) = (.nan, .nan, .infinity, .nan)
    integrals.update(
      estimate: estimate, setpoint: Self.setpoint, seconds: 0.004, flying: true,
      settings: ErrorIntegralsSettings())
    #expect(integrals == ErrorIntegrals())
  }
}

@Suite("Flight phase")
struct ClassicalFlightPhaseTests {
  /// Updates for `seconds`, in ticks of 4 ms.
  private func run(
    _ phase: inout FlightPhase, altitude: Float, setpoint: Float, climbRate: Float = 0, seconds: Float,
    armed: Bool = true
  ) -> Bool {
    var estimate = Estimate()
    (estimate.altitude, estimate.climbRate) = (altitude, climbRate)
    for _ in 0..<Int(seconds / 0.004) {
      _ = phase.update(
        estimate: estimate, setpoint: Setpoint(altitude: setpoint), seconds: 0.004, armed: armed)
    }
    return phase.isFlying
  }

  @Test("flight begins when the setpoint leaves the ground, and not while disarmed")
  func begins() {
    var phase = FlightPhase()
    #expect(!run(&phase, altitude: 0, setpoint: 1.5, seconds: 0.1, armed: false))
    #expect(!run(&phase, altitude: 0, setpoint: 0.05, seconds: 0.1))
    #expect(run(&phase, altitude: 0, setpoint: 0.2, seconds: 0.01))
  }

  @Test("it ends on the ground after a while, not in the air, not while moving, and at once when disarmed")
  func ends() {
    var phase = FlightPhase()
    _ = run(&phase, altitude: 1, setpoint: 1, seconds: 0.1)
    #expect(run(&phase, altitude: 1, setpoint: 0, seconds: 2))
    #expect(run(&phase, altitude: 0.05, setpoint: 0, climbRate: -0.4, seconds: 2))
    #expect(run(&phase, altitude: 0.05, setpoint: 0, seconds: 0.3))
    #expect(!run(&phase, altitude: 0.05, setpoint: 0, seconds: 0.2))
    _ = run(&phase, altitude: 1, setpoint: 1, seconds: 0.1)
    #expect(!run(&phase, altitude: 1, setpoint: 1, seconds: 0.01, armed: false))
  }
}
