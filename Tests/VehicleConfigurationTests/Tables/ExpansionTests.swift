import PortableMath
import Signals
import Testing
import VehicleFixtures

@testable import Control
@testable import VehicleConfiguration

@Suite("What a template expands to")
struct ExpansionTests {
  /// Configurations with much of what there is: those that are shipped, the frozen one, and changed ones.
  private static func texts() throws -> [String] {
    let frozen = try quadrotorText()
    let magnetometer = frozen.replacing(
      "barometer: {",
      with: "magnetometer: { chip: \"qmc5883l\", bus: \"sensors\", rate_hz: 50 },\n barometer: {")
    let carried = frozen.replacing("\"mpu6050\"", with: "\"mpu9250\"").replacing(
      "lowpass_hz: 94", with: "lowpass_hz: 92"
    )
    .replacing("accept_identities: [0x68]", with: "accept_identities: [0x71]")
    .replacing(
      "barometer: {",
      with: "magnetometer: { chip: \"ak8963\", bus: \"sensors\", rate_hz: 50 },\n barometer: {")
    let classical = frozen.replacing("controller: \"network\"", with: "controller: \"classical\"")
    return try shippedTexts() + [frozen, magnetometer, carried, classical]
  }

  @Test("gives the same signals in the same places, the same blocks in the same order, and the same profile")
  func same() throws {
    for text in try Self.texts() { try compare(VehicleTables.load(text: text, directory: nil), of: text) }
  }

  @Test("without a network gives the inputs that one would have")
  func withoutNetwork() throws {
    for text in try Self.texts() {
      let configuration = try Configuration.load(text: text, directory: nil)
      try compare(VehicleTables(configuration, hasNetwork: false), of: text)
    }
  }

  @Test("of a file without a template is that file again")
  func again() throws {
    let text = try roverText()
    try compare(VehicleTables.load(text: text, directory: nil), of: text)
  }

  @Test("has the changes and additions of a file with a template")
  func changed() throws {
    let text = try Self.changedText()
    let tables = try VehicleTables.load(text: text, directory: nil)
    let attitude = try #require(tables.blocks.first { $0.name == "attitude" })
    #expect(attitude.settings["gain"] == .number(2))
    // In front of what converts commands.
    #expect(tables.blocks.dropLast(4).last?.name == "smooth")
    #expect(tables.rules.conditions.last?.name == "too_near")
    #expect(try tables.table()["line.left"] != nil)
    try compare(tables, of: text)
  }

  @Test("names the file of the sensors' calibration, and takes it over")
  func calibrated() throws {
    var calibration = SensorCalibration(origin: .board)
    calibration[SensorLocation(chip: "mpu6050", bus: "sensors", address: 0x68)].gyro = GyroCalibration(
      bias: Vector3(0.01, 0.02, 0.03))
    let held = calibration.fileText(vehicle: "test")
    let text = try quadrotorText().replacing("sensors: {\n", with: "sensors: { calibration: \"c.json5\",\n")
    let tables = try VehicleTables.load(text: text, directory: nil, calibration: held)
    let expanded = try Expansion(tables, of: text).text
    let again = try VehicleTables.load(text: expanded, directory: nil, calibration: held)
    #expect(again.calibrationFile == "c.json5" && again.calibration?.chips.count == 1)
    #expect(again.calibration == tables.calibration)
    #expect(again.blocks.first { $0.name == "attitude" }?.settings["calibrated"] == .flag(true))
    do throws(ConfigurationErrors) {
      _ = try VehicleTables.load(
        text: expanded.replacing("\"mpu6050\"", with: "\"icm42688p\"").replacing("0x68", with: "0x69"),
        directory: nil, calibration: held)
      Issue.record("a calibration of a chip that is not there was taken")
    } catch {
      #expect(error.description.contains("calibration: c.json5: sensors[0] is"), "\(error)")
    }
    // A folder means that the file is read.
    do throws(ConfigurationErrors) {
      _ = try VehicleTables.load(text: expanded, directory: "/nowhere")
      Issue.record("a calibration that is not there was taken")
    } catch {
      #expect(error.description.contains("calibration: there is no file /nowhere/c.json5"), "\(error)")
    }
  }

  @Test("keeps what is changed of a conversion in what is safe, too")
  func changedConversion() throws {
    let text = try Self.changedText().replacing(
      "gain: 2 },", with: "gain: 2 }, { name: \"rear_left\", safe: 950 },")
    let tables = try VehicleTables.load(text: text, directory: nil)
    let sent = try tables.actuatorPlan().sent
    #expect(sent.first { $0.signal == "rear_left.pulse" }?.safe == 950)
    try compare(tables, of: text)
  }

  @Test("says what is wrong with changes and additions")
  func changesAreChecked() throws {
    let text = try Self.changedText()
    for (old, new, expected) in [
      (
        "name: \"attitude\", gain", "name: \"atitude\", gain",
        #"the template has no block "atitude" to change; did you mean "attitude"?"#
      ),
      ("gain: 2", "gian: 2", #"unknown key "gian"; did you mean "gain"?"#),
      ("below: 0.2", "below: true", "found true, expected a number"),
      ("line: {", "imu: {", "devices.imu: the template has this name already"),
      ("format: 2", "format: 1", #"unknown key "devices""#),
    ] {
      #expect(tableComplaints(about: text.replacing(old, with: new)).contains(expected), "\(new)")
    }
    #expect(
      complaints(about: text).contains("devices: this command does not know what a file adds to its template")
    )
  }

  static func changedText() throws -> String {
    try quadrotorText().replacing(
      "  vehicle: \"quadrotor\",",
      with: """
          vehicle: "quadrotor", format: 2,
          devices: { line: { chip: "ads1115", bus: "sensors", address: 0x48, rate_hz: 20, channels: { left: 0 } } },
          blocks: [
            { name: "attitude", gain: 2 },
            { block: "low_pass", name: "smooth", of: "line.left", cutoff_hz: 2 },
          ],
          safety: [{ name: "too_near", when: "range.distance", below: 0.2, then: "warn" }],
        """)
  }

  private func compare(_ tables: VehicleTables, of text: String) throws {
    let expanded = try Expansion(tables, of: text).text
    let again: VehicleTables
    do throws(ConfigurationErrors) { again = try VehicleTables.load(text: expanded, directory: nil) } catch {
      Issue.record("\(error)\n\(expanded)")
      return
    }
    // Without a template each actuator says by itself what is wrong with it.
    let faults = tables.template == nil ? [] : tables.actuators.map { "\($0.name).fault" }
    let signals = try again.table().declaredSignals.filter { !faults.contains($0.name) }
    #expect(signals == (try tables.table().declaredSignals))
    #expect(try again.actuatorPlan().sent == tables.actuatorPlan().sent)
    for (a, b) in zip(try again.actuatorPlan().chips, try tables.actuatorPlan().chips) {
      #expect((a.place.twin, a.place.bus, a.place.address) == (b.place.twin, b.place.bus, b.place.address))
      #expect(
        a.use.settings == b.use.settings && a.use.channels.map(\.number) == b.use.channels.map(\.number))
    }
    #expect(
      again.ordersStaleAfter == tables.ordersStaleAfter
        && type(of: again.plant).name == type(of: tables.plant).name)
    #expect((again.simulation, again.evaluation) == (tables.simulation, tables.evaluation))
    #expect(again.blocks.map(\.name) == tables.blocks.map(\.name))
    for (a, b) in zip(again.blocks, tables.blocks) {
      let (a, b) = (try WholeBlock(a), try WholeBlock(b))
      #expect(a == b)
    }
    #expect(again.rules == tables.rules)
    #expect(again.commands.profile == tables.commands.profile)
    #expect(again.networks.map(\.file) == tables.networks.map(\.file))
    #expect(again.groups.map(\.name) == tables.groups.map(\.name))
    for (a, b) in zip(again.devices, tables.devices) {
      #expect(a.twin == b.twin)
      #expect(
        (a.name, a.bus, a.address, a.rateHz, a.staleAfter) == (
          b.name, b.bus, b.address, b.rateHz, b.staleAfter
        ))
      #expect(a.chip.name == b.chip.name && a.channel == b.channel)
      #expect(a.acceptedIdentities == b.acceptedIdentities)
    }
    #expect((again.loop, again.lines, again.buses) == (tables.loop, tables.lines, tables.buses))
    #expect((again.log, again.realTime, again.watchdog) == (tables.log, tables.realTime, tables.watchdog))
  }
}

@Suite("Moving a file to format 2")
struct MigrationTests {
  @Test("changes one line, keeps comments, and what is read")
  func shipped() throws {
    for text in try shippedTexts() + [quadrotorText()] {
      let migrated = try Migration.migrated(text)
      #expect(migrated.split(separator: "\n").count == text.split(separator: "\n").count + 1)
      #expect(migrated.contains("\n  format: 2,\n  vehicle:"))
      #expect(migrated.replacing("  format: 2,\n", with: "") == text)
      #expect(try Migration.migrated(migrated) == migrated)
      #expect(
        try VehicleTables.load(text: migrated, directory: nil).table()
          == VehicleTables.load(text: text, directory: nil).table())
    }
  }

  @Test("names the kind of vehicle where the file leaves it out, on one line as on many, whatever ends lines")
  func noVehicle() throws {
    let text = try quadrotorText().replacing("  vehicle: \"quadrotor\",\n", with: "")
    let migrated = try Migration.migrated(text)
    #expect(migrated.contains("  format: 2,\n  vehicle: \"quadrotor\",\n  name: \"quadrotor-hold\""))
    let windows = text.replacing("\n", with: "\r\n")
    #expect(try Migration.migrated(windows).contains("format: 2,"))
    let first = try quadrotorText().replacing("  vehicle:", with: "  format: 1, vehicle:")
    #expect(try Migration.migrated(first).contains("  format: 2, vehicle: \"quadrotor\","))
  }

  @Test("refuses a file that is wrong")
  func wrong() throws {
    let text = try quadrotorText().replacing("rate_hz: 250", with: "rate_hz: 1")
    #expect(throws: ConfigurationErrors.self) { try Migration.migrated(text) }
  }
}
