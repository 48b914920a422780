import Signals

/// Checks that a log has every tick from the first, in order: what an exact replay needs.
public struct TickContinuity: Sendable {
  /// Ticks that can be read.
  public private(set) var tickCount: UInt64 = 0
  /// What is missing or out of order, the first hundred.
  public private(set) var findings: [LogError] = []

  /// What is beyond that.
  public private(set) var moreFindings = 0

  private mutating func add(_ error: LogError) {
    if findings.count < MCAPVerification.limit { findings.append(error) } else { moreFindings += 1 }
  }

  /// Walks through all ticks of a log.
  public init(_ reader: FlightLogReader) {
    var cursor = reader.ticks()
    let place = TickNumbers(reader.table)
    // A later part of a run begins where the one before it ended.
    var expected: UInt64? = reader.part.map(\.firstTick) ?? 0
    while true {
      do throws(LogError) {
        switch try cursor.next() {
        case .tick:
          let number = place.number(cursor.frame)
          check(number, missed: place.missed(cursor.frame), expected)
          expected = number &+ 1
          tickCount += 1
        case .dropout(let count):
          add("\(count) tick(s) after \(tickCount) were dropped: the log's writer fell behind")
          expected = nil
        // Damage is for `MCAPVerification` to report; the gap in the numbers shows here.
        case .damage: continue
        case .end: return
        }
      } catch {
        add(error)
      }
    }
  }

  private mutating func check(_ number: UInt64, missed: UInt32, _ expected: UInt64?) {
    // A late tick skips whole periods and says so; the numbers add up all the same.
    let found = number &- UInt64(missed)
    if let expected, found != expected {
      add(
        "tick \(expected) is missing: the next is tick \(number), with \(missed) missed before it")
    }
  }

  private mutating func add(_ what: String) {
    add(
      LogError(.missing, what, remedy: "A replay of this log is not reproducible from there on."))
  }
}
