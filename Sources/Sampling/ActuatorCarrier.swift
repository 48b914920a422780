import Devices
import HardwareInterfaces

/// The chip of an actuator, on a bus. Several actuators may name it, each with channels of its own.
public struct ActuatorChipPlace: Sendable {
  /// The key in the configuration that the chip's own keys stand below, for messages.
  public var path: String
  /// The chip.
  public var chip: ActuatorChip
  /// Name of its bus.
  public var bus: String
  /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
  public var behind: BusChannel?
  /// 7-bit I2C address.
  public var address: UInt8
  /// What the configuration sets, by the names of the chip's facts.
  public var settings: [String: Double]
  /// Its name on the simulated board, by which faults are aimed; `nil` for the last part of its key.
  public var twin: String?

  /// A place from its parts.
  public init(
    path: String, chip: ActuatorChip, bus: String, behind: BusChannel? = nil, address: UInt8,
    settings: [String: Double] = [:], twin: String? = nil
  ) {
    (self.path, self.chip, self.bus, self.behind) = (path, chip, bus, behind)
    (self.address, self.settings, self.twin) = (address, settings, twin)
  }
}

/// What carries a value of a conversion out of the processor, as it is.
public enum ActuatorCarrier: Sendable {
  /// A channel of a chip on a bus.
  case chip(ActuatorChipPlace, channel: Int)
  /// A PWM output of the kernel: the chip by its name or device, pulses in a second.
  case kernelPWM(chip: String, channel: Int, rateHz: Int)
  /// A digital output, active for a flag that is set.
  case line(DigitalLine)
  /// The direction lines of an H bridge, by the sign of a number; both inactive for 0, which opens the bridge.
  case direction(forward: DigitalLine, backward: DigitalLine)
}
