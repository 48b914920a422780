import Foundation
import HardwareInterfaces
import PortableMath
import Testing
import VehicleRuntime

@testable import FlightLog

private let second: Int64 = 1_000_000_000
private let imuType = "sensor_msgs/msg/Imu"

@Suite struct ROS2RecordingTests {
  @Test(arguments: [false, true]) func axesOfROSBecomeThoseOfTheVehicle(_ big: Bool) throws {
    var bag = ROS2Bag()
    bag.isBig = big
    let imu = bag.topic("/imu", imuType)
    let mag = bag.topic("/mag", "sensor_msgs/msg/MagneticField")
    for tick in 0..<40 {
      let time = second + Int64(tick) * 10_000_000
      bag.imu(imu, time, rate: (0.25, 0.5, 0.125 + Double(tick) / 64))
      bag.doubles(mag, time, [2e-5, 1e-5, -4e-5] + [Double](repeating: 0, count: 9))
    }
    let recording = try bag.read()
    // At rest a sensor whose z points up reads +9.81 there: −9.81 down.
    #expect(
      recording.inertial.first?.sample
        == InertialSample(acceleration: (0.5, 0.25, -9.75), rate: (0.25, -0.5, -0.125), temperature: 25))
    #expect(recording.inertial.count == 40)
    #expect(recording.inertial.first?.time.nanoseconds == second)
    #expect(recording.magneticField.first?.sample == MagneticSample(field: (2e-5, -1e-5, 4e-5)))
    expectEveryRowCounts(recording.account)
  }

  @Test func orientationsOfROSBecomeNorthEastDown() throws {
    // Roll to the right is the same in both; nose up is negative about ROS' left, and yaw counts from north, clockwise.
    for (roll, pitch, yaw) in [(0.0, 0.0, 0.0), (0.3, -0.2, 1.0), (-1.2, 0.7, -2.5), (3.0, 1.2, 2.0)] {
      let ros = Quaternion(roll: roll, pitch: -pitch, yaw: .pi / 2 - yaw)
      let angles = ROS2Axes.forwardLeftUp.attitude(ros).eulerAngles
      #expect(abs(angles.roll - roll) < 1e-9)
      #expect(abs(angles.pitch - pitch) < 1e-9)
      #expect(abs(angles.yaw - yaw) < 1e-9)
    }
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    for tick in 0..<40 {
      bag.imu(
        imu, second + Int64(tick) * 10_000_000,
        orientation: Quaternion(roll: 0.01 * Double(tick), pitch: 0, yaw: 0))
    }
    let recording = try bag.read()
    #expect(recording.attitude.count == 40)
    #expect(abs((recording.attitude.last?.sample.eulerAngles.roll ?? 0) - 0.39) < 1e-9)
    #expect(abs((recording.attitude.last?.sample.eulerAngles.yaw ?? 0) - .pi / 2) < 1e-9)
  }

  @Test func anOrientationThatNobodyEstimatesIsNone() throws {
    for (orientation, covariance, words) in [
      (Quaternion.identity, -1.0, "say they have no orientation"),
      (Quaternion(0, 0, 0, 0), 0, "that is no rotation"),
      (Quaternion.identity, 0, "nothing estimates it"),
    ] {
      var bag = ROS2Bag()
      let imu = bag.topic("/imu", imuType)
      for tick in 0..<40 {
        bag.imu(imu, second + Int64(tick) * 10_000_000, orientation: orientation, covariance: covariance)
      }
      let recording = try bag.read()
      #expect(recording.attitude.isEmpty)
      let topic = try #require(recording.account.topics.first { $0.quantity == .attitude })
      #expect(topic.leftOut.contains { $0.reason.contains(words) && $0.count == 40 })
      expectEveryRowCounts(recording.account)
    }
  }

  @Test func theFasterOfTwoTopicsIsTaken() throws {
    var bag = ROS2Bag()
    let slow = bag.topic("/a", imuType)
    let fast = bag.topic("/b", "sensor_msgs/Imu")
    for tick in 0..<100 {
      let time = second + Int64(tick) * 10_000_000
      if tick % 10 == 0 { bag.imu(slow, time, rate: (Double(tick) / 64, 0, 0)) }
      bag.imu(fast, time, rate: (Double(tick) / 64, 0, 0))
    }
    let recording = try bag.read()
    #expect(recording.inertial.count == 100)
    let topics = recording.account.topics.filter { $0.quantity == .inertial }
    #expect(topics.map(\.name) == ["/b", "/a"])
    #expect(topics.map(\.rate) == [100, 10])
    expectEveryRowCounts(recording.account)
  }

  @Test func headersWithoutATimeCountByTheRecorder() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let air = bag.topic("/air", "sensor_msgs/msg/FluidPressure")
    for tick in 0..<40 {
      let time = 1_700_000_000 * second + Int64(tick) * 10_000_000
      bag.imu(imu, 0, logged: time, rate: (Double(tick) / 64, 0, 0))
      bag.doubles(air, time, logged: time + 1000, [101_325, 0])
    }
    let recording = try bag.read()
    #expect(recording.inertial.first?.time.nanoseconds == 1_700_000_000 * second)
    #expect(recording.account.notes.contains { $0.hasPrefix("/imu counts by when its messages were logged") })
    #expect(recording.pressure.count == 40)
  }

  @Test func aTopicOfAnotherClockIsMovedToTheInertialDatas() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let air = bag.topic("/air", "sensor_msgs/msg/FluidPressure")
    for tick in 0..<40 {
      // The inertial sensor counts from its start, the barometer by the calendar, as the recorder does.
      let calendar = 1_700_000_000 * second + Int64(tick) * 10_000_000
      bag.imu(imu, 5 * second + Int64(tick) * 10_000_000, logged: calendar, rate: (Double(tick) / 64, 0, 0))
      bag.doubles(air, calendar, [101_325, 0])
    }
    let recording = try bag.read()
    #expect(recording.inertial.first?.time.nanoseconds == 5 * second)
    #expect(recording.pressure.first?.time.nanoseconds == 5 * second)
    #expect(recording.pressure.count == 40)
    #expect(recording.account.notes.contains { $0.contains("/air") && $0.contains("another clock") })
  }

  @Test func rangesBatteriesAndAirAreReadAsTheirDefinitionsSay() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let range = bag.topic("/range", "sensor_msgs/msg/Range")
    let battery = bag.topic("/battery", "sensor_msgs/msg/BatteryState", encoding: "ros2idl")
    let air = bag.topic("/air", "sensor_msgs/msg/FluidPressure")
    for tick in 0..<40 { bag.imu(imu, second + Int64(tick) * 10_000_000, rate: (Double(tick) / 64, 0, 0)) }
    for (number, distance) in [1.5, .infinity, -.infinity, 0.05, 20, .nan].enumerated()
      as EnumeratedSequence<[Float]>
    {
      var message = CDRBuilder()
      message.header(second + Int64(number) * 10_000_000)
      message.put(UInt8(1))
      for value in [0.5, 0.1, 10, distance] as [Float] { message.put(value) }
      bag.add(range, second + Int64(number) * 10_000_000, message.bytes)
    }
    let rest = [Float](repeating: 0, count: 4)
    bag.floats(battery, second, [11.5, 25, -3] + rest, tail: [1, 1, 1, 1])
    bag.floats(battery, second + 1000, [11.5, 25, -3.5] + rest, tail: [1, 1, 1, 0])
    bag.floats(battery, second + 2000, [.nan, 25, -3.5] + rest, tail: [1, 1, 1, 1])
    bag.floats(battery, second + 3000, [11.25, 25, .nan] + rest, tail: [1, 1, 1, 1])
    bag.floats(battery, second + 4000, [11.25, 25])
    for tick in 0..<5 { bag.doubles(air, second + Int64(tick) * 1000, [1013.25 - Double(tick), 0]) }
    let recording = try bag.read()
    #expect(recording.range.map(\.sample.isValid) == [true, false, false, false, false])
    #expect(recording.range.first?.sample.distance == 1.5)
    #expect(
      recording.power.map(\.sample) == [
        PowerSample(voltage: 11.5, current: 3), PowerSample(voltage: 11.25, current: 0),
      ])
    #expect(recording.pressure.first?.sample.pressure == 101_325)
    #expect(recording.account.notes.contains { $0.contains("/air seems to be in hPa") })
    let lost = try #require(recording.account.topics.first { $0.name == "/battery" }).leftOut
    #expect(
      Set(lost.map(\.reason)) == [
        "that say that no battery is there", RowLoss.notFinite,
        "that do not fit their schema, or are not plain CDR",
      ])
    expectEveryRowCounts(recording.account)
  }

  @Test func otherUnitsAreToldByTheirSize() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let mag = bag.topic("/mag", "sensor_msgs/msg/MagneticField")
    for tick in 0..<40 {
      let time = second + Int64(tick) * 10_000_000
      bag.imu(imu, time, rate: (Double(tick) / 64, 0, 0), force: (0, 0, 1))
      bag.doubles(mag, time, [20, 10, -40] + [Double](repeating: 0, count: 9))
    }
    let recording = try bag.read()
    #expect(recording.inertial.first?.sample.accelerationZ == -9.806_65)
    #expect(abs((recording.magneticField.first?.sample.fieldZ ?? 0) - 4e-5) < 1e-10)
    #expect(recording.account.notes.filter { $0.contains("seems to be in") }.count == 2)
  }

  @Test func rowsThatCannotBeAreLeftOutByName() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let json = bag.topic("/other", "std_msgs/msg/String")
    for tick in 0..<100 {
      let time = second + Int64(tick) * 10_000_000
      bag.imu(imu, time, rate: (Double(tick) / 64, 0, 0))
      if tick == 50 {
        bag.imu(imu, time + 1000 * second, logged: time)
        bag.imu(imu, time - second / 2, logged: time)
        bag.imu(imu, time + 1, logged: time, rate: (.nan, 0, 0))
        bag.imu(imu, 0, logged: time)
        bag.imu(imu, time + 2, logged: time, force: (1e30, 0, 0))
        bag.add(imu, time, [0, 9, 0, 0, 1, 2, 3])
        bag.add(json, time, [0, 1, 0, 0])
      }
    }
    let recording = try bag.read()
    #expect(recording.inertial.count == 100)
    let topic = try #require(recording.account.topics.first)
    #expect(topic.rows == 106)
    #expect(Set(topic.leftOut.map(\.count)) == [1])
    #expect(topic.leftOut.count == 6)
    #expect(recording.account.skipped.counts == ["messages of other kinds": 1])
    expectEveryRowCounts(recording.account)
  }

  @Test func aLogOfOursIsARecordingToo() throws {
    let ticks = try SyntheticFlight.ticks(500)
    let log = try SyntheticFlight.log(ticks)
    let recording = try SensorRecording(MCAPOutline(LogBytes(log)))
    #expect(recording.account.format == "Ganglion log")
    func vector(_ tick: SyntheticTick, _ name: String) -> (Float, Float, Float) {
      (tick.value("imu.\(name)_x"), tick.value("imu.\(name)_y"), tick.value("imu.\(name)_z"))
    }
    let samples = ticks.map {
      InertialSample(
        acceleration: vector($0, "acceleration"), rate: vector($0, "rate"),
        temperature: $0.value("imu.temperature"))
    }
    #expect(recording.inertial.map(\.sample) == samples)
    let time: Int64? = ticks.first?.value("imu.time")
    #expect(recording.inertial.first?.time.nanoseconds == time)
    #expect(recording.pressure.count == 50)
    #expect(recording.range.count == 50)
    #expect(recording.armed.map(\.sample) == [false, true])
    let topics = recording.account.topics.filter { $0.quantity == .inertial }
    #expect(topics.map(\.name) == ["/ganglion/tick", "/imu"])
    #expect(topics.map(\.rate) == [250, 50])
    #expect(recording.account.notes.contains("axes are forward, right, down, as in every log of Ganglion"))
    expectEveryRowCounts(recording.account)
  }

  @Test func aRecordingWithoutAnInertialSensorIsRefused() throws {
    var file = MCAPBuilder()
    file.chunk(MCAPBuilder.schema() + MCAPBuilder.channel() + MCAPBuilder.count)
    file.finish()
    #expect { try SensorRecording(MCAPOutline(LogBytes(file.bytes))) } throws: {
      ($0 as? LogError)?.cause == .missing && "\($0)".contains("/count")
        && "\($0)".contains("(left out: 5 messages of other kinds)")
    }
    // Topics of other sensors are there, and are named.
    var bag = ROS2Bag()
    let mag = bag.topic("/mag", "sensor_msgs/msg/MagneticField")
    bag.doubles(mag, second, [20, 10, -40] + [Double](repeating: 0, count: 9))
    #expect { try bag.read() } throws: { "\($0)".contains("It has /mag.") }
    // What is damaged is said, too: the sensor may have been there.
    #expect { try SensorRecording(MCAPOutline(LogBytes(Array(file.bytes.prefix(60))))) } throws: {
      "\($0)".contains("(left out: 1 damaged places with ")
    }
  }

  @Test func aRefusalSaysWhatWasLost() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    for tick in 0..<20 { bag.imu(imu, second + Int64(tick) * 10_000_000) }
    // All messages are in one chunk, which is cut.
    let cut = try #require(
      #expect(throws: LogError.self) {
        try SensorRecording(MCAPOutline(LogBytes(Array(bag.bytes.prefix(1500)))))
      })
    #expect(cut.cause == .missing)
    #expect(cut.what.contains("1 damaged places with "), "\(cut)")
    // Packed by the recorder, message by message.
    var packed = ROS2Bag()
    let other = packed.topic("/imu", imuType)
    for tick in 0..<20 {
      packed.add(other, second + Int64(tick) * 10_000_000, [0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0])
    }
    let refusal = try #require(#expect(throws: LogError.self) { try packed.read() })
    #expect(refusal.what.contains("20 messages on /imu that are compressed one by one"), "\(refusal)")
  }

  @Test func hostileRecordingsNeverTrap() throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", imuType)
    let air = bag.topic("/air", "sensor_msgs/msg/FluidPressure")
    let battery = bag.topic("/battery", "sensor_msgs/msg/BatteryState")
    for tick in 0..<20 {
      let time = second + Int64(tick) * 10_000_000
      bag.imu(imu, time, rate: (Double(tick) / 64, 0, 0))
      bag.doubles(air, time, [101_325, 0])
      bag.floats(battery, time, [11, 20, -1, 0, 0, 0, 0], tail: [1, 1, 1, 1])
    }
    let whole = bag.bytes
    let segment = try #require(MCAPOutline(LogBytes(whole)).segments.first)
    var random = RandomGenerator(seed: 41)
    for round in 0..<500 {
      var bytes = whole
      for _ in 0...random.nextBits() % 8 {
        bytes[Int(random.nextBits() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.nextBits())
      }
      // Without the chunk's checksum nothing stands between the bytes and the reader.
      if round % 4 != 0 {
        for index in 0..<4 { bytes[try #require(segment.chunkOffset) + 9 + 24 + index] = 0 }
      }
      guard let outline = try? MCAPOutline(LogBytes(bytes)), let recording = try? SensorRecording(outline)
      else {
        continue
      }
      expectEveryRowCounts(recording.account)
      #expect(zip(recording.inertial, recording.inertial.dropFirst()).allSatisfy { $0.time < $1.time })
      #expect(recording.inertial.allSatisfy { $0.sample.rateX.isFinite && $0.sample.accelerationZ.isFinite })
    }
    // Schemas of any text.
    for text in [
      "", "float64", "Header header\n", "float64[5000] x\n", "a/B b\n====\nMSG: a/B\na/B b\n",
      "float64[] x\n",
      "A[4000] a\n====\nMSG: a/A\nB[4000] b\n====\nMSG: a/B\nC[4000] c\n====\nMSG: a/C\n# nothing\n",
    ] {
      let schema = MCAPSchema(id: 1, name: imuType, encoding: "ros2msg", text: text)
      if let columns = ROS2Kind.inertial.columns(schema) { #expect(text.isEmpty && columns.count == 15) }
    }
  }

  @Test(
    .enabled(if: Python.path != nil, "needs a Python with Tests/python/requirements.txt"),
    arguments: ["none", "zstd"], ["little", "big"])
  func aRecordingOfRosbagsIsReadInFull(_ compression: String, _ order: String) throws {
    let bytes = try Python.withTemporaryFile("") { folder in
      let result = try #require(try Python.script("make_ros2.py", [folder.path, compression, order]))
      #expect(result.status == 0)
      return try Data(contentsOf: folder.appendingPathComponent("\(folder.lastPathComponent).mcap"))
    }
    let recording = try SensorRecording(MCAPOutline(LogBytes(Array(bytes))))
    let start: Int64 = 1_700_000_000 * second
    #expect(recording.inertial.map(\.time.nanoseconds) == (0..<200).map { start + $0 * 10_000_000 })
    #expect(
      recording.inertial.map(\.sample)
        == (0..<200).map {
          InertialSample(
            acceleration: (0.5, 0.25, -9.75), rate: (0.25, -0.5, -0.125 - Float($0) / 1024), temperature: 25)
        })
    #expect(recording.pressure.map(\.sample.pressure) == (0..<40).map { 101_325 - Float($0 * 5) })
    #expect(recording.range.filter(\.sample.isValid).count == 32)
    #expect(recording.range.count == 40)
    #expect(recording.power.map(\.sample.current) == (0..<10).map { 3 + Float($0 * 20) })
    #expect(recording.magneticField.count == 40)
    // The orientation is the same throughout, which is what no estimate is.
    #expect(recording.attitude.isEmpty)
    #expect(recording.account.skipped.counts == ["messages of other kinds": 20])
    expectEveryRowCounts(recording.account)
  }
}
