import Control
import Files
import Foundation
import PortableMath
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

private struct NoQuadrotor: Error {}

/// The sections `airframe` and `gains`.
@Suite struct AirframeTests {
  private static func quadrotor(_ airframe: String, gains: String = "") throws -> Configuration.Quadrotor {
    let text = try quadrotorText().replacing(
      "  loop: {", with: "  airframe: { \(airframe) },\n  gains: { \(gains) },\n  loop: {",
      maxReplacements: 1)
    var overrides = ConfigurationOverrides()
    overrides.ignoresGains = true
    let configuration = try Configuration.load(text: text, directory: nil, overrides: overrides)
    guard let parts = configuration.vehicle.parts as? Configuration.Quadrotor else { throw NoQuadrotor() }
    return parts
  }

  private static func complaintsWith(_ sections: String) throws -> String {
    try complaints(replacing: "  loop: {", by: "  \(sections)\n  loop: {")
  }

  @Test func withoutItsSectionsAVehicleIsTheOneThatItAlwaysWas() throws {
    let parts = try Self.quadrotor("")
    #expect(parts.airframe == Configuration.Quadrotor.Airframe())
    #expect(
      try Self.quadrotor("mass_kg: 0.8, arm_length_m: 0.12, battery_cells: 3").airframe == parts.airframe)
    for key in Configuration.Quadrotor.gainKeys + Configuration.BalancingRobot.gainKeys {
      let setting = BlockTable.kind(key.block)?.description.settings.first { $0.name == key.setting }
      #expect(
        key.key.standard.flatMap(Double.init).map(SettingValue.number) == setting?.standard, "\(key.name)")
    }
  }

  @Test func everyGainOfTheControllersHasAKeyOfItsOwn() {
    let keys = Configuration.Quadrotor.gainKeys
    #expect(Set(keys.map(\.name)).count == keys.count)
    for block in ["quadrotor_control", "flight_phase"] {
      let numbers = BlockTable.kind(block)?.description.settings.filter {
        if case .number = $0.kind { true } else { false }
      }
      #expect(Set(keys.filter { $0.block == block }.map(\.setting)) == Set(numbers?.map(\.name) ?? []))
    }
  }

  @Test func whatIsNotSaidGoesWithWhatIs() throws {
    let standard = Configuration.Quadrotor.Airframe()
    let airframe = try Self.quadrotor(
      "mass_kg: 1.6, arm_length_m: 0.24, rotor_thrust_n: 10, battery_cells: 4"
    )
    .airframe
    #expect(abs(airframe.inertia.x / standard.inertia.x - 8) < 1e-12)
    #expect(abs(airframe.inertia.z / standard.inertia.z - 8) < 1e-12)
    #expect(abs(airframe.footStiffness - 2000) < 1e-9)
    #expect(abs(airframe.rotorDrag / standard.rotorDrag - 10 / 4.32) < 1e-12)
    #expect(airframe.battery.referenceVoltage == 15.2)
    let wide = try Self.quadrotor("arm_length_m: 0.2, arm_side_m: 0.2, inertia_roll_kg_m2: 0.01").airframe
    #expect(wide.armSide == 0.2 && abs(wide.armForward - 0.2 * 0.5.squareRoot()) < 1e-15)
    #expect(wide.inertia.x == 0.01)
  }

  @Test func gainsReachTheirBlocks() throws {
    let parts = try Self.quadrotor("", gains: "rate_gain: 0.06, hover_thrust: 0.5, standing_time: 0.7")
    #expect(parts.gains.settings(of: "quadrotor_control")["rate_gain"] == .number(0.06))
    #expect(parts.gains.settings(of: "flight_phase")["standing"] == .number(0.7))
    let text = try quadrotorText().replacing(
      "  loop: {", with: "  gains: { hover_thrust: 0.5 },\n  loop: {", maxReplacements: 1)
    let blocks = try VehicleTables(Configuration.load(text: text, directory: nil)).blocks
    for name in ["classical", "descent"] {
      #expect(blocks.first { $0.name == name }?.settings["hover_thrust"] == .number(0.5), "\(name)")
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var sections, expected: String
    var testDescription: String { sections }
  }

  static let refusals = [
    Refusal(
      sections: "airframe: { mass_kg: 1.4 }, gains: { hover_thrust: 0.79 },",
      expected:
        "airframe.mass_kg: found 1.4 kg, of which the weight is 13.7 N, but four rotors of airframe.rotor_thrust_n, 4.32 N, give 17.3 N at full command and limits.thrust allows 0.9 of it: 1.13 times the weight, expected at least 1.5 times, 5.72 N for each rotor or at most 1.06 kg"
    ),
    Refusal(sections: "airframe: { mass_kg: 20 },", expected: "airframe.mass_kg: found 20 kg"),
    Refusal(
      sections: "airframe: { rotor_thrust_n: 8 },",
      expected:
        "gains.hover_thrust: found 0.454, expected 0.196 to 0.306: 0.245 of the rotors' thrust carries"),
    Refusal(
      sections: "gains: { rate_gain: 0.5 },",
      expected: "gains.rate_gain: found 0.5, with which the loop of roll cannot be stable with this airframe"),
    Refusal(
      sections: "gains: { pitch_factor: 12 },",
      expected: "with which the loop of pitch cannot be stable"),
    Refusal(sections: "gains: { yaw_rate_gain: 12 },", expected: "the loop of yaw cannot be stable"),
    Refusal(
      sections: "gains: { climb_gain: 0.5, climb_integral_gain: 50 },",
      expected: "the loop of altitude cannot be stable"),
    Refusal(
      sections: "airframe: { rotor_spin_up_s: 0.6, rotor_spin_down_s: 0.6 },",
      expected: "ganglion gains computes the gains of an airframe"),
    Refusal(
      sections: "airframe: { mass: 1 },", expected: "airframe: unknown key \"mass\"; valid here: mass_kg"),
    Refusal(
      sections: "gains: { rate_gain: -1 },", expected: "gains.rate_gain: found -1, expected number, 0 to 100"),
  ]

  @Test(arguments: refusals) func whatCannotFlyIsRefused(_ refusal: Refusal) throws {
    let complaints = try Self.complaintsWith(refusal.sections)
    #expect(complaints.contains(refusal.expected), "\(complaints)")
  }

  @Test func aSimulatedVehicleThatIsTooHeavyIsRefusedByTheKeyThatSaysSo() throws {
    let complaints = try complaints(replacing: "mass_kg: 0.8", by: "mass_kg: 1.4")
    #expect(complaints.contains("simulation.mass_kg: found 1.4 kg"), "\(complaints)")
    #expect(try VehicleConfigurationTests.complaints(replacing: "mass_kg: 0.8", by: "mass_kg: 1") == "")
  }

  @Test func aRobotThatItsMotorsCannotHoldIsRefused() throws {
    let text = try String(
      contentsOf: repository.appending(path: "firmware-configs/balancer-hold.json5"), encoding: .utf8)
    func told(_ sections: String, _ robot: String = "mass_kg: 0.9") -> String {
      complaints(
        about: text.replacing("mass_kg: 0.9", with: robot).replacing(
          "  loop: {", with: "  \(sections)\n  loop: {", maxReplacements: 1))
    }
    #expect(told("") == "")
    #expect(
      told("", "mass_kg: 9").contains(
        "airframe.mass_kg: found 9 kg at airframe.mass_height_m, 0.07: its motors hold a lean of at most 10.6°"
      ))
    #expect(told("gains: { lean_gain: 5 },").contains("gains.lean_gain: found 5, with which, and the gains"))
    #expect(told("gains: { lean_gain: 60 },") == "")
  }

  @Test func computedGainsOfTheDefaultAirframesAreAccepted() throws {
    for name in ["quadrotor-hold", "balancer-hold"] {
      let text = try String(
        contentsOf: repository.appending(path: "firmware-configs/\(name).json5"), encoding: .utf8)
      let computed = try #require(try Configuration.load(text: text, directory: nil).computedGains)
      let gains = computed.gains.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
      let changed = text.replacing("  loop: {", with: "  gains: { \(gains) },\n  loop: {", maxReplacements: 1)
      #expect(complaints(about: changed) == "")
    }
  }

  @Test func aFileWithoutATemplateHasTheAirframeOfItsPlant() throws {
    let text = try quadrotorText().replacing("mass_kg: 0.8, ", with: "").replacing(
      "  loop: {", with: "  airframe: { drag_area_m2: 0.02 },\n  loop: {", maxReplacements: 1)
    let tables = try VehicleTables(Configuration.load(text: text, directory: nil))
    let expanded = try VehicleTables.expanded(tables, of: text)
    let again = try VehicleTables.load(text: expanded, directory: nil)
    guard let plant = again.plant as? QuadrotorPlant else { throw NoQuadrotor() }
    #expect(plant.airframe.dragArea == 0.02)
    let heavy = expanded.replacing("drag_area_m2: 0.02", with: "mass_kg: 3")
    #expect(throws: ConfigurationErrors.self) { try VehicleTables.load(text: heavy, directory: nil) }
  }
}
