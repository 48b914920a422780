import PortableMath
import Testing

@testable import Control

/// The simulated vehicle of 0.8 kg at 250 ticks a second behind a filter of 94 Hz.
private let shipped = MultirotorDynamics(
  mass: 0.8, inertia: Vector3(0.0035, 0.0038, 0.0065), forward: 0.12 * 0.5.squareRoot(),
  side: 0.12 * 0.5.squareRoot(), rotors: 4, rotorThrust: 4.32, torquePerThrust: 0.010, motorLag: 0.0325,
  delay: 0.0076931, referenceVoltage: 11.4)

extension MultirotorDynamics {
  fileprivate func gain(_ name: String) -> Double { gains.first { $0.name == name }?.value ?? .nan }

  fileprivate func rollMargin(times factor: Double = 1) -> Double {
    phaseMargin(
      authority: authority.x, rate: factor * gain("rate_gain"), integral: factor * gain("rate_integral_gain"),
      attitude: gain("attitude_gain"))
  }
}

@Suite("Gains of a multirotor")
struct MultirotorDynamicsTests {
  @Test("are the block's defaults, to two per cent, for the vehicle that those were tuned to")
  func shippedVehicle() throws {
    let settings = QuadrotorControl.description.settings
    for gain in shipped.gains {
      guard case .number(let standard)? = settings.first(where: { $0.name == gain.name })?.standard else {
        Issue.record("quadrotor_control has no setting \(gain.name)")
        continue
      }
      #expect(abs(gain.value / standard - 1) < 0.02, "\(gain.name): \(gain.value), default \(standard)")
    }
    #expect(Set(shipped.gains.map(\.name)).count == shipped.gains.count)
  }

  @Test("go with the inertia, and hover thrust alone with the mass")
  func inertiaAndMass() {
    var heavy = shipped
    heavy.mass *= 1.3
    for gain in heavy.gains {
      let expected = gain.name == "hover_thrust" ? 1.3 : 1
      #expect(abs(gain.value / shipped.gain(gain.name) - expected) < 1e-12, "\(gain.name)")
    }
    var wide = shipped
    wide.inertia = wide.inertia * 3
    #expect(abs(wide.gain("rate_gain") / shipped.gain("rate_gain") - 3) < 1e-12)
    #expect(abs(wide.gain("yaw_rate_gain") / shipped.gain("yaw_rate_gain") - 3) < 1e-12)
    #expect(wide.gain("attitude_gain") == shipped.gain("attitude_gain"))
    // What an integral may command at most stays.
    #expect(
      abs(
        wide.gain("rate_integral_gain") * wide.gain("attitude_integral_limit")
          - shipped.gain("rate_integral_gain") * shipped.gain("attitude_integral_limit")) < 1e-12)
  }

  @Test("make loops of one shape: time is measured in the sum of the lags", arguments: [0.4, 2.5])
  func time(_ factor: Double) {
    var other = shipped
    other.motorLag *= factor
    other.delay *= factor
    #expect(abs(other.gain("attitude_gain") * factor / shipped.gain("attitude_gain") - 1) < 1e-12)
    #expect(abs(other.rollMargin() - shipped.rollMargin()) < 1e-6)
  }

  @Test("are another for pitch where the vehicle turns unlike about its axes")
  func unequalAxes() {
    var long = shipped
    long.inertia.y *= 2
    let factor = long.gain("pitch_factor")
    #expect(abs(factor - long.authority.x / long.authority.y) < 1e-12)
    let pitch = long.phaseMargin(
      authority: long.authority.y, rate: factor * long.gain("rate_gain"),
      integral: factor * long.gain("rate_integral_gain"), attitude: long.gain("attitude_gain"))
    #expect(abs(pitch - long.rollMargin()) < 1e-6)
  }

  @Test("leave the climb rate loop as slow as the estimate of altitude, however fast the vehicle")
  func fastVehicle() {
    var fast = shipped
    (fast.motorLag, fast.delay) = (0.01, 0.004)
    #expect(fast.gain("climb_gain") == 5)
    #expect(fast.gain("attitude_gain") > 2 * shipped.gain("attitude_gain"))
  }
}

@Suite("Phase margin of a multirotor's loop")
struct PhaseMarginTests {
  @Test("of an integrator behind a delay is a right angle less the delay at the crossover")
  func integrator() {
    var vehicle = shipped
    (vehicle.motorLag, vehicle.delay) = (0, 0.02)
    let margin = vehicle.phaseMargin(authority: 100, rate: 0.3, integral: 0, attitude: 0)
    #expect(abs(margin - (.pi / 2 - 30 * 0.02)) < 1e-6)
  }

  @Test("is positive with computed gains, and negative with ten times and with a tenth of them")
  func bounds() {
    #expect(shipped.rollMargin() > 0.3)
    #expect(shipped.rollMargin(times: 10) < 0)
    #expect(shipped.rollMargin(times: 0.1) < 0)
    // Nothing that is asked for is no loop at all.
    #expect(!(shipped.phaseMargin(authority: 100, rate: 0, integral: 0, attitude: 0) > 0.1))
  }
}
