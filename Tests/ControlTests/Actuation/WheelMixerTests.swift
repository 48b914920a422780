import Testing

@testable import Control

@Suite("The mixer of two wheels")
struct WheelMixerTests {
  private func mixer(slew: Double) throws -> BlockBench {
    var bench = try BlockBench(
      outside: BlockBench.signals(.number, .none, "command.drive", "command.turn")
        + BlockBench.signals(.flag, .none, "safety.armed", "safety.arms"),
      [BlockDeclaration("wheel_mixer", "motors", settings: ["slew": .number(slew)])])
    bench["safety.armed"] = true
    return bench
  }

  @Test("Turning right the left wheel drives more")
  func turns() throws {
    var mixer = try mixer(slew: 1000)
    try mixer.step(["command.drive": 0.2, "command.turn": 0.1])
    #expect(abs((mixer["motors.left"] as Float) - 0.3) < 1e-6)
    #expect(abs((mixer["motors.right"] as Float) - 0.1) < 1e-6)
  }

  @Test("Balance comes first: a turn gets what the drive leaves")
  func priority() throws {
    for drive: Float in [1, -1, 0.8, -0.8] {
      var mixer = try mixer(slew: 1000)
      try mixer.step(["command.drive": drive, "command.turn": 0.5])
      let (left, right): (Float, Float) = (mixer["motors.left"], mixer["motors.right"])
      #expect(abs(0.5 * (left + right) - drive) < 1e-6)
      #expect(max(left.magnitude, right.magnitude) <= 1 + 1e-6)
    }
  }

  @Test("Duties move only so fast, start from rest after arming, and are 0 while disarmed")
  func slews() throws {
    var mixer = try mixer(slew: 10)
    try mixer.step(["command.drive": 1])
    #expect(abs((mixer["motors.left"] as Float) - 0.1) < 1e-6)
    try mixer.step(seconds: -1)
    #expect(abs((mixer["motors.left"] as Float) - 0.1) < 1e-6)
    mixer["safety.arms"] = true
    try mixer.step(seconds: 0)
    #expect(mixer["motors.left"] == 0 && mixer["motors.right"] == 0)
    mixer["safety.arms"] = false
    try mixer.step()
    #expect(abs((mixer["motors.right"] as Float) - 0.1) < 1e-6)
    mixer["safety.armed"] = false
    try mixer.step()
    #expect(mixer["motors.left"] == 0 && mixer["motors.right"] == 0)
  }
}
