import HardwareInterfaces
import PortableMath
import Signals

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
  init(
    _ outline: MCAPOutline, signals: TickSignals, _ account: inout ImportAccount
  ) {
    do throws(LogError) {
      try read(FlightLogReader(outline, signals: signals))
    } catch {
      account.notes.append("\(TickCodec.topic) is not used: \(error)")
    }
  }

  private mutating func read(_ log: FlightLogReader) throws(LogError) {
    let table = log.table
    var inertial = InstanceGatherer<InertialSample>(.inertial, table)
    var pressure = InstanceGatherer<PressureSample>(.pressure, table)
    var range = InstanceGatherer<RangeSample>(.range, table)
    var power = InstanceGatherer<PowerSample>(.power, table)
    var magnetic = InstanceGatherer<MagneticSample>(.magnetic, table)
    var attitude = RowGatherer<Quaternion>(TickCodec.topic, part: nil)
    var armed = RowGatherer<Bool>(TickCodec.topic, part: nil)
    let quaternion = NumberPlaces(table, "attitude.q_w", "attitude.q_x", "attitude.q_y", "attitude.q_z")
    let mode = table.index(of: "safety.mode", as: UInt8.self)
    let place = TickNumbers(table)
    var cursor = log.ticks()
    let frame = cursor.frame
    var number = 0
    var losses = TickLosses()
    reading: while true {
      let event = try cursor.next()
      losses.note(event, lostBefore: cursor.lostBeforeRecovery)
      switch event {
      case .tick:
        number += 1
        inertial.add(frame, number) { n, device in
          RecordedSamples.inertial(
            rate: (n[0], n[1], n[2]), force: (n[3], n[4], n[5]),
            temperature: device.temperature.map { Double(frame[$0]) } ?? 0)
        }
        pressure.add(frame, number) { n, device in
          RecordedSamples.pressure(n[0], temperature: device.temperature.map { Double(frame[$0]) } ?? 0)
        }
        range.add(frame, number) { n, device in
          let sample = RangeSample(distance: Float(n[0]), isValid: device.seen.map { frame[$0] } ?? true)
          return sample.distance.isFinite ? .sample(sample) : .leftOut(RowLoss.notFinite)
        }
        power.add(frame, number) { n, _ in RecordedSamples.power(voltage: n[0], current: n[1]) }
        magnetic.add(frame, number) { n, _ in RecordedSamples.magnetic((n[0], n[1], n[2])) }
        let time = place.time(frame)
        if let quaternion {
          attitude.add(time: time, place: number) {
            let q = quaternion.values(frame).map(Double.init)
            return RecordedSamples.attitude(q[0], q[1], q[2], q[3])
          }
        }
        let isArmed = mode.map { frame[$0] != 0 } ?? false
        armed.add(time: time, place: number) { .sample(isArmed) }
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

/// Gathers the readings of the devices of a kind from ticks, each once: of a sensor and its spares, or of several under names of
/// their own.
private struct InstanceGatherer<Sample: RecordedSample> {
  private var instances: [ReadingGatherer<Sample>]

  init(_ kind: DeviceKind, _ table: SignalTable) {
    let devices = table.deviceNames.filter { DeviceKind($0, table) == kind }
      .compactMap { DeviceReading.Places($0, kind, table) }
    // A vehicle without any has one that never reads.
    instances = devices.enumerated().map { ReadingGatherer(instance: $0, $1) }
    if instances.isEmpty { instances = [ReadingGatherer(instance: 0, nil)] }
  }

  /// Takes note of a tick; `outcome` is given a new reading's numbers in the kind's order.
  mutating func add(
    _ frame: Frame, _ place: Int, _ outcome: ([Double], DeviceReading.Places) -> RowOutcome<Sample>
  ) {
    for index in instances.indices { instances[index].add(frame, place, outcome) }
  }

  /// The sources: the first sensor, and the others that are there.
  func sources(enough: Double = .infinity) -> [SampleSource<Sample>] {
    instances.enumerated().filter { $0 == 0 || $1.isPresent }.map { $1.source(enough: enough) }
  }
}

private struct ReadingGatherer<Sample: RecordedSample> {
  private var rows: RowGatherer<Sample>
  private let device: DeviceReading.Places?
  private var last: UInt32 = 0
  /// Whether the vehicle has such a sensor.
  private(set) var isPresent = false

  init(instance: Int, _ device: DeviceReading.Places?) {
    rows = RowGatherer(TickCodec.topic, instance: instance, part: nil)
    self.device = device
  }

  mutating func add(
    _ frame: Frame, _ place: Int, _ outcome: ([Double], DeviceReading.Places) -> RowOutcome<Sample>
  ) {
    let isThere = device.map { device in device.present.map { frame[$0] } ?? true } ?? false
    isPresent = isPresent || isThere
    let count = device.map { frame[$0.count] } ?? 0
    guard let device, isThere, count != 0, count != last else {
      return rows.leaveOut(1, "without a new reading")
    }
    last = count
    rows.add(time: frame[device.time], place: place) {
      outcome(device.numbers.map { Double(frame[$0]) }, device)
    }
  }

  func source(enough: Double) -> SampleSource<Sample> { rows.source(enough: enough).source }
}
