import PortableMath
import VehicleConfiguration

/// What can be calibrated.
package enum CalibratedPart: String, CaseIterable {
  case gyro, accelerometer, magnetometer
}

/// A calibration of some sensors of a vehicle, and the file that it goes to.
package struct CalibrationJob {
  /// The vehicle.
  package let configuration: Configuration
  /// Where the file is.
  package let path: String
  /// Whether the file may be replaced that is there, and what never is.
  package var replacing = false
  package var inputs: [String] = []
  /// Poses of the accelerometer, and gravity in m/s².
  package var poses = 6
  package var gravity = StandardAtmosphere.gravity
  /// The command, for the file, and the time of day.
  let command, made: String
  /// What the file held of other sensors, with what was found.
  package private(set) var calibration: SensorCalibration
  /// What is worth knowing of the file that was there.
  package private(set) var notes: [String] = []

  /// A job whose file is at `path`, and whose chips are where `origin` says. What the file holds of other sensors stays.
  package init(
    _ configuration: Configuration, origin: SensorCalibration.Origin, path: String, command: String,
    made: String
  ) throws(VehicleError) {
    (self.configuration, self.path, self.command, self.made) = (configuration, path, command, made)
    calibration = SensorCalibration(origin: origin)
    let old: SensorCalibration?
    do throws(ConfigurationErrors) {
      old = try SensorCalibration.read(path: path)
    } catch {
      throw VehicleError(
        "the file of the calibration cannot be read, and so not be kept up; mend it, remove it, or name another with "
          + "--output:\n\(error)")
    }
    guard let old else { return }
    guard old.origin == origin else {
      guard old.origin != .board else {
        throw VehicleError(
          "\(path) holds the calibration of the board, which one made in simulation would replace; name another file "
            + "with --output, or calibrate the board with --backend linux")
      }
      notes.append("\(path) was made on other chips, and is replaced")
      return
    }
    let known = configuration.calibratedSensors.map(\.location)
    for chip in old.chips {
      if known.contains(chip.place) {
        calibration.chips.append(chip)
      } else {
        notes.append("left out: \(chip.place.text), which the configuration no longer has")
      }
    }
  }

  /// Calibrates a part on readings from `source`, and writes the file.
  package mutating func calibrate(
    _ part: CalibratedPart, _ source: any CalibrationSource, listener: RunListener = .none
  ) throws {
    let session = CalibrationSession(source: source, listener: listener)
    let imu = configuration.sensors.imu
    switch part {
    case .gyro:
      var found = try session.run(GyroProcedure()) { $0.inertial.sequence }
      stamp(&found.record)
      calibration[imu.location].gyro = found
    case .accelerometer:
      var found = try session.run(
        SixSideProcedure(mounting: imu.mounting, poses: poses, gravity: gravity)
      ) { $0.inertial.sequence }
      stamp(&found.record)
      calibration[imu.location].accelerometer = found
    case .magnetometer:
      guard let magnetometer = configuration.sensors.magnetometer else {
        throw VehicleError("the configuration has no magnetometer: sensors.magnetometer is missing")
      }
      var found = try session.run(FieldProcedure(mounting: magnetometer.mounting ?? imu.mounting)) {
        $0.magnetic.sequence
      }
      stamp(&found.record)
      calibration[magnetometer.location].magnetometer = found
    }
    // What cannot be read again must not take the place of what can.
    do throws(ConfigurationErrors) {
      _ = try SensorCalibration.read(text: calibration.fileText(vehicle: configuration.name))
    } catch {
      throw VehicleError("what was found is no valid calibration, and \(path) stays as it was:\n\(error)")
    }
    do throws(CalibrationFileError) {
      try calibration.write(
        path: path, vehicle: configuration.name, replacing: replacing, inputs: inputs)
      // From now on it is this command's own.
      replacing = true
    } catch {
      throw VehicleError("\(error)")
    }
  }

  private func stamp(_ record: inout CalibrationRecord) {
    (record.made, record.command) = (made, command)
  }
}
