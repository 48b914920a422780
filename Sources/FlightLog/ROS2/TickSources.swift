import ControlLoop
import HardwareInterfaces
import PortableMath

/// The ticks of a log of Ganglion as sources: every reading that the controller saw, in forward, right, down.
struct TickSources {
  private(set) var inertial: [(source: SampleSource<InertialSample>, part: Range<Int>)] = []
  private(set) var pressure: [SampleSource<PressureSample>] = []
  private(set) var range: [SampleSource<RangeSample>] = []
  private(set) var power: [SampleSource<PowerSample>] = []
  private(set) var magneticField: [SampleSource<MagneticSample>] = []
  private(set) var attitude: [SampleSource<Quaternion>] = []
  private(set) var armed: [SampleSource<Bool>] = []

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
    var inertial = ReadingGatherer<InertialSample>()
    var pressure = ReadingGatherer<PressureSample>()
    var range = ReadingGatherer<RangeSample>()
    var power = ReadingGatherer<PowerSample>()
    var magnetic = ReadingGatherer<MagneticSample>()
    var attitude = RowGatherer<Quaternion>(TickCodec.topic, part: nil)
    var armed = RowGatherer<Bool>(TickCodec.topic, part: nil)
    var cursor = log.ticks()
    var record = TickRecord.blank
    var number = 0
    reading: while true {
      switch try cursor.next(into: &record) {
      case .tick:
        number += 1
        let input = record.input
        inertial.add(record.inertialInUse, number) { sample in
          RecordedSamples.inertial(
            rate: (Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ)),
            force: (Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ)),
            temperature: Double(sample.temperature))
        }
        pressure.add(record.pressureInUse, number) {
          RecordedSamples.pressure(Double($0.pressure), temperature: Double($0.temperature))
        }
        range.add(record.rangeInUse, number) {
          $0.distance.isFinite ? .sample($0) : .leftOut(RowLoss.notFinite)
        }
        power.add(input.power, number) {
          RecordedSamples.power(voltage: Double($0.voltage), current: Double($0.current))
        }
        magnetic.add(input.magnetic, number) {
          RecordedSamples.magnetic((Double($0.fieldX), Double($0.fieldY), Double($0.fieldZ)))
        }
        let (w, x, y, z) = record.output.estimate.quaternion
        attitude.add(time: input.time.nanoseconds, place: number) {
          let q = Quaternion(Double(w), Double(x), Double(y), Double(z))
          return q.length > 0.9 && q.length < 1.1
            ? .sample(q.normalized) : .leftOut("with an orientation that is no rotation")
        }
        let isArmed = record.output.mode != .disarmed
        armed.add(time: input.time.nanoseconds, place: number) { .sample(isArmed) }
      // Holes are gaps in time, and the container's damage is counted with its messages.
      case .dropout, .damage: continue
      case .end: break reading
      }
    }
    let found = inertial.source(enough: 200)
    // A log's clock never goes back: the ticks are one part, and so are all other topics.
    self.inertial = [(found, 0..<Int.max)]
    self.pressure = [pressure.source()]
    self.range = [range.source()]
    self.power = [power.source()]
    self.magneticField = [magnetic.source()].filter { !$0.samples.isEmpty }
    self.attitude = [attitude.source().source]
    var states = armed.source(enough: 0).source
    states.isConstant = false
    self.armed = [states]
  }
}

/// Gathers the readings of a sensor from ticks, each once.
private struct ReadingGatherer<Sample: Equatable & Sendable & BitwiseCopyable> {
  private var rows = RowGatherer<Sample>(TickCodec.topic, part: nil)
  private var last: UInt32 = 0

  mutating func add(_ reading: Reading<Sample>, _ place: Int, _ outcome: (Sample) -> RowOutcome<Sample>) {
    guard reading.isPresent, reading.sequence != 0, reading.sequence != last else {
      return rows.leaveOut(1, "without a new reading")
    }
    last = reading.sequence
    rows.add(time: reading.time.nanoseconds, place: place) { outcome(reading.sample) }
  }

  func source(enough: Double = .infinity) -> SampleSource<Sample> { rows.source(enough: enough).source }
}
