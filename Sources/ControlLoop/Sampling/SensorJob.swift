import PortableMath
import Devices
import HardwareInterfaces

/// One sensor of a bus: its driver, its newest reading, and when it wants to be called.
struct SensorJob<Sample: BitwiseCopyable & Sendable & Equatable>: Sendable {
  private var driver: any SensorDriver<Sample>
  private let adjust: @Sendable (Sample) -> Sample
  /// 0 for the sensor itself, from 1 on for its spares.
  let instance: Int
  /// Its place behind a multiplexer; `nil` on the bus itself.
  private let channel: BusChannel?
  /// The newest reading.
  private(set) var reading: Reading<Sample>
  /// When the driver wants to be called next.
  private(set) var due: MonotonicTime

  /// A job that starts its driver at `start`. `empty` fills the reading before the first sample, `channel` is the sensor's
  /// place behind a multiplexer, and `adjust` turns what the driver gives into what the loop wants.
  init(
    _ driver: any SensorDriver<Sample>, instance: Int = 0, empty: Sample, channel: BusChannel?,
    start: MonotonicTime, adjust: @escaping @Sendable (Sample) -> Sample = { $0 }
  ) {
    self.driver = driver
    self.adjust = adjust
    self.instance = instance
    self.channel = channel
    reading = Reading(empty: empty, isPresent: true)
    due = start
  }

  /// What the chip's identity register held at the last start, if it has one and answered.
  var identity: UInt8? { driver.identity }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout MultiplexedBus<Bus>, now: MonotonicTime) {
    bus.route(to: channel)
    let result = driver.poll(&bus, now: now)
    if let sample = result.sample {
      reading.sample = adjust(sample)
      reading.time = now
      reading.sequence.countReading()
    }
    reading.fault = result.fault
    // A driver that asks for the past would be called for ever; the next microsecond is soon enough.
    due = max(result.next, now.advanced(microseconds: 1))
  }
}
