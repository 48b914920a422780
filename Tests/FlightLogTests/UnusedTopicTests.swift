import HardwareInterfaces
import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

/// A topic that holds a known quantity and cannot serve it is in the account, with all its rows under the reason.
@Suite struct UnusedTopicTests {
  private static let vector = "uint64_t timestamp;float x;float y;float z;"

  /// Why the rows of a topic, none of which is used, were left out.
  private func losses(
    _ account: ImportAccount, _ name: String, _ quantity: RecordedQuantity, instance: Int = 0
  ) throws -> [String: Int] {
    let topic = try #require(
      account.topics.first { $0.name == name && $0.quantity == quantity && $0.instance == instance },
      "\(name) \(instance)")
    #expect(topic.used == 0 && !topic.isChosen)
    #expect(topic.leftOut.map(\.count) == [topic.rows])
    return topic.leftOut.counts
  }

  @Test func aTopicWithoutTheFieldThatIsReadIsCounted() throws {
    var log = modernLog()
    let cases: [(name: String, members: String, quantity: RecordedQuantity, missing: String)] = [
      ("battery_status", "float voltage_filtered_v;", .power, "voltage_v"),
      ("distance_sensor", "float distance;", .range, "current_distance"),
      ("sensor_baro", "float temperature;", .pressure, "pressure"),
      ("vehicle_air_data", "float baro_alt_meter;", .pressure, "baro_pressure_pa"),
      ("sensor_mag", "float x;", .magneticField, "y, z"),
      ("vehicle_attitude", "float[3] q;", .attitude, "q"),
      ("actuator_armed", "bool prearmed;", .armed, "armed"),
    ]
    for (id, item) in cases.enumerated() {
      log.topic(item.name, "uint64_t timestamp;\(item.members)", id: UInt16(id + 1), instance: 2)
      let size = item.members.hasPrefix("float[3]") ? 12 : item.members.hasPrefix("bool") ? 1 : 4
      for row in 0..<7 {
        log.data(id: UInt16(id + 1), time: UInt64(row) * 4000, [UInt8](repeating: 0, count: size))
      }
    }
    let account = try readRecording(log).account
    for item in cases {
      let reasons = try losses(account, item.name, item.quantity, instance: 2)
      #expect(reasons == ["without \(item.missing)": 7])
    }
    #expect(
      account.lines.contains(
        "power from battery_status 2: 0 of 7 rows used; present and not used: without voltage_v"))
    expectEveryRowCounts(account)
  }

  @Test func aTopicWithoutATimeIsCountedAndNotedOnce() throws {
    var log = modernLog()
    log.topic("sensor_baro", "float pressure;", id: 1)
    log.message("D", ULogBuilder.bytes(UInt16(1)) + ULogBuilder.bytes([100_000]))
    log.topic("somebody_elses", "float pressure;", id: 2)
    log.message("D", ULogBuilder.bytes(UInt16(2)) + ULogBuilder.bytes([100_000]))
    let account = try readRecording(log).account
    #expect(try losses(account, "sensor_baro", .pressure) == ["without a timestamp of type uint64_t": 1])
    #expect(account.notes.filter { $0.contains("no time") }.count == 1)
  }

  @Test func aRefusalSaysWhyTheInertialTopicsThatAreThereDoNotServe() throws {
    var log = ULogBuilder()
    log.topic("sensor_combined", "uint32_t timestamp;float[3] gyro_rad;float[3] accelerometer_m_s2;", id: 1)
    log.message("D", ULogBuilder.bytes(UInt16(1)) + [UInt8](repeating: 0, count: 28))
    log.topic("sensor_gyro", Self.vector, id: 2, instance: 1)
    for row in 0..<3 { log.data(id: 2, time: UInt64(row) * 4000, floats: [0, 0, 0]) }
    let error = #expect(throws: LogError.self) { try readRecording(log) }
    #expect(
      error?.what.contains("1 rows of sensor_combined without a timestamp of type uint64_t") == true,
      "\(error)")
    #expect(
      error?.what.contains("3 rows of sensor_gyro without readable rows of sensor_accel beside them") == true)
  }

  @Test func aGyroscopeAloneIsCountedBesideSensorCombined() throws {
    var log = modernLog(rows: 500)
    log.topic("sensor_gyro", Self.vector, id: 2)
    for row in 0..<3 { log.data(id: 2, time: UInt64(row) * 4000, floats: [0, 0, 0]) }
    let reasons = try losses(readRecording(log).account, "sensor_gyro", .inertial)
    #expect(reasons == ["without readable rows of sensor_accel beside them": 3])
  }

  @Test func ofSeveralGyroscopesTheOthersAreCounted() throws {
    var log = ULogBuilder()
    for instance in [UInt8(0), 1, 2] {
      log.topic("sensor_gyro", Self.vector, id: UInt16(instance), instance: instance)
      log.topic("sensor_accel", Self.vector, id: UInt16(10 + instance), instance: instance)
    }
    for row in 0..<100 {
      for instance in [UInt16(0), 1, 2] where instance < 2 || row < 10 {
        log.data(id: instance, time: 4000 * UInt64(row), floats: [Float(row), 0, 1])
        // The accelerometer of the second instance has more rows than that of the first.
        if instance == 1 || row < 50 {
          log.data(id: 10 + instance, time: 4000 * UInt64(row), floats: [0, 0, Float(row)])
        }
      }
    }
    let recording = try readRecording(log)
    #expect(chosen(recording, .inertial) == ["sensor_gyro 0", "sensor_accel 1"])
    #expect(topic(recording, "sensor_gyro", .inertial)?.why == "the highest rate of valid rows, 250 Hz")
    for (name, instance, count, better) in [
      ("sensor_gyro", 1, 100, 0), ("sensor_gyro", 2, 10, 0), ("sensor_accel", 0, 50, 1),
      ("sensor_accel", 2, 10, 1),
    ] {
      let reasons = try losses(recording.account, name, .inertial, instance: instance)
      #expect(reasons == ["not needed: instance \(better) is as good or better": count])
    }
    expectEveryRowCounts(recording.account)
  }

  @Test func aKindOfArduPilotWithOtherColumnsIsCounted() throws {
    var log = DataFlashBuilder()
    log.copterFormats()
    log.format(150, "BAR2", "QB", "TimeUS,I")
    log.format(151, "GYR", "QBQfff", "TimeUS,I,SampleUS,GyrX,GyrY,GyrZ")
    for tick in 0..<300 { log.inertial(Double(tick) * 10_000) }
    for tick in 0..<4 {
      log.message(150, .number(Double(tick) * 10_000), 1)
      log.message(151, .number(Double(tick) * 10_000), 1, .number(Double(tick) * 10_000), 0, 0, 0)
    }
    let account = try RecordingReader.read(bytes: LogBytes(log.bytes)).account
    #expect(try losses(account, "BAR2", .pressure, instance: 1) == ["whose columns are others": 4])
    let reasons = try losses(account, "GYR", .inertial, instance: 1)
    #expect(reasons == ["whose columns are others, or without the other of GYR and ACC": 4])
    expectEveryRowCounts(account)
  }

  @Test func aRefusalSaysWhyIMUOfArduPilotDoesNotServe() throws {
    var log = DataFlashBuilder()
    log.format(150, "IMU", "Qfff", "TimeUS,GyrX,GyrY,GyrZ")
    log.message(150, 1000, 0, 0, 0)
    let error = #expect(throws: LogError.self) { try RecordingReader.read(bytes: LogBytes(log.bytes)) }
    #expect(error?.what.contains("1 rows of IMU whose columns are others") == true, "\(error)")
  }
}
