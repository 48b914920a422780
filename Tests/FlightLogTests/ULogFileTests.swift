import PortableMath
import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

@Suite struct ULogFileTests {
  private func times(_ file: ULogFile) -> [UInt64] {
    file.column("timestamp", "a").map { UInt64($0.double) }
  }

  private func simple(_ count: Int = 10) -> ULogBuilder {
    var log = ULogBuilder()
    log.format("a:uint64_t timestamp;float x;")
    log.subscribe("a", id: 3)
    for row in 0..<count { log.data(id: 3, time: UInt64(row) * 10, floats: [Float(row) / 2]) }
    return log
  }

  @Test func everyTypeIsRead() throws {
    var log = ULogBuilder()
    log.format(
      "t:uint64_t timestamp;int8_t a;uint8_t b;int16_t c;uint16_t d;int32_t e;uint32_t f;int64_t g;uint64_t h;"
        + "float i;double j;bool k;char l;")
    log.subscribe("t", id: 0)
    var content: [UInt8] = [0x80, 0xFF]
    content += ULogBuilder.bytes(Int16.min) + ULogBuilder.bytes(UInt16.max)
    content += ULogBuilder.bytes(Int32.min) + ULogBuilder.bytes(UInt32.max)
    content += ULogBuilder.bytes(Int64.min) + ULogBuilder.bytes(UInt64.max)
    content += ULogBuilder.bytes(Float(-1.5).bitPattern) + ULogBuilder.bytes(0.1.bitPattern) + [1, 0x41]
    log.data(id: 0, time: 5, content)
    let file = try log.file
    let expected: [(String, ULogNumber)] = [
      ("a", .signed(-128)), ("b", .unsigned(255)), ("c", .signed(-32768)), ("d", .unsigned(65535)),
      ("e", .signed(Int64(Int32.min))), ("f", .unsigned(UInt64(UInt32.max))), ("g", .signed(.min)),
      ("h", .unsigned(.max)), ("i", .real(-1.5)), ("j", .real(0.1)), ("k", .unsigned(1)),
      ("l", .unsigned(0x41)),
    ]
    for (path, value) in expected { #expect(file.column(path, "t") == [value], "\(path)") }
    #expect(file.damages.isEmpty)
  }

  @Test func nestedStructsAndArraysAreReachedByPath() throws {
    var log = ULogBuilder()
    log.format("esc:float v;uint8_t[3] s;")
    log.format("all:uint64_t timestamp;esc[2] e;int16_t z;esc one;")
    log.subscribe("all", id: 1, instance: 2)
    let first = ULogBuilder.bytes(Float(1).bitPattern) + [1, 2, 3]
    let second = ULogBuilder.bytes(Float(2).bitPattern) + [4, 5, 6]
    let one = ULogBuilder.bytes(Float(3).bitPattern) + [7, 8, 9]
    log.data(id: 1, time: 5, first + second + ULogBuilder.bytes(Int16(-7)) + one)
    let file = try log.file
    #expect(file.column("e[1].v", "all", instance: 2) == [.real(2)])
    #expect(file.column("e[1].s[2]", "all", instance: 2) == [.unsigned(6)])
    #expect(file.column("z", "all", instance: 2) == [.signed(-7)])
    #expect(file.column("one.s[0]", "all", instance: 2) == [.unsigned(7)])
    let subscription = try #require(file.subscription("all", instance: 2))
    for path in ["e", "e[2].v", "e[0]", "e.v", "one[0].v", "one", "z[0]", "z.v", "", "nothing", "e[-1].v"] {
      #expect(file.field(path, of: subscription) == nil, "\(path)")
    }
    #expect(file.paths(of: subscription).count == 1 + 2 * 4 + 1 + 4)
    #expect(file.paths(of: subscription)[5] == "e[1].v")
  }

  @Test func paddingAtTheEndMayBeLeftOut() throws {
    var log = ULogBuilder()
    log.format("a:uint64_t timestamp;uint8_t x;uint8_t[3] _padding0;uint8_t y;uint8_t[7] _padding1;")
    log.subscribe("a", id: 3)
    log.data(id: 3, time: 1, [9, 0, 0, 0, 8])
    log.data(id: 3, time: 2, [7, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
    let file = try log.file
    #expect(file.column("y", "a") == [.unsigned(8), .unsigned(6)])
    #expect(file.paths(of: file.subscriptions[0]) == ["timestamp", "x", "y"])
    #expect(file.damages.isEmpty)
  }

  @Test func informationParametersTextsAndDropoutsAreRead() throws {
    var log = ULogBuilder(startTime: 77)
    log.flags()
    log.information("char[5] ver_hw", Array("BOARD".utf8))
    log.information("uint32_t ver", ULogBuilder.bytes(UInt32(9)))
    log.parameter("int32_t P1", ULogBuilder.bytes(Int32(-4)))
    log.parameter("float P2", ULogBuilder.bytes(Float(0.5).bitPattern))
    log.raw(simple(2).bytes.dropFirst(16).map { $0 })
    log.dropout(milliseconds: 62)
    log.message("L", [UInt8(ascii: "4")] + ULogBuilder.bytes(UInt64(30)) + Array("careful".utf8))
    log.sync()
    let file = try log.file
    #expect(file.startTime == 77)
    #expect(file.information == ["ver_hw": "BOARD", "ver": "9"])
    #expect(file.parameters == ["P1": -4, "P2": 0.5])
    #expect(file.dropouts == [ULogDropout(after: 10, milliseconds: 62)])
    #expect(file.texts == [ULogText(level: 4, time: 30, text: "careful")])
    #expect(file.damages.isEmpty)
  }

  @Test func unknownIncompatibleFlagsAreRefused() throws {
    var log = ULogBuilder()
    log.flags(incompatible: 2)
    #expect { try log.file } throws: { error in
      guard let error = error as? LogError else { return false }
      return error.cause == .unsupported && error.offset == 27
    }
    var known = ULogBuilder()
    known.flags(incompatible: 1)
    #expect(try known.file.damages.isEmpty)
  }

  @Test func appendedDataBeginWhereTheFlagsSay() throws {
    // The log was cut in a message; afterwards PX4 appended, exactly at the offset in the flags.
    var log = ULogBuilder()
    log.flags(incompatible: 1, appended: [0, 0, 0])
    log.raw(Array(simple(3).bytes.dropFirst(16)))
    log.raw([14, 0, 0x44, 3, 0])
    let place = UInt64(log.bytes.count)
    log.data(id: 3, time: 500, floats: [1])
    var bytes = log.bytes
    bytes.replaceSubrange(35..<43, with: ULogBuilder.bytes(place))
    let file = try ULogFile(LogBytes(bytes))
    #expect(times(file) == [0, 10, 20, 500])
    #expect(file.damages.map(\.lostBytes) == [5])
  }

  @Test func messagesOfAnUnknownKindAreSkipped() throws {
    var log = simple(2)
    log.message("Z", [1, 2, 3])
    log.data(id: 3, time: 99, floats: [0])
    let file = try log.file
    #expect(times(file) == [0, 10, 99])
    #expect(file.damages.isEmpty)
    #expect(file.skipped == [.unknownKind: 1])
  }

  @Test func damageCostsWhatLiesUpToTheNextMark() throws {
    var log = simple(5)
    let start = log.bytes.count
    log.raw([0xFF, 0xFF, 0xFF, 0, 1, 2, 3, 4, 5, 6, 7])
    log.sync()
    log.data(id: 3, time: 900, floats: [0])
    let file = try log.file
    #expect(times(file) == [0, 10, 20, 30, 40, 900])
    #expect(file.damages.map(\.lostBytes) == [11])
    #expect(file.damages.first?.error.offset == start)
  }

  @Test func withoutMarksDamageEndsAtTheNextPlausibleMessages() throws {
    var log = simple(5)
    log.raw([0xFF, 0xFF, 0x44, 3, 0])
    for row in 0..<5 { log.data(id: 3, time: 1000 + UInt64(row), floats: [0]) }
    let file = try log.file
    #expect(times(file) == [0, 10, 20, 30, 40, 1000, 1001, 1002, 1003, 1004])
    #expect(file.damages.map(\.lostBytes) == [5])
  }

  @Test func aCutAtAnyByteKeepsEveryWholeMessage() throws {
    let log = simple(10).bytes
    let front = log.count - 10 * 17
    for cut in 16..<log.count {
      let file = try ULogFile(LogBytes(Array(log[..<cut])))
      let rows = max(cut - front, 0) / 17
      #expect((file.subscription("a")?.count ?? 0) == rows, "cut at \(cut)")
      #expect(file.damages.reduce(0) { $0 + $1.lostBytes } <= 64)
      if cut > front, (cut - front) % 17 != 0 {
        #expect(file.damages.map(\.error.cause) == [.truncated])
        #expect(file.damages.first?.lostBytes == (cut - front) % 17)
      }
    }
  }

  @Test func otherFilesAreNoULog() {
    for bytes: [UInt8] in [[], MCAPFormat.magic + [UInt8](repeating: 0, count: 20)] {
      #expect { try ULogFile(LogBytes(bytes)) } throws: { ($0 as? LogError)?.cause == .notALog }
    }
    // One that is cut off in its header is one, with nothing in it.
    #expect { try ULogFile(LogBytes(ULogFormat.magic)) } throws: { ($0 as? LogError)?.cause == .truncated }
  }

  @Test func hostileFormatsEnd() throws {
    var log = ULogBuilder()
    log.format("self:uint64_t timestamp;self x;")
    log.format("big:uint64_t timestamp;uint8_t[65000] a;uint8_t[65000] b;")
    log.format("d:uint64_t timestamp;double[9999999999999999999999] a;")
    log.format("e:uint64_t timestamp;double[-1] a;")
    for level in 1..<40 { log.format("n\(level):n\(level - 1)[1000] a;n\(level - 1)[1000] b;") }
    log.format("deep:uint64_t timestamp;n39 x;")
    log.format("late:uint8_t x;uint64_t timestamp;")
    for (id, name) in ["self", "big", "d", "e", "deep", "late", "absent"].enumerated() {
      log.subscribe(name, id: UInt16(id))
    }
    let file = try log.file
    #expect(file.subscriptions.map(\.name) == ["late"])
    #expect(file.damages.isEmpty)
    #expect(file.skipped == [.format: 2, .subscriptionFormat: 6])
  }

  /// Structs whose sizes take long to add up: some 60,000 members, and one that is unknown where `isWhole` is not.
  private func heavyFormats(isWhole: Bool) -> ULogBuilder {
    var log = ULogBuilder()
    log.format(
      "top:uint64_t timestamp;" + String(repeating: "part _padding0;", count: 3000)
        + (isWhole ? "" : "none x;"))
    log.format("part:" + String(repeating: "char a;", count: 20))
    return log
  }

  @Test(.timeLimit(.minutes(1))) func aTopicSubscribedToAgainAndAgainIsMeasuredOnce() throws {
    var log = heavyFormats(isWhole: true)
    for _ in 0..<20_000 { log.subscribe("top", id: 1) }
    let file = try log.file
    #expect(file.subscriptions.count == 1)
    #expect(file.damages.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func subscriptionsRefusedAgainAndAgainAreNotMeasuredForEver() throws {
    var log = heavyFormats(isWhole: false)
    for _ in 0..<20_000 {
      log.subscribe("top", id: 1)
      log.sync()
    }
    let file = try log.file
    #expect(file.subscriptions.isEmpty)
    #expect(file.damages.isEmpty)
    #expect(file.skipped == [.subscriptionFormat: 20_000, .formatTwice: 2])
  }

  @Test(.timeLimit(.minutes(1))) func thousandsOfTopicsAreFoundByName() throws {
    var log = ULogBuilder()
    for topic in 0..<16 { log.format("some_topic_\(topic):uint64_t timestamp;") }
    for topic in 0..<16 {
      for instance in 0..<256 {
        log.subscribe("some_topic_\(topic)", id: UInt16(topic * 256 + instance), instance: UInt8(instance))
      }
    }
    for _ in 0..<100_000 { log.subscribe("some_topic_15", id: 4095, instance: 255) }
    let file = try log.file
    #expect(file.subscriptions.count == 4096)
    #expect(file.damages.isEmpty)
  }

  @Test func flagsAnywhereButInFrontAreSkipped() throws {
    var log = simple(3)
    log.flags(incompatible: 1, appended: [100, 101, 102])
    log.sync()
    log.data(id: 3, time: 900, floats: [0])
    let file = try log.file
    #expect(file.damages.isEmpty)
    #expect(file.skipped == [.flags: 1])
    #expect(times(file) == [0, 10, 20, 900])
  }

  @Test func flippedBitsAndHostileSizesNeverTrap() throws {
    var log = ULogBuilder()
    log.flags(incompatible: 1, appended: [60, 0, .max])
    log.format(
      "sensor_combined:uint64_t timestamp;float[3] gyro_rad;int32_t accelerometer_timestamp_relative;"
        + "float[3] accelerometer_m_s2;int32_t baro_timestamp_relative;double baro_alt_meter;float baro_temp_celcius;"
    )
    log.information("char[3] sys_name", Array("PX4".utf8))
    log.parameter("float P", ULogBuilder.bytes(Float(1).bitPattern))
    log.subscribe("sensor_combined", id: 1)
    for row in 0..<12 {
      log.data(id: 1, time: UInt64(row) * 4000, [UInt8](repeating: 63, count: 44))
      if row % 5 == 0 { log.sync() }
    }
    log.dropout(milliseconds: 3)
    var random = RandomGenerator(seed: 30)
    for _ in 0..<3000 {
      var bytes = log.bytes
      for _ in 0...random.nextBits() % 6 {
        let place = 16 + Int(random.nextBits() % UInt64(bytes.count - 16))
        bytes[place] = random.nextBits() % 2 == 0 ? 0xFF : bytes[place] ^ (1 << UInt8(random.nextBits() % 8))
      }
      guard let file = try? ULogFile(LogBytes(bytes)) else { continue }
      for subscription in file.subscriptions {
        for path in file.paths(of: subscription) {
          guard let field = file.field(path, of: subscription) else { continue }
          for row in 0..<subscription.count { _ = file.value(field, row, of: subscription) }
        }
      }
      _ = try? SensorRecording(file)
    }
  }
}
