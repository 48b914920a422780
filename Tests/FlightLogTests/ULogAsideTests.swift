import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

/// What a PX4 log says beside its rows.
@Suite struct ULogAsideTests {
  @Test func aFieldThatIsThereTwiceIsCounted() throws {
    var log = modernLog(rows: 100)
    log.topic("sensor_baro", "uint64_t timestamp;float pressure;float pressure;float temperature;", id: 1)
    for row in 0..<20 {
      log.data(id: 1, time: 4000 + UInt64(row) * 10_000, floats: [101_000 + Float(row), 5, 20])
    }
    let recording = try readRecording(log)
    #expect(recording.account.skipped.counts == [ULogOddity.formatTwice.rawValue: 1])
    #expect(recording.pressure.first?.sample.pressure == 101_000)
  }

  @Test func placesOfAppendedDataBeyondTheEndAreCounted() throws {
    var log = ULogBuilder()
    log.flags(incompatible: 1, appended: [1 << 40, .max, 0])
    log.combinedTopic(id: 0)
    for row in 0..<100 { log.combined(id: 0, time: 4000 * UInt64(row + 1), rate: [Float(row), 0, 0]) }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 100)
    #expect(recording.account.skipped.counts == [ULogOddity.appendedOutside.rawValue: 2])
  }

  @Test func anUnknownVersionIsNoted() throws {
    let log = modernLog(rows: 100)
    var bytes = log.bytes
    bytes[7] = 9
    let recording = try RecordingReader.read(bytes: LogBytes(bytes))
    #expect(recording.inertial.count == 100)
    #expect(
      recording.account.notes.contains { $0.hasPrefix("the file says that it is of version 9 of the format") }
    )
    #expect(try !readRecording(log).account.notes.contains { $0.contains("of the format") })
  }

  @Test func aDropoutOfAnotherPartIsNoneOfTheFlight() throws {
    var log = ULogBuilder()
    log.combinedTopic(id: 0)
    // A short part, a dropout in it, and a long one after the clock went back, with a dropout of its own.
    for row in 0..<100 {
      log.combined(id: 0, time: 100_000_000 + 4000 * UInt64(row), rate: [Float(row), 0, 0])
    }
    log.dropout(milliseconds: 900)
    for row in 100..<200 {
      log.combined(id: 0, time: 100_000_000 + 4000 * UInt64(row), rate: [Float(row), 0, 0])
    }
    for row in 0..<1000 {
      if row == 500 { log.dropout(milliseconds: 30) }
      log.combined(id: 0, time: 4000 * UInt64(row + 1), rate: [Float(row % 100), 0, 0])
    }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 1000)
    #expect(recording.dropouts.map(\.milliseconds) == [30])
    #expect(
      recording.account.notes.contains("1 of 2 dropouts are outside of the inertial rows that are used"))
  }
}
