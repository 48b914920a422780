import SimulatedHardware
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("The faults of a command line")
struct FaultPlanTests {
  private let targets = ["imu", "barometer", "motors"]

  private func refusal(_ text: String) -> VehicleError? {
    do throws(VehicleError) {
      _ = try FaultPlan(parsing: text, targets: targets)
      return nil
    } catch {
      return error
    }
  }

  @Test("Well-formed faults are read in order, with how they are written")
  func wellFormed() throws {
    let plan = try FaultPlan(parsing: "imu:off@9s+1ms,motors:brown-out@250ms", targets: targets)
    #expect(plan.entries.map(\.text) == ["imu:off@9s+1ms", "motors:brown-out@250ms"])
    #expect(plan.entries[0].fault == FaultInjection(target: "imu", kind: .off, start: 9, duration: 0.001))
    #expect(plan.entries[1].fault == FaultInjection(target: "motors", kind: .brownOut, start: 0.25))
  }

  @Test(
    "Whatever is malformed is refused with its place",
    arguments: [
      ("", "--fault"), (",,", "--fault, part 1 of 3"), ("imu:off@9s,", "--fault, part 2 of 2"),
      (",imu:off@9s", "--fault, part 1 of 2"), ("imu:off@9s,,imu:off@9s", "--fault, part 2 of 3"),
      ("imu", "--fault"), ("imu:off", "--fault"), ("imu@9s", "--fault"), ("imu:off@", "--fault"),
      ("imu:off@9", "--fault"), ("imu:off@9m", "--fault"), ("imu:off@-1s", "--fault"),
      ("imu:off@nans", "--fault"),
      ("imu:off@infs", "--fault"), ("imu:off@0x1p3s", "--fault"), ("imu:off@1e9s", "--fault"),
      ("imu:off@9s+", "--fault"), ("imu:off@9s+0s", "--fault"), ("imu:off@9s+1s+1s", "--fault"),
      ("imu:off@@9s", "--fault"), (":off@9s", "--fault"), ("imu:@9s", "--fault"), ("imu: off@9s", "--fault"),
      ("imu:off@ 9s", "--fault"), ("imu:OFF@9s", "--fault"), ("imu:off@٣s", "--fault"),
      ("imu:brown-out@9s+1s", "--fault"), (" ", "--fault"), (";", "--fault"),
      ("imu:off@9s;motors:off@9s", "--fault"),
      ("imu:off@1.2.3s", "--fault"), ("imu:off@.s", "--fault"), ("imu:off@s", "--fault"),
    ])
  func malformed(_ text: String, _ place: String) {
    #expect(refusal(text)?.place == place)
    #expect(runCommand([shippedConfiguration, "--no-log", "--fault=\(text)"]) == .wrongUse)
    #expect(runCommand([shippedConfiguration, "--episodes", "2", "--fault=\(text)"]) == .wrongUse)
  }

  @Test("The nearest target and the nearest kind are named")
  func nearest() {
    #expect(refusal("imo:off@9s")?.remedy == "did you mean 'imu'?")
    #expect(refusal("barometr:off@9s")?.remedy == "did you mean 'barometer'?")
    #expect(refusal("imu:stuk@9s")?.remedy == "did you mean 'stuck'?")
    #expect(refusal("imu:off@9s,motor:off@9s")?.remedy == "did you mean 'motors'?")
    #expect(refusal("radar:off@9s")?.remedy == nil)
    #expect(refusal("radar:off@9s")?.description.contains("imu, barometer, motors") == true)
  }
}
