import HardwareInterfaces
import Testing

@testable import ControlLoop

@Suite("Setpoints")
struct SetpointSourceTests {
  @Test("A profile moves to each step's target at its rates and no faster")
  func profile() {
    var source = ProfileSetpoints(
      steps: [
        .init(time: 0, setpoint: Setpoint()),
        .init(time: 1_000_000_000, setpoint: Setpoint(roll: 0.5, altitude: 2, arm: true)),
      ],
      motion: SetpointMotion(attitude: 1, yaw: 1, altitude: 0.5))
    var time = MonotonicTime.zero
    var previous = Setpoint()
    for tick in 0..<2000 {
      let setpoint = source.setpoint(at: time, elapsed: 4_000_000)
      #expect(setpoint.arm == (tick >= 250))
      #expect(abs(setpoint.roll - previous.roll) <= 0.004_001)
      #expect(abs(setpoint.altitude - previous.altitude) <= 0.002_001)
      previous = setpoint
      time = time.advanced(milliseconds: 4)
    }
    #expect(previous.roll == 0.5)
    #expect(abs(previous.altitude - 2) < 1e-5)
  }
}
