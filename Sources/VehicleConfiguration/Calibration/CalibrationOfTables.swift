extension Section {
  /// The calibration of a file without a template: the file's name, and what it holds or what the log carries in its place, where that
  /// is read. `nil` when the name could not be read.
  func readCalibration(
    _ key: Key<String?>, backend: Backend?, specimen: UInt64?
  ) -> (file: String?, read: CalibrationReader.Read?)? {
    guard let file = read(key) else { return nil }
    guard let backend else { return (file, nil) }
    let reader = CalibrationReader(key: key.name, backend: backend, specimen: specimen, context: context)
    guard let directory = context.directory else {
      let logged = context.loggedCalibration.flatMap(reader.read(logged:))
      return (file, logged.map { CalibrationReader.Read(held: $0, used: $0) })
    }
    guard let file, !context.overrides.ignoresCalibration else { return (file, nil) }
    let path = Configuration.resolve(file, in: directory)
    return (file, reader.read(path: path, command: context.file ?? "CONFIG"))
  }
}

extension VehicleTables {
  /// Complains about what a calibration says of chips that are not there.
  func checkCalibration(_ calibration: SensorCalibration, _ file: Section) {
    CalibrationReader(key: "calibration", backend: backend, specimen: nil, context: file.context)
      .complain(aboutStrangersIn: calibration, among: calibratedSensors, file: calibrationPath)
  }
}
