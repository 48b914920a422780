import Testing

@testable import Control

private let shipped = BalancerDynamics(
  mass: 0.9, height: 0.07, pitchInertia: 0.0035, yawInertia: 0.0022, wheelMass: 0.035, wheelInertia: 2.2e-5,
  wheelRadius: 0.034, track: 0.17, backEMF: 0.32, torquePerCurrent: 0.27, resistance: 5.4,
  rotorInertia: 2.7e-4, viscousFriction: 3e-4, referenceVoltage: 11.4, cells: 3)

private let large = BalancerDynamics(
  mass: 4, height: 0.2, pitchInertia: 0.05, yawInertia: 0.03, wheelMass: 0.3, wheelInertia: 1e-3,
  wheelRadius: 0.08, track: 0.35, backEMF: 0.6, torquePerCurrent: 0.5, resistance: 1.2, rotorInertia: 2e-3,
  viscousFriction: 1e-3, referenceVoltage: 22.8, cells: 6)

extension BalancerDynamics {
  fileprivate func isStable(_ gains: [ComputedGain], leanTimes factor: Double = 1, seconds: Double) -> Bool {
    isStable(
      travelIntegral: gains[0].value, travel: gains[1].value, speed: gains[2].value,
      lean: factor * gains[3].value, leanRate: gains[4].value, seconds: seconds)
  }
}

@Suite("Gains of a balancing robot")
struct BalancerDynamicsTests {
  /// What scripts/balance_gains.py computes with NumPy: of the shipped robot, and with these constants of the large one at 100 Hz.
  @Test("are those of an independent linear quadratic regulator")
  func golden() throws {
    let cases: [(BalancerDynamics, Double, [Double])] = [
      (
        shipped, 0.004,
        [9.143807358491243, 26.830268668747458, 30.66405259786937, 38.56159690294861, 4.599843132964235]
      ),
      (
        large, 0.01,
        [8.249780958470899, 24.62529198041377, 27.783231583851098, 47.079402431136764, 7.824443500289375]
      ),
    ]
    for (robot, seconds, expected) in cases {
      let gains = try #require(robot.gains(seconds: seconds))
      for (gain, value) in zip(gains, expected) {
        #expect(abs(gain.value / value - 1) < 1e-6, "\(gain.name): \(gain.value), expected \(value)")
      }
    }
  }

  @Test("are the block's defaults, to two per cent, for the robot that those were made for")
  func shippedRobot() throws {
    let settings = BalanceControl.description.settings
    let gains = try #require(shipped.gains(seconds: 0.004))
    for gain in gains {
      guard case .number(let standard)? = settings.first(where: { $0.name == gain.name })?.standard else {
        Issue.record("balance_control has no setting \(gain.name)")
        continue
      }
      #expect(abs(gain.value / standard - 1) < 0.02, "\(gain.name): \(gain.value), default \(standard)")
    }
  }

  @Test("hold it up, with half and with twice the gain of the lean, and not with a tenth")
  func stability() throws {
    for (robot, seconds) in [(shipped, 0.004), (large, 0.01)] {
      let gains = try #require(robot.gains(seconds: seconds))
      #expect(robot.isStable(gains, seconds: seconds))
      #expect(robot.isStable(gains, leanTimes: 2, seconds: seconds))
      #expect(!robot.isStable(gains, leanTimes: 0.1, seconds: seconds))
    }
  }

  @Test("may leave its place alone")
  func withoutPlace() {
    func isStable(_ lean: Double) -> Bool {
      shipped.isStable(travelIntegral: 0, travel: 0, speed: 20, lean: lean, leanRate: 4, seconds: 0.004)
    }
    #expect(isStable(38))
    #expect(!isStable(3))
  }

  @Test("are twice as many volts where a volt does half as much")
  func volts() throws {
    var weak = shipped
    // Half the torque of half the current, which generates twice as much for the same damping.
    (weak.torquePerCurrent, weak.resistance) = (shipped.torquePerCurrent, 2 * shipped.resistance)
    weak.backEMF *= 2
    let (one, other) = (try #require(shipped.gains(seconds: 0.004)), try #require(weak.gains(seconds: 0.004)))
    let heading = try #require(zip(one, other).first { $0.0.name == "heading_gain" })
    #expect(abs(heading.1.value / heading.0.value - 2) < 1e-9)
    #expect(abs(weak.topSpeed / shipped.topSpeed - 0.5) < 0.01)
  }

  @Test("are for motors that can hold it: the lean that they hold, stalled")
  func largestLean() {
    var weak = shipped
    weak.resistance *= 4
    #expect(abs(weak.largestLean - 0.479) < 0.005)
    #expect(shipped.largestLean > 1.5)
  }
}
