import ControlLoop
import FlightLog
import Foundation
import HardwareInterfaces
import LiquidModel
import Signals

private let help = """
  ganglion replay LOG [--json]
  ganglion replay --config CONFIG RECORDING [--log FILE [--replace]] [--model FILE] [--json]

  Steps the controller through a log again and compares every input, state digest, output and command bit for
  bit. The log is all it needs: configuration and model are in it. A log in several parts is replayed from its first on,
  as one. Exit status 0 when all is identical, 1 at
  the first difference, 2 when the log cannot be replayed.

  With --config, feeds the recording of another autopilot (PX4, ArduPilot, ROS 2) through simulated chips, the drivers, the
  estimator and the network, and writes a log that replays like any other. The account at the end says what was
  taken from which topic and why, and what was left out.

  Example: ganglion replay out/quadrotor-hold-1.mcap
  """

/// `ganglion replay`.
func replayCommand(_ arguments: [String]) -> ExitStatus {
  perform("replay", help: help, arguments, options: ["config", "log", "model"], flags: ["json", "replace"]) {
    arguments in
    if let configuration = arguments.value("config") {
      return try replayRecording(
        try arguments.exactly("RECORDING")[0], configuration: configuration, arguments)
    }
    if arguments.has("replace") { throw UsageError("--replace goes with --config and --log FILE") }
    let path = try arguments.exactly("LOG")[0]
    var replay = try Replay(FlightLogReader(path: path))
    let began = DispatchTime.now().uptimeNanoseconds
    let outcome = try replay.run()
    let seconds = Double(DispatchTime.now().uptimeNanoseconds &- began) * 1e-9
    Terminal.printResult(arguments.has("json") ? Terminal.json(outcome.json(seconds: seconds)) : outcome.text)
    return outcome.isIdentical ? .success : .resultSaysNo
  }
}

/// How a replay ended.
struct ReplayOutcome {
  /// Ticks that were stepped and compared, the different one included.
  var ticks: UInt64 = 0
  /// The first tick that differs, by its number, and where.
  var difference: (tick: UInt64, field: TickDifference)?
  /// Why the log could not be followed to its end.
  var interruption: String?

  /// Bytes that were lost before the log was recovered; `nil` for a log as it was written.
  var lostBefore: Int?

  var isIdentical: Bool { difference == nil && interruption == nil }

  var text: String {
    if let difference {
      return """
        replayed \(ticks) ticks: tick \(difference.tick) differs in \(difference.field.field)
          recorded \(difference.field.recorded)
          replayed \(difference.field.replayed)
        """
    }
    if let interruption {
      return "replayed \(ticks) ticks: identical so far, NOT REPRODUCIBLE from here on: \(interruption)"
    }
    let lost = lostBefore.map { "; the log was recovered, and \($0) bytes of it are lost" } ?? ""
    return "replayed \(ticks) ticks: identical\(lost)"
  }

  func json(seconds: Double) -> [String: Any] {
    var object: [String: Any] = [
      "ticks": ticks, "identical": isIdentical, "seconds": seconds,
      "ticks_per_second": seconds > 0 ? Double(ticks) / seconds : 0,
    ]
    if let difference {
      object["first_difference"] = [
        "tick": difference.tick, "field": difference.field.field, "recorded": difference.field.recorded,
        "replayed": difference.field.replayed,
      ]
    }
    if let interruption { object["interruption"] = interruption }
    if let lostBefore { object["lost_before_recovery_bytes"] = lostBefore }
    return object
  }
}

/// Steps a controller through the inputs of a log and compares what it decides with what was decided.
struct Replay: ~Copyable {
  private var cursor: TickCursor
  private var controller: VehicleController
  /// What comes from outside the tick.
  private let outside: FramePatch

  /// A replay of `log` with the configuration and the model that are in it.
  init(_ log: FlightLogReader) throws {
    guard log.metadata.version == ganglionVersion else {
      throw CommandFailure(
        "the log was written by Ganglion \(log.metadata.version), this is \(ganglionVersion): only the version that "
          + "wrote a log can say whether it replays")
    }
    let mission = try Mission(
      configuration: log.configuration, models: log.models, calibration: log.calibration,
      overrides: log.metadata.extra)
    if let part = log.part, part.number > 1 {
      let first = log.outline.bytes.path.map { LogPart.path(ofPart: 1, beside: $0, whichIs: part.number) }
      throw CommandFailure(
        "the log is part \(part.number) of run \(part.run): a replay begins with part 1"
          + (first.map { ", which would be \($0)" } ?? ""))
    }
    let table = try mission.makeFrame().table
    guard table == log.vehicle.table else {
      throw CommandFailure("the ticks of the log have other signals than the vehicle of its configuration")
    }
    controller = try mission.makeController()
    outside = FramePatch(table) { $0.origin.isOutside }
    cursor = log.ticks()
  }

  /// Replays to the end of the log, to the first difference, or to the first gap.
  mutating func run() throws(LogError) -> ReplayOutcome {
    var outcome = ReplayOutcome()
    let table = controller.table
    guard let number = table.index(of: "tick.number", as: UInt64.self),
      let skipped = table.index(of: "tick.missed", as: UInt32.self)
    else { return outcome }
    var expected: UInt64 = 0
    while true {
      switch try cursor.next() {
      case .tick:
        // In a log that was recovered, ticks can be missing without any damage.
        let (tick, missed) = (cursor.frame[number], cursor.frame[skipped])
        guard tick <= expected &+ UInt64(missed) else {
          outcome.interruption =
            "tick \(expected) is missing: the next is tick \(tick), with \(missed) missed before it"
          return outcome
        }
        expected = tick &+ 1
        outcome.ticks += 1
        outside.copy(from: cursor.frame, to: controller.frame)
        controller.step()
        if let field = table.firstDifference(recorded: cursor.frame, replayed: controller.frame) {
          outcome.difference = (tick, field)
          return outcome
        }
      case .dropout(let count):
        outcome.interruption = "\(count) tick(s) were dropped when the log was written"
        return outcome
      case .damage(let damage):
        outcome.interruption = "\(damage.error) (\(damage.lostBytes) bytes lost)"
        return outcome
      case .end:
        outcome.lostBefore = cursor.lostBeforeRecovery
        if outcome.ticks == 0 { outcome.interruption = "the log has no ticks" }
        return outcome
      }
    }
  }
}
