import PortableMath
import Testing

@testable import Control

/// Thrust and torques.
private struct BodyCommand {
  var thrust: Float = 0
  var roll: Float = 0
  var pitch: Float = 0
  var yaw: Float = 0
}

extension QuadShares {
  fileprivate func thrusts(_ command: BodyCommand) -> MotorValues {
    thrusts(thrust: command.thrust, roll: command.roll, pitch: command.pitch, yaw: command.yaw)
  }
}

@Suite("Quad-X mixer")
struct QuadSharesTests {
  let mixer = QuadShares(idle: 0.05)

  /// What four thrusts add up to.
  private static func sum(_ m: MotorValues) -> BodyCommand {
    BodyCommand(
      thrust: (m.frontRight + m.rearLeft + m.frontLeft + m.rearRight) / 4,
      roll: (m.rearLeft + m.frontLeft - m.frontRight - m.rearRight) / 4,
      pitch: (m.frontRight + m.frontLeft - m.rearLeft - m.rearRight) / 4,
      yaw: (m.frontRight + m.rearLeft - m.frontLeft - m.rearRight) / 4)
  }

  @Test("what fits comes out exactly as asked")
  func exact() {
    var random = RandomGenerator(seed: 1)
    for _ in 0..<10_000 {
      func draw(_ limit: Double) -> Float { Float(random.nextUniform(-limit, limit)) }
      let command = BodyCommand(thrust: 0.5 + draw(0.1), roll: draw(0.1), pitch: draw(0.1), yaw: draw(0.1))
      let got = Self.sum(mixer.thrusts(command))
      #expect(abs(got.thrust - command.thrust) < 1e-6 && abs(got.roll - command.roll) < 1e-6)
      #expect(abs(got.pitch - command.pitch) < 1e-6 && abs(got.yaw - command.yaw) < 1e-6)
    }
  }

  @Test(
    "whatever is asked, every motor stays between idle and full, and yaw is given up before roll and pitch")
  func saturation() {
    var random = RandomGenerator(seed: 2)
    for _ in 0..<20_000 {
      func draw(_ limit: Double) -> Float { Float(random.nextUniform(-limit, limit)) }
      let command = BodyCommand(thrust: 0.5 + draw(1), roll: draw(1), pitch: draw(1), yaw: draw(1))
      let motors = mixer.thrusts(command)
      #expect(motors.range.lowest >= 0.05 && motors.range.highest <= 1)
      let got = Self.sum(motors)
      // Roll and pitch need this much room; when there is, they are untouched whatever thrust and yaw want.
      let room = 2 * (abs(command.roll) + abs(command.pitch))
      if room <= 0.95 {
        #expect(abs(got.roll - command.roll) < 1e-5 && abs(got.pitch - command.pitch) < 1e-5)
      } else {
        let scale = 0.95 / room
        #expect(abs(got.roll - scale * command.roll) < 1e-5 && abs(got.pitch - scale * command.pitch) < 1e-5)
      }
      // Yaw is never more than asked, and never the other way round.
      #expect(abs(got.yaw) <= abs(command.yaw) + 1e-5 && got.yaw * command.yaw >= -1e-5)
    }
  }

  @Test("collective thrust gives way to roll and pitch at both ends")
  func thrustGivesWay() {
    let high = Self.sum(mixer.thrusts(BodyCommand(thrust: 1, roll: 0.2, pitch: 0, yaw: 0)))
    #expect(abs(high.roll - 0.2) < 1e-6 && abs(high.thrust - 0.8) < 1e-6)
    let low = Self.sum(mixer.thrusts(BodyCommand(thrust: 0, roll: 0, pitch: -0.2, yaw: 0)))
    #expect(abs(low.pitch + 0.2) < 1e-6 && abs(low.thrust - 0.25) < 1e-6)
  }

  @Test("as much yaw as fits is kept")
  func yawFits() {
    let got = Self.sum(mixer.thrusts(BodyCommand(thrust: 0.9, roll: 0, pitch: 0, yaw: 0.3)))
    #expect(abs(got.yaw - 0.1) < 1e-6 && abs(got.thrust - 0.9) < 1e-6)
  }

  @Test("no command is idle")
  func idle() {
    #expect(mixer.thrusts(BodyCommand()) == MotorValues(all: 0.05))
    #expect(QuadShares(idle: .nan).thrusts(BodyCommand()) == MotorValues(all: 0))
    #expect(QuadShares(idle: 3).idle == 0.5)
  }

  @Test("motors are numbered front right, rear left, front left, rear right, and there are four")
  func numbering() {
    var motors = MotorValues(1, 2, 3, 4)
    #expect((0..<4).map { motors[$0] } == [1, 2, 3, 4])
    #expect(motors.frontRight == 1 && motors.rearLeft == 2 && motors.frontLeft == 3 && motors.rearRight == 4)
    motors[4] = 9
    motors[-1] = 9
    #expect(motors == MotorValues(1, 2, 3, 4) && motors[4] == 0)
  }
}
