import PortableMath
import VehicleRuntime

@testable import FlightLog

/// Writes messages in CDR of either byte order, following the OMG's description and not Ganglion's encoder.
struct CDRBuilder {
  private(set) var bytes: [UInt8]
  private let isBig: Bool

  init(big: Bool = false) {
    isBig = big
    bytes = [0, big ? 0 : 1, 0, 0]
  }

  mutating func put<T: FixedWidthInteger>(_ value: T) {
    let size = MemoryLayout<T>.size
    while (bytes.count - 4) % size != 0 { bytes.append(0) }
    withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) { bytes += $0 }
  }

  mutating func put(_ value: Double) { put(value.bitPattern) }
  mutating func put(_ value: Float) { put(value.bitPattern) }

  mutating func header(_ time: Int64) {
    put(Int32(truncatingIfNeeded: time / 1_000_000_000))
    put(UInt32(truncatingIfNeeded: time % 1_000_000_000))
    put(UInt32(5))
    bytes += Array("base".utf8) + [0]
  }
}

/// A recording of ROS 2 with the standard schemas' names; their texts are left out, as some writers do.
struct ROS2Bag {
  private(set) var file = MCAPBuilder(profile: "ros2")
  private var records: [UInt8] = []
  private var channels = 0
  var isBig = false

  mutating func topic(_ name: String, _ schema: String, encoding: String = "ros2msg") -> UInt16 {
    channels += 1
    let id = UInt16(channels)
    let text =
      MCAPBuilder.number(id) + MCAPBuilder.text(schema) + MCAPBuilder.text(encoding) + MCAPBuilder.text("")
    file.record(3, text)
    file.raw(MCAPBuilder.channel(id: id, schema: id, name))
    return id
  }

  mutating func imu(
    _ channel: UInt16, _ stamp: Int64, logged: Int64? = nil,
    rate: (Double, Double, Double) = (0.25, 0.5, 0.125),
    force: (Double, Double, Double) = (0.5, -0.25, 9.75), orientation: Quaternion = .identity,
    covariance: Double = 0
  ) {
    var message = CDRBuilder(big: isBig)
    message.header(stamp)
    for value in [orientation.x, orientation.y, orientation.z, orientation.w] { message.put(value) }
    for index in 0..<9 { message.put(index == 0 ? covariance : 0) }
    for value in [rate.0, rate.1, rate.2] { message.put(value) }
    for _ in 0..<9 { message.put(0.0) }
    for value in [force.0, force.1, force.2] { message.put(value) }
    for _ in 0..<9 { message.put(0.0) }
    add(channel, logged ?? stamp, message.bytes)
  }

  mutating func doubles(_ channel: UInt16, _ stamp: Int64, logged: Int64? = nil, _ values: [Double]) {
    var message = CDRBuilder(big: isBig)
    message.header(stamp)
    for value in values { message.put(value) }
    add(channel, logged ?? stamp, message.bytes)
  }

  mutating func floats(_ channel: UInt16, _ stamp: Int64, _ values: [Float], tail: [UInt8] = []) {
    var message = CDRBuilder(big: isBig)
    message.header(stamp)
    for value in values { message.put(value) }
    add(channel, stamp, message.bytes + tail)
  }

  mutating func add(_ channel: UInt16, _ time: Int64, _ payload: [UInt8]) {
    records += MCAPBuilder.message(
      channel: channel, sequence: 0, time: UInt64(bitPattern: time), payload)
  }

  /// The file as it is so far.
  var bytes: [UInt8] {
    var whole = file
    whole.chunk(records)
    whole.finish()
    return whole.bytes
  }

  func read() throws -> SensorRecording { try SensorRecording(MCAPOutline(LogBytes(bytes))) }
}
