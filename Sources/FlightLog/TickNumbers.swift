import Signals

/// Where a tick's number and times lie; every program has them.
struct TickNumbers: Sendable {
  private let numberPlace: SignalIndex<UInt64>?
  private let timePlace: SignalIndex<Int64>?
  private let missedPlace: SignalIndex<UInt32>?

  init(_ table: SignalTable) {
    (numberPlace, timePlace) = (table.index(of: "tick.number"), table.index(of: "tick.time"))
    missedPlace = table.index(of: "tick.missed")
  }

  /// The number of the tick; skipped periods count.
  func number(_ frame: Frame) -> UInt64 { numberPlace.map { frame[$0] } ?? 0 }

  /// When it began, in ns.
  func time(_ frame: Frame) -> Int64 { timePlace.map { frame[$0] } ?? 0 }

  /// Periods skipped just before it.
  func missed(_ frame: Frame) -> UInt32 { missedPlace.map { frame[$0] } ?? 0 }
}
