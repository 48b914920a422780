import Devices
import Foundation
import PortableMath
import Testing
import VehicleFixtures

@testable import VehicleConfiguration

/// A valid file of a calibration; the tests know its lines.
private let file = """
  {
    version: 1,
    made_on: "linux",
    sensors: [
      {
        chip: "mpu6050", bus: "sensors", address: 0x68,
        gyro: { bias_dps: [0.5, -1.25, 2], temperature_c: 31 },
        accelerometer: {
          offset_m_s2: [0.1, -0.2, 0.3],
          matrix: [[1.01, 0, 0], [0, 0.99, 0], [0, 0, 1]],
        },
      },
      {
        chip: "qmc5883l", bus: "sensors", address: 0x0D, multiplexer: 0x70, channel: 3,
        magnetometer: { offset_ut: [10, -20, 30], matrix: [[1.1, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]], field_ut: 48 },
      },
    ],
  }
  """

/// What is wrong with a text, one error a line; empty when nothing is.
private func complaints(_ text: String) -> String {
  do throws(ConfigurationErrors) {
    _ = try SensorCalibration.read(text: text)
    return ""
  } catch {
    return error.errors.map(\.description).joined(separator: "\n")
  }
}

@Suite("The file of a calibration")
struct CalibrationFileTests {
  @Test("it is read in SI units, by chip and place")
  func reading() throws {
    let calibration = try SensorCalibration.read(text: file)
    #expect(calibration.origin == .board)
    let imu = calibration[SensorLocation(chip: "mpu6050", bus: "sensors", address: 0x68)]
    let bias = try #require(imu.gyro?.bias)
    #expect((bias - Vector3(0.5, -1.25, 2) * (.pi / 180)).length < 1e-15)
    #expect(imu.gyro?.record.temperature == 31)
    #expect(imu.accelerometer?.offset == Vector3(0.1, -0.2, 0.3))
    #expect(imu.accelerometer?.gravity == 9.80665)
    let place = SensorLocation(
      chip: "qmc5883l", bus: "sensors", address: 0x0D, channel: BusChannel(multiplexer: 0x70, number: 3))
    let magnetometer = try #require(calibration[place].magnetometer)
    #expect((magnetometer.offset - Vector3(10e-6, -20e-6, 30e-6)).length < 1e-18)
    #expect(magnetometer.matrix.x.y == 0.1)
    #expect(calibration[SensorLocation(chip: "mpu6050", bus: "other", address: 0x68)].parts == [])
    #expect(calibration.text == file)
  }

  @Test("what is written is read again, with all that it records", arguments: 0..<3)
  func roundTrip(_ number: Int) throws {
    let origins: [SensorCalibration.Origin] = [.board, .specimen(7), .seed(12)]
    var calibration = try SensorCalibration.read(text: file)
    calibration.origin = origins[number]
    var gyro = GyroCalibration(bias: Vector3(0.001, -0.002, 1.0 / 300))
    gyro.record.made = "2026-11-28T07:20:00Z"
    gyro.record.command = "ganglion calibrate \"my \\ file\u{7}.json5\""
    (gyro.record.temperature, gyro.record.count, gyro.record.residual) = (31.25, 1500, 1e-5)
    calibration.chips[0].gyro = gyro
    let text = calibration.fileText(vehicle: "a\nvehicle \u{2028} }")
    let again = try SensorCalibration.read(text: text)
    #expect(again.origin == calibration.origin)
    #expect(again.chips.count == 2)
    #expect(again.chips[0].accelerometer == calibration.chips[0].accelerometer)
    let magnetic = try #require(again.chips[1].magnetometer),
      wanted = try #require(calibration.chips[1].magnetometer)
    #expect((magnetic.offset - wanted.offset).length < 1e-18)
    #expect(magnetic.matrix == wanted.matrix)
    #expect(again.chips[1].place == calibration.chips[1].place)
    let read = try #require(again.chips[0].gyro)
    #expect((read.bias - gyro.bias).length < 1e-15)
    #expect(read.record.made == gyro.record.made)
    #expect(read.record.command == "ganglion calibrate \"my \\ file .json5\"")
    #expect(read.record.count == 1500 && read.record.temperature == 31.25)
  }

  static let cases: [(String, String, String)] = [
    ("version: 1", "version: 2", "line 2: version: found 2, expected whole number, 1 to 1"),
    ("made_on: \"linux\",", "", "made_on: missing; expected one of \"linux\", \"simulated\""),
    ("\"linux\"", "\"simulated\"", "expected either specimen or seed beside it"),
    ("\"linux\",", "\"linux\", seed: 1,", "which only simulated chips have"),
    (
      "bias_dps", "bias_dpss",
      "line 7: sensors[0].gyro: unknown key \"bias_dpss\"; did you mean \"bias_dps\"?"
    ),
    (
      "[0.5, -1.25, 2]", "[0.5, -25, 2]",
      "sensors[0].gyro.bias_dps: found -25 for y, expected number, -20 to 20 (°/s)"
    ),
    (
      "[0.5, -1.25, 2]", "[0.5, NaN, 2]",
      "sensors[0].gyro.bias_dps: found a list of 3, expected list of three numbers"
    ),
    (
      "[0.5, -1.25, 2]", "[0.5, 2]",
      "sensors[0].gyro.bias_dps: found a list of 2, expected list of three numbers"
    ),
    (
      "[1.01, 0, 0]", "[1.3, 0, 0]",
      "accelerometer.matrix: found 1.3 in row 1, column 1, expected number, 0.8 to 1.2"
    ),
    ("[1.01, 0, 0]", "[1.01, 0.5, 0]", "found 0.5 in row 1, column 2, expected number, -0.2 to 0.2"),
    (
      "[1.01, 0, 0],", "",
      "accelerometer.matrix: found a list of 2, expected list of three rows of three numbers"
    ),
    ("offset_m_s2: [0.1,", "offset_m_s2: [3,", "found 3 for x, expected number, -2 to 2 (m/s²)"),
    ("[1.1, 0.1, 0], [0.1, 0.9, 0]", "[0.5, 0.9, 0], [0.9, 0.5, 0]", "the matrix is not positive definite"),
    ("field_ut: 48", "field_ut: 90", "magnetometer.field_ut: found 90, expected number, 20 to 70 (µT)"),
    (", channel: 3", "", "multiplexer and channel belong together"),
    ("address: 0x68", "address: 0x168", "sensors[0].address: found 0x168, expected I2C address"),
    (
      "\"qmc5883l\", bus: \"sensors\", address: 0x0D, multiplexer: 0x70, channel: 3",
      "\"x\", bus: \"sensors\", address: 0x68",
      "sensors[1]: is x at 0x68 on the bus \"sensors\", of which sensors[0] is already"
    ),
    ("sensors: [", "sensors: 3, other: [", "sensors: found 3, expected a list of 0 to 64 objects"),
    ("  version: 1,", "", "version: missing"),
    ("{\n", "[\n", "not JSON5"),
  ]

  @Test("what is wrong is said with line, key, what was found and what was expected", arguments: cases)
  func strictness(_ old: String, _ new: String, _ expected: String) {
    #expect(file.contains(old))
    let found = complaints(file.replacingOccurrences(of: old, with: new))
    #expect(found.contains(expected), "\(found)")
  }

  @Test("a hostile file neither traps nor passes with numbers out of bounds", arguments: 0..<200)
  func fuzz(_ seed: UInt64) throws {
    var random = RandomGenerator(seed: seed)
    var bytes = Array(file.utf8)
    let pieces = [
      "1e999", "-", "[", "]", "{", "}", "NaN", "Infinity", "9999999999999999999", "\"", ",", "null", "0x",
      "\\u", "/*",
    ]
    for _ in 0..<(1 + Int(seed % 6)) {
      let at = Int(random.nextUniform(0, Double(bytes.count)))
      switch Int(random.nextUniform(0, 4)) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: random.nextBits())
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(contentsOf: pieces[Int(random.nextUniform(0, 15))].utf8, at: at)
      default: bytes.removeSubrange(at..<min(at + Int(random.nextUniform(1, 60)), bytes.count))
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let read = try? SensorCalibration.read(text: text) else { return }
    for chip in read.chips {
      if let gyro = chip.gyro { #expect(gyro.bias.largest.magnitude <= 0.35) }
      if let found = chip.accelerometer {
        #expect(found.offset.largest.magnitude <= 2)
        #expect(SymmetricEigen(found.matrix).values.x > 0)
      }
      if let found = chip.magnetometer { #expect(found.matrix.inverse != nil && found.offset.isFinite) }
    }
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "calibration-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("a file takes the place of the old one at once, and nothing is left beside it")
  func writing() throws {
    try withFolder { folder in
      let path = folder + "/a.json5"
      #expect(try SensorCalibration.read(path: path) == nil)
      let first = SensorCalibration(origin: .seed(1))
      try first.write(path: path, vehicle: "a")
      let second = try SensorCalibration.read(text: file)
      try second.write(path: path, vehicle: "a")
      #expect(try SensorCalibration.read(path: path)?.chips.count == 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.json5"])
    }
  }

  @Test("a file that cannot be written leaves the old one as it is, and says why")
  func writingFails() throws {
    try withFolder { folder in
      let calibration = try SensorCalibration.read(text: file)
      let error = #expect(throws: CalibrationFileError.self) {
        try calibration.write(path: folder + "/missing/a.json5", vehicle: "a")
      }
      #expect(error?.description.contains("No such file or directory") == true)
      // A folder stands where the file would go: all is written but the last step.
      try FileManager.default.createDirectory(
        atPath: folder + "/b.json5/x", withIntermediateDirectories: true)
      #expect(throws: CalibrationFileError.self) {
        try calibration.write(path: folder + "/b.json5", vehicle: "a")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["b.json5"])
    }
  }
}
