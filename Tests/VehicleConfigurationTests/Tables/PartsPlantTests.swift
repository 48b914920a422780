import Foundation
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// Plants that a file puts together from parts: what is wrong with them is said with key and remedy.
@Suite struct PartsPlantTests {
  private func tank() throws -> String {
    try String(
      contentsOf: repository.appending(path: "firmware-configs/water-tank.json5"), encoding: .utf8)
  }

  @Test func `the shipped tank's parts, measures and criteria are read`() throws {
    let tables = try VehicleTables.load(text: try tank(), directory: nil)
    let plant = try #require(tables.plant as? PartsPlant)
    #expect(plant.parts.map(\.name) == ["pump", "drawn", "vessel", "float"])
    #expect(plant.sources == ["pump", "valve"])
    #expect(
      plant.parts[2].inputs["inflow"] == [
        .output(part: "pump", name: "value"), .output(part: "drawn", name: "value"),
      ])
    #expect(plant.wear == 1.5 && plant.disturbance == 1.5)
    #expect(tables.channels(of: plant).map(\.quantity) == [.input(0), .line("GPIO22")])
    #expect(plant.judgedCriteria.map(\.unit) == ["%"])
    #expect(tables.evaluation.isJudged)
  }

  @Test(
    arguments: [
      (
        "of: \"pump\", gain", "of: \"pumb\", gain",
        "simulation.parts.pump.of: there is no actuator \"pumb\"; did you mean \"pump\"?"
      ),
      (
        "\"drawn.value\"]", "\"drawn.valeu\"]",
        "simulation.parts.vessel.inflow: the part drawn gives no \"valeu\"; it gives value"
      ),
      ("\"drawn.value\"]", "\"drown.value\"]", "there is no part \"drown\"; did you mean \"drawn\"?"),
      ("part: \"tank\"", "part: \"tanc\"", "simulation.parts.vessel.part: found \"tanc\", expected one of"),
      ("area_m2: 0.05, ", "", "area_m2 is missing"),
      ("area_m2: 0.05, ", "aera_m2: 0.05, ", "did you mean \"area_m2\"?"),
      (
        "start_m: [0.15, 0.45]", "start_m: [0.45, 0.15]", "the least value, 0.45, is above the greatest, 0.15"
      ),
      (
        "wear: { outlet_m2: 0.2 }", "wear: { outlet: 0.2 }",
        "simulation.parts.vessel.wear.outlet: is no number of the part"
      ),
      ("wear: { outlet_m2: 0.2 }", "wear: { outlet_m2: 2 }", "expected a share, 0 to 0.9"),
      ("inflow: [\"pump.value\", \"drawn.value\"], ", "", "simulation.parts.vessel.inflow: missing"),
      ("\"depth.volts\": {", "\"dept.volts\": {", "there is no device \"dept\"; did you mean \"depth\"?"),
      ("\"depth.volts\": {", "\"depth.bolts\": {", "depth measures nothing of it; its channels are volts"),
      ("\"brim.pressed\": \"float.value\"", "\"brim.pressed\": \"float\"", "expected `PART.OUTPUT`"),
      ("largest: 2,", "", "evaluation.held[0].rms: missing; expected it, or `largest`"),
      ("largest: 2,", "largest: 2, rms: 2,", "stands beside `largest`"),
      ("wanted: \"setpoint.level\"", "wanted: \"setpoint.levle\"", "there is no signal \"setpoint.levle\""),
      (
        "{ level: { range: [0.25, 0.5]", "{ leval: { range: [0.25, 0.5]",
        "nobody can ask for it; did you mean \"level\"?"
      ),
      ("{ level: { range: [0.25, 0.5]", "{ level: { range: [0.25, 0.9]", "expected within 0.05 to 0.55"),
    ])
  func `mistakes are named`(_ old: String, _ new: String, _ complaint: String) throws {
    var text = try tank()
    let range = try #require(text.range(of: old))
    text.replaceSubrange(range, with: new)
    let complaints = tableComplaints(about: text)
    #expect(complaints.contains(complaint), "\(complaints)")
  }

  @Test func `what a network is trained in is laid over the parts, too`() throws {
    let text = try tank().replacing(
      "wear: 1, disturbance: 1,", with: "wear: 1, disturbance: 1, parts: { drawn: { amplitude: 0.00009 } },")
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "tank.json5")
    try text.write(to: file, atomically: true, encoding: .utf8)
    let plan = try TrainingPlan.load(path: file.path)
    let flown = try VehicleTables.load(text: plan.configuration, directory: nil)
    let plant = try #require(flown.plant as? PartsPlant)
    #expect(plant.wear == 1 && plant.parts[1].settings.number("amplitude") == 0.00009)
    #expect(plan.outputs.map(\.teacher) == ["pump_control.value", "valve_control.value"])
  }
}
