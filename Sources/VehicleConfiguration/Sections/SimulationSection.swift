extension Configuration {
  /// What every simulated run has: the keys that the section `simulation` of every vehicle has.
  public struct SimulatedRun: ConfigurationSection, Equatable {
    /// Length of a run in ns.
    public var duration: Int64
    /// Steps of the plant per second.
    public var plantRateHz: Int
    /// Largest lateness of a tick in ns; uniform from 0.
    public var tickJitter: Int64
    /// Probability that a tick comes late by a whole period.
    public var missedTickProbability: Double
    /// Cells of the battery in series where they are others than the airframe's.
    public var batteryCells: Int?
    /// Range from which the sensors' noise is drawn, as a multiple of the datasheets' figures.
    public var sensorNoise: ClosedRange<Double>
    /// Constant errors of inertial and magnetic chips; `nil` for small offsets that each seed draws anew.
    public var sensorErrors: SensorErrors?
    /// What channels of devices read in place of what moves says.
    public var inputs: [SimulatedInput] = []
  }
}

extension Configuration.SimulatedRun {
  private static let durationKey = Key<Double>.number(
    "duration_s", 0.1...86_400, unit: "s", standard: 20, "Length of a run.")
  private static let plantRateKey = Key<Int>.integer(
    "plant_rate_hz", 2000...20_000, unit: "Hz", standard: 4000, "Steps of the plant per second.")
  private static let jitterKey = Key<Double>.number(
    "tick_jitter_us", 0...100_000, unit: "µs", standard: 300, "Largest lateness of a tick; uniform from 0.")
  private static let missedKey = Key<Double>.number(
    "missed_tick_probability", 0...0.5, standard: 0.001,
    "Probability that a tick comes late by a whole period.")
  private static let cellsKey = Key<Int?>.optionalInteger(
    "battery_cells", 1...14, absent: "`airframe.battery_cells`; 3 for what has no airframe",
    "Cells of the battery of what moves, where they are others than what its gains are for.")
  private static let noiseKey = Key<ClosedRange<Double>>.interval(
    "sensor_noise", 0...20, standard: 0.5...2, "Sensor noise as a multiple of the datasheets' figures.")

  /// What the section of a file without a template may hold.
  static var schema: SectionSchema { SectionSchema(path: "simulation", about: about, keys: keys) }

  static let about = "The simulated run. Ranges are drawn from uniformly, anew for each seed."
  static let keys = [
    durationKey.description, plantRateKey.description, jitterKey.description, missedKey.description,
    cellsKey.description, noiseKey.description,
    .section(
      "sensor_errors", absent: "small offsets, drawn anew for each seed",
      "Constant errors of the inertial and the magnetic chips."),
    SimulatedInput.key,
  ]

  init?(_ section: Section) {
    let (duration, plantRate) = (section.read(Self.durationKey), section.read(Self.plantRateKey))
    let (jitter, missed) = (section.read(Self.jitterKey), section.read(Self.missedKey))
    let (cells, noise) = (section.read(Self.cellsKey), section.read(Self.noiseKey))
    let errors = section.readOptional(Configuration.SensorErrors.self, "sensor_errors")
    let inputs = SimulatedInput.read(section)
    guard let duration, let plantRate, let jitter, let missed, let cells, let noise, let errors, let inputs
    else { return nil }
    self.inputs = inputs
    sensorErrors = errors
    (self.duration, self.plantRateHz) = (Int64(duration * 1e9), plantRate)
    (self.tickJitter, self.missedTickProbability) = (Int64(jitter * 1e3), missed)
    (self.batteryCells, self.sensorNoise) = (cells, noise)
  }
}
