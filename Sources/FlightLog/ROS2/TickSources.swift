import ControlLoop
import HardwareInterfaces
import PortableMath

/// The ticks of a log of Ganglion as sources: every reading that the controller saw, in forward, right, down. Sensors with
/// spares are sources of their own: a change from one to another is a step that no single sensor has measured.
struct TickSources {
  private(set) var inertial: [(source: SampleSource<InertialSample>, part: Range<Int>)] = []
  private(set) var pressure: [SampleSource<PressureSample>] = []
  private(set) var range: [SampleSource<RangeSample>] = []
  private(set) var power: [SampleSource<PowerSample>] = []
  private(set) var magneticField: [SampleSource<MagneticSample>] = []
  private(set) var attitude: [SampleSource<Quaternion>] = []
  private(set) var armed: [SampleSource<Bool>] = []
  /// What was lost of the ticks; `nil` where they are not read.
  private(set) var losses: TickLosses?

  /// No ticks.
  init() {}

  /// The ticks of a log; none, with a note, where they are of another version.
  init(_ outline: MCAPOutline, _ account: inout ImportAccount) {
    do throws(LogError) {
      try read(FlightLogReader(outline))
    } catch {
      account.notes.append("\(TickCodec.topic) is not used: \(error)")
    }
  }

  private mutating func read(_ log: FlightLogReader) throws(LogError) {
    var inertial = InstanceGatherer<InertialSample>()
    var pressure = InstanceGatherer<PressureSample>()
    var range = InstanceGatherer<RangeSample>()
    var power = InstanceGatherer<PowerSample>()
    var magnetic = InstanceGatherer<MagneticSample>()
    var attitude = RowGatherer<Quaternion>(TickCodec.topic, part: nil)
    var armed = RowGatherer<Bool>(TickCodec.topic, part: nil)
    var cursor = log.ticks()
    var record = TickRecord.blank
    var number = 0
    var losses = TickLosses()
    reading: while true {
      let event = try cursor.next(into: &record)
      losses.note(event, lostBefore: cursor.lostBeforeRecovery)
      switch event {
      case .tick:
        number += 1
        let input = record.input
        inertial.add(input.inertial, input.spares.inertial, number) { sample in
          RecordedSamples.inertial(
            rate: (Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ)),
            force: (Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ)),
            temperature: Double(sample.temperature))
        }
        pressure.add(input.pressure, input.spares.pressure, number) {
          RecordedSamples.pressure(Double($0.pressure), temperature: Double($0.temperature))
        }
        range.add(input.range, input.spares.range, number) {
          $0.distance.isFinite ? .sample($0) : .leftOut(RowLoss.notFinite)
        }
        power.add(input.power, nil, number) {
          RecordedSamples.power(voltage: Double($0.voltage), current: Double($0.current))
        }
        magnetic.add(input.magnetic, input.spares.magnetic, number) {
          RecordedSamples.magnetic((Double($0.fieldX), Double($0.fieldY), Double($0.fieldZ)))
        }
        let (w, x, y, z) = record.output.estimate.quaternion
        attitude.add(time: input.time.nanoseconds, place: number) {
          RecordedSamples.attitude(Double(w), Double(x), Double(y), Double(z))
        }
        let isArmed = record.output.mode != .disarmed
        armed.add(time: input.time.nanoseconds, place: number) { .sample(isArmed) }
      // Holes are gaps in time.
      case .dropout, .damage: continue
      case .end: break reading
      }
    }
    self.losses = losses
    // A log's clock never goes back: the ticks are one part, and so are all other topics.
    self.inertial = inertial.sources(enough: RecordedSamples.enoughInertial).map { ($0, 0..<Int.max) }
    self.pressure = pressure.sources()
    self.range = range.sources().map(\.withoutTargetsCounted)
    self.power = power.sources()
    self.magneticField = magnetic.sources().filter { !$0.samples.isEmpty }
    self.attitude = [attitude.source().source]
    self.armed = [armed.source(enough: 0).source]
  }
}

/// Gathers the readings of a sensor and of its spares from ticks, each once.
private struct InstanceGatherer<Sample: Equatable & Sendable & BitwiseCopyable> {
  private var instances = (0...Spares<Reading<Sample>>.count).map { ReadingGatherer<Sample>(instance: $0) }

  mutating func add(
    _ first: Reading<Sample>, _ spares: Spares<Reading<Sample>>?, _ place: Int,
    _ outcome: (Sample) -> RowOutcome<Sample>
  ) {
    instances[0].add(first, place, outcome)
    guard let spares else { return }
    for index in 0..<Spares<Reading<Sample>>.count {
      instances[index + 1].add(spares[index], place, outcome)
    }
  }

  /// The sources: the first sensor, and the spares that are there.
  func sources(enough: Double = .infinity) -> [SampleSource<Sample>] {
    instances.enumerated().filter { $0 == 0 || $1.isPresent }.map { $1.source(enough: enough) }
  }
}

private struct ReadingGatherer<Sample: Equatable & Sendable & BitwiseCopyable> {
  private var rows: RowGatherer<Sample>
  private var last: UInt32 = 0
  /// Whether the vehicle has such a sensor.
  private(set) var isPresent = false

  init(instance: Int) { rows = RowGatherer(TickCodec.topic, instance: instance, part: nil) }

  mutating func add(_ reading: Reading<Sample>, _ place: Int, _ outcome: (Sample) -> RowOutcome<Sample>) {
    isPresent = isPresent || reading.isPresent
    guard reading.isPresent, reading.sequence != 0, reading.sequence != last else {
      return rows.leaveOut(1, "without a new reading")
    }
    last = reading.sequence
    rows.add(time: reading.time.nanoseconds, place: place) { outcome(reading.sample) }
  }

  func source(enough: Double) -> SampleSource<Sample> { rows.source(enough: enough).source }
}
