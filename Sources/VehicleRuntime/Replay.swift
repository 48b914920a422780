import FlightLog
import Signals
import VehicleConfiguration

/// How a replay ended.
public struct ReplayOutcome {
  /// Ticks that were stepped and compared, the different one included.
  public var ticks: UInt64 = 0
  /// The first tick that differs, by its number, and where.
  public var difference: (tick: UInt64, field: TickDifference)?
  /// Why the log could not be followed to its end.
  public var interruption: String?

  /// Why the log ended before its run; `nil` when it did not.
  public var endedEarly: String?

  /// Bytes that were lost before the log was recovered; `nil` for a log as it was written.
  public var lostBefore: Int?

  /// Whether every tick to the end was the same.
  public var isIdentical: Bool { difference == nil && interruption == nil }
}

/// Steps a controller through the inputs of a log and compares what it decides with what was decided.
public struct Replay: ~Copyable {
  private var cursor: TickCursor
  private var controller: VehicleController
  /// What comes from outside the tick.
  private let outside: FramePatch

  /// A replay of the log at `path` with the configuration and the models that are in it.
  public init(path: String) throws { try self.init(LogBytes(path: path)) }

  /// A replay of a log in memory.
  public init(_ bytes: LogBytes) throws {
    let outline = try MCAPOutline(bytes)
    let content = try FlightLogContent(outline)
    guard content.metadata.version == ganglionVersion else {
      throw VehicleError(
        "the log was written by Ganglion \(content.metadata.version), this is \(ganglionVersion): only the version that "
          + "wrote a log can say whether it replays")
    }
    if let part = outline.part, part.number > 1 {
      let first = bytes.path.map { LogPart.path(ofPart: 1, beside: $0, whichIs: part.number) }
      throw VehicleError(
        "the log is part \(part.number) of run \(part.run): a replay begins with part 1"
          + (first.map { ", which would be \($0)" } ?? ""))
    }
    let loaded = try LoadedVehicle(content)
    let controller = try loaded.makeController()
    let reader = try FlightLogReader(outline, content, signals: controller.table)
    self.init(controller, reader)
  }

  private init(_ controller: consuming VehicleController, _ reader: FlightLogReader) {
    outside = FramePatch(reader.table) { $0.origin.isOutside }
    cursor = reader.ticks()
    self.controller = controller
  }

  /// Replays to the end of the log, to the first difference, or to the first gap.
  public mutating func run() throws(LogError) -> ReplayOutcome {
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
        outcome.endedEarly = cursor.endedEarly
        outcome.lostBefore = cursor.lostBeforeRecovery
        if outcome.ticks == 0 { outcome.interruption = "the log has no ticks" }
        return outcome
      }
    }
  }
}
