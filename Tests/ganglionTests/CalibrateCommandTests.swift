import FlightLog
import Foundation
import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("The command that calibrates")
struct CalibrateCommandTests {
  /// The shipped vehicle with a magnetometer, a file for its calibration, and what `changes` say, in a folder of its own.
  private func withVehicle(
    _ changes: [(String, String)] = [], _ body: (_ configuration: String, _ folder: String) throws -> Void
  ) throws {
    try withFolder { folder in
      var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
      for (old, new) in [
        (
          "sensors: {\n",
          "sensors: {\n calibration: \"c.json5\", magnetometer: { chip: \"lis3mdl\", bus: \"sensors\", address: 0x1C, rate_hz: 50 },\n"
        ),
        ("sensor_noise: [1.5, 2.5],", "sensor_noise: [1, 1], sensor_errors: { gyro_bias_dps: 2 },"),
        ("controller: \"network\"", "controller: \"classical\""), ("duration_s: 20", "duration_s: 8"),
        ("until_s: 20.0", "until_s: 8.0"),
        ("mounting: { forward: \"+x\", right: \"+y\"", "mounting: { forward: \"-y\", right: \"+x\""),
      ] + changes {
        try #require(text.contains(old), "\(old)")
        text = text.replacing(old, with: new, maxReplacements: 1)
      }
      try Data(text.utf8).write(to: URL(filePath: folder + "/v.json5"))
      try body(folder + "/v.json5", folder)
    }
  }

  private func made(_ folder: String) throws -> SensorCalibration {
    try #require(try SensorCalibration.read(path: folder + "/c.json5"))
  }

  /// What the simulated chips of a configuration really have.
  private func truth(_ configuration: String) throws -> (inertial: InertialErrors, magnetic: MagneticErrors) {
    var overrides = ConfigurationOverrides()
    overrides.ignoresCalibration = true
    let vehicle = try SimulatedVehicle(
      VehicleTables.load(path: configuration, overrides: overrides), seed: 1)
    let imu = try #require(vehicle.board.chip(named: "imu") as? SimulatedInertialChip)
    let compass = try #require(vehicle.board.chip(named: "magnetometer") as? SimulatedMagneticChip)
    return (imu.errors, compass.errors)
  }

  @Test("It finds the errors of simulated chips, and keeps in the file what it does not find anew")
  func recovery() throws {
    try withVehicle { configuration, folder in
      #expect(calibrateCommand([configuration]) == .success)
      var calibration = try made(folder)
      #expect(calibration.chips.map(\.parts) == [["gyro"]])
      #expect(
        calibrateCommand([configuration, "accelerometer", "magnetometer", "--poses", "20"]) == .wrongUse)
      #expect(try made(folder) == calibration)
      #expect(
        calibrateCommand([configuration, "accelerometer", "magnetometer", "--poses", "20", "--replace"])
          == .success)
      calibration = try made(folder)
      #expect(calibration.chips.map(\.parts) == [["gyro", "accelerometer"], ["magnetometer"]])
      #expect(calibration.origin == .specimen(1))

      let truth = try truth(configuration)
      let gyro = try #require(calibration.chips[0].gyro)
      // 0.03 °/s, half a count of the converter.
      #expect((gyro.bias - truth.inertial.gyroBias).length < 5e-4)
      #expect(truth.inertial.gyroBias.length > 0.02)
      let accelerometer = try #require(calibration.chips[0].accelerometer)
      let gain = try #require(truth.inertial.accelerometerGain?.inverse)
      #expect((accelerometer.offset - truth.inertial.accelerometerOffset).length < 0.01)
      #expect(distance(accelerometer.matrix, gain) < 0.002)
      #expect(accelerometer.record.count == 20)
      let magnetometer = try #require(calibration.chips[1].magnetometer)
      let iron = try #require(truth.magnetic.gain?.inverse)
      #expect((magnetometer.offset - truth.magnetic.offset).length < 0.5e-6)
      #expect(distance(magnetometer.matrix, iron * power(iron.determinant, -1.0 / 3)) < 0.01)
      #expect(magnetometer.record.command?.hasPrefix("ganglion calibrate ") == true)
      #expect(magnetometer.record.made?.hasPrefix("20") == true)
    }
  }

  private func distance(_ a: Matrix3, _ b: Matrix3) -> Double {
    [a.x - b.x, a.y - b.y, a.z - b.z].map(\.largest.magnitude).max() ?? 0
  }

  @Test("A vehicle flies with what was found, its log carries it, and replays with nothing else")
  func flightAndReplay() throws {
    try withVehicle { configuration, folder in
      #expect(calibrateCommand([configuration, "gyro", "accelerometer"]) == .success)
      #expect(CheckCommand.run([configuration]) == .success)
      let path = folder + "/flight.mcap"
      let loaded = try LoadedVehicle(path: configuration, overrides: ConfigurationOverrides())
      let report = try fly(Flight(loaded, seed: 7, fault: nil, logPath: path), showsProgress: false)
      #expect(report.isHeld)
      try FileManager.default.removeItem(atPath: folder + "/c.json5")
      let reader = try FlightLogReader(path: path)
      #expect(reader.content.calibration == loaded.calibrationBytes && !reader.content.calibration.isEmpty)
      #expect(reader.metadata.calibrationDigest.count == 64)
      var replay = try Replay(path: path)
      let outcome = try replay.run()
      #expect(outcome.isIdentical, "\(outcome.text)")

      // What stood before the first motion, as the estimator saw it: gravity, and no turn.
      var cursor = reader.ticks()
      for _ in 0..<200 { _ = try cursor.next() }
      let truth = try truth(configuration)
      #expect(truth.inertial.accelerometerOffset.length > 0.1)
      #expect(abs((cursor.view["imu.acceleration_z"] ?? 0) + 9.80665) < 0.1)
      #expect(abs(cursor.view["imu.rate_x"] ?? 1) < 0.02)
    }
  }

  @Test("A log of a vehicle that stood still is as good as the vehicle, flown with a calibration or without")
  func fromLog() throws {
    // Never armed.
    try withVehicle([("at_s: 1.0, arm: true", "at_s: 1.0, arm: false")]) { configuration, folder in
      #expect(calibrateCommand([configuration, "gyro", "accelerometer"]) == .success)
      let path = folder + "/rest.mcap"
      let loaded = try LoadedVehicle(path: configuration, overrides: ConfigurationOverrides())
      _ = try fly(Flight(loaded, seed: 1, fault: nil, logPath: path), showsProgress: false)
      let other = folder + "/other.json5"
      #expect(calibrateCommand([configuration, "--log", path, "--output", other]) == .success)
      let bias = try #require(try SensorCalibration.read(path: other)?.chips.first?.gyro?.bias)
      #expect((bias - (try truth(configuration)).inertial.gyroBias).length < 1e-3)
      // One side only.
      #expect(
        calibrateCommand([configuration, "accelerometer", "--log", path, "--output", other, "--replace"])
          == .resultSaysNo)
      #expect(calibrateCommand([configuration, "magnetometer", "--log", path]) == .wrongUse)
      // What is read is never replaced.
      for input in [path, configuration] {
        let before = try Data(contentsOf: URL(filePath: input))
        #expect(
          calibrateCommand([configuration, "--log", path, "--output", input, "--replace"]) == .wrongUse)
        #expect(try Data(contentsOf: URL(filePath: input)) == before)
      }
    }
  }

  @Test("A calibration of one seed's chips is refused by a flight of another seed")
  func otherSeed() throws {
    try withVehicle([("sensor_errors: { gyro_bias_dps: 2 },", "")]) { configuration, folder in
      #expect(calibrateCommand([configuration, "--seed", "3"]) == .success)
      #expect(try made(folder).origin == .seed(3))
      let loaded = try LoadedVehicle(path: configuration, overrides: ConfigurationOverrides())
      _ = try SimulatedVehicle(loaded.tables, seed: 3)
      let error = #expect(throws: VehicleError.self) {
        try SimulatedVehicle(loaded.tables, seed: 4)
      }
      #expect(error?.description.contains("sensor_errors: {}") == true)
    }
  }

  @Test("Wrong use is told apart, and nothing is written")
  func wrongUse() throws {
    try withVehicle { configuration, folder in
      #expect(calibrateCommand([]) == .wrongUse)
      #expect(calibrateCommand([configuration, "barometer"]) == .wrongUse)
      #expect(calibrateCommand([configuration, "--poses", "12"]) == .wrongUse)
      #expect(calibrateCommand([configuration, "accelerometer", "--poses", "5"]) == .wrongUse)
      #expect(calibrateCommand([configuration, "accelerometer", "--gravity", "1.6"]) == .wrongUse)
      #expect(calibrateCommand([configuration, "--backend", "windows"]) == .wrongUse)
      #expect(calibrateCommand([configuration, "--backend", "linux", "--seed", "1"]) == .wrongUse)
      #expect(calibrateCommand([shippedConfiguration]) == .wrongUse)
      #expect(
        calibrateCommand([shippedConfiguration, "magnetometer", "--output", folder + "/c.json5"]) == .wrongUse
      )
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["v.json5"])
    }
  }

  @Test("A file that is broken, or that holds the board's calibration, is not overwritten in simulation")
  func keepsFile() throws {
    try withVehicle { configuration, folder in
      let path = folder + "/c.json5"
      try Data("{ version: 1, sensors: oops".utf8).write(to: URL(filePath: path))
      #expect(calibrateCommand([configuration, "--replace"]) == .wrongUse)
      #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("oops"))
      try SensorCalibration(origin: .board).write(path: path, vehicle: "v")
      #expect(calibrateCommand([configuration, "--replace"]) == .wrongUse)
      #expect(try made(folder).origin == .board)
      // Made on other simulated chips, it is replaced.
      try SensorCalibration(origin: .seed(9)).write(path: path, vehicle: "v")
      #expect(calibrateCommand([configuration]) == .wrongUse)
      #expect(try made(folder).origin == .seed(9))
      #expect(calibrateCommand([configuration, "--replace"]) == .success)
      #expect(try made(folder).origin == .specimen(1))
    }
  }

  /// A job on the chips of a configuration in the hands of somebody who handles them so.
  private func job(
    _ configuration: String, _ folder: String, _ part: CalibratedPart, _ handling: Handling,
    fault: String? = nil
  ) throws {
    var overrides = ConfigurationOverrides()
    overrides.ignoresCalibration = true
    let loaded = try Configuration.load(path: configuration, overrides: overrides)
    var job = try CalibrationJob(
      loaded, origin: .specimen(1), path: folder + "/c.json5", command: "a test", made: "now")
    let source = try SimulatedSource(loaded, seed: 1, handling: handling)
    if let fault { try source.board.inject(FaultInjection(parsing: fault, targets: source.board.chipNames)) }
    try job.calibrate(part, source)
  }

  @Test("It is refused while the board moves, and the file stays as it was")
  func moving() throws {
    try withVehicle { configuration, folder in
      var handling = Handling()
      for step in 0..<40 { handling.turn(Vector3(0, step % 2 == 0 ? 0.5 : -0.5, 0), seconds: 0.3) }
      let error = #expect(throws: CalibrationRefusal.self) { try job(configuration, folder, .gyro, handling) }
      #expect(error?.reason == .moving)
      #expect(error?.text.contains("rate about the sensor's x") == true, "\(String(describing: error))")
      #expect(!FileManager.default.fileExists(atPath: folder + "/c.json5"))
    }
  }

  @Test("Missing sides and a board that was turned on the table only are refused")
  func incomplete() throws {
    try withVehicle { configuration, folder in
      var poses = Handling()
      for pitch in [0, Double.pi / 2, -Double.pi / 2, Double.pi] {
        poses.move(to: Quaternion(roll: 0, pitch: pitch, yaw: 0), seconds: 1)
        poses.rest(seconds: 4)
      }
      let sides = #expect(throws: CalibrationRefusal.self) {
        try job(configuration, folder, .accelerometer, poses)
      }
      #expect(
        sides?.text.contains("on its left side, on its right side") == true, "\(String(describing: sides))")
      var turned = Handling()
      turned.turn(Vector3(0, 0, 1), seconds: 40)
      let flat = #expect(throws: CalibrationRefusal.self) {
        try job(configuration, folder, .magnetometer, turned)
      }
      #expect(flat?.reason == .incomplete, "\(String(describing: flat))")
    }
  }

  @Test("A sensor that is missing is named with what helps")
  func missingSensor() throws {
    try withVehicle { configuration, folder in
      let error = #expect(throws: CalibrationRefusal.self) {
        try job(configuration, folder, .gyro, .still, fault: "imu:off@0s")
      }
      #expect(error?.reason == .noReadings)
      #expect(
        error?.remedy.contains("sensors.imu: nothing answers at 0x68") == true, "\(String(describing: error))"
      )
    }
  }
}
