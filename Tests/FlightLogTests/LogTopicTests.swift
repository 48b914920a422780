import Foundation
import HardwareInterfaces
import Signals
import Testing
import VehicleConfiguration

@testable import FlightLog

/// Topics for people follow from the signals that a vehicle has.
@Suite struct LogTopicTests {
  /// The signals of a device.
  private static func device(_ name: String, _ more: [(String, SignalKind)]) -> [Signal] {
    let origin = SignalOrigin.device(name, bus: 0)
    return [
      Signal("\(name).time", .time, from: origin), Signal("\(name).count", .count, from: origin),
      Signal("\(name).fault", .deviceFault, from: origin),
    ] + more.map { Signal("\(name).\($0.0)", $0.1, from: origin) }
  }

  private static func names(_ table: SignalTable) -> [String] { table.topics.map(\.name) }

  @Test func theShippedVehiclesHaveTheirs() throws {
    let quadrotor = [
      "/imu", "/barometer", "/range", "/battery", "/attitude", "/altitude", "/command", "/motors", "/network",
    ]
    #expect(Self.names(SyntheticFlight.vehicle) == quadrotor)
    let redundant = Self.names(SyntheticFlight.redundantVehicle)
    #expect(redundant.filter { $0 != "/magnetometer" } == quadrotor + ["/sensors"])
    let file = SyntheticFlight.root.appending(path: "firmware-configs/balancer-hold.json5")
    let text = try String(contentsOf: file, encoding: .utf8)
    let robot = try VehicleTables(Configuration.load(text: text, directory: nil), hasNetwork: true).table()
    #expect(
      Self.names(robot) == [
        "/imu", "/encoders", "/battery", "/wheels", "/drive", "/command", "/motors", "/network",
      ])
    #expect(
      robot.topics.map { type(of: $0).schemaName }.suffix(3) == [
        "ganglion_msgs/msg/DriveCommand", "ganglion_msgs/msg/Bridges", "ganglion_msgs/msg/Network",
      ])
  }

  @Test func devicesOfTheUsersHaveTopicsOfTheirNames() throws {
    let rover = try SignalTable(
      Self.device("front", [("distance", .number), ("seen", .flag)])
        + Self.device("rear.left", [("distance", .number), ("seen", .flag)])
        + Self.device("knee", [("angle", .number), ("magnet", .choice(["good", "weak", "strong"]))])
        + Self.device("compass", ["x", "y", "z"].map { ("field_\($0)", .number) })
        + Self.device("air", [("pressure", .number)])
        + Self.device("events", [("voltage", .number), ("current", .number)])
        + Self.device("line", [("line_0", .number), ("line_1", .number)]))
    #expect(
      Self.names(rover) == ["/air", "/knee", "/front", "/rear/left", "/devices/events", "/compass"])
  }

  @Test func aReadingIsWrittenWithItsTimeAndValue() throws {
    let table = try SignalTable(Self.device("front", [("distance", .number), ("seen", .flag)]))
    let memory = FrameMemory(table)
    let frame = memory.frame
    let topic = try #require(table.topics.first)
    frame[try #require(table.index(of: "front.time", as: Int64.self))] = 2_000_000_003
    frame[try #require(table.index(of: "front.count", as: UInt32.self))] = 4
    frame[try #require(table.index(of: "front.distance", as: Float.self))] = 1.5
    frame[try #require(table.index(of: "front.seen", as: Bool.self))] = true
    guard case .reading(4) = topic.occasion(frame) else {
      Issue.record("not written when the reading is new")
      return
    }
    var encoder = CDREncoder()
    encoder.begin()
    topic.encode(frame, into: &encoder)
    let bytes = LogBytes(Array(encoder.payload))
    let values = try ROS2Values.read(ROS2Schema(text: RangeTopic.schemaText), bytes, 0..<bytes.count)
    #expect(values.map(\.text) == ["2", "3", "front", "1.5", "1"])
  }

  /// Where a row chooses, the topic shows the device in use, as it reads.
  @Test func theOneInUseIsShown() throws {
    var tick = try SyntheticFlight.ticks(1, of: SyntheticFlight.redundantVehicle)[0]
    try tick.put(UInt32(1), "imu.chosen")
    try tick.put(UInt32(77), "imu_1.count")
    let table = tick.vehicle
    let topic = try #require(table.topics.first { $0.name == "/imu" })
    func occasion() throws -> UInt32 {
      guard case .reading(let count) = tick.read({ topic.occasion($0) }) else { return 0 }
      return count
    }
    #expect(try occasion() == 77)
    // What cannot be in use is as the first.
    try tick.put(UInt32(1000), "imu.chosen")
    #expect(try occasion() == tick.value("imu_0.count"))
  }

  @Test func aStepThatFailedHasNoOutputs() throws {
    var tick = try SyntheticFlight.ticks(1)[0]
    let topic = try #require(tick.vehicle.topics.first { $0.name == "/network" })
    func outputs() throws -> Int {
      var encoder = CDREncoder()
      encoder.begin()
      tick.read { topic.encode($0, into: &encoder) }
      let bytes = LogBytes(Array(encoder.payload))
      return try ROS2Values.read(ROS2Schema(text: NetworkTopic.schemaText), bytes, 0..<bytes.count)
        .count { $0.name.hasPrefix("outputs") }
    }
    #expect(try outputs() == 4)
    try tick.put(UInt8(1), "network.failed")
    #expect(try outputs() == 0)
  }
}
