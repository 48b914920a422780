import Foundation
import PortableMath
import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

/// A message with odd content costs itself: it is counted, and every good row stays.
@Suite struct ULogOddityTests {
  /// An odd message, and what it is counted as.
  struct Case: Sendable, CustomTestStringConvertible {
    var oddity: ULogOddity
    var type: UInt8
    var content: [UInt8]

    init(_ oddity: ULogOddity, _ type: Character, _ content: [UInt8]) {
      (self.oddity, self.type, self.content) = (oddity, type.asciiValue ?? 0, content)
    }

    init(_ type: UInt8, _ content: [UInt8]) {
      (oddity, self.type, self.content) = (.unknownKind, type, content)
    }

    var testDescription: String { "\(oddity), type \(type), \(content.count) bytes" }
  }

  private static func key(_ text: String, _ value: [UInt8] = []) -> [UInt8] {
    [UInt8(text.utf8.count)] + Array(text.utf8) + value
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let cases: [Case] = [
    Case(.information, "I", key("no_typ", [121])),
    Case(.information, "I", []),
    Case(.information, "I", [200, 1, 2]),
    Case(.information, "I", key("uint64_t short", [1, 2])),
    Case(.information, "I", key("char[3] with three words")),
    Case(.information, "M", []),
    Case(.information, "M", [0] + key("no_typ")),
    Case(.parameter, "P", key("double P", [UInt8](repeating: 0, count: 8))),
    Case(.parameter, "P", key("uint32_t P", [1, 0, 0, 0])),
    Case(.parameter, "P", key("float P", [1])),
    Case(.parameter, "P", key("float", [0, 0, 0, 0])),
    Case(.parameter, "P", []),
    Case(.parameter, "Q", [1]),
    Case(.format, "F", []),
    Case(.format, "F", text("no_colon")),
    Case(.format, "F", text("empty:")),
    Case(.format, "F", text(":float x;")),
    Case(.format, "F", text("b:float[-1] x;")),
    Case(.format, "F", text("b:float[9999999999999999999999] x;")),
    Case(.format, "F", text("b:float[2 x;")),
    Case(.format, "F", text("b:float x y;")),
    Case(.format, "F", [0xFF, 0xFE, 0x3A, 0xFF]),
    Case(.formatAgain, "F", text("a:uint64_t timestamp;double x;")),
    Case(.subscription, "A", []),
    Case(.subscription, "A", [0, 9, 0]),
    Case(.subscriptionFormat, "A", [0, 9, 0] + text("nobody")),
    Case(.subscriptionFormat, "A", [0, 9, 0, 0xFF, 0xC0]),
    Case(.unsubscription, "R", [1]),
    Case(.dataUnknown, "D", []),
    Case(.dataUnknown, "D", [9]),
    Case(.dataUnknown, "D", [9, 9] + [UInt8](repeating: 1, count: 12)),
    Case(.dataSize, "D", [3, 0] + [UInt8](repeating: 1, count: 11)),
    Case(.dataSize, "D", [3, 0] + [UInt8](repeating: 1, count: 13)),
    Case(.dataSize, "D", [3, 0]),
    Case(.text, "L", [UInt8(ascii: "4"), 1, 2]),
    Case(.text, "C", [UInt8(ascii: "4")] + [UInt8](repeating: 1, count: 9)),
    Case(.dropout, "O", [1]),
    Case(.sync, "S", [1, 2, 3, 4, 5, 6, 7, 8]),
    Case(.sync, "S", []),
    Case(.flags, "B", [UInt8](repeating: 0, count: 40)),
    Case(.flags, "B", [1]),
    Case(0x01, []), Case(0x21, [1]), Case(0x5A, [UInt8](repeating: 0, count: 300)), Case(0x7A, []),
    Case(0x80, [1, 2, 3]), Case(0xFF, [UInt8](repeating: 255, count: 20_000)),
  ]

  /// Five rows, with messages put in front of all, behind the definitions, and behind the third row.
  private func log(_ odd: (inout ULogBuilder) -> Void) -> ULogBuilder {
    var log = ULogBuilder()
    log.flags()
    odd(&log)
    log.format("a:uint64_t timestamp;float x;")
    log.subscribe("a", id: 3)
    odd(&log)
    for row in 0..<5 {
      log.data(id: 3, time: UInt64(row) * 10, floats: [Float(row)])
      if row == 2 { odd(&log) }
    }
    odd(&log)
    return log
  }

  private func times(_ file: ULogFile) -> [UInt64] { file.column("timestamp", "a").map { UInt64($0.double) } }

  @Test(arguments: cases) func anOddMessageCostsItself(_ odd: Case) throws {
    var calls = 0
    let file = try log { log in
      calls += 1
      // The first word counts, so a contradiction cannot stand in front.
      if calls > 1 || odd.oddity != .formatAgain { log.message(odd.type, odd.content) }
    }.file
    #expect(times(file) == [0, 10, 20, 30, 40])
    #expect(file.damages.isEmpty)
    switch odd.oddity {
    case .formatAgain: #expect(file.skipped == [.formatAgain: 3])
    // In front of the definitions they are of nobody.
    case .dataSize: #expect(file.skipped == [.dataUnknown: 1, .dataSize: 3])
    default: #expect(file.skipped == [odd.oddity: 4])
    }
  }

  @Test func severalInARowCostThemselves() throws {
    let file = try log { log in
      for odd in Self.cases where odd.oddity != .formatAgain { log.message(odd.type, odd.content) }
    }.file
    #expect(times(file) == [0, 10, 20, 30, 40])
    #expect(file.damages.isEmpty)
    #expect(file.skipped.values.reduce(0, +) == 4 * Self.cases.filter { $0.oddity != .formatAgain }.count)
  }

  @Test func arraysOfNothingTakeNoPlace() throws {
    var log = ULogBuilder()
    log.format("z:uint64_t timestamp;float[0] nothing;float y;uint8_t[0] _padding0;")
    log.subscribe("z", id: 1)
    log.data(id: 1, time: 5, floats: [7])
    let file = try log.file
    #expect(file.column("y", "z") == [.real(7)])
    #expect(file.paths(of: file.subscriptions[0]) == ["timestamp", "y"])
    #expect(file.skipped.isEmpty && file.damages.isEmpty)
  }

  @Test func theTimestampMayStandAnywhereOrNowhere() throws {
    var log = ULogBuilder()
    log.format("late:float value;uint64_t timestamp;")
    log.format("never:float value;")
    log.format("inner:uint64_t timestamp;float v;")
    log.format("nested:inner i;uint8_t[2] s;uint64_t timestamp;")
    for (id, name) in ["late", "never", "nested"].enumerated() { log.subscribe(name, id: UInt16(id)) }
    log.message("D", [0, 0] + ULogBuilder.bytes([Float(1)]) + ULogBuilder.bytes(UInt64(70)))
    log.message("D", [1, 0] + ULogBuilder.bytes([Float(2)]))
    log.message(
      "D",
      [2, 0] + ULogBuilder.bytes(UInt64(1)) + ULogBuilder.bytes([Float(3)]) + [0, 0]
        + ULogBuilder.bytes(UInt64(80)))
    log.dropout(milliseconds: 4)
    let file = try log.file
    #expect(file.column("timestamp", "late") == [.unsigned(70)])
    #expect(file.column("value", "never") == [.real(2)])
    #expect(file.column("timestamp", "nested") == [.unsigned(80)])
    #expect(file.dropouts == [ULogDropout(after: 80, milliseconds: 4)])
    #expect(file.skipped.isEmpty && file.damages.isEmpty)
  }

  @Test func aPlaceForAppendedDataInsideAMessageIsNone() throws {
    var log = ULogBuilder()
    log.flags(incompatible: 1, appended: [0, 0, 0])
    log.format("a:uint64_t timestamp;float x;")
    log.subscribe("a", id: 3)
    for row in 0..<20 { log.data(id: 3, time: UInt64(row) * 10, floats: [1]) }
    for place in (log.bytes.count - 200)..<(log.bytes.count - 180) {
      var bytes = log.bytes
      bytes.replaceSubrange(35..<43, with: ULogBuilder.bytes(UInt64(place)))
      let file = try ULogFile(LogBytes(bytes))
      #expect(times(file).count == 20, "at \(place)")
      #expect(file.damages.isEmpty)
    }
  }

  @Test func rowsOfATopicSubscribedToAgainAreKeptAndTold() throws {
    var log = log { _ in }
    log.subscribe("a", id: 3)
    log.data(id: 3, time: 50, floats: [1])
    let file = try log.file
    #expect(file.subscription("a")?.count == 6)
    #expect(file.subscription("a")?.countBeforeLastStart == 5)
  }

  /// Messages of any kind and content between good rows: the rows stay, whatever the others are.
  @Test func randomMessagesBetweenGoodOnesCostNoRow() throws {
    var random = RandomGenerator(seed: 91)
    func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.nextBits() >> 56) }
    for _ in 0..<400 {
      var rows: [UInt64] = []
      var log = ULogBuilder()
      log.flags()
      log.format("a:uint64_t timestamp;float x;")
      log.subscribe("a", id: 3)
      for row in 0..<30 {
        for _ in 0..<random.nextBits() % 4 {
          let known = Array("BFIMPQARDLCSO".utf8)
          let isKnown = random.nextBits() % 2 == 0
          let type = isKnown ? known[Int(random.nextBits() % UInt64(known.count))] : max(byte(), 1)
          let size = [0, 1, 3, 12, 60, 900][Int(random.nextBits() % 6)]
          log.message(type, (0..<size).map { _ in byte() })
        }
        rows.append(UInt64(row))
        log.data(id: 3, time: UInt64(row), floats: [1])
      }
      let file = try log.file
      #expect(times(file) == rows)
      #expect(file.damages.isEmpty)
    }
  }

  @Test func manyMessagesOfAnUnknownKindAreNoDamage() throws {
    var log = modernLog(rows: 10)
    for _ in 0..<3000 { log.message("Z", [1, 2, 3]) }
    log.combined(id: 0, time: 100_000)
    let file = try log.file
    #expect(file.skipped == [.unknownKind: 3000])
    #expect(file.damages == [])
    #expect(file.subscription("sensor_combined")?.count == 11)
  }

  @Test func aFileThatEndsInItsHeaderIsNamedAsThat() throws {
    for count in 7..<16 {
      let error = #expect(throws: LogError.self) {
        try RecordingReader.read(bytes: LogBytes(Array(ULogBuilder().bytes.prefix(count))))
      }
      #expect(error?.cause == .truncated)
      #expect(
        error?.what == "the PX4 log (ULog) is cut off in its header of 16 bytes: there is nothing in it")
    }
  }

  /// Five gigabytes that were never written, and then the data that were appended: a sparse file.
  @Test func dataBeyondFourGiBAreRead() throws {
    try withLogFolder { folder in
      let path = folder + "/long.ulg"
      let size = 5 << 30
      var log = ULogBuilder()
      log.flags(incompatible: 1, appended: [UInt64(size), 0, 0])
      log.combinedTopic(id: 0)
      for row in 0..<10 { log.combined(id: 0, time: 4000 * UInt64(row + 1)) }
      var rest = ULogBuilder()
      for row in 10..<30 { rest.combined(id: 0, time: 4000 * UInt64(row + 1), rate: [Float(row), 0, 0]) }
      let file = try #require(fopen(path, "w"))
      defer { fclose(file) }
      log.bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
      fseeko(file, size, SEEK_SET)
      rest.bytes.dropFirst(16).withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
      try #require(fflush(file) == 0)
      let recording = try RecordingReader.read(bytes: LogBytes(path: path))
      #expect(recording.inertial.count == 30)
      #expect(recording.inertial.last?.sample.rateX == 29)
      #expect(
        recording.account.skipped.map(\.reason) == [
          "damaged places with \(size - log.bytes.count) bytes in all, the first at byte \(log.bytes.count)"
        ])
    }
  }
}
