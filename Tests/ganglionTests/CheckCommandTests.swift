import ControlLoop
import Foundation
import Testing

@testable import ganglion

@Suite struct CheckCommandTests {
  private let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Tests/Fixtures/configuration/quadrotor.json5")

  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString).json5")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }

  @Test func aValidConfigurationEndsWithSuccess() throws {
    let text = try String(contentsOf: example, encoding: .utf8)
      .replacing("controller: \"network\"", with: "controller: \"classical\"")
    try withFile(text) { path in
      #expect(CheckCommand.run([path]) == .success)
      #expect(CheckCommand.run([path, "--json"]) == .success)
    }
  }

  @Test func aWrongConfigurationEndsWithNo() throws {
    try withFile("{}") { path in #expect(CheckCommand.run([path]) == .resultSaysNo) }
  }

  @Test func aFileThatCannotBeReadIsWrongUse() {
    #expect(CheckCommand.run(["/nowhere.json5"]) == .wrongUse)
    #expect(CheckCommand.run([]) == .wrongUse)
    #expect(CheckCommand.run(["a", "--jsn"]) == .wrongUse)
  }

  @Test func theSummaryNamesWhatTheVehicleConsistsOf() throws {
    let configuration = try Configuration.load(
      text: String(contentsOf: example, encoding: .utf8), directory: nil)
    let text = CheckSummary(configuration, model: nil).text
    #expect(text.contains("bus sensors: i2c-1 at 400000 Hz, 34.6 % busy"))
    #expect(text.contains("sensors.imu          mpu6050  0x68 500 Hz, 20.6 %"))
    #expect(text.contains("motor 3: channel 3, 1000 to 2000 µs, safe 900 µs"))
    #expect(text.contains("network out: thrust, roll_torque, pitch_torque, yaw_torque"))
  }
}
