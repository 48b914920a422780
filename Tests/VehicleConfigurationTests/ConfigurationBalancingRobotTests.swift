import Devices
import Foundation
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// The keys of a balancing robot. Each case changes one place of the shipped configuration.
@Suite struct ConfigurationBalancingRobotTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var old, new, expected: String
    var testDescription: String { "\(old) -> \(new)" }

    init(_ old: String, _ new: String, _ expected: String) {
      (self.old, self.new, self.expected) = (old, new, expected)
    }
  }

  private static func text() throws -> String {
    try String(
      contentsOf: repository.appending(path: "firmware-configs/balancer-hold.json5"), encoding: .utf8)
  }

  static let refused = [
    Case(
      #"vehicle: "balancing_robot""#, #"vehicle: "balancing_robt""#,
      #"vehicle: found "balancing_robt", expected one of "quadrotor", "balancing_robot"; nearest: "balancing_robot""#
    ),
    Case(
      "sensors: {", "sensors: { range: {},",
      "sensors: unknown key \"range\"; valid here: imu, left_encoder, right_encoder, power"),
    Case("left_encoder: {", "right_encoder: {", "sensors.left_encoder: missing; expected an object"),
    Case("multiplexer: 0x71, channel: 0, ", "multiplexer: 0x71, ", "sensors.left_encoder.channel: missing"),
    Case("multiplexer: 0x71, channel: 0, ", "channel: 0, ", "sensors.left_encoder.multiplexer: missing"),
    Case(
      "multiplexer: 0x71, channel: 0", "multiplexer: 0x68, channel: 0", "expected I2C address, 0x70 to 0x77"),
    Case("multiplexer: 0x71, channel: 0", "multiplexer: 0x71, channel: 8", "expected whole number, 0 to 7"),
    Case(
      "multiplexer: 0x71, channel: 1", "multiplexer: 0x71, channel: 0",
      "sensors.right_encoder.address: 0x36 on the bus \"sensors\" is taken by sensors.left_encoder (as5600)"),
    Case(
      "multiplexer: 0x71, channel: 1, ", "",
      "sensors.right_encoder.address: 0x36 on the bus \"sensors\" is taken by sensors.left_encoder (as5600)"),
    Case(
      "address: 0x40, rate_hz: 1500", "address: 0x71, rate_hz: 1500",
      "actuators.driver.address: 0x71 on the bus \"sensors\" is taken by a multiplexer"),
    Case(
      "address: 0x36, rate_hz: 250, stale", "address: 0x36, rate_hz: 100, stale",
      "sensors.left_encoder.rate_hz: found 100, expected at least loop.rate_hz, 250"),
    Case("rate_hz: 1500,", "rate_hz: 2000,", "actuators.driver.rate_hz: found 2000, expected at most 1526"),
    Case(
      #"line: "GPIO6""#, #"line: "GPIO5""#,
      "actuators.motors[0].reverse: pinctrl-bcm2711 GPIO5 is actuators.motors[0].forward already"),
    Case(
      #"line: "GPIO23""#, #"line: "GPIO17""#,
      "actuators.motors[1].forward: pinctrl-bcm2711 GPIO17 is lines.enable already"),
    Case(
      "slew_per_s: 100", "slew_per_s: 100, idle: 0.05",
      "actuators: unknown key \"idle\"; valid here: driver, motors, slew_per_s"),
    Case("wheel_radius_m: 0.034, ", "", "estimator.wheel_radius_m: missing; expected number"),
    Case(
      #"signal: "pitch""#, #"signal: "altitude""#,
      #"network.inputs[0].signal: found "altitude", expected one of "pitch", "rate_y""#),
    Case(#"command: "turn""#, #"command: "thrust""#, #"expected one of "drive", "turn""#),
    Case(
      "speed_m_s: 0.4 }", "speed_m_s: 0.9 }",
      "setpoints[2].speed_m_s: found 0.9, expected at most limits.speed_m_s, 0.6"),
    Case(
      "turn_rate_dps: -90 }", "turn_rate_dps: -150 }",
      "setpoints[6].turn_rate_dps: found -150, expected at most limits.turn_rate_dps, 120"),
    Case("{ at_s: 1.0, arm: true }", "{ at_s: 1.0, roll_deg: 3 }", "setpoints[1]: unknown key \"roll_deg\""),
    Case("encoder_stale: {", "range_stale: {", "failsafe: unknown key \"range_stale\""),
    Case(
      "until_s: 22.0", "until_s: 23.0",
      "evaluation.until_s: found 23, expected at most simulation.duration_s, 22"),
  ]

  @Test(arguments: refused) func aMistakeIsRefusedWithItsPlaceAndWhatWasExpected(_ mistake: Case) throws {
    let text = try Self.text()
    try #require(text.contains(mistake.old), "the test's text is not in the configuration")
    let complaints = complaints(about: text.replacing(mistake.old, with: mistake.new, maxReplacements: 1))
    #expect(complaints.contains(mistake.expected), "\(complaints)")
  }

  @Test func theShippedRobotIsWhatItsFileSays() throws {
    let configuration = try Configuration.load(text: Self.text(), directory: nil)
    #expect(configuration.kind == .balancingRobot)
    #expect(configuration.sensors.leftEncoder?.channel == BusChannel(multiplexer: 0x71, number: 0))
    #expect(configuration.sensors.rightEncoder?.isReversed == true)
    #expect(configuration.sensors.range == nil)
    #expect(configuration.actuators.motors.map(\.bridge?.forward.line) == ["GPIO5", "GPIO23"])
    // Of 1500 pulses a second the chip's prescaler makes 1526.
    #expect(abs(configuration.actuators.motors[0].maximumMicroseconds - 655.36) < 1e-6)
    #expect(configuration.actuators.motors[0].safeMicroseconds == 0)
    #expect(configuration.failsafe.rules[.encoderStale]?.action == .disarm)
    #expect(configuration.failsafe.rules[.rangeStale] == nil)
  }

  @Test func aSampleBehindAMultiplexerCostsItsSwitchToo() throws {
    let load = try #require(try Configuration.load(text: Self.text(), directory: nil).busLoads.first)
    let encoder = try #require(load.shares.first { $0.path == "sensors.left_encoder" })
    // START, address and a byte to the multiplexer, STOP: 20 bit times.
    #expect(encoder.bits == AS5600.facts.bitsPerSample + 20)
    #expect(encoder.addressText == "0x71.0 0x36")
  }
}
