import Signals
import Testing

@testable import VehicleConfiguration
@testable import VehicleRuntime

@Suite("Commands of a profile")
struct ProfileCommandsTests {
  private func profile() -> CommandList {
    let profile = CommandProfile(
      commands: [
        CommandSignal(name: "roll", unit: .radian, standard: 0, rate: 1),
        CommandSignal(name: "altitude", unit: .metre, standard: 0, rate: 0.5),
        CommandSignal(name: "gear", unit: .none, standard: 3, rate: nil),
      ],
      steps: [
        CommandProfile.Step(time: 0, arm: false, values: [0, 0, 3]),
        CommandProfile.Step(time: 1_000_000_000, arm: true, values: [0.5, 2, -1]),
      ])
    return CommandList(signals: profile.commands, profile: profile)
  }

  @Test("A profile moves to each step's values at their rates and no faster; what has no rate jumps")
  func moves() throws {
    let profile = profile()
    let table = try SignalTable(profile.outside)
    let memory = FrameMemory(table)
    let view = FrameView(table, memory.frame)
    var commands = ProfileCommands(profile, table)
    var previous = [0.0, 0.0]
    for tick in 0..<2000 {
      commands.put(at: Int64(tick) * 4_000_000, elapsed: 4_000_000, now: 0, memory.frame)
      #expect(view.isSet("setpoint.arm") == (tick >= 250))
      let (roll, altitude) = (view["setpoint.roll"] ?? .nan, view["setpoint.altitude"] ?? .nan)
      #expect(abs(roll - previous[0]) <= 0.004_001)
      #expect(abs(altitude - previous[1]) <= 0.002_001)
      #expect(view["setpoint.gear"] == (tick >= 250 ? -1 : 3))
      previous = [roll, altitude]
    }
    #expect(previous[0] == 0.5)
    #expect(abs(previous[1] - 2) < 1e-5)
  }

  @Test("No time passes without harm: nothing moves, and a command that jumps does")
  func noTime() throws {
    let profile = profile()
    let table = try SignalTable(profile.outside)
    let memory = FrameMemory(table)
    let view = FrameView(table, memory.frame)
    var commands = ProfileCommands(profile, table)
    commands.put(at: 2_000_000_000, elapsed: 0, now: 0, memory.frame)
    #expect(view["setpoint.roll"] == 0 && view["setpoint.gear"] == -1)
  }
}
