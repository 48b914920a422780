import ControlLoop
import Testing

@Suite("Command limits")
struct LimitsTests {
  let limits = CommandLimits(thrust: 0...0.9, torque: 0.3)

  @Test("clamps each part to its own limit")
  func clamps() throws {
    let command = try limits.limit(BodyCommand(thrust: 2, roll: -1, pitch: 0.5, yaw: 0.29))
    #expect(command == BodyCommand(thrust: 0.9, roll: -0.3, pitch: 0.3, yaw: 0.29))
    #expect(try limits.limit(BodyCommand(thrust: -1, roll: 0, pitch: 0, yaw: 0)).thrust == 0)
  }

  @Test("refuses a command with a number that is not finite, in any place")
  func notFinite() {
    for value in [Float.nan, .infinity, -.infinity] {
      for place in 0..<4 {
        var command = BodyCommand(thrust: 0.5, roll: 0, pitch: 0, yaw: 0)
        switch place {
        case 0: command.thrust = value
        case 1: command.roll = value
        case 2: command.pitch = value
        default: command.yaw = value
        }
        #expect(throws: CommandFault.notFinite) { try limits.limit(command) }
      }
    }
  }

  @Test("a motor's thrust changes by no more than its rate allows in the time there was")
  func slew() {
    var slew = MotorSlew(perSecond: 20)
    let first = slew.limit(MotorValues(1, 0.05, 0, 0.5), seconds: 0.004)
    #expect(first.rearLeft == 0.05 && first.frontLeft == 0)
    #expect(abs(first.frontRight - 0.08) < 1e-6 && abs(first.rearRight - 0.08) < 1e-6)
    let second = slew.limit(MotorValues(0, 0, 0, 0), seconds: 0.002)
    #expect(abs(second.frontRight - 0.04) < 1e-6 && abs(second.rearLeft - 0.01) < 1e-6)
    #expect(slew.limit(MotorValues(all: 1), seconds: 1) == MotorValues(all: 1))
  }

  @Test("a thrust that is not a number, or no time at all, leaves the motor where it is")
  func slewNonsense() {
    var slew = MotorSlew(perSecond: 20, start: MotorValues(all: 0.4))
    #expect(slew.limit(MotorValues(.nan, 0.4, 0.4, 0.4), seconds: 0.004) == MotorValues(all: 0.4))
    #expect(slew.limit(MotorValues(all: 1), seconds: 0) == MotorValues(all: 0.4))
    #expect(slew.limit(MotorValues(all: 1), seconds: .nan) == MotorValues(all: 0.4))
    #expect(slew.limit(MotorValues(all: 1), seconds: -1) == MotorValues(all: 0.4))
    slew.reset(to: MotorValues(all: 0))
    #expect(slew.last == MotorValues(all: 0))
  }
}
