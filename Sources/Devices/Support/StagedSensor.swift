import HardwareInterfaces

/// A driver that goes through the stages of `DeviceState`, one short burst of transfers a call.
protocol StagedSensor: SensorDriver {
  /// Where the driver is.
  var state: DeviceState { get set }
  /// The next step of the start.
  mutating func start<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError)
  /// The next step of sampling; a sample when there is a new one.
  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) throws(BusError) -> Sample?
  /// Forgets what a transfer that failed has made uncertain, before the failure is counted.
  mutating func forget(now: MonotonicTime)
}

extension StagedSensor {
  mutating func forget(now: MonotonicTime) {}

  /// Where the driver is between power-on and sampling.
  var stage: DeviceStage { state.stage }

  /// See `SensorDriver`.
  public mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<Sample> {
    var sample: Sample?
    if now >= state.wake {
      do throws(BusError) {
        if state.stage == .running {
          sample = try run(&bus, now: now)
        } else {
          try start(&bus, now: now)
        }
      } catch {
        forget(now: now)
        state.failTransfer(error, now: now)
      }
    }
    return SensorPoll(sample: sample, fault: state.fault, next: max(state.wake, now))
  }
}
