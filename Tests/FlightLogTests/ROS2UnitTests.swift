import Testing

@testable import FlightLog

private let second: Int64 = 1_000_000_000

/// Numbers that are not in the units of their definitions.
@Suite struct ROS2UnitTests {
  @Test(
    "Pressures of another unit are read by a rule that is said, or left out",
    arguments: [
      (101_325.0, 101_325.0, nil), (1013.25, 101_325, "hPa instead of Pa"),
      (101.325, 101_325, "kPa instead of Pa"),
      (1.01325, 101_325, "bar instead of Pa"), (200, nil, "in no unit that is told by their size"),
      (14.7, nil, "in no unit that is told by their size"),
    ] as [(Double, Float?, String?)])
  func pressuresOfOtherUnits(_ value: Double, _ read: Float?, _ words: String?) throws {
    var bag = ROS2Bag()
    let imu = bag.topic("/imu", "sensor_msgs/msg/Imu")
    let air = bag.topic("/air", "sensor_msgs/msg/FluidPressure")
    for tick in 0..<40 {
      bag.imu(imu, second + Int64(tick) * 10_000_000, rate: (Double(tick) / 64, 0, 0))
      bag.doubles(air, second + Int64(tick) * 10_000_000, [value, 0])
    }
    let recording = try bag.read()
    #expect(recording.pressure.count == (read == nil ? 0 : 40))
    if let read, let found = recording.pressure.first?.sample.pressure { #expect(abs(found - read) < 1) }
    let notes = recording.account.notes.filter { $0.hasPrefix("/air") }
    #expect(words.map { words in notes.contains { $0.contains(words) } } ?? notes.isEmpty, "\(notes)")
    expectEveryRowCounts(recording.account)
  }
}
