import Testing

@testable import FlightLog

/// Formats of DataFlash logs that say too much, too little, or something else than usual.
@Suite struct DataFlashOddityTests {
  private func read(_ log: DataFlashBuilder) throws -> SensorRecording {
    try SensorRecording(DataFlashFile(LogBytes(log.bytes)))
  }

  @Test func rowsOfAFormatWhoseNameCannotBeReadAreCounted() throws {
    var log = DataFlashBuilder.copter()
    log.raw([0xA3, 0x95, 128, 200, 3 + 8 + 4])
    log.raw([0x42, 0xFF, 0x52, 0x4F])  // B, no character, R, O
    log.raw(Array("Qf".utf8) + [UInt8](repeating: 0, count: 14))
    log.raw(Array("TimeUS,Press".utf8) + [UInt8](repeating: 0, count: 52))
    for _ in 0..<7 { log.raw([0xA3, 0x95, 200] + [UInt8](repeating: 1, count: 12)) }
    let account = try read(log).account
    #expect(
      account.skipped.counts == [
        "formats whose fields do not fit their length, with characters that no name has, or that are too many":
          1,
        "messages of such formats": 7,
      ])
  }

  @Test func aColumnThatIsThereTwiceIsCounted() throws {
    var log = DataFlashBuilder.copter()
    log.format(201, "BARO", "QBfff", "TimeUS,I,Press,Press,Temp")
    log.message(201, 1_500_000, 1, 99_000, 5, 20)
    let recording = try read(log)
    #expect(
      recording.account.skipped.counts["formats that have a column twice, of which the first is read"] == 1)
  }

  @Test func aFormatGivenAnewGoesOnInTheSameTopic() throws {
    var log = DataFlashBuilder()
    log.copterFormats()
    for tick in 0..<100 { log.inertial(1_000_000 + Double(tick) * 10_000, rateX: Double(tick) / 64) }
    // The same kind, shorter, from here on.
    log.format(DataFlashBuilder.imu, "IMU", "QBffffff", "TimeUS,I,GyrX,GyrY,GyrZ,AccX,AccY,AccZ")
    for tick in 100..<200 {
      log.message(
        DataFlashBuilder.imu, .number(1_000_000 + Double(tick) * 10_000), 0, .number(Double(tick) / 64), 0, 0,
        0, 0,
        -9.75)
    }
    let recording = try read(log)
    #expect(recording.inertial.count == 200)
    #expect(recording.inertial.map(\.sample.rateX) == (0..<200).map { Float($0) / 64 })
    #expect(
      recording.account.skipped.counts["formats given again in another way: each counts for what follows it"]
        == 1)
  }

  @Test func theFilesMultipliersAreApplied() throws {
    var log = DataFlashBuilder.copter()
    log.format(190, "MULT", "Qbd", "TimeUS,Id,Mult")
    log.format(191, "FMTU", "QBNN", "TimeUS,FmtType,UnitIds,MultIds")
    for (letter, value) in [("0", 1.0), ("B", 0.01), ("C", 0.001)] {
      log.message(190, 0, .number(Double(letter.utf8.first ?? 0)), .number(value))
    }
    // Pressures in thousandths, distances in hundredths as ever (the type "C" has them already), fields in milligauss as ever.
    log.message(191, 0, .number(Double(DataFlashBuilder.baro)), "s#mPOnsmmO", "F-0CB00000")
    log.message(191, 0, .number(Double(DataFlashBuilder.rangefinder)), "s#m---", "F-B---")
    log.message(191, 0, .number(Double(DataFlashBuilder.compass)), "s#GGGGGGGGG-s", "F-CCCCCCCCC-F")
    for tick in 0..<100 {
      log.message(
        DataFlashBuilder.baro, .number(1_000_000 + Double(tick) * 20_000), 1, 12.5, .number(101_325_000),
        21.25, 0, 0,
        0, 20, 1)
    }
    let plain = try read(.copter())
    let recording = try read(log)
    #expect(chosen(recording, .pressure) == ["BARO 1"])
    #expect(recording.pressure.first?.sample.pressure == 101_325)
    #expect(recording.range.map(\.sample) == plain.range.map(\.sample))
    #expect(recording.magneticField.map(\.sample) == plain.magneticField.map(\.sample))
    #expect(
      recording.account.notes.contains {
        $0.hasPrefix("BARO.Press has another multiplier than ArduPilot writes")
      })
    #expect(recording.account.notes.count { $0.contains("multiplier") } == 1, "\(recording.account.notes)")
  }

  @Test func anAccelerometerOfAnotherInstanceServes() throws {
    var log = DataFlashBuilder()
    log.format(140, "GYR", "QBQfff", "TimeUS,I,SampleUS,GyrX,GyrY,GyrZ")
    log.format(141, "ACC", "QBQfff", "TimeUS,I,SampleUS,AccX,AccY,AccZ")
    for tick in 0..<100 {
      let time = 1_000_000 + Double(tick) * 1000
      log.message(140, .number(time), 0, .number(time), .number(Double(tick) / 64), 0, 0)
      log.message(141, .number(time), 1, .number(time), .number(Double(tick) / 64), 0, -9.75)
    }
    #expect(try read(log).inertial.count == 100)
  }
}
