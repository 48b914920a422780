import Foundation
import PortableMath
import Testing
import ULogBuilding

@testable import FlightLog

private let data = ProcessInfo.processInfo.environment["GANGLION_DATA"]

@Suite struct PX4RecordingTests {
  private static let inertial =
    "sensor_combined:uint64_t timestamp;float[3] gyro_rad;uint32_t gyro_integral_dt;"
    + "int32_t accelerometer_timestamp_relative;float[3] accelerometer_m_s2;uint32_t accelerometer_integral_dt;"

  /// A log as PX4 writes it now, without a barometer: one inertial row each 4 ms.
  private func modern(rows: Int = 5) -> ULogBuilder {
    var log = ULogBuilder()
    log.format(Self.inertial)
    log.format(
      "sensor_baro:uint64_t timestamp;uint64_t timestamp_sample;uint32_t device_id;float pressure;float temperature;"
    )
    log.format(
      "vehicle_air_data:uint64_t timestamp;float baro_alt_meter;float baro_temp_celcius;float baro_pressure_pa;"
    )
    log.format("vehicle_attitude:uint64_t timestamp;uint64_t timestamp_sample;float[4] q;")
    log.subscribe("sensor_combined", id: 0)
    for row in 0..<rows { inertialRow(&log, time: 4000 * UInt64(row + 1), rate: Float(row)) }
    return log
  }

  private func inertialRow(_ log: inout ULogBuilder, time: UInt64, rate: Float) {
    var content: [UInt8] = []
    for value in [rate, 2, 3] { content += ULogBuilder.bytes(value.bitPattern) }
    content += ULogBuilder.bytes(UInt32(4000)) + ULogBuilder.bytes(Int32(0))
    for value: Float in [0.5, -0.5, -9.8] { content += ULogBuilder.bytes(value.bitPattern) }
    log.data(id: 0, time: time, content + ULogBuilder.bytes(UInt32(4000)))
  }

  @Test func inertialSamplesKeepTheirTimeAndAxes() throws {
    let recording = try PX4Recording(modern().file)
    #expect(recording.inertial.map(\.time.nanoseconds) == [4, 8, 12, 16, 20].map { $0 * 1_000_000 })
    #expect(recording.inertial[1].sample.rateX == 1)
    #expect(recording.inertial[1].sample.rateZ == 3)
    #expect(recording.inertial[1].sample.accelerationZ == -9.8)
    #expect(recording.pressureSource == .none)
    #expect(recording.discardedRows == 0)
  }

  @Test(arguments: [(Float(1013.25), Float(101_325)), (101_325, 101_325), (950.5, 95_050), (95_050, 95_050)])
  func sensorBaroIsReadInItsOldAndInItsNewUnit(stored: Float, pascal: Float) throws {
    var log = modern()
    log.subscribe("sensor_baro", id: 1)
    log.data(
      id: 1, time: 9000,
      ULogBuilder.bytes(UInt64(8990)) + ULogBuilder.bytes(UInt32(1)) + ULogBuilder.bytes(stored.bitPattern)
        + ULogBuilder.bytes(Float(31).bitPattern))
    let recording = try PX4Recording(log.file)
    #expect(recording.pressureSource == .sensorBaro)
    #expect(recording.pressure.map(\.sample.pressure) == [pascal])
    #expect(recording.pressure.map(\.sample.temperature) == [31])
    #expect(recording.pressure.map(\.time.nanoseconds) == [9_000_000])
  }

  @Test func vehicleAirDataServesWithoutTheSensor() throws {
    var log = modern()
    log.subscribe("vehicle_air_data", id: 2)
    log.data(id: 2, time: 7000, floats: [488, 20.5, 95_600])
    let recording = try PX4Recording(log.file)
    #expect(recording.pressureSource == .vehicleAirData)
    #expect(recording.pressure.map(\.sample.pressure) == [95_600])
    #expect(recording.pressure.map(\.sample.temperature) == [20.5])
  }

  @Test func anOldLogsAltitudeBecomesPressureAgain() throws {
    var log = ULogBuilder()
    log.format(
      "sensor_combined:uint64_t timestamp;float[3] gyro_rad;int32_t accelerometer_timestamp_relative;"
        + "float[3] accelerometer_m_s2;int32_t baro_timestamp_relative;float baro_alt_meter;float baro_temp_celcius;"
    )
    log.subscribe("sensor_combined", id: 0)
    // 1,000 m is 89,874.6 Pa in the standard atmosphere; the second row brings nothing new, the third nothing.
    for (row, relative) in [Int32(-2000), -6000, Int32.max].enumerated() {
      var content = [UInt8](repeating: 0, count: 12) + ULogBuilder.bytes(Int32(0))
      content += [UInt8](repeating: 0, count: 12) + ULogBuilder.bytes(relative)
      content += ULogBuilder.bytes(Float(1000).bitPattern) + ULogBuilder.bytes(Float(21).bitPattern)
      log.data(id: 0, time: 10_000 + 4000 * UInt64(row), content)
    }
    let recording = try PX4Recording(log.file)
    #expect(recording.inertial.count == 3)
    #expect(recording.pressureSource == .sensorCombined)
    #expect(recording.pressure.map(\.time.nanoseconds) == [8_000_000])
    #expect(abs((recording.pressure.first?.sample.pressure ?? 0) - 89_874.6) < 0.5)
  }

  @Test func attitudeIsTheReference() throws {
    var log = modern()
    log.subscribe("vehicle_attitude", id: 4)
    log.data(
      id: 4, time: 6000,
      ULogBuilder.bytes(UInt64(0))
        + [Float(0.5), -0.5, 0.5, -0.5].flatMap { ULogBuilder.bytes($0.bitPattern) })
    #expect(try PX4Recording(log.file).attitude.map(\.sample) == [Quaternion(0.5, -0.5, 0.5, -0.5)])
  }

  @Test func rowsOutOfOrderOrNotFiniteAreCountedAndLeftOut() throws {
    var log = modern()
    inertialRow(&log, time: 24_000, rate: .nan)
    inertialRow(&log, time: 8000, rate: 1)
    inertialRow(&log, time: .max, rate: 1)
    inertialRow(&log, time: 1 << 50, rate: 1)
    inertialRow(&log, time: 28_000, rate: 9)
    let recording = try PX4Recording(log.file)
    #expect(recording.inertial.map(\.sample.rateX) == [0, 1, 2, 3, 4, 9])
    #expect(recording.discardedRows == 4)
  }

  @Test func aLogWithoutInertialDataIsRefused() throws {
    var log = ULogBuilder()
    log.format("cpuload:uint64_t timestamp;float load;")
    log.subscribe("cpuload", id: 0)
    log.data(id: 0, time: 1, floats: [0.5])
    #expect { try PX4Recording(log.file) } throws: { error in
      (error as? LogError)?.remedy.contains("cpuload") == true
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
  func aRealRecordingBecomesSamples() throws {
    let recording = try PX4Recording(ULogFile(path: try #require(data) + "/px4/auav-x21.ulg"))
    #expect(recording.inertial.count == 17_070)
    #expect(recording.attitude.count == 6461)
    // The board's barometer was not found ("no barometer found on /dev/baro0" is in the log): its rows are zeros
    // marked as invalid, and must not become pressure.
    #expect(recording.pressureSource == .none)
    #expect(recording.pressure.isEmpty)
    #expect(recording.discardedRows == 0)
    #expect(recording.dropouts.map(\.milliseconds) == [0, 26, 31, 62])
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
