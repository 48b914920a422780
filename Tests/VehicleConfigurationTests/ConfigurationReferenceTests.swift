import Foundation
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

@Suite struct ConfigurationReferenceTests {
  @Test func theDocumentationHasEveryKeyAsTheCodeKnowsIt() throws {
    let page = try String(
      contentsOf: repository.appending(path: "docs/configuration.md"), encoding: .utf8)
    let parts = page.components(separatedBy: "<!-- keys: made by `ganglion check --keys` -->\n")
    try #require(parts.count == 2)
    #expect(
      parts[1].trimmingCharacters(in: .newlines) == Configuration.reference,
      "put what `ganglion check --keys` prints at the end of docs/configuration.md")
  }

  /// Reads a file in which every section is there but empty: each required key is then missed by name, so the
  /// keys that reading asks for are those of the schemas.
  @Test(arguments: VehicleKind.allCases)
  func whatTheSchemasRequireIsWhatReadingMisses(_ vehicle: VehicleKind) {
    let complaints = complaints(about: Self.emptySections(of: vehicle))
    let schemas = Configuration.schemas(of: vehicle)
    for schema in schemas {
      for key in schema.keys
      where key.standard == nil && !key.expected.hasSuffix("object") && !key.expected.hasSuffix("objects") {
        let section =
          schema.path.replacing("[]", with: "[0]").split(separator: ",").first.map(String.init) ?? ""
        let path = section.isEmpty ? key.name : "\(section).\(key.name)"
        #expect(complaints.contains("\(path): missing"), "\(path)")
      }
    }
    // And the reverse: nothing is missed that the schemas do not require.
    let required = schemas.flatMap(\.keys).filter { $0.standard == nil }.map(\.name)
    for line in complaints.split(separator: "\n") {
      guard line.contains("missing; expected"), let path = line.split(separator: ": ").dropFirst().first
      else { continue }
      let name = path.split(separator: ".").last.map(String.init) ?? ""
      #expect(required.contains(name), "\(line)")
    }
  }

  private static func emptySections(of vehicle: VehicleKind) -> String {
    vehicle == .quadrotor
      ? """
      { loop: {}, model: {}, buses: [{}], airframe: { rotors: [{}, {}, {}, {}] },
        sensors: { imu: {}, barometer: {}, magnetometer: {}, range: {}, power: {} },
        actuators: { driver: {}, motors: [{}, {}, {}, {}] }, lines: { enable: {}, kill_switch: {} },
        network: { inputs: [{}], outputs: [{}, {}, {}, {}] }, setpoints: [{}] }
      """
      : """
      { vehicle: "balancing_robot", loop: {}, model: {}, buses: [{}],
        sensors: { imu: {}, left_encoder: {}, right_encoder: {}, power: {} },
        actuators: { driver: {}, motors: [{ forward: {}, reverse: {} }, { forward: {}, reverse: {} }] },
        lines: { enable: {}, kill_switch: {} }, estimator: {},
        network: { inputs: [{}], outputs: [{}, {}] }, setpoints: [{}] }
      """
  }

  @Test(arguments: VehicleKind.allCases)
  func everySectionThatAKeyHoldsHasItsTable(_ vehicle: VehicleKind) {
    let schemas = Configuration.schemas(of: vehicle)
    let paths = schemas.flatMap { $0.path.components(separatedBy: ", ") }
    // What `training` holds are the sections of the same names, once more.
    for schema in schemas where schema.path != TrainingSection.name {
      for key in schema.keys where key.expected.hasSuffix("object") || key.expected.hasSuffix("objects") {
        let path = (schema.path.isEmpty ? "" : schema.path + ".") + key.name
        #expect(paths.contains(path) || paths.contains(path + "[]"), "\(path)")
      }
    }
  }

  @Test(arguments: VehicleKind.allCases) func namesWithinASectionAreUnique(_ vehicle: VehicleKind) {
    let schemas = Configuration.schemas(of: vehicle)
    for schema in schemas {
      #expect(Set(schema.keys.map(\.name)).count == schema.keys.count)
    }
    #expect(Set(schemas.map(\.path)).count == schemas.count)
  }

  @Test("Of chips only another spelling is offered, never a part with other registers")
  func samePartOnly() {
    let names = [
      "mpu6050", "icm42688p", "lsm6dsox", "qmc5883l", "hmc5883l", "bmp280", "bme280", "bmp388", "ina219",
      "ina226",
      "vl53l0x", "vl53l1x", "ads1115", "ms5611",
    ]
    for other in [
      "qmc5883p", "bmp180", "bmp581", "bme680", "bmp384", "ina228", "ina238", "ina260", "ina3221", "ads1015",
      "mpu6000",
      "vl53l4cd", "vl53l4cx", "lsm6ds3", "lsm6dsr", "icm42605", "icm42670p", "ms5803", "mpu9255", "", "-",
      String(repeating: "m", count: 100),
    ] {
      #expect(samePart(as: other, among: names) == nil, "\(other)")
    }
    for (word, name) in [
      ("MPU-6050", "mpu6050"), ("icm-42688-p", "icm42688p"), ("ICM42688", "icm42688p"), ("bmp208", "bmp280"),
      ("ina2226", "ina226"), ("VL53L1CX", nil), ("vl53l1", "vl53l1x"), ("ads1115i", "ads1115"),
      ("MS5611-BA", "ms5611"),
      ("LSM6DSO", "lsm6dsox"),
    ] as [(String, String?)] {
      #expect(samePart(as: word, among: names) == name, "\(word)")
    }
  }
}
