import HardwareInterfaces
import Testing
import ULogBuilding

@testable import FlightLog

/// What a count of rows does not tell: how much of the flight they cover, how fast the slower sensor is, whether they live.
@Suite struct SourceCoverageTests {
  private let air = "uint64_t timestamp;float baro_pressure_pa;float baro_temp_celcius;"

  @Test func aBarometerThatDiesLosesAgainstASlowerOneThatCoversTheFlight() throws {
    var log = modernLog(rows: 5000)
    log.barometerTopic(id: 1)
    log.topic("vehicle_air_data", air, id: 2)
    // 100 Hz for 2 s, and 5 Hz for all 20 s: 200 rows against 100.
    for row in 0..<200 {
      log.data(id: 1, time: 4000 + UInt64(row) * 10_000, floats: [101_000 + Float(row % 7), 20])
    }
    for row in 0..<100 {
      log.data(id: 2, time: 4000 + UInt64(row) * 200_000, floats: [101_000 + Float(row % 5), 20])
    }
    let recording = try readRecording(log)
    #expect(chosen(recording, .pressure) == ["vehicle_air_data 0"])
    #expect(
      topic(recording, "sensor_baro", .pressure)?.why
        == "it covers 2.0 s of the flight, vehicle_air_data covers 19.8 s")
    #expect(
      topic(recording, "vehicle_air_data", .pressure)?.why == "the most of the flight, 19.8 s, at 5 Hz")
  }

  @Test func ofGyroscopesTheOneThatLastsIsTaken() throws {
    var log = ULogBuilder()
    for (id, instance) in [(UInt16(1), UInt8(0)), (2, 1)] {
      log.topic("sensor_gyro", "uint64_t timestamp;float x;float y;float z;", id: id, instance: instance)
    }
    log.topic("sensor_accel", "uint64_t timestamp;float x;float y;float z;", id: 3)
    // 4 kHz for half a second, and 100 Hz for 10 s.
    for row in 0..<2000 { log.data(id: 1, time: 4000 + UInt64(row) * 250, floats: [Float(row % 9), 0, 0]) }
    for row in 0..<1000 {
      let time = 4000 + UInt64(row) * 10_000
      log.data(id: 2, time: time, floats: [Float(row % 7), 0, 0])
      log.data(id: 3, time: time, floats: [Float(row % 5), 0, -9.8])
    }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 1000)
    #expect(topic(recording, "sensor_gyro", .inertial, instance: 1)?.isChosen == true)
  }

  @Test func theSlowerOfGyroscopeAndAccelerometerIsThePace() throws {
    var log = ULogBuilder()
    log.topic("sensor_gyro", "uint64_t timestamp;float x;float y;float z;", id: 1)
    log.topic("sensor_accel", "uint64_t timestamp;float x;float y;float z;", id: 2)
    for row in 0..<2500 { log.data(id: 1, time: 4000 + UInt64(row) * 4000, floats: [Float(row % 9), 0, 0]) }
    for row in 0..<10 {
      log.data(id: 2, time: 4000 + UInt64(row) * 1_000_000, floats: [Float(row), 0, -9.8])
    }
    #expect(
      try readRecording(log).inertialPace
        == InertialPace(rows: 4_000_000, slower: 1_000_000_000, slowerName: "accelerometer"))
    // Rows that repeat the accelerometer's last reading are no faster.
    var repeated = ULogBuilder()
    repeated.combinedTopic(id: 0)
    for row in 0..<2500 {
      repeated.combined(
        id: 0, time: 4000 + UInt64(row) * 4000, rate: [Float(row % 9), 0, 0],
        force: [Float(row / 250), 0, -9.8])
    }
    #expect(
      try readRecording(repeated).inertialPace
        == InertialPace(rows: 4_000_000, slower: 1_000_000_000, slowerName: "accelerometer"))
    // A sensor at rest in a coarse recording is not slow: nothing in it lives faster.
    var coarse = ULogBuilder()
    coarse.combinedTopic(id: 0)
    for row in 0..<2500 {
      coarse.combined(
        id: 0, time: 4000 + UInt64(row) * 4000, rate: [Float(row / 250), 0, 0],
        force: [Float(row / 200), 0, -9.8])
    }
    #expect(try readRecording(coarse).inertialPace?.slower == 4_000_000)
  }

  @Test func aSensorThatIsStuckForMostOfTheTimeIsNotedAndLoses() throws {
    var log = modernLog(rows: 2500)
    log.barometerTopic(id: 1)
    // 7 of 10 s the same, at 50 Hz, with a temperature that lives.
    for row in 0..<500 {
      log.data(
        id: 1, time: 4000 + UInt64(row) * 20_000,
        floats: [row < 150 ? 101_000 + Float(row % 7) : 101_000, 20 + Float(row % 3)])
    }
    let alone = try readRecording(log)
    #expect(chosen(alone, .pressure) == ["sensor_baro 0"])
    #expect(
      alone.account.notes.contains {
        $0.hasPrefix("350 of 500 rows of sensor_baro repeat the one before for a second or more")
      }, "\(alone.account.notes)")
    log.topic("vehicle_air_data", air, id: 2)
    for row in 0..<100 {
      log.data(id: 2, time: 4000 + UInt64(row) * 100_000, floats: [101_000 + Float(row % 5), 20])
    }
    let recording = try readRecording(log)
    #expect(chosen(recording, .pressure) == ["vehicle_air_data 0"])
    #expect(
      topic(recording, "sensor_baro", .pressure)?.why
        == "350 of its 500 rows repeat the one before, those of vehicle_air_data do not")
  }

  @Test func anAccelerometerThatIsStuckBesideAGyroscopeThatLivesIsNoted() throws {
    var log = ULogBuilder()
    log.combinedTopic(id: 0)
    for row in 0..<2500 {
      log.combined(
        id: 0, time: 4000 + UInt64(row) * 4000, rate: [Float(row % 9), 0, 0],
        force: [row < 1000 ? Float(row % 7) : 0, 0, -9.8])
    }
    let notes = try readRecording(log).account.notes
    #expect(
      notes.contains {
        $0.hasPrefix("1500 of 2500 rows of sensor_combined repeat the accelerometer's reading")
      },
      "\(notes)")
    #expect(!notes.contains { $0.contains("gyroscope's reading") })
  }

  @Test func aRangeFinderThatNeverSawAnythingIsNoted() throws {
    var log = modernLog(rows: 500)
    log.topic("distance_sensor", "uint64_t timestamp;float current_distance;float max_distance;", id: 1)
    for row in 0..<50 { log.data(id: 1, time: 4000 + UInt64(row) * 40_000, floats: [12 + Float(row), 10]) }
    let recording = try readRecording(log)
    #expect(recording.range.count == 50)
    #expect(recording.account.notes.contains("none of the 50 rows of distance_sensor has seen anything"))
  }

  @Test func aCurrentThatIsNoneIsCountedUnderItsReason() throws {
    var log = modernLog(rows: 500)
    log.topic("battery_status", "uint64_t timestamp;float voltage_v;float current_a;bool connected;", id: 1)
    let currents: [Float] = [3, .nan, .infinity, 2e30, -20_000, -1, .nan]
    for (row, current) in currents.enumerated() {
      log.data(id: 1, time: 4000 + UInt64(row) * 100_000, ULogBuilder.bytes([11.5, current]) + [1])
    }
    let recording = try readRecording(log)
    #expect(recording.power.map(\.sample.current) == [3, 0, 0, 0, 0, 0, 0])
    #expect(recording.power.allSatisfy { $0.sample.voltage == 11.5 })
    let battery = try #require(topic(recording, "battery_status", .power))
    #expect(
      battery.standIns.counts == [
        RowLoss.currentNotFinite: 3, RowLoss.currentBeyond: 2, RowLoss.currentUnknown: 1,
      ])
    #expect(
      recording.account.lines.contains {
        $0.contains("used although: 3 with a current that is not finite (0 A")
      })
    expectEveryRowCounts(recording.account)
  }

  @Test func aTemperatureThatIsNoneIsCountedUnderItsReason() throws {
    var log = modernLog(rows: 500)
    log.barometerTopic(id: 1)
    for row in 0..<10 {
      log.data(id: 1, time: 4000 + UInt64(row) * 100_000, floats: [101_000, row < 4 ? .nan : 20])
    }
    let recording = try readRecording(log)
    #expect(topic(recording, "sensor_baro", .pressure)?.standIns.counts == [RowLoss.temperatureNotFinite: 4])
  }
}
