import HardwareInterfaces
import PortableMath
import Testing

@testable import ControlLoop

@Suite("A wheel from its encoder")
struct WheelEstimatorTests {
  /// Feeds an encoder of a wheel that turns by `angle(time)`, every `period` ns for `seconds`.
  private func feed(
    _ wheel: inout WheelEstimator, seconds: Double, period: Int64 = 4_000_000, angle: (Double) -> Double
  ) {
    var reading = Reading(empty: AngleSample(angle: 0, magnet: .good), isPresent: true)
    for step in 0...Int64(seconds * 1e9) / period {
      let turns = angle(Double(step * period) * 1e-9) / (2 * Double.pi)
      // As an AS5600 gives it: 12 bits of a turn.
      let counts = ((turns - turns.rounded(.down)) * 4096).rounded(.down)
      reading.sample.angle = Float(counts * 2 * Double.pi / 4096)
      reading.sequence += 1
      reading.time = MonotonicTime(nanoseconds: 1_000_000_000 + step * period)
      wheel.update(reading)
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
    var reading = Reading(empty: AngleSample(angle: 3, magnet: .good), isPresent: true)
    reading.sequence = 251
    reading.time = MonotonicTime(nanoseconds: 2_000_000_000)
    wheel.update(reading)
    reading.sample.angle = .nan
    reading.sequence += 1
    wheel.update(reading)
    #expect(wheel.angle == angle && wheel.rate == rate)
  }
}

@Suite("The mixer of two wheels")
struct WheelMixerTests {
  @Test("Turning right the left wheel drives more")
  func turns() {
    var mixer = WheelMixer(drive: 1, turn: 0.4, slew: 1000)
    mixer.move(to: BodyCommand(yaw: 0.1, drive: 0.2), seconds: 0.01)
    #expect(abs(mixer.left - 0.3) < 1e-6)
    #expect(abs(mixer.right - 0.1) < 1e-6)
  }

  @Test("Balance comes first: a turn gets what the drive leaves")
  func priority() {
    for drive: Float in [1, -1, 0.8, -0.8] {
      var mixer = WheelMixer(drive: 1, turn: 1, slew: 1000)
      mixer.move(to: BodyCommand(yaw: 0.5, drive: drive), seconds: 0.01)
      #expect(abs(0.5 * (mixer.left + mixer.right) - drive) < 1e-6)
      #expect(max(mixer.left.magnitude, mixer.right.magnitude) <= 1 + 1e-6)
    }
  }

  @Test("Duties move only so fast, and start from rest after arming")
  func slews() {
    var mixer = WheelMixer(drive: 1, turn: 0.4, slew: 10)
    mixer.move(to: BodyCommand(drive: 1), seconds: 0.01)
    #expect(abs(mixer.left - 0.1) < 1e-6)
    mixer.move(to: BodyCommand(drive: 1), seconds: -1)
    #expect(abs(mixer.left - 0.1) < 1e-6)
    mixer.reset()
    #expect(mixer.left == 0 && mixer.right == 0)
  }

  @Test("Commands are cut to the limits, and refused when they are no numbers")
  func limits() throws {
    let mixer = WheelMixer(drive: 0.8, turn: 0.3, slew: 10)
    let cut = try mixer.limited(BodyCommand(yaw: -2, drive: 3))
    #expect(cut == BodyCommand(yaw: -0.3, drive: 0.8))
    #expect(throws: CommandFault.notFinite) { try mixer.limited(BodyCommand(drive: .nan)) }
    #expect(throws: CommandFault.notFinite) { try mixer.limited(BodyCommand(yaw: .infinity)) }
  }
}
