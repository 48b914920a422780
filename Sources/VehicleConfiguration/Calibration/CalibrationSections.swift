import Devices
import PortableMath

// The sections of a calibration's file. They are read as a configuration is, and as strictly.

/// The file itself.
struct CalibrationSection: ConfigurationSection {
  var calibration: SensorCalibration

  /// Chips that the `origin` of a calibration may be on.
  enum MadeOn: String, CaseIterable, Sendable {
    case linux, simulated
  }

  private static let version = Key<Int>.integer("version", 1...1, "Version of this format.")
  private static let madeOn = Key<MadeOn>.choice(
    "made_on", "Where the chips are: on the buses of a Linux machine, or in simulation.")
  private static let specimen = Key<Int?>.optionalInteger(
    "specimen", 0...Int(UInt32.max), absent: "not of a specimen",
    "The specimen of `simulation.sensor_errors` that the chips in simulation are.")
  private static let seed = Key<Int?>.optionalInteger(
    "seed", 0...Int(1 << 53), absent: "not of a seed",
    "The seed that drew the errors of the chips in simulation.")

  static let schema = SectionSchema(
    path: "", about: "What is wrong with each sensor.",
    keys: [
      version.description, madeOn.description, specimen.description, seed.description,
      .section("sensors", as: "list of 0 to 64 objects", "The sensors."),
    ])

  init?(_ section: Section) {
    let (version, madeOn) = (section.read(Self.version), section.read(Self.madeOn))
    let (specimen, seed) = (section.read(Self.specimen), section.read(Self.seed))
    let chips = section.readList(ChipSection.self, "sensors", count: 0...64)
    guard version != nil, let madeOn, let specimen, let seed, let chips else { return nil }
    let origin: SensorCalibration.Origin
    switch (madeOn, specimen, seed) {
    case (.linux, nil, nil): origin = .board
    case (.simulated, let specimen?, nil): origin = .specimen(UInt64(specimen))
    case (.simulated, nil, let seed?): origin = .seed(UInt64(seed))
    case (.linux, _, _):
      section.complain("made_on", "found \"linux\" beside specimen or seed, which only simulated chips have")
      return nil
    case (.simulated, _, _):
      section.complain("made_on", "found \"simulated\", expected either specimen or seed beside it")
      return nil
    }
    calibration = SensorCalibration(origin: origin, chips: chips.map(\.chip))
    for (index, chip) in calibration.chips.enumerated() {
      let first = calibration.chips.firstIndex { $0.place.isWhere(chip.place) }
      guard let first, first < index else { continue }
      section.complain("sensors[\(index)]", "is \(chip.place.text), of which sensors[\(first)] is already")
      return nil
    }
  }
}

/// One chip.
struct ChipSection: ConfigurationSection {
  var chip: ChipCalibration

  private static let name = Key<String>.text("chip", "The chip, as the configuration names it.")
  private static let address = Key<UInt8>.address(0x08...0x77, "7-bit I2C address.")

  static let schema = SectionSchema(
    path: "sensors[]", about: "One chip.",
    keys: [
      name.description, SensorPlace.busKey.description, address.description,
      SensorPlace.multiplexerKey.description, SensorPlace.channelKey.description,
      .section("gyro", absent: "not calibrated", "The gyroscope."),
      .section("accelerometer", absent: "not calibrated", "The accelerometer."),
      .section("magnetometer", absent: "not calibrated", "The magnetometer."),
    ])

  init?(_ section: Section) {
    let (name, bus) = (section.read(Self.name), section.read(SensorPlace.busKey))
    let address = section.read(Self.address)
    let multiplexer = section.read(SensorPlace.multiplexerKey)
    let channel = section.read(SensorPlace.channelKey)
    let gyro = section.readOptional(GyroSection.self, "gyro")
    let accelerometer = section.readOptional(AccelerometerSection.self, "accelerometer")
    let magnetometer = section.readOptional(MagnetometerSection.self, "magnetometer")
    guard let name, let bus, let address, let multiplexer, let channel, let gyro, let accelerometer,
      let magnetometer
    else { return nil }
    var way: BusChannel?
    switch (multiplexer, channel) {
    case (let multiplexer?, let number?):
      way = BusChannel(multiplexer: multiplexer, number: UInt8(truncatingIfNeeded: number))
    case (nil, nil): break
    case (nil, _?), (_?, nil):
      section.complain("channel", "multiplexer and channel belong together; one of them is missing")
      return nil
    }
    chip = ChipCalibration(place: SensorLocation(chip: name, bus: bus, address: address, channel: way))
    chip.gyro = gyro?.calibration
    chip.accelerometer = accelerometer?.calibration
    chip.magnetometer = magnetometer?.calibration
  }
}

/// What every calibration says of itself; all of it may be left out by whoever writes one by hand.
private enum RecordKeys {
  static let made = Key<String?>.optionalText("made", absent: "unknown", "When it was found.")
  static let command = Key<String?>.optionalText("command", absent: "unknown", "The command that found it.")
  static let temperature = Key<Double?>.optionalNumber(
    "temperature_c", -60...150, unit: "°C", absent: "unknown", "Die temperature at which it was found.")

  static func count(_ name: String, _ about: String) -> Key<Int?> {
    .optionalInteger(name, 0...1_000_000_000, absent: "unknown", about)
  }

  static func residual(_ name: String, unit: String, _ about: String) -> Key<Double?> {
    .optionalNumber(name, 0...1e6, unit: unit, absent: "unknown", about)
  }

  /// Reads the record; `residual` in the file's unit times `scale` is that of the record.
  static func read(
    _ section: Section, count: Key<Int?>, residual: Key<Double?>, scale: Double
  ) -> CalibrationRecord? {
    guard let made = section.read(made), let command = section.read(command),
      let temperature = section.read(temperature), let count = section.read(count),
      let residual = section.read(residual)
    else { return nil }
    var record = CalibrationRecord()
    (record.made, record.command, record.temperature) = (made, command, temperature)
    (record.count, record.residual) = (count, residual.map { $0 * scale })
    return record
  }
}

/// The gyroscope of a chip.
struct GyroSection: ConfigurationSection {
  var calibration: GyroCalibration

  private static let bias = Key<Vector3>.vector(
    "bias_dps", within: CalibrationBounds.gyroBiasDps, unit: "°/s",
    "What it reads while nothing turns.")
  private static let readings = RecordKeys.count("readings", "How many readings it follows from.")
  private static let error = RecordKeys.residual(
    "standard_error_dps", unit: "°/s", "Standard error of the bias, the largest of the axes.")

  static let schema = SectionSchema(
    path: "sensors[].gyro", about: "The gyroscope.",
    keys: [
      bias.description, RecordKeys.temperature.description, readings.description, error.description,
      RecordKeys.made.description, RecordKeys.command.description,
    ])

  init?(_ section: Section) {
    let bias = section.read(Self.bias)
    let record = RecordKeys.read(section, count: Self.readings, residual: Self.error, scale: .pi / 180)
    guard let bias, let record else { return nil }
    calibration = GyroCalibration(bias: bias * (.pi / 180))
    calibration.record = record
  }
}

/// The accelerometer of a chip.
struct AccelerometerSection: ConfigurationSection {
  var calibration: AccelerometerCalibration

  private static let offset = Key<Vector3>.vector(
    "offset_m_s2", within: CalibrationBounds.accelerometerOffset, unit: "m/s²", "What it reads too much.")
  private static let matrix = Key<Matrix3>.correction(
    "matrix", scale: CalibrationBounds.accelerometerScale, cross: CalibrationBounds.accelerometerCross,
    "Truth = matrix · (reading − offset), by rows.")
  private static let gravity = Key<Double>.number(
    "gravity_m_s2", CalibrationBounds.gravity, unit: "m/s²", standard: StandardAtmosphere.gravity,
    "Gravity that it is scaled to.")
  private static let poses = RecordKeys.count("poses", "How many poses it follows from.")
  private static let residual = RecordKeys.residual(
    "residual_m_s2", unit: "m/s²", "Root mean square of what the poses differ from gravity.")

  static let schema = SectionSchema(
    path: "sensors[].accelerometer", about: "The accelerometer.",
    keys: [
      offset.description, matrix.description, gravity.description, RecordKeys.temperature.description,
      poses.description, residual.description, RecordKeys.made.description, RecordKeys.command.description,
    ])

  init?(_ section: Section) {
    let (offset, matrix) = (section.read(Self.offset), section.read(Self.matrix))
    let gravity = section.read(Self.gravity)
    let record = RecordKeys.read(section, count: Self.poses, residual: Self.residual, scale: 1)
    guard let offset, let matrix, let gravity, let record else { return nil }
    calibration = AccelerometerCalibration(offset: offset, matrix: matrix, gravity: gravity)
    calibration.record = record
  }
}

/// A magnetometer.
struct MagnetometerSection: ConfigurationSection {
  var calibration: MagnetometerCalibration

  private static let offset = Key<Vector3>.vector(
    "offset_ut", within: CalibrationBounds.hardIronMicrotesla, unit: "µT",
    "Hard iron: what it reads too much.")
  private static let matrix = Key<Matrix3>.correction(
    "matrix", scale: CalibrationBounds.magnetometerScale, cross: CalibrationBounds.magnetometerCross,
    "Soft iron: truth = matrix · (reading − offset), by rows.")
  private static let field = Key<Double>.number(
    "field_ut", CalibrationBounds.fieldMicrotesla, unit: "µT",
    "Strength of the field that it was found in.")
  private static let points = RecordKeys.count("points", "How many points it follows from.")
  private static let residual = RecordKeys.residual(
    "residual_ut", unit: "µT", "Root mean square of what the points differ from the field.")

  static let schema = SectionSchema(
    path: "sensors[].magnetometer", about: "The magnetometer.",
    keys: [
      offset.description, matrix.description, field.description, points.description, residual.description,
      RecordKeys.made.description, RecordKeys.command.description,
    ])

  init?(_ section: Section) {
    let (offset, matrix) = (section.read(Self.offset), section.read(Self.matrix))
    let field = section.read(Self.field)
    let record = RecordKeys.read(section, count: Self.points, residual: Self.residual, scale: 1e-6)
    guard let offset, let matrix, let field, let record else { return nil }
    calibration = MagnetometerCalibration(offset: offset * 1e-6, matrix: matrix, field: field * 1e-6)
    calibration.record = record
  }
}
