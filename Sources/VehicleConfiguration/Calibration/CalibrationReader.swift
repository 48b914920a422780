/// Reads the calibration that a configuration of any format names, and says whether it is used.
struct CalibrationReader {
  /// The key in the configuration that names its file.
  let key: String
  /// What the drivers talk to.
  let backend: Backend
  /// The simulated chips' specimen; `nil` when each seed draws its own.
  let specimen: UInt64?
  let context: ReadingContext

  /// What came of a file.
  struct Read {
    /// What it holds.
    var held: SensorCalibration
    /// The same where it is right for the backend's chips, else `nil`.
    var used: SensorCalibration?
    /// Why it is not used, though nothing is wrong with it.
    var note: String?
  }

  /// Reads a file; `nil` after an error was noted. `command` is what stands behind `ganglion calibrate` to make it.
  func read(path: String, command: String) -> Read? {
    do throws(ConfigurationErrors) {
      guard let calibration = try SensorCalibration.read(path: path) else {
        context.complain(key, "there is no file \(path): `ganglion calibrate \(command)` makes it")
        return nil
      }
      return judged(calibration, from: path)
    } catch {
      for each in error.description.split(separator: "\n") { context.complain(key, String(each)) }
      return nil
    }
  }

  /// Reads what a log carries; `nil` after an error was noted.
  func read(logged text: String) -> SensorCalibration? {
    do throws(ConfigurationErrors) { return try SensorCalibration.read(text: text) } catch {
      for each in error.errors { context.complain(key, "the calibration in the log: \(each)") }
      return nil
    }
  }

  private func judged(_ calibration: SensorCalibration, from path: String) -> Read {
    var read = Read(held: calibration)
    switch (calibration.origin, backend) {
    case (.board, .linux): read.used = calibration
    case (.board, .simulated):
      // The simulated chips are others, with other errors: what is right for the board would be wrong for them.
      read.note =
        "\(path) was made on the board's own chips: the simulated ones, which have other errors, fly without it"
    case (.specimen, .linux), (.seed, .linux):
      context.complain(
        key,
        "\(path) was made on simulated chips, and would put their errors onto the board's: calibrate the board with "
          + "`ganglion calibrate CONFIG --backend linux`")
    case (.specimen(let made), .simulated):
      if let specimen, specimen == made {
        read.used = calibration
      } else {
        context.complain(
          key,
          "\(path) was made on the simulated chips of specimen \(made), but simulation.sensor_errors "
            + (specimen.map { "has specimen \($0)" } ?? "is missing") + ": calibrate anew")
      }
    case (.seed(let made), .simulated):
      if specimen == nil {
        read.used = calibration
      } else {
        context.complain(
          key,
          "\(path) was made on the simulated chips of seed \(made), but simulation.sensor_errors makes others: "
            + "calibrate anew")
      }
    }
    return read
  }

  /// Complains about what `calibration` says of chips that the vehicle, with these `sensors` that can be calibrated, does not have.
  func complain(
    aboutStrangersIn calibration: SensorCalibration, among sensors: [CalibratedSensor], file: String?
  ) {
    for (index, chip) in calibration.chips.enumerated() {
      guard let complaint = stranger(chip, "sensors[\(index)]", among: sensors) else { continue }
      context.complain(key, (file.map { "\($0): " } ?? "") + complaint)
    }
  }

  private func stranger(_ chip: ChipCalibration, _ key: String, among sensors: [CalibratedSensor]) -> String?
  {
    guard let here = sensors.first(where: { $0.location.isWhere(chip.place) }) else {
      return "\(key) is \(chip.place.text), where the configuration has no sensor that can be calibrated: "
        + "correct the place, take it out, or calibrate anew"
    }
    guard here.location.chip == chip.place.chip else {
      return
        "\(key) is of the \(chip.place.text), where \(here.path) is the \(here.location.chip): another chip has "
        + "other errors, calibrate anew"
    }
    if here.isMagnetometer, chip.gyro != nil || chip.accelerometer != nil {
      return "\(key) calibrates a gyroscope or an accelerometer, but \(here.path) is a magnetometer"
    }
    if !here.isMagnetometer, chip.magnetometer != nil {
      return "\(key) calibrates a magnetometer, but \(here.path) has none"
    }
    return nil
  }
}
