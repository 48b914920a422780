import ControlLoop
import FlightLog
import Foundation
import HardwareInterfaces
import LiquidModel
import PortableMath
import SimulatedHardware

/// Feeds a recording of a real autopilot through chips, drivers, estimator and network, and says how well the
/// estimator agrees with the autopilot's own.
func replayRecording(_ path: String, configuration: String, _ arguments: Arguments) throws -> ExitStatus {
  var overrides = ConfigurationOverrides(modelFile: arguments.value("model"))
  // The recording's sensors are others, and the chips that play it back are ideal.
  overrides.ignoresCalibration = true
  let mission = try Mission(path: configuration, overrides: overrides)
  let bytes = try LogBytes(path: path)
  let file = try ULogFile(bytes)
  for damage in file.damages.prefix(3) {
    Terminal.printWarning("replay: \(path): \(damage.error) (\(damage.lostBytes) bytes lost)")
  }
  let recording = try PX4Recording(file)
  let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  let logPath = try arguments.value("log") ?? mission.standardLogPath(name)
  let digest = SHA256.hexDigest(of: bytes.copy(0..<bytes.count))
  let flight = try RecordedFlight(mission, recording, name: name, digest: digest, logPath: logPath)
  let report = try flight.run()
  Terminal.printResult(arguments.has("json") ? Terminal.json(report.json) : report.text)
  return .success
}

/// A recording on its way through the vehicle's own code.
///
/// Each recorded inertial sample is a tick, at its recorded time, so that irregular time stays as it was. In
/// between, the physics that the simulated chips measure move on a straight line from sample to sample.
struct RecordedFlight: ~Copyable {
  private let vehicle: SimulatedVehicle
  private var controller: VehicleController
  private let recording: PX4Recording
  private let log: FlightLogWriter
  private let period: Int64
  private var report: RecordingReport
  private var physics: PhysicalState
  private var nextPressure = 0
  private var nextAttitude = 0

  /// Time from the board's start to the first recorded sample, for the chips to start up in.
  private static let start: Int64 = 500_000_000
  /// Step of the straight line between two samples.
  private static let step: Int64 = 1_000_000
  /// Longest time in ns between two recorded samples.
  private static let longestGap: Int64 = 60_000_000_000
  /// Longest time in ns that all gaps of more than a second may take together.
  private static let longestGaps: Int64 = 600_000_000_000

  init(_ mission: Mission, _ recording: PX4Recording, name: String, digest: String, logPath: String) throws {
    guard mission.configuration.kind == .quadrotor else {
      throw CommandFailure(
        "the recording is of a vehicle that flies, the configuration of a \(mission.configuration.kind.words); name one "
          + "of a quadrotor")
    }
    guard let first = recording.inertial.first else {
      throw CommandFailure("the recording has no inertial samples")
    }
    try Self.checkGaps(recording.inertial)
    // A recording of this kind has no range finder and no battery monitor: those chips do not answer.
    var absent: Set = ["range", "power"]
    if recording.pressure.isEmpty { absent.insert("barometer") }
    let vehicle = try SimulatedVehicle(recordingFor: mission.configuration, without: absent)
    let log = try FlightLogWriter(
      sink: openLog(logPath), layout: TickLayout(mission.configuration),
      configuration: Array(mission.configuration.text.utf8),
      model: mission.modelBytes,
      metadata: FlightLogMetadata(
        version: ganglionVersion, backend: "recording", seed: 0,
        tickRate: Double(mission.configuration.loop.rateHz),
        extra: mission.overrides.merging(["recording": name, "recording_sha256": digest]) { $1 }))
    controller = try mission.makeController()
    (self.vehicle, self.log) = (vehicle, log)
    self.recording = recording
    period = mission.configuration.loop.period
    report = RecordingReport(
      name: name, logPath: logPath, dropouts: recording.dropouts.count,
      longestDropout: recording.dropouts.map(\.milliseconds).max() ?? 0,
      absent: absent.sorted(), pressureSource: recording.pressureSource.rawValue)
    physics = PhysicalState(rangeToGround: nil)
    physics.set(first.sample)
    physics.pressure = recording.pressure.first.map { Double($0.sample.pressure) } ?? physics.pressure
  }

  /// A recording's time must go on: a gap as of a damaged time would be simulated millisecond by millisecond.
  private static func checkGaps(_ samples: [PX4Recording.Timed<InertialSample>]) throws {
    var gaps: Int64 = 0
    for (sample, next) in zip(samples, samples.dropFirst()) {
      let gap = next.time.nanoseconds(since: sample.time)
      guard gap <= longestGap else {
        throw CommandFailure(
          "the recording has no inertial samples for \(gap / 1_000_000_000) s from \(sample.time.seconds) s on; a "
            + "gap of up to \(longestGap / 1_000_000_000) s can be replayed: cut the recording there")
      }
      if gap > 1_000_000_000 { gaps += gap }
      guard gaps <= longestGaps else {
        throw CommandFailure(
          "the recording's gaps between inertial samples add up to more than \(longestGaps / 1_000_000_000) s at "
            + "\(next.time.seconds) s: cut the recording there")
      }
    }
  }

  /// Runs the whole recording.
  consuming func run() throws -> RecordingReport {
    vehicle.board.physics = physics
    defer { vehicle.makeSafe() }
    _ = vehicle.collectSamples(until: MonotonicTime(nanoseconds: Self.start - period))
    var previous = MonotonicTime(nanoseconds: Self.start - period)
    var number: UInt64 = 0
    for inertial in recording.inertial {
      let time = boardTime(inertial.time)
      let readings = approach(inertial.sample, from: previous, to: time)
      let elapsed = time.nanoseconds(since: previous)
      let missed = UInt32(clamping: max((elapsed + period / 2) / period - 1, 0))
      // Skipped periods count in a tick's number, as in `LoopSchedule`.
      number += UInt64(missed)
      let start = LoopSchedule.Start(tick: number, time: time, elapsed: elapsed, missed: missed)
      let input = TickInput(start, readings, killSwitch: false, setpoint: Setpoint())
      let output = controller.step(input)
      vehicle.actuate(output)
      try log.append(TickRecord(input: input, output: output))
      report.add(input, output)
      judge(output.estimate, at: time)
      previous = time
      number += 1
    }
    try log.finish()
    return report
  }

  private func boardTime(_ time: MonotonicTime) -> MonotonicTime {
    let first = recording.inertial.first?.time ?? .zero
    return MonotonicTime(nanoseconds: Self.start).advanced(nanoseconds: time.nanoseconds(since: first))
  }

  /// Lets the board's time pass while the physics go from what they are to `sample`.
  private mutating func approach(
    _ sample: InertialSample, from start: MonotonicTime, to end: MonotonicTime
  ) -> SensorReadings {
    let old = physics
    physics.set(sample)
    let length = max(end.nanoseconds(since: start), 1)
    var passed = min(Self.step, length)
    while passed < length {
      let now = start.advanced(nanoseconds: passed)
      vehicle.board.physics = old.blended(with: physics, share: Double(passed) / Double(length))
      vehicle.board.physics.pressure = pressure(at: now)
      _ = vehicle.collectSamples(until: now)
      passed += Self.step
    }
    vehicle.board.physics = physics
    vehicle.board.physics.pressure = pressure(at: end)
    return vehicle.collectSamples(until: end)
  }

  /// The pressure at `time`, on the straight line between the recorded samples around it; `time` must not go back.
  private mutating func pressure(at time: MonotonicTime) -> Double {
    let samples = recording.pressure
    while nextPressure < samples.count, boardTime(samples[nextPressure].time) <= time { nextPressure += 1 }
    guard nextPressure > 0 else { return physics.pressure }
    let before = samples[nextPressure - 1]
    guard nextPressure < samples.count else { return Double(before.sample.pressure) }
    let after = samples[nextPressure]
    let share =
      Double(time.nanoseconds(since: boardTime(before.time)))
      / Double(max(after.time.nanoseconds(since: before.time), 1))
    let (old, new) = (Double(before.sample.pressure), Double(after.sample.pressure))
    return old + (new - old) * min(max(share, 0), 1)
  }

  /// Compares the estimate with the autopilot's own attitudes up to `time`.
  private mutating func judge(_ estimate: Estimate, at time: MonotonicTime) {
    while nextAttitude < recording.attitude.count, boardTime(recording.attitude[nextAttitude].time) <= time {
      let reference = recording.attitude[nextAttitude].sample.eulerAngles
      nextAttitude += 1
      report.addError(
        roll: Double(estimate.roll) - reference.roll, pitch: Double(estimate.pitch) - reference.pitch)
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

/// How a recording went through.
struct RecordingReport {
  let name: String
  let logPath: String
  let dropouts: Int
  let longestDropout: Int
  let absent: [String]
  let pressureSource: String
  private var ticks = 0
  private var longestElapsed: Int64 = 0
  private var faults: UInt32 = 0
  private var duration = 0.0
  private var comparisons = 0
  private var rollSquares = 0.0
  private var pitchSquares = 0.0

  init(
    name: String, logPath: String, dropouts: Int, longestDropout: Int, absent: [String],
    pressureSource: String
  ) {
    (self.name, self.logPath, self.dropouts) = (name, logPath, dropouts)
    (self.longestDropout, self.absent, self.pressureSource) = (longestDropout, absent, pressureSource)
  }

  mutating func add(_ input: TickInput, _ output: TickOutput) {
    ticks += 1
    longestElapsed = max(longestElapsed, input.elapsed)
    duration += Double(input.elapsed) * 1e-9
    // The chips and the filters have a second to start.
    if duration > 1 { faults |= output.faults }
  }

  mutating func addError(roll: Double, pitch: Double) {
    comparisons += 1
    rollSquares += roll * roll
    pitchSquares += pitch * pitch
  }

  private func degrees(_ squares: Double) -> Double {
    comparisons == 0 ? .nan : (squares / Double(comparisons)).squareRoot() * 180 / .pi
  }

  var text: String {
    let conditions = FailsafeCondition.list(faults).map(\.text)
    return [
      "recording       \(name), \(String(format: "%.1f", duration)) s",
      "ticks           \(ticks), longest step \(String(format: "%.1f", Double(longestElapsed) * 1e-6)) ms",
      "dropouts        \(dropouts), longest \(longestDropout) ms",
      "absent          \(absent.joined(separator: ", ")); pressure from \(pressureSource)",
      "health          " + (conditions.isEmpty ? "no faults" : conditions.joined(separator: "; ")),
      comparisons == 0
        ? "attitude        the recording has none to compare with"
        : String(
          format:
            "attitude        roll %.2f° RMS, pitch %.2f° RMS against the recording's own (%d comparisons)",
          degrees(rollSquares), degrees(pitchSquares), comparisons),
      "log             \(logPath)",
    ].joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "recording": name, "ticks": ticks, "seconds": duration, "dropouts": dropouts,
      "longest_dropout_ms": longestDropout, "longest_step_ms": Double(longestElapsed) * 1e-6,
      "absent": absent, "pressure_source": pressureSource, "comparisons": comparisons,
      "faults": FailsafeCondition.list(faults).map(\.name), "log": logPath,
    ]
    if comparisons > 0 {
      object["roll_rms_deg"] = degrees(rollSquares)
      object["pitch_rms_deg"] = degrees(pitchSquares)
    }
    return object
  }
}
