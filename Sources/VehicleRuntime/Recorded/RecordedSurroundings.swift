import FlightLog
import HardwareInterfaces
import PortableMath
import SimulatedHardware
import VehicleConfiguration

/// What the slower sensors of a recording measured, as the physics that the simulated chips measure again.
struct RecordedSurroundings {
  private var pressure: RecordedTrack<PressureSample>
  private var range: RecordedTrack<RangeSample>
  private var power: RecordedTrack<PowerSample>
  private var magneticField: RecordedTrack<MagneticSample>
  /// The kinds of sensors that the vehicle has and the recording has not.
  let absent: [String]
  /// The chips of those.
  let absentChips: Set<String>
  /// When chips do not answer, since the recording's sensor gave nothing.
  private(set) var faults: [FaultInjection] = []

  /// The surroundings for a vehicle, `offset` ns later on the board's clock than in the recording, which ends at `end`.
  /// What the vehicle has no sensor for is noted in the recording's account.
  init(
    _ recording: inout SensorRecording, for configuration: Configuration, offset: Int64,
    until end: MonotonicTime
  ) {
    pressure = RecordedTrack(recording.pressure, offset: offset)
    range = RecordedTrack(recording.range, offset: offset)
    power = RecordedTrack(recording.power, offset: offset)
    magneticField = RecordedTrack(recording.magneticField, offset: offset)
    let sensors = configuration.sensors
    func chips(_ kind: SensorKind, _ count: Int) -> [String] { (0..<count).map { kind.key($0) } }
    var absent: [String] = []
    var absentChips: Set<String> = []
    var faults: [FaultInjection] = []
    func take<Sample>(
      _ track: RecordedTrack<Sample>, isEmpty: Bool, _ quantity: RecordedQuantity, name: String,
      words: String,
      chips: [String], lifetime: Int64?
    ) {
      guard let lifetime else {
        recording.account.leaveOut(quantity, because: "the configured vehicle has no \(words)")
        return
      }
      guard !isEmpty else {
        absent.append(name)
        absentChips.formUnion(chips)
        return
      }
      if let step = track.usualStep, step > lifetime {
        recording.account.notes.append(
          "the \(words)'s rows are \(step / 1_000_000) ms apart, and stale after \(lifetime / 1_000_000) ms: between "
            + "them a straight line stands in")
      }
      let silences = track.silences(longerThan: lifetime, until: end)
      if silences.count > RecordedTrack<Sample>.mostSilences {
        recording.account.notes.append(
          "the \(words) comes and goes \(silences.count) times: the first \(RecordedTrack<Sample>.mostSilences) are "
            + "played back")
      }
      for silence in silences.prefix(RecordedTrack<Sample>.mostSilences) {
        for chip in chips {
          faults.append(
            FaultInjection(
              target: chip, kind: .off, start: silence.from.seconds,
              duration: silence.until.map { Double($0.nanoseconds(since: silence.from)) * 1e-9 }))
        }
      }
    }
    take(
      pressure, isEmpty: recording.pressure.isEmpty, .pressure, name: "barometer", words: "barometer",
      chips: chips(.barometer, sensors.barometer?.instances.count ?? 0),
      lifetime: sensors.barometer?.staleAfter)
    take(
      magneticField, isEmpty: recording.magneticField.isEmpty, .magneticField, name: "magnetometer",
      words: "magnetometer", chips: chips(.magnetometer, sensors.magnetometer?.instances.count ?? 0),
      lifetime: sensors.magnetometer?.staleAfter)
    take(
      power, isEmpty: recording.power.isEmpty, .power, name: "power", words: "battery monitor",
      chips: ["power"],
      lifetime: sensors.power?.staleAfter)
    take(
      range, isEmpty: recording.range.isEmpty, .range, name: "range", words: "range finder",
      chips: chips(.range, sensors.range?.instances.count ?? 0), lifetime: sensors.range?.staleAfter)
    (self.absent, self.absentChips, self.faults) = (absent, absentChips, faults)
    if let finder = sensors.range {
      let far = recording.range.filter {
        $0.sample.isValid && Double($0.sample.distance) > finder.maximumDistance
      }
      if !far.isEmpty {
        recording.account.notes.append(
          "\(far.count) of \(recording.range.count) distances are beyond the configured range finder's "
            + "\(finder.maximumDistance) m, and out of range for it")
      }
    }
  }

  /// Puts what was measured at `time`, which must not go back, into `physics`: on straight lines between samples.
  mutating func apply(to physics: inout PhysicalState, at time: MonotonicTime) {
    func between(_ a: Float, _ b: Float, _ share: Double) -> Double {
      Double(a) + (Double(b) - Double(a)) * share
    }
    if let (old, new, share) = pressure.around(time) {
      physics.pressure = between(old.pressure, new.pressure, share)
      // What the chips can be is −40 to 85 °C.
      physics.temperature = min(max(between(old.temperature, new.temperature, share), -40), 85)
    }
    if let (old, new, share) = range.around(time) {
      physics.rangeToGround =
        !old.isValid ? nil : new.isValid ? between(old.distance, new.distance, share) : Double(old.distance)
    }
    if let (old, new, share) = power.around(time) {
      physics.batteryVoltage = between(old.voltage, new.voltage, share)
      physics.batteryCurrent = between(old.current, new.current, share)
    }
    if let (old, new, share) = magneticField.around(time) {
      physics.magneticField = Vector3(
        between(old.fieldX, new.fieldX, share), between(old.fieldY, new.fieldY, share),
        between(old.fieldZ, new.fieldZ, share))
    }
  }
}
