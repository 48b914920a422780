import HardwareInterfaces

/// One sensor of a bus: its driver, its newest reading, and when it wants to be called.
struct SensorJob<Driver: SensorDriver>: Sendable where Driver.Sample: Equatable {
  private var driver: Driver
  /// The newest reading.
  private(set) var reading: Reading<Driver.Sample>
  /// When the driver wants to be called next.
  private(set) var due: MonotonicTime

  /// A job that starts its driver at `start`; `empty` fills the reading before the first sample.
  init(_ driver: Driver, empty: Driver.Sample, start: MonotonicTime) {
    self.driver = driver
    reading = Reading(empty: empty, isPresent: true)
    due = start
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) {
    let result = driver.poll(&bus, now: now)
    if let sample = result.sample {
      reading.sample = sample
      reading.time = now
      reading.sequence &+= 1
    }
    reading.fault = result.fault
    // A driver that asks for the past would be called for ever; the next microsecond is soon enough.
    due = max(result.next, now.advanced(microseconds: 1))
  }
}
