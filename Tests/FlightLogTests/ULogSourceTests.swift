import HardwareInterfaces
import Testing
import ULogBuilding

@testable import FlightLog

/// Which of PX4's topics serves a quantity, and what the account says of the others.
@Suite struct ULogSourceTests {
  @Test func anyInstanceServes() throws {
    let recording = try readRecording(modernLog(instance: 3))
    #expect(recording.inertial.count == 5)
    #expect(chosen(recording, .inertial) == ["sensor_combined 3"])
  }

  @Test func theInstanceWithMoreRowsServes() throws {
    var log = modernLog(rows: 20)
    log.subscribe("sensor_combined", id: 1, instance: 1)
    for row in 0..<200 { log.combined(id: 1, time: 4000 * UInt64(row + 1), rate: [Float(row) * 0.01, 0, 0]) }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 200)
    #expect(chosen(recording, .inertial) == ["sensor_combined 1"])
    let other = try #require(topic(recording, "sensor_combined", .inertial))
    #expect(other.used == 0 && other.rows == 20)
    #expect(other.leftOut.map(\.count) == [20])
    #expect(other.why == "250 Hz with 20 valid rows, instance 1 has 250 Hz with 200")
  }

  /// Two barometers: rows of each a second, and what they say.
  private func twoBarometers(
    _ own: Int, _ ownPressure: (Int) -> Float, _ filtered: Int, _ filteredPressure: (Int) -> Float
  ) -> ULogBuilder {
    var log = modernLog(rows: 2500)
    log.barometerTopic(id: 1)
    log.airTopic(id: 2)
    for row in 0..<own * 10 {
      log.data(id: 1, time: UInt64(row * 1_000_000 / own), floats: [ownPressure(row), 20])
    }
    for row in 0..<filtered * 10 {
      log.data(id: 2, time: UInt64(row * 1_000_000 / filtered), floats: [0, 20, filteredPressure(row)])
    }
    return log
  }

  @Test func pressuresInHectopascalAreSaidToBeReadSo_AndOneOddRowIsNotOne() throws {
    let old = try readRecording(
      twoBarometers(50, { 1_000 + Float($0 % 7) * 0.01 }, 5, { 100_000 + Float($0 % 7) }))
    #expect(chosen(old, .pressure) == ["sensor_baro 0"])
    #expect(old.pressure.allSatisfy { abs($0.sample.pressure - 100_000) < 10 })
    #expect(old.account.notes.contains { $0.contains("sensor_baro") && $0.contains("hPa") })
    // 900 Pa among pascals are no 900 hPa, but a row that cannot be.
    let odd = try readRecording(
      twoBarometers(50, { $0 == 100 ? 900 : 100_000 + Float($0 % 7) }, 5, { 100_000 + Float($0 % 7) }))
    #expect(odd.pressure.allSatisfy { abs($0.sample.pressure - 100_000) < 10 })
    #expect(!odd.account.notes.contains { $0.contains("hPa") })
  }

  @Test func theBarometerOfTheHigherRateOfValidRowsIsTaken() throws {
    let live: (Int) -> Float = { 100_000 + Float($0 % 7) }
    let cases: [(log: ULogBuilder, source: [String])] = [
      (twoBarometers(1, live, 20, live), ["vehicle_air_data 0"]),
      (twoBarometers(50, live, 20, live), ["sensor_baro 0"]),
      (twoBarometers(20, live, 20, live), ["sensor_baro 0"]),
      (twoBarometers(50, { _ in 0 }, 20, live), ["vehicle_air_data 0"]),
      (twoBarometers(50, { _ in 101_325 }, 5, live), ["vehicle_air_data 0"]),
      (twoBarometers(50, { _ in .nan }, 5, live), ["vehicle_air_data 0"]),
      (twoBarometers(20, live, 50, { _ in 900_000 }), ["sensor_baro 0"]),
      (twoBarometers(20, { _ in 0 }, 50, { _ in 0 }), []),
    ]
    for (number, item) in cases.enumerated() {
      let recording = try readRecording(item.log)
      #expect(chosen(recording, .pressure) == item.source, "case \(number)")
    }
    // Nothing better is there: it is used, and said to be dead.
    let dead = try readRecording(twoBarometers(20, { _ in 101_325 }, 1, { _ in 0 }))
    #expect(chosen(dead, .pressure) == ["sensor_baro 0"])
    #expect(dead.account.notes.contains { $0.contains("all 200 rows of sensor_baro are the same") })
  }

  @Test func theAccountSaysWhyASlowBarometerLost() throws {
    let recording = try readRecording(
      twoBarometers(1, { 100_000 + Float($0) }, 25, { 100_000 + Float($0 % 9) }))
    let slow = try #require(topic(recording, "sensor_baro", .pressure))
    #expect(slow.why == "1 Hz with 10 valid rows, vehicle_air_data has 25 Hz with 250")
    #expect(slow.rows == 10 && slow.used == 0 && !slow.isChosen)
    let fast = try #require(topic(recording, "vehicle_air_data", .pressure))
    #expect(fast.why == "the highest rate of valid rows, 25 Hz")
    #expect(fast.rows == 250 && fast.used == 250 && fast.isChosen && fast.rate == 25)
    let words = recording.account.lines
    #expect(
      words.contains(
        "pressure from vehicle_air_data: 250 of 250 rows used, 25 Hz (the highest rate of valid rows, 25 Hz)")
    )
    #expect(
      words.contains(
        "pressure from sensor_baro: 0 of 10 rows used, 1 Hz; present and not used: 1 Hz with 10 valid rows, "
          + "vehicle_air_data has 25 Hz with 250"))
  }

  @Test func gyroAndAccelerometerServeWithoutSensorCombined() throws {
    var log = ULogBuilder()
    log.topic(
      "sensor_gyro", "uint64_t timestamp;uint32_t device_id;float x;float y;float z;", id: 1, instance: 1)
    log.topic("sensor_accel", "uint64_t timestamp;uint32_t device_id;float x;float y;float z;", id: 2)
    let device = ULogBuilder.bytes(UInt32(7))
    for row in 0..<100 {
      log.data(id: 1, time: 10_000 + 2500 * UInt64(row), device + ULogBuilder.bytes([Float(row), 0, 1]))
      if row % 2 == 0 {
        log.data(id: 2, time: 10_000 + 2500 * UInt64(row), device + ULogBuilder.bytes([0, 0, Float(row)]))
      }
    }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 100)
    #expect(recording.inertial[41].sample.rateX == 41)
    // On the straight line between the rows 40 and 42.
    #expect(recording.inertial[41].sample.accelerationZ == 41)
    #expect(chosen(recording, .inertial) == ["sensor_gyro 1", "sensor_accel 0"])
    #expect(recording.account.notes.contains { $0.contains("SENS_BOARD_ROT") })
  }

  @Test func gyroRowsWithoutAnAccelerometerNearAreCounted() throws {
    var log = ULogBuilder()
    log.topic("sensor_gyro", "uint64_t timestamp;float x;float y;float z;", id: 1)
    log.topic("sensor_accel", "uint64_t timestamp;float x;float y;float z;", id: 2)
    for row in 0..<100 {
      log.data(id: 1, time: 4000 * UInt64(row), floats: [Float(row), 0, 1])
      if row < 50 { log.data(id: 2, time: 4000 * UInt64(row), floats: [0, 0, 1]) }
    }
    let recording = try readRecording(log)
    let gyro = try #require(topic(recording, "sensor_gyro", .inertial))
    #expect(gyro.used == 62 && gyro.rows == 100)
    #expect(gyro.leftOut.counts == ["without an accelerometer's row within 50 ms": 38])
  }

  @Test func aRecordingThatDoesNotTellWhetherItWasArmedIsNoted() throws {
    var log = modernLog()
    let note = SensorRecording.armedIsUnknown
    #expect(try readRecording(log).account.notes == [note])
    // A topic without a row that can be read tells nothing, either.
    log.topic("actuator_armed", "uint64_t timestamp;bool armed;", id: 6)
    log.data(id: 6, time: UInt64.max, [1])
    #expect(try readRecording(log).account.notes == [note])
    log.data(id: 6, time: 8000, [0])
    #expect(try readRecording(log).account.notes == [])
  }

  @Test func armedComesFromActuatorArmedOrElseFromTheVehiclesStatus() throws {
    var log = modernLog(rows: 3000)
    log.topic("vehicle_status", "uint64_t timestamp;uint8_t arming_state;", id: 5)
    for (time, state) in [(0, 1), (3, 2), (7, 2), (9, 1)] {
      log.data(id: 5, time: UInt64(time) * 1_000_000, [UInt8(state)])
    }
    let status = try readRecording(log)
    #expect(status.armed.map(\.sample) == [false, true, false])
    #expect(status.armed.map(\.time.seconds) == [0, 3, 9])
    log.topic("actuator_armed", "uint64_t timestamp;bool armed;bool prearmed;", id: 6)
    for (time, armed) in [(0, 0), (200, 1)] {
      log.data(id: 6, time: UInt64(time) * 1_000_000, [UInt8(armed), 1])
    }
    let armed = try readRecording(log)
    #expect(armed.armed.map(\.time.seconds) == [0, 200])
    #expect(chosen(armed, .armed) == ["actuator_armed 0"])
    #expect(topic(armed, "vehicle_status", .armed)?.used == 0)
  }
}
