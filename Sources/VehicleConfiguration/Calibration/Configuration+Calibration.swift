extension Configuration {
  /// The calibration's file as seen from the working directory; `nil` when the configuration names none.
  public var calibrationPath: String? { sensors.calibrationFile.map(resolve) }

  /// Reads the file with the sensors' calibration, if one is named. `command` is what stands behind `ganglion calibrate`
  /// to make it.
  mutating func readCalibration(_ context: ReadingContext, command: String) {
    guard let path = calibrationPath else { return }
    let reader = calibrationReader(context)
    guard let read = reader.read(path: path, command: command) else { return }
    reader.complain(aboutStrangersIn: read.held, among: calibratedSensors, file: path)
    (calibration, calibrationNote) = (read.used, read.note)
  }

  /// Takes over the calibration that a log carries: what was applied when it was written.
  mutating func takeCalibration(_ text: String, _ context: ReadingContext) {
    let reader = calibrationReader(context)
    guard let read = reader.read(logged: text) else { return }
    reader.complain(aboutStrangersIn: read, among: calibratedSensors, file: nil)
    calibration = read
  }

  private func calibrationReader(_ context: ReadingContext) -> CalibrationReader {
    CalibrationReader(
      key: "sensors.calibration", backend: backend, specimen: simulation.sensorErrors?.specimen,
      context: context)
  }
}

extension Configuration {
  /// The vehicle as it is calibrated: its sensors alone, as the chips give them, in their own axes; no line, no motor.
  public var forCalibration: Configuration {
    var bare = self
    bare.calibration = nil
    bare.sensors.imu.mounting = .aligned
    bare.sensors.magnetometer?.mounting = .aligned
    bare.lines.enable = nil
    bare.lines.killSwitch = nil
    bare.lines.status = nil
    bare.actuators.driver.chip = .pca9685
    bare.actuators.driver.bus = nil
    bare.actuators.motors = []
    return bare
  }
}
