import Devices
import HardwareInterfaces
import Signals

/// A pilot's sticks and switches: where they are read, and what they ask for.
public struct PilotDeclaration: Sendable, Equatable {
  /// What is read.
  public enum Device: Sendable, Equatable {
    /// A radio's receiver at a serial port.
    case receiver(ReceiverProtocol, settings: SerialSettings, scaling: SBUSScaling)
    /// A gamepad, an input device of the kernel.
    case gamepad
  }

  /// A stick and the command that it gives.
  public struct Stick: Sendable, Equatable {
    /// Name of the command.
    public var name: String
    /// What the stick asks for.
    public var settings: StickSettings

    /// A stick from its parts.
    public init(name: String, settings: StickSettings) { (self.name, self.settings) = (name, settings) }
  }

  /// A switch and the flag that it gives.
  public struct Switch: Sendable, Equatable {
    /// Name of the flag; `arm` and `takes` are every source's.
    public var name: String
    /// When it is on.
    public var settings: SwitchSettings

    /// A switch from its parts.
    public init(name: String, settings: SwitchSettings) { (self.name, self.settings) = (name, settings) }
  }

  /// The source's name, with which its signals begin.
  public var name: String
  /// The device file.
  public var port: String
  /// What is read there.
  public var device: Device
  /// Its sticks.
  public var sticks: [Stick]
  /// Its switches.
  public var switches: [Switch]

  /// A pilot from the parts.
  public init(name: String, port: String, device: Device, sticks: [Stick], switches: [Switch]) {
    (self.name, self.port, self.device) = (name, port, device)
    (self.sticks, self.switches) = (sticks, switches)
  }

  /// The signals that its device has beside every source's and its commands: how it stands with the link.
  public var signals: [Signal] {
    let origin = SignalOrigin.device(name, bus: 0)
    let rest = Signal(
      "\(name).low", .flag, from: origin, about: "whether what must rest for arming is at rest")
    guard case .receiver = device else { return [rest] }
    return [
      rest,
      Signal("\(name).failsafe", .flag, from: origin, about: "whether it has lost its transmitter"),
      Signal(
        "\(name).link_quality", .number, from: origin,
        about: "share of packets that arrive, 0 to 1; 1 where the protocol does not say"),
      Signal("\(name).skipped", .count, from: origin, about: "bytes that belong to no sound frame"),
    ]
  }
}
