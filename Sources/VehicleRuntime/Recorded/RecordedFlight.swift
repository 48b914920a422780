import FlightLog
import HardwareInterfaces
import LiquidModel
import PortableMath
import Signals
import SimulatedHardware
import VehicleConfiguration

/// A recording on its way through the vehicle's own code.
///
/// Each recorded inertial sample is a tick, at its recorded time, so that irregular time stays as it was. In
/// between, the physics that the simulated chips measure move on a straight line from sample to sample.
package struct RecordedFlight: ~Copyable {
  private let vehicle: SimulatedVehicle
  private var controller: VehicleController
  private let outside: OutsidePlaces
  private let recording: SensorRecording
  private let log: FlightLogWriter
  /// The time from tick to tick in ns: the loop's, or that of a recording that is slower.
  private let period: Int64
  /// Nanoseconds from the recording's clock to the board's.
  private let offset: Int64
  private var surroundings: RecordedSurroundings
  private var arming: RecordedArming
  private var report: RecordingReport
  private var range: RangeTally
  private var network: NetworkTally
  /// Set while the attitude is not known.
  private let attitudeUnknown: SignalIndex<Bool>?
  private var physics: PhysicalState
  private var nextAttitude = 0
  /// When the actuators are due next.
  private var nextOrders = MonotonicTime.zero

  /// Time from the board's start to the first recorded sample, for the chips to start up in.
  private static let start: Int64 = 500_000_000
  /// Step of the straight line between two samples.
  private static let step: Int64 = 1_000_000
  /// Longest time in ns that all gaps of more than a second may take together.
  private static let longestGaps: Int64 = 600_000_000_000
  /// Longest time in ns from an attitude of the recording to the tick that it is compared with.
  private static let comparable: Int64 = 20_000_000

  package init(
    _ loaded: LoadedVehicle, _ recording: SensorRecording, name: String, digest: String, logPath: String,
    logOptions: LogOptions = LogOptions()
  ) throws {
    let configuration = try loaded.template(for: "a recording of a vehicle that flies")
    guard try loaded.makeTable()["altitude.altitude"] != nil else {
      throw VehicleError(
        "the recording is of a vehicle that flies, the configuration of a \(configuration.kind.words); name one "
          + "of a quadrotor")
    }
    try Self.check(recording)
    guard let first = recording.inertial.first, let last = recording.inertial.last else {
      throw Self.isEmpty
    }
    var recording = recording
    recording.leaveOutRows(from: first.time, to: last.time)
    let offset = Self.start - first.time.nanoseconds
    let surroundings = RecordedSurroundings(
      &recording, for: configuration, offset: offset, until: last.time.advanced(nanoseconds: offset))
    let arming = RecordedArming(recording.armed, offset: offset)
    let whyNotJudged = Self.whyTooSlow(recording, configuration)
    if let whyNotJudged { recording.account.notes.append(whyNotJudged) }
    let period = whyNotJudged == nil ? Self.period(&recording, configuration) : configuration.loop.period
    let ticks = try loaded.makeTable()
    let vehicle = try SimulatedVehicle(
      recordingFor: loaded.tables, table: ticks, without: surroundings.absentChips)
    for fault in surroundings.faults { try vehicle.inject(fault) }
    let log = try FlightLogWriter(
      parts: LogFiles(path: logPath, loaded.tables, logOptions), signals: ticks,
      configuration: Array(configuration.text.utf8),
      models: loaded.modelBytes,
      stateEvery: loaded.tables.log.networkStateEvery,
      metadata: FlightLogMetadata(
        version: ganglionVersion, backend: "recording", seed: 0, tickRate: Double(configuration.loop.rateHz),
        extra: loaded.overrides.merging(["recording": name, "recording_sha256": digest]) { $1 }))
    try log.addRecordingRecord(recording.account.entries)
    controller = try loaded.makeController()
    outside = OutsidePlaces(ticks)
    (self.vehicle, self.log, self.recording, self.period) = (vehicle, log, recording, period)
    (self.offset, self.surroundings, self.arming) = (offset, surroundings, arming)
    report = RecordingReport(
      name: name, logPath: logPath, recording, of: controller.table, absent: surroundings.absent,
      whyNotJudged: whyNotJudged)
    range = RangeTally(controller.table, always: true)
    network = NetworkTally(controller.table, always: true)
    attitudeUnknown = controller.table.index(of: "safety.no_arming_attitude")
    physics = PhysicalState(rangeToGround: nil)
    physics.set(first.sample)
  }

  private static var isEmpty: VehicleError { VehicleError("the recording has no inertial samples") }

  /// Throws `VehicleError` for a recording that cannot be flown: one without inertial samples, or whose gaps, which are simulated
  /// millisecond by millisecond, do not come to an end.
  package static func check(_ recording: SensorRecording) throws {
    let samples = recording.inertial
    guard !samples.isEmpty else { throw isEmpty }
    var gaps: Int64 = 0
    for (sample, next) in zip(samples, samples.dropFirst()) {
      let gap = next.time.nanoseconds(since: sample.time)
      guard gap <= RowOrder.longestGap else {
        throw VehicleError(
          "the recording has no inertial samples for \(gap / 1_000_000_000) s from \(sample.time.seconds) s on; a "
            + "gap of up to \(RowOrder.longestGap / 1_000_000_000) s can be replayed: cut the recording there"
        )
      }
      if gap > 1_000_000_000 { gaps += gap }
      guard gaps <= longestGaps else {
        throw VehicleError(
          "the recording's gaps between inertial samples add up to more than \(longestGaps / 1_000_000_000) s at "
            + "\(next.time.seconds) s: cut the recording there")
      }
    }
  }

  /// Why inertial samples are too few for the loop: those of the gyroscope or of the accelerometer are further apart than the
  /// configuration lets a sample live.
  private static func whyTooSlow(_ recording: SensorRecording, _ configuration: Configuration) -> String? {
    let lifetime = configuration.sensors.imu.staleAfter
    guard let pace = recording.inertialPace, pace.slower > lifetime else { return nil }
    let rows = pace.slowerName.map { "new readings of the \($0) a second" } ?? "inertial rows a second"
    return
      "\(perSecond(pace.slower)) \(rows) are too few for a loop of \(configuration.loop.rateHz) Hz, whose inertial "
      + "sensor is stale after \(Double(lifetime) * 1e-6) ms"
  }

  private static func perSecond(_ step: Int64) -> Double { (1e9 / Double(step) * 10).rounded() / 10 }

  /// The time from tick to tick: a recording that is slower than the loop has not missed every other of its ticks.
  private static func period(
    _ recording: inout SensorRecording, _ configuration: Configuration
  ) -> Int64 {
    let period = configuration.loop.period
    guard let step = recording.inertialPace?.rows, step > period + period / 2 else { return period }
    recording.account.notes.append(
      "\(perSecond(step)) inertial rows a second are fewer than the loop's \(configuration.loop.rateHz) Hz: a tick comes "
        + "with each, and none counts as missed for that")
    return min(step, start / 2)
  }

  /// Runs the whole recording.
  package consuming func run() throws -> RecordingReport {
    vehicle.board.physics = physics
    surroundings.apply(to: &vehicle.board.physics, at: MonotonicTime(nanoseconds: Self.start - period))
    defer { vehicle.makeSafe() }
    vehicle.collectSamples(until: MonotonicTime(nanoseconds: Self.start - period), into: controller.frame)
    var previous = MonotonicTime(nanoseconds: Self.start - period)
    var number: UInt64 = 0
    for inertial in recording.inertial {
      let time = inertial.time.advanced(nanoseconds: offset)
      approach(inertial.sample, from: previous, to: time)
      let elapsed = time.nanoseconds(since: previous)
      let missed = UInt32(clamping: max((elapsed + period / 2) / period - 1, 0))
      // Skipped periods count in a tick's number, as in `LoopSchedule`.
      number += UInt64(missed)
      let start = LoopSchedule.Start(tick: number, time: time, elapsed: elapsed, missed: missed)
      outside.put(start, controller.frame)
      outside.put(killSwitch: false, controller.frame)
      let isArmed = arming.isArmed(at: time)
      outside.put(othersFly: isArmed, controller.frame)
      controller.step()
      actuate(at: time)
      try log.append(controller.frame)
      report.add(controller.frame, isArmed: isArmed)
      range.note(controller.frame)
      network.note(controller.frame)
      judge(controller.frame, at: time)
      previous = time
      number += 1
    }
    try log.finish()
    (report.range, report.network) = (range.counts, network.counts)
    return report
  }

  /// Sends a tick's decision as often as the loop would: buses have no time for more, and a recording may have thousands of rows
  /// a second.
  private mutating func actuate(at time: MonotonicTime) {
    guard time.advanced(nanoseconds: period / 2) >= nextOrders else { return }
    vehicle.actuate(controller.frame)
    nextOrders = max(nextOrders, time).advanced(nanoseconds: period)
  }

  /// Lets the board's time pass while the physics go from what they are to `sample`.
  private mutating func approach(
    _ sample: InertialSample, from start: MonotonicTime, to end: MonotonicTime
  ) {
    let old = physics
    physics.set(sample)
    let length = max(end.nanoseconds(since: start), 1)
    var passed = min(Self.step, length)
    while passed < length {
      let now = start.advanced(nanoseconds: passed)
      set(old.blended(with: physics, share: Double(passed) / Double(length)), at: now)
      vehicle.collectSamples(until: now, into: controller.frame)
      passed += Self.step
    }
    set(physics, at: end)
    vehicle.collectSamples(until: end, into: controller.frame)
  }

  private mutating func set(_ motion: PhysicalState, at time: MonotonicTime) {
    vehicle.board.physics = motion
    surroundings.apply(to: &vehicle.board.physics, at: time)
  }

  /// Compares the estimate with the recording's own attitudes up to `time`.
  private mutating func judge(_ frame: Frame, at time: MonotonicTime) {
    while nextAttitude < recording.attitude.count {
      let reference = recording.attitude[nextAttitude]
      let taken = reference.time.advanced(nanoseconds: offset)
      guard taken <= time else { return }
      nextAttitude += 1
      // In a gap nobody knows the motion, and at the start not the attitude.
      let isKnown = attitudeUnknown.map { !frame[$0] } ?? true
      if time.nanoseconds(since: taken) <= Self.comparable, isKnown {
        report.compare(frame, with: reference.sample)
      } else {
        report.leaveOut()
      }
    }
  }
}

extension PhysicalState {
  fileprivate mutating func set(_ sample: InertialSample) {
    specificForce = Vector3(
      Double(sample.accelerationX), Double(sample.accelerationY), Double(sample.accelerationZ))
    angularRate = Vector3(Double(sample.rateX), Double(sample.rateY), Double(sample.rateZ))
  }

  /// The state whose motion is `share` of the way to that of `other`.
  fileprivate func blended(with other: PhysicalState, share: Double) -> PhysicalState {
    var result = self
    result.specificForce = specificForce + (other.specificForce - specificForce) * share
    result.angularRate = angularRate + (other.angularRate - angularRate) * share
    return result
  }
}
