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

  private static func rotors(_ places: [(Double, Double, Bool)]) -> String {
    let rotors = places.enumerated().map { index, place in
      "{ name: \"r\(index)\", forward_m: \(place.0), right_m: \(place.1), spin: \"\(place.2 ? "clockwise" : "counter_clockwise")\" }"
    }
    return "airframe: { rotors: [\(rotors.joined(separator: ", "))] },"
  }

  private static let square = [(0.1, 0.1, false), (-0.1, -0.1, false), (0.1, -0.1, true), (-0.1, 0.1, true)]

  static let rotorRefusals = [
    Refusal(
      sections: rotors([(0.1, 0, true), (-0.1, 0, false), (0.2, 0, true), (-0.2, 0, false)]),
      expected: "airframe.rotors: the motors stand in one line, or nearly"),
    Refusal(
      sections: rotors(square.map { ($0.0, $0.1, true) }),
      expected: "airframe.rotors: no thrusts of these rotors turn the vehicle without tilting it"),
    Refusal(
      sections: rotors(square.map { ($0.0 + 0.3, $0.1, $0.2) }),
      expected: "airframe.rotors: the centre is not among the rotors"),
    Refusal(
      sections: rotors(Array(square.prefix(3))),
      expected: "airframe.rotors: found a list of 3, expected a list of 4 to 8 objects"),
    Refusal(
      sections: rotors(square + square + square),
      expected: "airframe.rotors: found a list of 12, expected a list of 4 to 8 objects"),
    Refusal(
      sections: rotors(Array(square.prefix(3)) + [square[0]]),
      expected: "airframe.rotors[3].spin: airframe.rotors[0] stands in the same place and turns the same way"
        .replacing("airframe.rotors[0]", with: "rotors[0]")),
    Refusal(
      sections: rotors(square).replacing("\"r1\"", with: "\"r0\""),
      expected: "airframe.rotors[1].name: \"r0\" is rotors[0] already"),
    Refusal(
      sections: rotors(square).replacing("\"r1\"", with: "\"Rear left\""),
      expected: "airframe.rotors[1].name: found \"Rear left\", expected small letters"),
    Refusal(
      sections: rotors(square).replacing("rotors: [", with: "arm_length_m: 0.1, rotors: ["),
      expected: "airframe.arm_length_m: stands beside rotors, which say where each motor is"),
    Refusal(
      sections: rotors(square).replacing("\"clockwise\"", with: "\"anticlockwise\""),
      expected: "airframe.rotors[2].spin: found \"anticlockwise\", expected one of"),
    Refusal(
      sections: rotors(square + [(0, 0.2, true), (0, -0.2, false)]),
      expected: "actuators.motors: found a list of 4, expected a list of 6 objects"),
    Refusal(
      sections: "airframe: { inertia_yaw_kg_m2: -0.01 },",
      expected: "airframe.inertia_yaw_kg_m2: found -0.01, expected number, 1e-07 to 1000"),
  ]

  @Test(arguments: rotorRefusals) func rotorsThatCannotHoldAVehicleAreRefused(_ refusal: Refusal) throws {
    let complaints = try Self.complaintsWith(refusal.sections)
    #expect(complaints.contains(refusal.expected), "\(complaints)")
  }

  @Test func aRotorCannotHaveTheNameOfARow() throws {
    let rotors = Self.rotors(Self.square).replacing("\"r1\"", with: "\"motors\"")
    let text = try quadrotorText().replacing(
      "  loop: {", with: "  \(rotors)\n  loop: {", maxReplacements: 1)
    let tables = try VehicleTables(Configuration.load(text: text, directory: nil))
    let errors = #expect(throws: ProgramErrors.self) { try tables.table() }
    #expect("\(String(describing: errors))".contains("another block has this name"))
  }

  @Test func fourRotorsInTheUsualPlacesAreTheUsualVehicle() throws {
    let text = try quadrotorText().replacing(
      "  loop: {", with: "  \(Self.rotors(Self.square))\n  loop: {", maxReplacements: 1)
    let tables = try VehicleTables(Configuration.load(text: text, directory: nil))
    #expect(tables.actuators.map(\.name) == ["r0", "r1", "r2", "r3"])
    #expect(tables.plant.movers == ["r0", "r1", "r2", "r3"])
    let mixer = tables.blocks.first { $0.name == "motors" }
    #expect(mixer?.kindName == "rotor_mixer")
    guard case .numbers(let roll)? = mixer?.settings["roll_shares"] else {
      Issue.record("no shares of roll")
      return
    }
    #expect(zip(roll, [-1.0, 1, 1, -1]).allSatisfy { abs($0.0 - $0.1) < 1e-12 })
    let parts = try Self.quadrotor(
      String(Self.rotors(Self.square).dropFirst("airframe: { ".count).dropLast(" },".count)))
    let (own, usual) = (
      parts.airframe.dynamics(delay: 0.01),
      try Self.quadrotor("arm_forward_m: 0.1, arm_side_m: 0.1").airframe.dynamics(delay: 0.01)
    )
    for (a, b) in zip(own.gains, usual.gains) { #expect(abs(a.value / b.value - 1) < 1e-9, "\(a.name)") }
  }

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
