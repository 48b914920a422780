extension Configuration {
  /// The calibration's file as seen from the working directory; `nil` when the configuration names none.
  public var calibrationPath: String? { sensors.calibrationFile.map(resolve) }

  /// Reads the file with the sensors' calibration, if one is named. `command` is what stands behind `ganglion calibrate`
  /// to make it.
  mutating func readCalibration(_ context: ReadingContext, command: String) {
    guard let path = calibrationPath else { return }
    do throws(ConfigurationErrors) {
      guard let calibration = try SensorCalibration.read(path: path) else {
        context.complain(
          Self.calibrationKey, "there is no file \(path): `ganglion calibrate \(command)` makes it")
        return
      }
      take(calibration, from: path, context)
    } catch {
      for each in error.description.split(separator: "\n") {
        context.complain(Self.calibrationKey, String(each))
      }
    }
  }

  /// Takes over the calibration that a log carries: what was applied when it was written.
  mutating func takeCalibration(_ text: String, _ context: ReadingContext) {
    do throws(ConfigurationErrors) {
      let calibration = try SensorCalibration.read(text: text)
      for complaint in strangers(in: calibration) { context.complain(Self.calibrationKey, complaint) }
      self.calibration = calibration
    } catch {
      for each in error.errors {
        context.complain(Self.calibrationKey, "the calibration in the log: \(each)")
      }
    }
  }

  private static let calibrationKey = "sensors.calibration"

  private mutating func take(
    _ calibration: SensorCalibration, from path: String, _ context: ReadingContext
  ) {
    for complaint in strangers(in: calibration) {
      context.complain(Self.calibrationKey, "\(path): \(complaint)")
    }
    let specimen = simulation.sensorErrors?.specimen
    switch (calibration.origin, backend) {
    case (.board, .linux): self.calibration = calibration
    case (.board, .simulated):
      // The simulated chips are others, with other errors: what is right for the board would be wrong for them.
      calibrationNote =
        "\(path) was made on the board's own chips: the simulated ones, which have other errors, fly without it"
    case (.specimen, .linux), (.seed, .linux):
      context.complain(
        Self.calibrationKey,
        "\(path) was made on simulated chips, and would put their errors onto the board's: calibrate the board with "
          + "`ganglion calibrate CONFIG --backend linux`")
    case (.specimen(let made), .simulated):
      guard let specimen, specimen == made else {
        context.complain(
          Self.calibrationKey,
          "\(path) was made on the simulated chips of specimen \(made), but simulation.sensor_errors "
            + (specimen.map { "has specimen \($0)" } ?? "is missing") + ": calibrate anew")
        return
      }
      self.calibration = calibration
    case (.seed(let made), .simulated):
      guard specimen == nil else {
        context.complain(
          Self.calibrationKey,
          "\(path) was made on the simulated chips of seed \(made), but simulation.sensor_errors makes others: "
            + "calibrate anew")
        return
      }
      self.calibration = calibration
    }
  }

  /// What `calibration` says of chips that the vehicle does not have.
  private func strangers(in calibration: SensorCalibration) -> [String] {
    calibration.chips.enumerated().compactMap { index, chip in
      let key = "sensors[\(index)]"
      guard let here = calibratedSensors.first(where: { $0.location.isWhere(chip.place) }) else {
        return "\(key) is \(chip.place.text), where the configuration has no sensor that can be calibrated: "
          + "correct the place, take it out, or calibrate anew"
      }
      guard here.location.chip == chip.place.chip else {
        return
          "\(key) is of the \(chip.place.text), where \(here.path) is the \(here.location.chip): another chip has "
          + "other errors, calibrate anew"
      }
      let isMagnetometer = here.path.hasSuffix("magnetometer")
      if isMagnetometer, chip.gyro != nil || chip.accelerometer != nil {
        return "\(key) calibrates a gyroscope or an accelerometer, but \(here.path) is a magnetometer"
      }
      if !isMagnetometer, chip.magnetometer != nil {
        return "\(key) calibrates a magnetometer, but \(here.path) has none"
      }
      return nil
    }
  }
}
