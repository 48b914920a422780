import HardwareInterfaces
import Testing

@testable import SimulatedHardware

@Suite struct FaultInjectionTests {
  private let targets = ["imu", "barometer"]

  @Test func `reads target, kind, start and duration`() throws {
    let fault = try FaultInjection(parsing: "imu:stuck@3s+0.5s", targets: targets)
    #expect(fault == FaultInjection(target: "imu", kind: .stuck, start: 3, duration: 0.5))
    let brief = try FaultInjection(parsing: "barometer:wrong-identity@250ms+1ms", targets: targets)
    #expect(brief == FaultInjection(target: "barometer", kind: .wrongIdentity, start: 0.25, duration: 0.001))
    let lasting = try FaultInjection(parsing: "imu:brown-out@0s", targets: targets)
    #expect(lasting == FaultInjection(target: "imu", kind: .brownOut, start: 0, duration: nil))
  }

  @Test(arguments: FaultKind.allCases) func `knows every kind by its name`(_ kind: FaultKind) throws {
    #expect(try FaultInjection(parsing: "imu:\(kind.rawValue)@1s", targets: targets).kind == kind)
  }

  @Test func `names the targets and kinds that exist`() throws {
    let target = #expect(throws: FaultSyntaxError.self) {
      try FaultInjection(parsing: "gps:off@1s", targets: targets)
    }
    #expect(try #require(target).description.contains("imu, barometer"))
    let kind = #expect(throws: FaultSyntaxError.self) {
      try FaultInjection(parsing: "imu:asleep@1s", targets: targets)
    }
    #expect(try #require(kind).description.contains("brown-out"))
  }

  @Test(arguments: [
    "", ":", "@", "imu", "imu:off", "imu:off@", "imu:off@1", "imu:off@s", "imu:off@-1s", "imu:off@1s+",
    "imu:off@1s+2s+3s",
    "imu:off@nans", "imu:off@infs", "imu:off@0x1s", "imu:off@1e3s", "imu:off@9999999s", "imu:off@1..5s",
    "imu@1s:off",
    "imu:off@١s", "imu:off@1 s",
  ])
  func `refuses what is not a fault`(_ text: String) {
    #expect(throws: FaultSyntaxError.self) { try FaultInjection(parsing: text, targets: targets) }
  }
}
