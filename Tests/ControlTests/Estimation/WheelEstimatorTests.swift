import PortableMath
import Testing

@testable import Control

@Suite("A wheel from its encoder")
struct WheelEstimatorTests {
  /// Feeds an encoder of a wheel that turns by `angle(time)`, every `period` ns for `seconds`.
  private func feed(
    _ wheel: inout WheelEstimator, seconds: Double, period: Int64 = 4_000_000, angle: (Double) -> Double
  ) {
    for step in 0...Int64(seconds * 1e9) / period {
      let turns = angle(Double(step * period) * 1e-9) / (2 * Double.pi)
      // As an AS5600 gives it: 12 bits of a turn.
      let counts = ((turns - turns.rounded(.down)) * 4096).rounded(.down)
      wheel.update(
        angle: Float(counts * 2 * Double.pi / 4096), count: UInt32(step + 1),
        time: 1_000_000_000 + step * period)
    }
  }

  @Test("Many turns either way are counted, and the rate is known", arguments: [25.0, -25, 3, -3])
  func unwraps(_ rate: Double) {
    var wheel = WheelEstimator(bandwidth: 80)
    // Up to speed as wheels get there, then steadily.
    feed(&wheel, seconds: 10) { $0 < 1 ? 0.5 * rate * $0 * $0 : rate * ($0 - 0.5) }
    #expect(abs(wheel.angle - rate * 9.5) < 0.02)
    #expect(abs(wheel.rate - rate) < 0.15)
  }

  @Test("A wheel that stands beside the end of a turn does not turn")
  func standsAtTheSeam() {
    var wheel = WheelEstimator(bandwidth: 80)
    feed(&wheel, seconds: 2) { 0.0004 * sine($0 * 40) }
    #expect(abs(wheel.angle) < 0.01)
    #expect(abs(wheel.rate) < 0.3)
  }

  @Test("A reading that is not new, or not a number, changes nothing")
  func ignores() {
    var wheel = WheelEstimator(bandwidth: 80)
    feed(&wheel, seconds: 1) { 2 * $0 }
    let (angle, rate) = (wheel.angle, wheel.rate)
    wheel.update(angle: 3, count: 251, time: 2_000_000_000)
    wheel.update(angle: .nan, count: 252, time: 2_000_000_000)
    #expect(wheel.angle == angle && wheel.rate == rate)
  }
}
