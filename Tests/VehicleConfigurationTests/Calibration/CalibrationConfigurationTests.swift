import CAllocationCounter
import Foundation
import HardwareInterfaces
import PortableMath
import SimulatedHardware
import Testing
import VehicleFixtures

@testable import Sampling
@testable import VehicleConfiguration
@testable import VehicleRuntime

@Suite("A configuration with a calibration")
struct CalibrationConfigurationTests {
  private let imu = SensorLocation(chip: "mpu6050", bus: "sensors", address: 0x68)
  private let compass = SensorLocation(chip: "qmc5883l", bus: "sensors", address: 0x0D)

  /// The valid configuration with a calibration's file, a magnetometer, and what `changes` say.
  private func text(_ changes: [(String, String)] = []) throws -> String {
    var text = try quadrotorText()
    for (old, new) in [
      (
        "sensors: {\n",
        "sensors: { calibration: \"c.json5\", magnetometer: { chip: \"qmc5883l\", bus: \"sensors\", rate_hz: 50 },\n"
      ),
      ("controller: \"network\"", "controller: \"classical\""),
    ] + changes {
      try #require(text.contains(old))
      text = text.replacing(old, with: new, maxReplacements: 1)
    }
    return text
  }

  private var calibration: SensorCalibration {
    var calibration = SensorCalibration(origin: .board)
    calibration[imu].gyro = GyroCalibration(bias: Vector3(0.01, 0.02, 0.03))
    return calibration
  }

  /// Loads the configuration from a folder with that calibration in it.
  private func load(
    _ calibration: SensorCalibration?, _ changes: [(String, String)] = [], backend: Backend? = nil
  ) throws -> Configuration {
    let folder = NSTemporaryDirectory() + "calibration-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try calibration?.write(path: folder + "/c.json5", vehicle: "test")
    try Data(text(changes).utf8).write(to: URL(filePath: folder + "/v.json5"))
    return try Configuration.load(
      path: folder + "/v.json5", overrides: ConfigurationOverrides(backend: backend))
  }

  private func complaint(
    _ calibration: SensorCalibration?, _ changes: [(String, String)] = [], backend: Backend? = nil
  ) throws -> String {
    do {
      _ = try load(calibration, changes, backend: backend)
      return ""
    } catch let error as ConfigurationErrors {
      return error.description
    }
  }

  @Test("the board's calibration is taken on the board, and left alone in simulation")
  func backends() throws {
    #expect(try load(calibration, backend: .linux).calibration?[imu].parts == ["gyro"])
    let simulated = try load(calibration)
    #expect(simulated.calibration == nil)
    #expect(simulated.calibrationNote?.contains("the board's own chips") == true)
  }

  @Test("a calibration of simulated chips never reaches a board")
  func simulatedOnBoard() throws {
    for origin in [SensorCalibration.Origin.seed(1), .specimen(1)] {
      var made = calibration
      made.origin = origin
      let complaint = try complaint(made, backend: .linux)
      #expect(complaint.contains("sensors.calibration"))
      #expect(complaint.contains("ganglion calibrate CONFIG --backend linux"))
    }
  }

  @Test("a calibration of simulated chips fits the specimen or the seed that it was made on")
  func specimens() throws {
    let errors = [("duration_s: 20", "sensor_errors: { specimen: 4 }, duration_s: 20")]
    var made = calibration
    made.origin = .specimen(4)
    #expect(try load(made, errors).calibration != nil)
    #expect(try complaint(made).contains("simulation.sensor_errors is missing"))
    made.origin = .specimen(5)
    #expect(
      try complaint(made, errors).contains("of specimen 5, but simulation.sensor_errors has specimen 4"))
    made.origin = .seed(1)
    #expect(try load(made).calibration != nil)
    #expect(try complaint(made, errors).contains("simulation.sensor_errors makes others"))
  }

  @Test("a file that is missing is an error that names the command which makes it")
  func missing() throws {
    let complaint = try complaint(nil)
    #expect(complaint.contains("v.json5:"))
    #expect(complaint.contains("sensors.calibration: there is no file"))
    #expect(complaint.contains("c.json5: `ganglion calibrate "))
    #expect(complaint.contains("v.json5` makes it"))
  }

  @Test("a calibration of another chip, of another place or of another kind of sensor is refused")
  func otherChips() throws {
    var other = calibration
    other.chips[0].place.chip = "icm42688p"
    #expect(
      try complaint(other, backend: .linux).contains(
        "sensors[0] is of the icm42688p at 0x68 on the bus \"sensors\", where sensors.imu is the mpu6050: another chip"
      ))
    other.chips[0].place = SensorLocation(chip: "mpu6050", bus: "sensors", address: 0x69)
    #expect(
      try complaint(other, backend: .linux).contains(
        "where the configuration has no sensor that can be calibrated"))
    other.chips[0].place = compass
    #expect(try complaint(other, backend: .linux).contains("but sensors.magnetometer is a magnetometer"))
    other = SensorCalibration(origin: .board)
    other[imu].magnetometer = MagnetometerCalibration(offset: .zero, matrix: .identity, field: 48e-6)
    #expect(
      try complaint(other, backend: .linux).contains("calibrates a magnetometer, but sensors.imu has none"))
  }

  @Test("what is wrong inside the file is said with the file's own line, beside the configuration's errors")
  func errorsInFile() throws {
    var wrong = calibration
    wrong.chips[0].gyro?.bias.y = 3
    let complaint = try complaint(wrong, backend: .linux)
    #expect(complaint.contains("c.json5:"))
    #expect(complaint.contains("sensors[0].gyro.bias_dps: found"))
  }

  @Test("a text from a log takes its calibration from the log")
  func fromLog() throws {
    let made = calibration.fileText(vehicle: "test")
    let configuration = try Configuration.load(text: text(), directory: nil, calibration: made)
    #expect(configuration.calibration?[imu].gyro != nil)
    #expect(configuration.calibration?.text == made)
    #expect(try Configuration.load(text: text(), directory: nil).calibration == nil)
    let error = #expect(throws: ConfigurationErrors.self) {
      try Configuration.load(text: text(), directory: nil, calibration: "{}")
    }
    #expect(error?.description.contains("the calibration in the log") == true)
  }

  // MARK: - Sampling

  /// The configuration with chips that have errors, and the calibration that undoes them.
  private func calibrated(_ board: SimulatedBoard, _ chips: (SimulatedMPU6050, SimulatedQMC5883L)) throws
    -> Configuration
  {
    var configuration = try Configuration.load(
      text: text([
        ("forward: \"+x\", right: \"+y\", down: \"+z\"", "forward: \"-y\", right: \"+x\", down: \"+z\"")
      ]),
      directory: nil)
    var made = SensorCalibration(origin: .specimen(3))
    let (inertial, magnetic) = (chips.0.errors, chips.1.errors)
    made[imu].gyro = GyroCalibration(bias: inertial.gyroBias)
    made[imu].accelerometer = AccelerometerCalibration(
      offset: inertial.accelerometerOffset, matrix: inertial.accelerometerGain?.inverse ?? .identity)
    made[compass].magnetometer = MagnetometerCalibration(
      offset: magnetic.offset, matrix: magnetic.gain?.inverse ?? .identity, field: 49e-6)
    configuration.calibration = made
    return configuration
  }

  /// A board whose chips have large errors and hardly any noise.
  private func faultyBoard() throws -> (SimulatedBoard, (SimulatedMPU6050, SimulatedQMC5883L)) {
    var errors = SpecimenErrors(specimen: 3)
    (errors.gyroBias, errors.accelerometerOffset, errors.accelerometerScale) = (0.05, 0.3, 0.03)
    (errors.accelerometerCross, errors.hardIron, errors.softIron) = (0.01, 20e-6, 0.08)
    let board = SimulatedBoard(seed: 1, noiseScale: 0.01, specimen: errors)
    let mounting = SimulatedHardware.Mounting(forward: .minusY, right: .plusX, down: .plusZ)
    let imu = try board.attach(SimulatedMPU6050(mounting: mounting), name: "imu", address: 0x68)
    let compass = try board.attach(SimulatedQMC5883L(mounting: mounting), name: "magnetometer", address: 0x0D)
    return (board, (imu, compass))
  }

  @Test("sampling takes the sensors' errors off before the mounting, to what the converters resolve")
  func sampling() throws {
    let (board, chips) = try faultyBoard()
    let configuration = try calibrated(board, chips)
    board.physics.specificForce = Vector3(3, -2, -9)
    board.physics.angularRate = Vector3(0.3, -0.2, 0.1)
    let table = try configuration.deviceTable()
    let worker = try BusWorker(
      bus: board.bus(), VehicleTables(configuration), name: "sensors", table: table, start: .zero)
    while board.now < MonotonicTime(nanoseconds: 1_000_000_000) {
      board.advance(to: worker.due)
      worker.runNext(now: worker.due)
    }
    let readings = CalibrationPlaces(configuration, table).readings(worker.frame)
    let sample = readings.inertial.sample
    #expect(readings.inertial.sequence > 100 && readings.magnetic.sequence > 10)
    #expect(abs(sample.accelerationX - 3) < 0.01)
    #expect(abs(sample.accelerationY + 2) < 0.01)
    #expect(abs(sample.accelerationZ + 9) < 0.01)
    #expect(
      abs(sample.rateX - 0.3) < 0.002 && abs(sample.rateY + 0.2) < 0.002 && abs(sample.rateZ - 0.1) < 0.002)
    let field = readings.magnetic.sample
    #expect(
      abs(field.fieldX - 20e-6) < 0.1e-6 && abs(field.fieldY) < 0.1e-6 && abs(field.fieldZ - 45e-6) < 0.1e-6)
  }

  @Test("sampling with a calibration takes no heap block")
  func noHeap() throws {
    let (board, chips) = try faultyBoard()
    let configuration = try calibrated(board, chips)
    let adjust = configuration.sensors.imu.adjustment(configuration.calibration)
    let section = try #require(configuration.sensors.magnetometer)
    let adjustField = section.adjustment(
      configuration.calibration, mounting: configuration.sensors.imu.mounting)
    var sample = InertialSample(acceleration: (0.1, 0.2, -9.8), rate: (0.1, 0, 0), temperature: 20)
    var field = MagneticSample(field: (20e-6, 0, 45e-6))
    for isFirst in [true, false] {
      let before = allocation_count()
      for _ in 0..<100 {
        sample = adjust(sample)
        field = adjustField(field)
      }
      if !isFirst { #expect(allocation_count() == before) }
    }
    #expect(sample.accelerationX != 0.1)
  }

  @Test("without a calibration a reading keeps its bits, and with one what is no number stays none")
  func bits() throws {
    var configuration = try Configuration.load(text: text(), directory: nil)
    let sample = InertialSample(
      acceleration: (-0.0, .leastNonzeroMagnitude, -9.8), rate: (0.1, -0.0, .infinity), temperature: 20)
    let plain = configuration.sensors.imu.adjustment(configuration.calibration)(sample)
    #expect(plain.accelerationX.bitPattern == sample.accelerationX.bitPattern)
    #expect(plain.accelerationY.bitPattern == sample.accelerationY.bitPattern)
    #expect(plain.rateY.bitPattern == sample.rateY.bitPattern)
    var made = SensorCalibration(origin: .board)
    made[imu].accelerometer = AccelerometerCalibration(offset: .zero, matrix: .identity)
    made[imu].gyro = GyroCalibration(bias: .zero)
    configuration.calibration = made
    let adjusted = configuration.sensors.imu.adjustment(configuration.calibration)(sample)
    #expect(adjusted.rateZ == .infinity)
    #expect(adjusted.accelerationZ == -9.8)
  }

  @Test("a vehicle is calibrated with its sensors alone: no line, no motor, no correction")
  func forCalibration() throws {
    let bare = try load(calibration, backend: .linux).forCalibration
    #expect(bare.calibration == nil)
    #expect(bare.lines.enable == nil && bare.lines.killSwitch == nil && bare.lines.status == nil)
    #expect(bare.actuators.driver.bus == nil && bare.actuators.motors.isEmpty)
    #expect(bare.busLoads[0].shares.allSatisfy { $0.path.hasPrefix("sensors.") })
    #expect(bare.sensors.imu.mounting == .aligned && bare.sensors.magnetometer?.mounting == .aligned)
  }

  @Test(
    "mounting and back is the same vector",
    arguments: [
      SensorMounting(forward: .plusX, right: .plusY, down: .plusZ),
      SensorMounting(forward: .minusY, right: .plusX, down: .plusZ),
      SensorMounting(forward: .plusZ, right: .minusY, down: .plusX),
    ])
  func mounting(_ mounting: SensorMounting) {
    let v = Vector3(1, 2, 3)
    #expect(mounting.sensor(mounting.body(v)) == v)
    let sample = InertialSample(acceleration: (1, 2, 3), rate: (0, 0, 0), temperature: 0)
    let body = mounting.body(sample)
    #expect(
      mounting.body(v)
        == Vector3(Double(body.accelerationX), Double(body.accelerationY), Double(body.accelerationZ)))
  }
}
