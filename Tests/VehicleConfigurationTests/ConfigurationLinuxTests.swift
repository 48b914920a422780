import Foundation
import Testing
import VehicleFixtures

@testable import Sampling
@testable import VehicleConfiguration

/// The keys that only a real machine needs. Each case changes one place of a valid configuration.
@Suite struct ConfigurationLinuxTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var old, new, expected: String
    var testDescription: String { "\(old) -> \(new)" }

    init(_ old: String, _ new: String, _ expected: String) {
      (self.old, self.new, self.expected) = (old, new, expected)
    }
  }

  private static let driver =
    #"chip: "pca9685", bus: "sensors", address: 0x40, rate_hz: 400, oscillator_hz: 25000000"#
  private static let enable = #"enable: { chip: "pinctrl-bcm2711", line: "GPIO17", active: "high" }"#

  static let refused = [
    Case(
      "rate_hz: 400000 }", "rate_hz: 400000, timeout_ms: 5 }",
      "buses[0].timeout_ms: found 5, expected whole number, 10 to 1000 (ms)"),
    Case(
      "rate_hz: 400000 }", "rate_hz: 400000, retries: 9 }",
      "buses[0].retries: found 9, expected whole number, 0 to 5"),
    Case(
      driver, #"chip: "software_pwm""#,
      "actuators.driver.chip: pulses that software makes on a line cannot drive"),
    Case(driver, #"chip: "gpio", bus: "sensors""#, "as uneven as the scheduler"),
    Case(driver, #"chip: "pca9685""#, "actuators.driver.bus: missing; pca9685 needs it"),
    Case(driver, #"chip: "kernel_pwm""#, "actuators.driver.pwm_chip: missing; kernel_pwm needs it"),
    Case(
      driver, #"chip: "kernel_pwm", pwm_chip: "pwmchip0", bus: "sensors""#,
      "actuators.driver.bus: kernel_pwm has none; remove it"),
    Case(
      driver, driver + #", pwm_chip: "pwmchip0""#, "actuators.driver.pwm_chip: pca9685 has none; remove it"),
    Case(driver, #"chip: "kernel_pwn""#, "nearest: \"kernel_pwm\""),
    Case(
      driver, #"chip: "pca9635", bus: "sensors""#,
      #"actuators.driver.chip: found "pca9635", for which there is no driver; expected one of "pca9685", "kernel_pwm""#
    ),
    Case(driver, #"chip: "PCA-9685", bus: "sensors""#, #"nearest: "pca9685""#),
    Case(
      driver, #"chip: "kernel_pwm", pwm_chip: "pwmchip0", rate_hz: 500"#,
      "actuators.motors[0].maximum_us: found 2000, expected less than the time between pulses, 2000 µs"),
    Case(
      #"line: "GPIO27""#, #"line: "GPIO17""#,
      "lines.kill_switch: pinctrl-bcm2711 GPIO17 is lines.enable already"),
    Case(
      #"chip: "pinctrl-bcm2711", line: "GPIO27""#, #"line: "GPIO17""#,
      "lines.kill_switch: GPIO17 is lines.enable already"),
    Case(
      enable, enable + #", status: { chip: "pinctrl-bcm2711", line: "GPIO17" }"#,
      "lines.status: pinctrl-bcm2711 GPIO17 is lines.enable already"),
    Case(
      #"chip: "pinctrl-bcm2711", line: "GPIO27""#, #"line: "3""#,
      "lines.kill_switch.line: found \"3\", a number; expected a line's name, or its chip beside it"),
    Case(
      enable, #"enable: { line: "GPIO17", bias: "pull_up" }"#,
      #"lines.enable: unknown key "bias"; valid here: chip, line, active"#),
    Case(
      #"line: "GPIO27","#, #"line: "GPIO27", bias: "up","#,
      #"lines.kill_switch.bias: found "up", expected one of "as_is", "disabled", "pull_up", "pull_down""#),
    Case(
      "limits: {", "realtime: { loop_priority: 99 }, limits: {", "realtime.loop_priority: found 99, expected"),
    Case(
      #"line: "GPIO27","#, #"line: "GPIO27", stale_after_ms: 100,"#,
      "lines.kill_switch.stale_after_ms: found 100, expected whole number, 200 to 10000 (ms)"),
    Case(
      "  actuators: {", "  actuators: { stale_after_ms: 7000000,",
      "actuators.stale_after_ms: found 7000000, expected whole number, 10 to 10000 (ms)"),
    Case(
      "rate_hz: 250,\n", "rate_hz: 15,\n",
      "actuators.stale_after_ms: found 100, expected at least two periods of the loop, 133.333 ms"),
    Case("limits: {", "realtime: { processor: -1 }, limits: {", "realtime.processor: found -1, expected"),
    Case(
      "limits: {", "realtime: { lock_memory: 1 }, limits: {",
      "realtime.lock_memory: found 1, expected true or false"),
    Case(
      "limits: {", "watchdog: { loop_stopped_ms: 7 }, limits: {",
      "watchdog.loop_stopped_ms: found 7, expected at least two periods of the loop, 8 ms"),
    Case(
      "limits: {", #"watchdog: { device: "watchdog" }, limits: {"#,
      "watchdog.device: found \"watchdog\", expected the path of a device file"),
    Case(
      "backend: \"simulated\"", "backend: \"linus\"",
      #"backend: found "linus", expected one of "simulated", "linux"; nearest: "linux""#),
  ]

  @Test(arguments: refused) func isRefused(_ change: Case) throws {
    let complaints = try complaints(replacing: change.old, by: change.new)
    #expect(complaints.contains(change.expected), "\(complaints)")
  }

  private func load(replacing old: String, by new: String, _ overrides: ConfigurationOverrides = .init())
    throws
    -> Configuration
  {
    let text = try quadrotorText()
    try #require(text.contains(old))
    return try Configuration.load(text: text.replacing(old, with: new), directory: nil, overrides: overrides)
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let configuration = try load(replacing: "x", by: "x")
    #expect(configuration.backend == .simulated)
    #expect(configuration.buses[0].timeoutMilliseconds == 20)
    #expect(configuration.buses[0].retries == 2)
    #expect(configuration.realTime.loopPriority == 60 && configuration.realTime.busPriority == 65)
    #expect(configuration.realTime.processor == nil && configuration.realTime.processorLatency == 0)
    #expect(configuration.realTime.locksMemory)
    #expect(configuration.watchdog.loopStoppedAfter == 100_000_000)
    #expect(configuration.watchdog.device == nil)
    #expect(configuration.lines.status == nil)
    #expect(configuration.lines.killSwitch?.bias == .asIs)
    #expect(configuration.lines.killSwitch?.staleAfter == 500_000_000)
    #expect(configuration.actuators.staleAfter == 100_000_000)
    #expect(configuration.failsafe.rule(for: .guardLost) == FailsafeRule(action: .warn))
  }

  /// By level and pull; `nil` where nothing in the chip decides what a broken wire reads.
  @Test(arguments: [
    ("high", "pull_up", true), ("low", "pull_down", true), ("low", "pull_up", false),
    ("high", "pull_down", false), ("high", "as_is", nil), ("low", "disabled", nil),
  ])
  func aSwitchThatABrokenWireReleasesIsWarnedOf(_ active: String, _ bias: String, _ isPulled: Bool?) throws {
    let configuration = try load(
      replacing: #"line: "GPIO27", active: "high""#,
      by: #"line: "GPIO27", active: "\#(active)", bias: "\#(bias)""#)
    #expect(configuration.lines.killSwitch?.isPulledByBrokenWire == isPulled)
    let warnings = configuration.warnings
    guard isPulled != true else { return #expect(warnings.isEmpty) }
    #expect(warnings.map(\.path) == ["lines.kill_switch.bias"])
    #expect(warnings.first?.message.contains("\"released\"") == true)
    #expect(warnings.first?.message.contains(active == "high" ? "\"pull_up\"" : "\"pull_down\"") == true)
  }

  @Test func withoutAKillSwitchThereIsNothingToWarnOf() throws {
    let text = try quadrotorText()
    let line = try #require(text.split(separator: "\n").first { $0.contains("kill_switch: {") })
    let configuration = try Configuration.load(text: text.replacing(line, with: ""), directory: nil)
    #expect(configuration.lines.killSwitch == nil && configuration.warnings.isEmpty)
  }

  @Test func theCommandLineChoosesTheBackend() throws {
    let configuration = try load(replacing: "x", by: "x", ConfigurationOverrides(backend: .linux))
    #expect(configuration.backend == .linux)
  }

  @Test func theKernelsOwnPulsesNeedNoBus() throws {
    let configuration = try load(
      replacing: Self.driver, by: #"chip: "kernel_pwm", pwm_chip: "1f00098000.pwm", rate_hz: 400"#)
    #expect(configuration.actuators.driver.bus == nil)
    #expect(configuration.actuators.driver.pwmChip == "1f00098000.pwm")
    #expect(configuration.actuators.driver.actualRate == 400)
    #expect(!configuration.busLoads[0].shares.contains { $0.path == "actuators.driver" })
  }

  @Test func aLineMayBeNamedWithoutItsChipAndNumberedWithIt() throws {
    let configuration = try load(
      replacing: Self.enable,
      by: #"enable: { line: "MOTORS_ON" }, status: { chip: "cp2112_gpio", line: "3" }"#)
    #expect(configuration.lines.enable == DigitalLine(chip: nil, line: "MOTORS_ON", active: .high))
    #expect(configuration.lines.status?.line == "3")
  }

  @Test func processorsMayBeLetSleep() throws {
    let configuration = try load(
      replacing: "limits: {", by: "realtime: { processor_latency_us: -1 }, limits: {")
    #expect(configuration.realTime.processorLatency == nil)
  }
}
