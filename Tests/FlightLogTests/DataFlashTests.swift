import Foundation
import HardwareInterfaces
import PortableMath
import Testing
import VehicleRuntime

@testable import FlightLog

/// What was read of a log.
private func read(_ log: DataFlashBuilder) throws -> SensorRecording {
  try SensorRecording(DataFlashFile(LogBytes(log.bytes)))
}

/// Each row of each topic must be used or left out under a reason, once.
func expectEveryRowCounts(_ account: ImportAccount, _ comment: Comment? = nil) {
  for topic in account.topics {
    #expect(topic.rows == topic.used + topic.leftOut.reduce(0) { $0 + $1.count }, comment)
  }
}

@Suite struct DataFlashTests {
  @Test func aLogOfACopterIsReadInFull() throws {
    let recording = try read(.copter())
    #expect(recording.inertial.count == 200)
    let first = try #require(recording.inertial.first)
    #expect(first.time.nanoseconds == 1_000_000_000)
    #expect(
      first.sample
        == InertialSample(acceleration: (0.5, -0.25, -9.75), rate: (0.25, -0.5, 0.125), temperature: 31.5))
    #expect(recording.pressure.map(\.sample.pressure) == (0..<40).map { 101_325 - Float($0 * 5) })
    #expect(recording.pressure.first?.sample.temperature == 21.25)
    #expect(recording.range.first?.sample == RangeSample(distance: 1.25, isValid: true))
    #expect(recording.power.map(\.sample.current) == (0..<20).map { Float($0) * 2.5 })
    #expect(recording.power.first?.sample.voltage == 11.5)
    #expect(recording.magneticField.first?.sample == MagneticSample(field: (2e-5, -3e-6, 4e-5)))
    #expect(recording.attitude.count == 50)
    let angles = try #require(recording.attitude.last?.sample.eulerAngles)
    #expect(abs(angles.roll * 180 / .pi - 19.6) < 1e-9)
    #expect(abs(angles.pitch * 180 / .pi + 5.25) < 1e-9)
    #expect(abs(angles.yaw * 180 / .pi - 271.5 + 360) < 1e-9)
    #expect(recording.armed.map(\.sample) == [true])
    #expect(recording.armed.first?.time.nanoseconds == 1_500_000_000)
    let account = recording.account
    #expect(account.format == "ArduPilot DataFlash")
    #expect(account.skipped.isEmpty)
    expectEveryRowCounts(account)
    let imus = account.topics.filter { $0.quantity == .inertial }
    // The first of two as fast is taken.
    #expect(imus.map(\.instance) == [0, 1])
    #expect(imus.map(\.isChosen) == [true, false])
    #expect(imus.map(\.rate) == [100, 100])
  }

  @Test func aSensorThatIsNotWellLosesToItsSpare() throws {
    var log = DataFlashBuilder()
    log.copterFormats()
    for tick in 0..<100 {
      let time = 1_000_000 + Double(tick) * 10_000
      log.inertial(time, rateX: Double(tick) / 128, health: tick < 10 ? 1 : 0)
      log.inertial(time, instance: 2, rateX: Double(tick) / 64)
    }
    let recording = try read(log)
    #expect(recording.inertial.count == 100)
    #expect(recording.inertial.last?.sample.rateX == 99.0 / 64)
    let lost = try #require(recording.account.topics.first { $0.instance == 0 })
    #expect(lost.leftOut.counts[RowLoss.unhealthy] == 90)
    expectEveryRowCounts(recording.account)
  }

  @Test func logsOfBeforeThereWereInstancesAreRead() throws {
    var log = DataFlashBuilder()
    log.format(150, "IMU", "Iffffff", "TimeMS,GyrX,GyrY,GyrZ,AccX,AccY,AccZ")
    log.format(151, "IMU2", "Iffffff", "TimeMS,GyrX,GyrY,GyrZ,AccX,AccY,AccZ")
    log.format(152, "BAR2", "QffcfIf", "TimeUS,Alt,Press,Temp,CRt,SMS,Offset")
    log.format(153, "RFND", "QCBCB", "TimeUS,Dist1,Orient1,Dist2,Orient2")
    log.format(154, "EV", "QB", "TimeUS,Id")
    for tick in 0..<40 {
      if tick < 10 { log.message(150, .number(500 + Double(tick) * 20), 1, 2, 3, 0, 0, -9.75) }
      log.message(151, .number(500 + Double(tick) * 20), .number(Double(tick) / 64), 0, 0, 0, 0, -9.75)
      if tick % 2 == 0 {
        log.message(152, .number(500_000 + Double(tick) * 20_000), 1, 99_000, 15.5, 0, 0, 0)
        log.message(153, .number(500_000 + Double(tick) * 20_000), 2.5, 0, 0.75, 25)
      }
    }
    log.message(154, 520_000, 10)
    log.message(154, 530_000, 15)
    log.message(154, 900_000, 11)
    let recording = try read(log)
    #expect(recording.inertial.count == 40)
    #expect(recording.inertial.first?.time.nanoseconds == 500_000_000)
    #expect(recording.account.topics.first?.name == "IMU2")
    #expect(recording.account.topics.first?.instance == 1)
    #expect(recording.pressure.count == 20)
    #expect(recording.range.first?.sample == RangeSample(distance: 0.75, isValid: true))
    #expect(recording.armed.map(\.sample) == [true, false])
    #expect(
      recording.account.topics.flatMap(\.leftOut).contains {
        $0.reason == "of a range finder that does not look down (orientation 0)" && $0.count == 20
      })
    expectEveryRowCounts(recording.account)
  }

  @Test func singleSamplesServeWhereThereIsNoIMU() throws {
    var log = DataFlashBuilder()
    log.format(140, "GYR", "QBQfff", "TimeUS,I,SampleUS,GyrX,GyrY,GyrZ")
    log.format(141, "ACC", "QBQfff", "TimeUS,I,SampleUS,AccX,AccY,AccZ")
    for tick in 0..<100 {
      let time = 1_000_000 + Double(tick) * 1000
      // Written late: the sample's own time counts.
      log.message(140, .number(time + 5000), 0, .number(time), .number(Double(tick) / 64), 0, 0)
      log.message(141, .number(time + 5000), 0, .number(time), 0, 0, -9.75)
    }
    let recording = try read(log)
    #expect(recording.inertial.count == 100)
    #expect(recording.inertial.first?.time.nanoseconds == 1_000_000_000)
    #expect(recording.inertial.last?.sample.accelerationZ == -9.75)
    #expect(recording.account.topics.map(\.name) == ["GYR", "ACC"])
  }

  @Test func messagesOfOldVersionsSayWhenItWasArmed() throws {
    var log = DataFlashBuilder.copter()
    log.format(200, "ARM", "QB", "Time,Armed")
    var old = DataFlashBuilder()
    old.copterFormats()
    for tick in 0..<50 { old.inertial(1_000_000 + Double(tick) * 10_000, rateX: Double(tick) / 64) }
    old.message(DataFlashBuilder.text, 1_100_000, "Arming motors")
    old.message(DataFlashBuilder.text, 1_200_000, "GPS 1: detected")
    old.message(DataFlashBuilder.text, 1_300_000, "Disarming motors")
    #expect(try read(old).armed.map(\.sample) == [true, false])
    #expect(try read(log).armed.map(\.sample) == [true])
  }

  @Test func damageCostsWhatItTouches() throws {
    let whole = DataFlashBuilder.copter().bytes
    let sound = try DataFlashFile(LogBytes(whole))
    let total = sound.counts.values.reduce(0, +)
    var random = RandomGenerator(seed: 31)
    for _ in 0..<200 {
      var bytes = whole
      // Behind the formats.
      let place = 900 + Int(random.nextBits() % UInt64(bytes.count - 1000))
      let count = 1 + Int(random.nextBits() % 20)
      switch random.nextBits() % 3 {
      case 0: bytes.removeSubrange(place..<place + count)
      case 1: bytes.insert(contentsOf: (0..<count).map { _ in UInt8(random.nextBits() % 128) }, at: place)
      default: for index in place..<place + count { bytes[index] = UInt8(random.nextBits() % 128) }
      }
      let file = try DataFlashFile(LogBytes(bytes))
      let found = file.counts.values.reduce(0, +)
      #expect(found >= total - 4 && found <= total)
      #expect(file.damagedPlaces + file.unknownMessages <= 3)
      #expect(file.damagedPlaces + file.unknownMessages > 0 || found == total)
      expectEveryRowCounts(try SensorRecording(file).account)
    }
  }

  @Test func whatIsNoMessageIsCountedUnderAReason() throws {
    var log = DataFlashBuilder.copter()
    log.raw([0xA3, 0x95, 250, 1, 2, 3, 4])
    log.inertial(3_000_000)
    log.inertial(3_010_000)
    log.raw([1, 2, 3])
    log.format(180, "ODD", "QQ", "TimeUS,X", length: 5)
    log.raw([0xA3, 0x95, 180, 9, 9])
    log.raw([UInt8](repeating: 0xFF, count: 300))
    let file = try DataFlashFile(LogBytes(log.bytes))
    #expect(file.unknownMessages == 1)
    #expect((file.damagedPlaces, file.damagedBytes) == (1, 3))
    #expect(file.oddFormats == 1)
    #expect(file.counts["ODD"] == 1)
    #expect(file.fillBytes == 300)
    let skipped = try SensorRecording(file).account.skipped
    #expect(skipped.map(\.count) == [1, 1, 1, 1, 300])
    // The same without its last bytes.
    let cut = try DataFlashFile(LogBytes(Array(DataFlashBuilder.copter().bytes.dropLast(7))))
    #expect(cut.cutBytes > 0)
    #expect(cut.damagedPlaces == 0)
  }

  @Test func rowsThatCannotBeAreLeftOutByName() throws {
    var log = DataFlashBuilder()
    log.copterFormats()
    for tick in 0..<100 { log.inertial(1_000_000 + Double(tick) * 10_000, rateX: Double(tick) / 64) }
    log.inertial(5e17)
    for tick in 100..<150 { log.inertial(1_000_000 + Double(tick) * 10_000, rateX: Double(tick) / 64) }
    log.inertial(1_500_000)
    log.inertial(2_500_000, rateX: .nan)
    log.inertial(2_510_000, rateX: 1e20)
    log.inertial(1e19)
    log.inertial(2_520_000)
    let recording = try read(log)
    #expect(recording.inertial.count == 151)
    let topic = try #require(recording.account.topics.first)
    let reasons = Dictionary(uniqueKeysWithValues: topic.leftOut.map { ($0.reason, $0.count) })
    #expect(
      reasons == [
        RowLoss.notFinite: 1, RowLoss.beyond: 1, RowLoss.noTime: 2, "with a time that goes back": 1,
      ])
    expectEveryRowCounts(recording.account)
  }

  @Test func aFileThatSpeaksOfOtherUnitsIsNoted() throws {
    var log = DataFlashBuilder.copter()
    log.format(190, "UNIT", "QbZ", "TimeUS,Id,Label")
    log.format(191, "FMTU", "QBNN", "TimeUS,FmtType,UnitIds,MultIds")
    log.message(190, 0, .number(Double(UInt8(ascii: "k"))), "deg/s")
    log.message(190, 0, .number(Double(UInt8(ascii: "o"))), "m/s/s")
    log.message(191, 0, .number(Double(DataFlashBuilder.imu)), "s#kEEooo--O--zz", "F-000000-----00")
    let notes = try read(log).account.notes.filter { !$0.contains("accelerometer's reading") }
    #expect(notes == ["IMU.GyrX is said to be in 'deg/s', and was read in rad/s"])
  }

  @Test func batchesOfRawSamplesAreNamed() throws {
    var log = DataFlashBuilder.copter()
    log.format(192, "ISBD", "QHHaaa", "TimeUS,N,seqno,x,y,z")
    log.message(192, 0, 1, 2, 0, 0, 0)
    #expect(
      try read(log).account.notes.contains(
        "ISBD (batches of raw samples) is there with 1 rows and is not used"))
  }

  @Test func otherFilesAreRefused() throws {
    var log = DataFlashBuilder()
    log.format(129, "TIME", "Q", "StartTime")
    #expect { try read(log) } throws: { ($0 as? LogError)?.what.contains("sdlog2") == true }
    #expect { try DataFlashFile(LogBytes([1, 2, 3])) } throws: { ($0 as? LogError)?.cause == .notALog }
    #expect { try read(DataFlashBuilder()) } throws: { ($0 as? LogError)?.cause == .missing }
  }

  @Test func hostileLogsNeverTrap() throws {
    let whole = DataFlashBuilder.copter().bytes
    for cut in stride(from: 0, to: whole.count, by: 37) {
      if let file = try? DataFlashFile(LogBytes(Array(whole[..<cut]))) { _ = try? SensorRecording(file) }
    }
    var random = RandomGenerator(seed: 32)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0...random.nextBits() % 6 {
        let place = Int(random.nextBits() % UInt64(bytes.count))
        // Half of them into the formats.
        bytes[random.nextBits() % 2 == 0 ? place : place % 900] = UInt8(truncatingIfNeeded: random.nextBits())
      }
      guard let file = try? DataFlashFile(LogBytes(bytes)), let recording = try? SensorRecording(file) else {
        continue
      }
      expectEveryRowCounts(recording.account)
      #expect(zip(recording.inertial, recording.inertial.dropFirst()).allSatisfy { $0.time < $1.time })
      #expect(recording.inertial.allSatisfy { $0.sample.rateX.isFinite && $0.sample.accelerationZ.isFinite })
    }
    // Nothing but heads.
    for id in [UInt8(128), 130, 255] {
      let heads = DataFlashBuilder().bytes + (0..<3000).flatMap { _ in [0xA3, 0x95, id] as [UInt8] }
      _ = try? SensorRecording(DataFlashFile(LogBytes(heads)))
    }
  }

  @Test(.enabled(if: Python.path != nil, "needs a Python with Tests/python/requirements.txt"))
  func pymavlinkReadsTheSameRowsAndValues() throws {
    let bytes = DataFlashBuilder.copter().bytes
    let result = try Python.withTemporaryFile(".bin") { log in
      try Data(bytes).write(to: log)
      return try #require(try Python.script("describe_dataflash.py", [log.path]))
    }
    #expect(result.status == 0)
    let kinds = try JSONDecoder().decode([String: [[NumberOrText]]].self, from: result.output)
    let file = try DataFlashFile(LogBytes(bytes))
    #expect(kinds.mapValues(\.count) == file.counts)
    for kind in file.kinds where !kind.offsets.isEmpty {
      let rows = try #require(kinds[kind.format.name])
      for (row, offset) in zip(rows, kind.offsets) {
        let own: [NumberOrText?] = kind.format.fields.map { field in
          file.bytes.number(field, at: offset).map { .number($0) }
            ?? file.bytes.text(field, at: offset).map { .text($0) }
        }
        #expect(own == row, "\(kind.format.name) at byte \(offset)")
      }
    }
  }

  enum NumberOrText: Decodable, Equatable {
    case number(Double)
    case text(String)
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }
}
