import Devices
import HardwareInterfaces
import Signals

/// A channel of a device: a value of its sample, under a name.
public struct DeviceChannel: Sendable {
  /// Its name behind the device's.
  public var name: String
  /// What its value is, its unit, and what a voter does with it.
  public var channel: SampleChannel
  /// Its place in the sample.
  public var place: Int

  /// It from its parts.
  public init(name: String, channel: SampleChannel, place: Int) {
    self.name = name
    self.channel = channel
    self.place = place
  }
}

/// What of a device only its simulated chip needs to know.
public struct DeviceTwin: Sendable, Equatable {
  /// The chip's name on the simulated board, by which faults are aimed and noise is drawn.
  public var name: String
  /// How the chip sits in the vehicle; `nil` where that makes no difference.
  public var mounting: SensorMounting?
  /// What its identity register holds; `nil` for the genuine part's.
  public var identity: UInt8?
  /// Resistance of a battery monitor's shunt in Ω.
  public var shuntResistance: Double?
  /// Number of the shaft that an angle sensor looks at, from 0.
  public var shaft = 0
  /// Whether it looks at the shaft from the other side.
  public var isReversed = false
  /// The lines of a port whose flag is set while they are low, a bit for each.
  public var activeLow: UInt16 = 0
  /// Name of the simulated chip inside which it sits; `nil` for a chip of its own.
  public var carrier: String?

  /// A twin of which only the name is known.
  public init(_ name: String) { self.name = name }
}

/// The order in which jobs of a bus run that are due at the same time.
public enum DeviceRank: Int, Comparable, Sendable {
  case inertial, actuators, shafts, inputs, pressure, magnetic, range, power

  /// Whether `a` comes before `b`.
  public static func < (a: DeviceRank, b: DeviceRank) -> Bool { a.rawValue < b.rawValue }
}

/// A device that is read: a chip on a bus or a line of the processor, its name, and its channels as signals. Whoever reads a configuration makes a list of them,
/// and nothing behind that knows kinds of sensors: buses are sampled, boards simulated, faults told and logs written by it.
public struct DeviceDeclaration: Sendable {
  /// The name with which its signals begin, for example `imu`, `imu_1` or `front`.
  public var name: String
  /// Its key in the configuration, for messages, for example `sensors.imu.spares[0]` or `devices.front`.
  public var path: String
  /// What is known of its chip.
  public var chip: ChipFacts
  /// Name of its bus; empty for a line.
  public var bus: String
  /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
  public var channel: BusChannel?
  /// 7-bit I2C address.
  public var address: UInt8
  /// Samples per second.
  public var rateHz: Int
  /// Age at which a sample counts as stale, in ns.
  public var staleAfter: Int64
  /// Values of the identity register that the configuration accepts; `nil` where it cannot say.
  public var acceptedIdentities: [UInt8]?
  /// Chips that measure the same: one of them may be what answers in its place.
  public var kin: [ChipFacts]
  /// Its channels, in the order of the log.
  public var channels: [DeviceChannel]
  /// When it is read among others that are due.
  public var rank: DeviceRank
  /// Its simulated chip.
  public var twin: DeviceTwin
  /// What actuators at the other lines of its chip have to set, too, by the names of their facts.
  package var shared: [String: Double] = [:]
  /// The line that it is; `nil` for a chip on a bus.
  public var line: LineInput?
  /// Its work on a bus; `nil` for a line.
  let job: (@Sendable (DevicePlaces, _ start: MonotonicTime, _ playsBack: Bool) -> any SampleJob)?

  /// The signals of the device, on the bus of a number.
  public func signals(bus number: Int) -> [Signal] {
    let origin = SignalOrigin.device(name, bus: number)
    return [
      Signal("\(name).time", .time, unit: .nanosecond, from: origin, about: "when it was read"),
      Signal("\(name).count", .count, from: origin, about: "readings so far"),
      Signal("\(name).fault", .deviceFault, from: origin),
      Signal(
        "\(name).present", .flag, from: origin, about: "unset in a recording that lacks it"),
    ]
      + channels.map {
        Signal(
          "\(name).\($0.name)", $0.channel.kind, unit: $0.channel.unit, from: origin, about: $0.channel.about)
      }
  }

  /// What a voter or a health check reads of it: the inputs' names, with `suffix`, and the signals.
  package func inputs(suffix: String = "") -> [String: [String]] {
    func names(_ use: SampleChannel.Use) -> [String] {
      channels.filter { $0.channel.use == use && ($0.channel.kind == .number || use == .comparable) }
        .map { "\(name).\($0.name)" }
    }
    var inputs = [
      "channels\(suffix)": names(.compared), "read_at\(suffix)": ["\(name).time"],
      "count\(suffix)": ["\(name).count"], "fault\(suffix)": ["\(name).fault"],
      "present\(suffix)": ["\(name).present"],
    ]
    if let other = names(.handedOn).first { inputs["other\(suffix)"] = [other] }
    if let seen = names(.comparable).first { inputs["comparable\(suffix)"] = [seen] }
    return inputs
  }
}
