import HardwareInterfaces

/// Where a driver is on the way from power-on to sampling.
public enum DeviceStage: UInt8, Sendable, BitwiseCopyable {
  /// The next call resets the chip.
  case reset
  /// Waiting until the chip is up again, then checking that it is the expected one.
  case identity
  /// Reading the factory trim, for chips that have one.
  case trim
  /// Writing the register table, one register per call.
  case configure
  /// Reading the register table back, one register per call.
  case verify
  /// Sampling, or driving outputs, and re-checking one register at a time.
  case running
}

/// What every driver keeps beside its chip's own values: the stage, the time of its next action, the
/// leaky counter of failures and the place in the register table.
///
/// A failure raises the counter by one and a success lowers it by one (the habit of PX4's drivers). A full
/// counter, or a register that lost its value, starts the device again from scratch.
struct DeviceState: Sendable, BitwiseCopyable {
  /// Failures, less successes, that start the device again.
  static let failureLimit: UInt8 = 10
  /// Pause before another attempt when a start failed, in ms.
  static let retryPause: Int64 = 100

  /// Time between two looks at registers while running, in ms.
  static let checkPeriod: Int64 = 100

  var stage = DeviceStage.reset
  /// The row of the register table that is written, read back or re-checked next.
  var row = 0
  /// Nothing happens before this time.
  var wake = MonotonicTime(nanoseconds: .min)
  /// When the next register is re-checked.
  var nextCheck = MonotonicTime.zero
  /// What was wrong at the last action; `.none` after a success.
  var fault = DeviceFault.none
  /// The leaky counter.
  var failures: UInt8 = 0
  /// Until when a converter counts as at the end of its range.
  private var beyondUntil = MonotonicTime(nanoseconds: .min)

  /// Goes on to `stage`, not before `wake`.
  mutating func enter(_ stage: DeviceStage, at wake: MonotonicTime) {
    self.stage = stage
    self.wake = wake
    row = 0
  }

  /// Starts again from scratch after `fault`, not before `wake`.
  mutating func restart(_ fault: DeviceFault, at wake: MonotonicTime) {
    self.fault = fault
    failures = 0
    enter(.reset, at: wake)
  }

  /// Starts again from scratch after a start that failed.
  mutating func retry(_ fault: DeviceFault, now: MonotonicTime) {
    restart(fault, at: now.advanced(milliseconds: Self.retryPause))
  }

  /// Notes a failure while running. A suspicion is followed by a look at the first register of the table,
  /// the one that tells a reset best; a full counter starts the device again.
  mutating func fail(_ fault: DeviceFault, now: MonotonicTime) {
    self.fault = fault
    failures &+= 1
    row = 0
    nextCheck = now
    if failures >= Self.failureLimit { restart(fault, at: now) }
  }

  /// Notes a failure while running that is worth a word only when it happens again and again.
  mutating func failSilently(_ fault: DeviceFault, now: MonotonicTime) {
    failures &+= 1
    if failures >= Self.failureLimit { restart(fault, at: now) }
  }

  /// Notes a transfer that failed: while running a failure like any other, otherwise a start that failed.
  mutating func failTransfer(_ error: BusError, now: MonotonicTime) {
    if stage == .running {
      fail(DeviceFault(error), now: now)
    } else {
      retry(DeviceFault(error), now: now)
    }
  }

  /// Notes a success while running.
  mutating func succeed() {
    fault = .none
    if failures > 0 { failures &-= 1 }
  }

  /// Notes, after a success, whether a converter stands at the end of its range. The fault stays for `checkPeriod`, so
  /// that a vibration that clips now and then is one event and not one for each reading.
  mutating func note(endOfRange isBeyond: Bool, now: MonotonicTime) {
    if isBeyond { beyondUntil = now.advanced(milliseconds: Self.checkPeriod) }
    if isBeyond || now < beyondUntil { fault = .endOfRange }
  }

  /// Goes to the next of `rows` rows; returns whether the table is through.
  mutating func nextRow(of rows: Int) -> Bool {
    row &+= 1
    if row < rows { return false }
    row = 0
    return true
  }
}
