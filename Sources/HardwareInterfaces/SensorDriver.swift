/// What went wrong with a device, as far as its driver can tell. The raw value travels in the log.
public enum DeviceFault: UInt8, Error, Equatable, Sendable, BitwiseCopyable {
  /// No fault.
  case none = 0
  /// Nothing answers at the address.
  case missing = 1
  /// A transfer failed otherwise: timeout, arbitration, data refused, short read, bus gone.
  case transfer = 2
  /// The identity register holds a value that the configuration does not accept.
  case wrongIdentity = 3
  /// A register does not hold what was written to it: the chip was reset or its supply sagged.
  case wrongRegister = 4
  /// The data are all zero or all ones, as from a dead or floating bus.
  case implausibleData = 5
  /// The same raw data came too many times in a row.
  case frozenData = 6
  /// The chip did not become ready in its time.
  case notReady = 7
  /// Factory trim or checksum in the chip is wrong.
  case badTrim = 8
  /// The chip itself reports a hardware failure.
  case selfReported = 9
  /// A converter stands at the end of its range: the true value lies beyond, and what it gives in its place is no
  /// reading of it.
  case endOfRange = 10
  /// The actuators obey, but nothing would make them safe if this process died: its guard has gone.
  case unguarded = 11
}

extension DeviceFault {
  /// The fault that a failed transfer stands for.
  public init(_ error: BusError) {
    switch error {
    case .noDevice: self = .missing
    default: self = .transfer
    }
  }
}

/// What one call of a driver brought.
public struct SensorPoll<Sample: BitwiseCopyable & Sendable>: Sendable {
  /// A new reading, or `nil` when there is none yet.
  public var sample: Sample?
  /// What is wrong now; `.none` while the device works or is still starting without trouble.
  public var fault: DeviceFault
  /// When the driver wants to be called next.
  public var next: MonotonicTime

  /// A result from its parts.
  @inlinable
  public init(sample: Sample?, fault: DeviceFault = .none, next: MonotonicTime) {
    self.sample = sample
    self.fault = fault
    self.next = next
  }
}

/// A sensor's driver: plain data and one small state machine, moved only by `poll`.
///
/// The state machine checks identity, resets, configures, reads every register back, then samples on its
/// own absolute schedule and re-checks one configuration register at a time. Every failure raises a leaky
/// counter; when it is full the device is started again from scratch. A driver never sleeps: it returns the
/// time at which it wants to go on. It never allocates.
public protocol SensorDriver<Sample>: Sendable {
  /// What the sensor measures, in SI units.
  associatedtype Sample: BitwiseCopyable & Sendable

  /// What the chip's identity register held at the last start; `nil` before, and for a chip without one.
  var identity: UInt8? { get }

  /// Moves the state machine on by at most one short burst of transfers. `now` is the time before the
  /// first transfer, and the timestamp of the sample that this call returns.
  mutating func poll<Bus: I2CBus & ~Copyable>(
    _ bus: inout Bus, now: MonotonicTime
  ) -> SensorPoll<Sample>
}

extension SensorDriver {
  /// No identity, unless the driver says otherwise.
  public var identity: UInt8? { nil }
}
