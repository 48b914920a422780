import HardwareInterfaces
import PortableMath
import Testing
import ULogBuilding
import VehicleRuntime

@testable import FlightLog

/// Which source is taken where the number of rows is not what decides.
@Suite struct SourceChoiceTests {
  @Test func aSingleRowOfTheStateDoesNotOutweighActuatorArmed() throws {
    var log = modernLog(rows: 500)
    log.topic("actuator_armed", "uint64_t timestamp;bool armed;", id: 1)
    log.topic("vehicle_status", "uint64_t timestamp;uint8_t arming_state;", id: 2)
    log.data(id: 2, time: 4000, [1])
    for row in 0..<10 { log.data(id: 1, time: 4000 + UInt64(row) * 200_000, [row >= 5 ? 1 : 0]) }
    let recording = try readRecording(log)
    #expect(chosen(recording, .armed) == ["actuator_armed 0"])
    #expect(recording.armed.map(\.sample) == [false, true])
    #expect(recording.armed.last?.time.nanoseconds == 1_004_000_000)
    #expect(topic(recording, "actuator_armed", .armed)?.why == "nearest to what is wanted")
    #expect(
      topic(recording, "vehicle_status", .armed)?.why == "actuator_armed is nearer to what is wanted")
  }

  @Test func aSingleEventDoesNotOutweighTheMessagesOfArming() throws {
    var log = DataFlashBuilder()
    log.copterFormats()
    log.format(140, "EV", "QB", "TimeUS,Id")
    for tick in 0..<300 { log.inertial(Double(tick) * 10_000) }
    log.message(DataFlashBuilder.arm, 500_000, 1, 0, 0, 0)
    log.message(140, 500_000, 10)
    log.message(DataFlashBuilder.arm, 2_000_000, 0, 0, 0, 0)
    let recording = try RecordingReader.read(bytes: LogBytes(log.bytes))
    #expect(chosen(recording, .armed) == ["ARM 0"])
    #expect(recording.armed.map(\.sample) == [true, false])
    expectEveryRowCounts(recording.account)
  }

  /// Instance 0 looks into nothing at 50 Hz, instance 1 sees the ground at 20 Hz, and always the same.
  @Test func aRangeFinderThatSeesNothingLosesAgainstOneThatSees() throws {
    var log = modernLog(rows: 500)
    for id in [UInt16(1), 2] {
      log.topic(
        "distance_sensor",
        "uint64_t timestamp;float min_distance;float max_distance;float current_distance;int8_t signal_quality;"
          + "uint8_t orientation;", id: id, instance: UInt8(id - 1))
    }
    for row in 0..<100 {
      log.data(
        id: 1, time: 4000 + UInt64(row) * 20_000,
        ULogBuilder.bytes([0.2, 10, 0.01 + Float(row) * 1e-3]) + [0, 25])
    }
    for row in 0..<40 {
      log.data(id: 2, time: 4000 + UInt64(row) * 50_000, ULogBuilder.bytes([0.2, 10, 1.5]) + [90, 25])
    }
    let recording = try readRecording(log)
    #expect(chosen(recording, .range) == ["distance_sensor 1"])
    #expect(recording.range.count == 40 && recording.range.allSatisfy(\.sample.isValid))
    let blind = try #require(topic(recording, "distance_sensor", .range))
    #expect(blind.why == "it never saw anything, instance 1 did")
    #expect(blind.rows == 100 && blind.used == 0)
    expectEveryRowCounts(recording.account)

    // Of two that see, the one that sees more often.
    var other = modernLog(rows: 500)
    for id in [UInt16(1), 2] {
      other.topic(
        "distance_sensor", "uint64_t timestamp;float max_distance;float current_distance;", id: id,
        instance: UInt8(id - 1))
    }
    for row in 0..<100 {
      other.data(
        id: 1, time: 4000 + UInt64(row) * 20_000, floats: [10, row % 4 == 0 ? 1 + Float(row) / 100 : 20])
    }
    for row in 0..<40 {
      other.data(id: 2, time: 4000 + UInt64(row) * 50_000, floats: [10, 1.5 + Float(row) / 100])
    }
    #expect(chosen(try readRecording(other), .range) == ["distance_sensor 1"])
  }

  @Test func aRangeFinderOfROSWithoutAnyTargetLoses() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", "sensor_msgs/msg/Imu")
    let front = bag.topic("/front", "sensor_msgs/msg/Range")
    let down = bag.topic("/down", "sensor_msgs/msg/Range")
    func range(_ time: Int64, _ distance: Float) -> [UInt8] {
      var message = CDRBuilder()
      message.header(time)
      message.put(UInt8(1))
      for value in [0.5, 0.1, 10, distance] as [Float] { message.put(value) }
      return message.bytes
    }
    for tick in 0..<100 {
      let time = 1_000_000_000 + Int64(tick) * 10_000_000
      bag.imu(imu, time, rate: (Double(tick) / 64, 0, 0))
      // What a range finder without a target says: beyond its limits, a bit differently each time.
      bag.add(front, time, range(time, 20 + Float(tick) / 8))
      if tick % 5 == 0 { bag.add(down, time, range(time, 1.25)) }
    }
    let recording = try bag.read()
    #expect(chosen(recording, .range) == ["/down 0"])
    expectEveryRowCounts(recording.account)
  }

  /// The first inertial sensor fails after a fifth of the flight; the two have different biases.
  @Test func sensorsWithSparesAreSourcesOfTheirOwn() throws {
    var ticks = try SyntheticFlight.ticks(500, of: SyntheticFlight.redundantVehicle)
    for number in ticks.indices {
      for instance in 0..<2 {
        let isStuck = instance == 0 && number >= 100
        try ticks[number].put(UInt32(isStuck ? 101 : number + 1), "imu_\(instance).count")
        try ticks[number].put(Float(instance + 1) + Float(number) / 1024, "imu_\(instance).rate_x")
      }
    }
    let recording = try RecordingReader.read(
      bytes: LogBytes(SyntheticFlight.log(ticks)))
    #expect(chosen(recording, .inertial) == ["/ganglion/tick 1"])
    #expect(recording.inertial.count == 500)
    #expect(recording.inertial.map(\.sample.rateX) == (0..<500).map { 2 + Float($0) / 1024 })
    let first = try #require(topic(recording, "/ganglion/tick", .inertial))
    #expect(first.rows == 500 && first.used == 0)
    expectEveryRowCounts(recording.account)
  }
}
