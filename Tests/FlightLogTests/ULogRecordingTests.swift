import Foundation
import HardwareInterfaces
import PortableMath
import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

private let data = ProcessInfo.processInfo.environment["GANGLION_DATA"]

/// What becomes of PX4's topics.
@Suite struct ULogRecordingTests {
  @Test func inertialSamplesKeepTheirTimeAndAxes() throws {
    let recording = try readRecording(modernLog())
    #expect(recording.inertial.map(\.time.nanoseconds) == [4, 8, 12, 16, 20].map { $0 * 1_000_000 })
    #expect(recording.inertial[1].sample.rateX == 1)
    #expect(recording.inertial[1].sample.rateZ == 3)
    #expect(recording.inertial[1].sample.accelerationZ == -9.80665)
    #expect(recording.pressure.isEmpty)
    #expect(
      topic(recording, "sensor_combined", .inertial)
        == ImportAccount.Topic(
          name: "sensor_combined", quantity: .inertial, rows: 5, used: 5, rate: 250, isChosen: true,
          why: "the only one"))
  }

  @Test(arguments: [(Float(1013.25), Float(101_325)), (101_325, 101_325), (950.5, 95_050), (95_050, 95_050)])
  func sensorBaroIsReadInItsOldAndInItsNewUnit(stored: Float, pascal: Float) throws {
    var log = modernLog()
    log.barometerTopic(id: 1)
    log.data(id: 1, time: 9000, floats: [stored, 31])
    let recording = try readRecording(log)
    #expect(chosen(recording, .pressure) == ["sensor_baro 0"])
    #expect(recording.pressure.map(\.sample) == [PressureSample(pressure: pascal, temperature: 31)])
    #expect(recording.pressure.map(\.time.nanoseconds) == [9_000_000])
  }

  @Test func vehicleAirDataServesWithoutTheSensor() throws {
    var log = modernLog()
    log.airTopic(id: 2)
    log.data(id: 2, time: 7000, floats: [488, 20.5, 95_600])
    let recording = try readRecording(log)
    #expect(chosen(recording, .pressure) == ["vehicle_air_data 0"])
    #expect(recording.pressure.map(\.sample) == [PressureSample(pressure: 95_600, temperature: 20.5)])
  }

  @Test func anOldLogsAltitudeBecomesPressureAgain() throws {
    var log = ULogBuilder()
    log.topic(
      "sensor_combined",
      "uint64_t timestamp;float[3] gyro_rad;int32_t accelerometer_timestamp_relative;"
        + "float[3] accelerometer_m_s2;int32_t baro_timestamp_relative;float baro_alt_meter;float baro_temp_celcius;",
      id: 0)
    // 1,000 m is 89,874.6 Pa in the standard atmosphere; the second row brings nothing new, the third nothing.
    for (row, relative) in [Int32(-2000), -6000, Int32.max].enumerated() {
      var content = [UInt8](repeating: 0, count: 12) + ULogBuilder.bytes(Int32(0))
      content += [UInt8](repeating: 0, count: 12) + ULogBuilder.bytes(relative)
      log.data(id: 0, time: 10_000 + 4000 * UInt64(row), content + ULogBuilder.bytes([Float(1000), 21]))
    }
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 3)
    #expect(chosen(recording, .pressure) == ["sensor_combined 0"])
    #expect(recording.pressure.map(\.time.nanoseconds) == [8_000_000])
    #expect(abs((recording.pressure.first?.sample.pressure ?? 0) - 89_874.6) < 0.5)
    let losses = topic(recording, "sensor_combined", .pressure)?.leftOut ?? []
    #expect(losses.reduce(0) { $0 + $1.count } == 2)
  }

  @Test func batteryRangeAndMagnetometerAreTaken() throws {
    var log = modernLog(rows: 500)
    log.topic(
      "battery_status", "uint64_t timestamp;float voltage_v;float current_a;uint8_t connected;", id: 7)
    log.topic(
      "distance_sensor",
      "uint64_t timestamp;float min_distance;float max_distance;float current_distance;int8_t signal_quality;"
        + "uint8_t orientation;", id: 8)
    log.topic("vehicle_magnetometer", "uint64_t timestamp;float[3] magnetometer_ga;", id: 9)
    log.data(id: 7, time: 5000, ULogBuilder.bytes([Float(11.9), 5]) + [1])
    log.data(id: 7, time: 6000, ULogBuilder.bytes([Float(11.8), -1]) + [1])
    log.data(id: 7, time: 7000, ULogBuilder.bytes([Float(0), 0]) + [1])
    log.data(id: 7, time: 8000, ULogBuilder.bytes([Float(12), 0]) + [0])
    log.data(id: 8, time: 5000, ULogBuilder.bytes([Float(0.1), 4, 0.5]) + [100, 25])
    log.data(id: 8, time: 6000, ULogBuilder.bytes([Float(0.1), 4, 5]) + [100, 25])
    log.data(id: 8, time: 7000, ULogBuilder.bytes([Float(0.1), 4, 1]) + [0, 25])
    log.data(id: 8, time: 8000, ULogBuilder.bytes([Float(0.1), 4, 1]) + [0xFF, 25])
    log.data(id: 8, time: 9000, ULogBuilder.bytes([Float(0.1), 4, 1]) + [100, 0])
    log.data(id: 9, time: 5000, floats: [0.2, 0, 0.4])
    let recording = try readRecording(log)
    #expect(
      recording.power.map(\.sample) == [
        PowerSample(voltage: 11.9, current: 5), PowerSample(voltage: 11.8, current: 0),
      ])
    #expect(recording.range.map(\.sample.isValid) == [true, false, false, true])
    #expect(recording.range.first?.sample.distance == 0.5)
    #expect(abs((recording.magneticField.first?.sample.fieldZ ?? 0) - 40e-6) < 1e-10)
    #expect(
      topic(recording, "distance_sensor", .range)?.leftOut.counts == [
        "of a range finder that does not look down (orientation 0)": 1
      ])
    #expect(topic(recording, "battery_status", .power)?.leftOut.count == 2)
  }

  @Test func attitudeIsTheReferenceAndOnlyRotationsAre() throws {
    var log = modernLog()
    log.attitudeTopic(id: 4)
    log.data(id: 4, time: 6000, floats: [0.5, -0.5, 0.5, -0.5])
    log.data(id: 4, time: 7000, floats: [0, 0, 0, 0])
    let recording = try readRecording(log)
    #expect(recording.attitude.map(\.sample) == [Quaternion(0.5, -0.5, 0.5, -0.5)])
    #expect(
      topic(recording, "vehicle_attitude", .attitude)?.leftOut.counts == [
        "with a quaternion that is no rotation": 1
      ])
  }

  @Test func rowsOutOfOrderOrNotFiniteAreCountedAndLeftOut() throws {
    var log = modernLog()
    log.combined(id: 0, time: 24_000, rate: [.nan, 0, 0])
    log.combined(id: 0, time: 8000)
    log.combined(id: 0, time: .max)
    log.combined(id: 0, time: 1 << 50)
    log.combined(id: 0, time: 26_000, relative: .max)
    log.combined(id: 0, time: 28_000, rate: [9, 0, 0])
    let recording = try readRecording(log)
    #expect(recording.inertial.map(\.sample.rateX) == [0, 1, 2, 3, 4, 9])
    let losses = topic(recording, "sensor_combined", .inertial)?.leftOut ?? []
    #expect(losses.map(\.count) == [1, 1, 1, 1, 1])
    #expect(
      Set(losses.map(\.reason)) == [
        RowLoss.notFinite, "with a time that cannot be", RowOrder.goesBack, RowOrder.isFarAhead,
        "marked invalid by the autopilot",
      ])
  }

  @Test func otherTopicsAreOfTheSamePartOfTheFile() throws {
    // A clock that goes back: 100 rows from 100 s on, then 300 from 4 ms on, each with a barometer.
    var log = ULogBuilder()
    log.combinedTopic(id: 0)
    log.barometerTopic(id: 1)
    func part(_ start: Int, _ rows: Int, _ pressure: Float) {
      for row in 0..<rows {
        let time = UInt64(start + row * 4000)
        log.combined(id: 0, time: time, rate: [Float(row) * 0.001, 0, 0])
        log.data(id: 1, time: time, floats: [pressure + Float(row % 5), 20])
      }
    }
    part(100_000_000, 100, 90_000)
    part(4000, 300, 100_000)
    let recording = try readRecording(log)
    #expect(recording.inertial.count == 300)
    #expect(recording.pressure.count == 300)
    #expect(recording.pressure.allSatisfy { $0.sample.pressure >= 100_000 })
    // The barometer's row behind the last inertial one of the first part is told by its own time.
    let pressure = try #require(topic(recording, "sensor_baro", .pressure))
    #expect(pressure.leftOut.counts == [RowLoss.beside: 99, RowOrder.isFarAhead: 1])
    #expect(
      topic(recording, "sensor_combined", .inertial)?.leftOut.counts == [
        RowOrder.isOfAnotherPart: 100
      ])
  }

  @Test func whatIsSkippedOrDamagedOrNotReadIsInTheAccount() throws {
    var log = modernLog(rows: 50)
    log.message("I", [6] + Array("no_typ".utf8) + [121])
    log.message("A", [0, 9, 0] + Array("nobody".utf8))
    log.topic("sensor_gyro_fifo", "uint64_t timestamp;float dt;", id: 20)
    log.data(id: 20, time: 1, floats: [1])
    log.raw([0xFF, 0xFF, 0xFF, 0, 1])
    log.sync()
    let account = try readRecording(log).account
    #expect(account.format == "PX4 ULog")
    #expect(
      account.skipped.counts == [
        ULogOddity.information.rawValue: 1, ULogOddity.subscriptionFormat.rawValue: 1,
        "damaged places with 5 bytes in all, the first at byte \(log.bytes.count - 16)": 1,
      ])
    #expect(
      account.notes == [
        SensorRecording.armedIsUnknown, "sensor_gyro_fifo is there with 1 rows and is not used",
      ])
  }

  @Test func everyRowIsUsedOrLeftOutUnderAReason() throws {
    var random = RandomGenerator(seed: 17)
    for _ in 0..<100 {
      var log = ULogBuilder()
      log.combinedTopic(id: 0)
      log.barometerTopic(id: 1)
      log.airTopic(id: 2)
      log.attitudeTopic(id: 3)
      log.topic("distance_sensor", "float current_distance;float orientation;uint64_t timestamp;", id: 4)
      log.topic("battery_status", "uint64_t timestamp;float voltage_v;float connected;", id: 5)
      let wild: [Float] = [0, .nan, .infinity, 1e30, -1, 101_325, 1, 1013]
      func float() -> Float { wild[Int(random.nextBits() % 8)] }
      for row in 0..<60 {
        let odd = random.nextBits() % 10 == 0
        let time = odd ? random.nextBits() >> (random.nextBits() % 60) : UInt64(row) * 4000
        log.combined(id: 0, time: time, rate: [Float(row), odd ? float() : 0, 0])
        log.data(id: 1, time: time, floats: [float(), float()])
        log.data(id: 2, time: time, floats: [float(), float(), float()])
        log.data(id: 3, time: time, floats: [float(), float(), float(), float()])
        log.message("D", [4, 0] + ULogBuilder.bytes([float(), float()]) + ULogBuilder.bytes(time))
        log.data(id: 5, time: time, floats: [float(), float()])
      }
      let recording = try readRecording(log)
      for topic in recording.account.topics {
        #expect(topic.used + topic.leftOut.reduce(0) { $0 + $1.count } == topic.rows, "\(topic)")
        #expect(topic.rows == 60)
      }
      #expect(zip(recording.pressure, recording.pressure.dropFirst()).allSatisfy { $0.time < $1.time })
    }
  }

  @Test func aLogWithoutInertialDataIsRefused() throws {
    var log = ULogBuilder()
    log.topic("cpuload", "uint64_t timestamp;float load;", id: 0)
    log.data(id: 0, time: 1, floats: [0.5])
    #expect { try readRecording(log) } throws: { ($0 as? LogError)?.remedy.contains("cpuload") == true }
    var invalid = ULogBuilder()
    invalid.combinedTopic(id: 0)
    invalid.combined(id: 0, time: 4, rate: [.nan, 0, 0])
    #expect { try readRecording(invalid) } throws: {
      ($0 as? LogError)?.what.contains("1 rows of sensor_combined with numbers that are not finite") == true
    }
  }

  @Test func otherFilesAreRefused() {
    for bytes: [UInt8] in [[], [0], Array("not a recording at all".utf8)] {
      #expect { try RecordingReader.read(bytes: LogBytes(bytes)) } throws: {
        ($0 as? LogError)?.cause == .notALog
      }
    }
  }

  @Test(.enabled(if: data != nil, "needs GANGLION_DATA"))
  func aRealRecordingIsReadAsPyulogReadsIt() throws {
    let path = try #require(data) + "/px4/auav-x21.ulg"
    let file = try ULogFile(path: path)
    #expect(file.damages.isEmpty)
    var lines = ["# made by Tests/python/describe_ulog.py with pyulog"]
    for subscription in file.subscriptions.sorted(by: { ($0.name, $0.instance) < ($1.name, $1.instance) })
    where subscription.count > 0 {
      lines.append("topic \(subscription.name) \(subscription.instance) \(subscription.count)")
      for path in file.paths(of: subscription) {
        let field = try #require(file.field(path, of: subscription))
        var column = OutputBuffer()
        for row in 0..<subscription.count {
          file.withValue(field, row, of: subscription) { column.append($0) }
        }
        let digest = String(checksum(column.bytes), radix: 16)
        lines.append("column \(path) " + String(repeating: "0", count: 8 - digest.count) + digest)
      }
    }
    for dropout in file.dropouts { lines.append("dropout \(dropout.milliseconds)") }
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/ulog/auav-x21.txt")
    let expected = try String(contentsOf: fixture, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines == expected)
  }

  @Test(.enabled(if: data != nil, "needs GANGLION_DATA"))
  func everyRecordingHasAsManyRowsAsPyulogFinds() throws {
    let folder = try #require(data)
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/ulog/rows.txt")
    var files: Set<String> = []
    for line in try String(contentsOf: fixture, encoding: .utf8).split(separator: "\n")
    where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      try #require(words.count == 4)
      files.insert(words[0])
      let file = try ULogFile(path: "\(folder)/\(words[0])")
      let instance = try #require(Int(words[2]))
      let topic = try #require(file.subscription(words[1], instance: instance), "\(line)")
      // Pyulog forgets the rows before a topic is subscribed to again.
      #expect(topic.count - topic.countBeforeLastStart == Int(words[3]), "\(line)")
      #expect(file.damages.isEmpty, "\(line)")
    }
    #expect(files.count == 13)
  }

  @Test(.enabled(if: data != nil, "needs GANGLION_DATA"))
  func aRealRecordingBecomesSamples() throws {
    let recording = try RecordingReader.read(bytes: LogBytes(path: try #require(data) + "/px4/auav-x21.ulg"))
    #expect(recording.inertial.count == 17_070)
    #expect(recording.attitude.count == 6461)
    // The board's barometer was not found ("no barometer found on /dev/baro0" is in the log): its rows are zeros
    // marked as invalid, and must not become pressure.
    #expect(recording.pressure.isEmpty)
    #expect(
      topic(recording, "sensor_combined", .pressure)?.leftOut.counts == [
        "marked invalid by the autopilot": 17_070
      ])
    #expect(topic(recording, "sensor_combined", .inertial)?.leftOut.isEmpty == true)
    #expect(recording.dropouts.map(\.milliseconds) == [0, 26, 31, 62])
    #expect(recording.armed.map(\.sample) == [false])
    let first = try #require(recording.inertial.first)
    #expect(first.time.nanoseconds == 112_614_307_000)
    #expect(first.sample.accelerationZ == -9.630395)
  }
}

extension ULogFile {
  /// Lends the bytes of a value.
  fileprivate func withValue(
    _ field: ULogField, _ row: Int, of subscription: ULogSubscription,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let start = Int(subscription.offsets[row]) + field.offset
    bytes.withBytes(in: start..<start + field.type.size, body)
  }
}
