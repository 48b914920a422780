import Foundation
import LiquidModel
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
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

  @Test("A shunt that cannot carry what the motors draw is noted, with what would do")
  func shuntTooLarge() throws {
    let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
    let shipped = try Configuration.load(text: text, directory: nil)
    #expect(shipped.hardwareWarnings.isEmpty)
    let wrong = try Configuration.load(
      text: text.replacing("shunt_ohm: 0.002", with: "shunt_ohm: 0.1"), directory: nil)
    let note = try #require(wrong.hardwareWarnings.first)
    #expect(note.contains("with 0.1 Ω the ina219 measures up to 3.2 A"))
    #expect(CheckSummary(wrong, model: nil).text.contains("warning: \(note)"))
  }

  @Test("A multiplexer where a PCA9685 also answers is noted")
  func allCallAddress() throws {
    let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      .replacing("address: 0x29", with: "address: 0x29, multiplexer: 0x70, channel: 1")
    let shared = try Configuration.load(text: text, directory: nil)
    #expect(shared.hardwareWarnings.contains { $0.contains("0x70") })
  }

  @Test(arguments: ["quadrotor-hold", "quadrotor-redundant", "balancer-hold"])
  func aShippedConfigurationFollowsItsOwnAdvice(_ name: String) throws {
    let path = shippedConfiguration.replacing("quadrotor-hold", with: name)
    let configuration = try Configuration.load(path: path)
    #expect(configuration.warnings.isEmpty)
    #expect(configuration.lines.killSwitch?.bias == .pullUp)
  }

  @Test func whatIsWorthAWordIsShownAndRefusesNothing() throws {
    let text = try String(contentsOf: example, encoding: .utf8)
    let configuration = try Configuration.load(text: text, directory: nil)
    let summary = CheckSummary(configuration, model: nil)
    #expect(summary.warnings.count == 1)
    #expect(summary.text.contains("warning: lines.kill_switch.bias: nothing in the chip says"))
  }

  @Test func aWrongConfigurationEndsWithNo() throws {
    try withFile("{}") { path in #expect(CheckCommand.run([path]) == .resultSaysNo) }
  }

  @Test func aModelThatCouldOverflowIsRefusedAsItIsBeforeAFlight() throws {
    let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().appending(path: "models")
    var model = try ModelFile.read(path: models.appending(path: "quadrotor-ncp19-int16.safetensors").path)
    try withFolder { folder in
      let path = folder + "/model.safetensors"
      let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
        .replacing("models/quadrotor-ncp19-int16.safetensors", with: path)
      try withFile(text) { configuration in
        try model.write(path: path)
        #expect(CheckCommand.run([configuration]) == .success)
        let bias = try #require(model.tensors.firstIndex { $0.name == "cell0.heads.bias" })
        model.tensors[bias].bytes.replaceSubrange(0..<4, with: [0xFF, 0xFF, 0xFF, 0x7F])
        try model.write(path: path)
        #expect(CheckCommand.run([configuration]) == .resultSaysNo)
        // The refusal names the file, also where only the network of it is refused.
        #expect { _ = try LoadedVehicle(path: configuration, overrides: .init()).makeController() } throws: {
          "\($0)".contains("\(path), cell0.heads, row 0")
        }
      }
    }
  }

  @Test func aModelIsNamedByItsPathWhenItIsRefused() throws {
    try withFolder { folder in
      let path = folder + "/model.safetensors"
      for (bytes, beginning) in [
        (Data("not a model at all".utf8), "\(path): is a text, not a model"),
        (Data([0xC3, 0x28, 0, 1, 2, 3, 4, 5, 6, 7]), "\(path), byte 0"),
      ] {
        try bytes.write(to: URL(filePath: path))
        #expect {
          _ = try LoadedVehicle(path: shippedConfiguration, overrides: .init(modelFile: path))
        } throws: { "\($0)".hasPrefix(beginning) }
      }
    }
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
    #expect(text.contains("sensors.imu          mpu6050    0x68 500 Hz, 20.6 %"))
    #expect(text.contains("motor 3: channel 3, 1000 to 2000 µs, safe 900 µs"))
    #expect(text.contains("network out: thrust, roll_torque, pitch_torque, yaw_torque"))
    #expect(!text.contains("pulses: "))
  }

  @Test func theSummaryNamesTheKernelsPulses() throws {
    let text = try String(contentsOf: example, encoding: .utf8).replacing(
      /driver: \{[^}]*\}/, with: #"driver: { chip: "kernel\u005fpwm", pwm_chip: "pwmchip0", rate_hz: 400 }"#)
    let summary = CheckSummary(try Configuration.load(text: text, directory: nil), model: nil)
    #expect(summary.text.contains("\npulses: kernel_pwm pwmchip0, 400 Hz\n"))
    #expect(summary.driver.chip == "kernel_pwm" && summary.driver.pwmChip == "pwmchip0")
  }
}
