import HardwareInterfaces
import Signals

/// One of the values of a sample, as a signal of the device that gives it.
public struct SampleChannel: Sendable {
  /// What a voter does with it.
  public enum Use: Sendable {
    /// It is measured, and may be compared with a spare's.
    case compared
    /// It is only handed on.
    case handedOn
    /// It says whether there is something to compare.
    case comparable
  }

  /// Its name behind the device's, unless the configuration gives it one.
  public var name: String
  /// What its value is: a number, a flag, a count, a choice or a time.
  public var kind: SignalKind
  /// Its unit.
  public var unit: Unit
  /// What a voter does with it.
  public var use: Use
  /// A few words for people.
  public var about: String

  /// A channel from its parts.
  public init(
    _ name: String, _ kind: SignalKind = .number, unit: Unit = .none, use: Use = .compared, about: String = ""
  ) {
    (self.name, self.kind, self.unit, self.use, self.about) = (name, kind, unit, use, about)
  }
}

/// A kind of sample: what a device reads, as signals. Drivers give samples as they are; the worker of a bus puts them into the frame,
/// channel by channel.
public protocol SignalSample: BitwiseCopyable, Sendable, Equatable {
  /// Its channels, the same for every sample of the kind, in the order of the log.
  static var channels: [SampleChannel] { get }
  /// What a device reads before its first sample: nothing.
  static var empty: Self { get }
  /// The value of a channel by its place in `channels`; 0 for none. A `Double` holds each exactly.
  func value(ofChannel place: Int) -> Double
}

extension InertialSample: SignalSample {
  /// See `SignalSample`.
  public static let channels =
    ["x", "y", "z"].map { SampleChannel("acceleration_\($0)", unit: .metrePerSecondSquared) }
    + ["x", "y", "z"].map { SampleChannel("rate_\($0)", unit: .radianPerSecond) }
    + [SampleChannel("temperature", unit: .degreeCelsius, use: .handedOn)]
  /// See `SignalSample`.
  public static let empty = InertialSample(acceleration: (0, 0, 0), rate: (0, 0, 0), temperature: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    switch place {
    case 0: Double(accelerationX)
    case 1: Double(accelerationY)
    case 2: Double(accelerationZ)
    case 3: Double(rateX)
    case 4: Double(rateY)
    case 5: Double(rateZ)
    case 6: Double(temperature)
    default: 0
    }
  }
}

extension PressureSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("pressure", unit: .pascal),
    SampleChannel("temperature", unit: .degreeCelsius, use: .handedOn),
  ]
  /// See `SignalSample`.
  public static let empty = PressureSample(pressure: 0, temperature: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    place == 0 ? Double(pressure) : place == 1 ? Double(temperature) : 0
  }
}

extension DifferentialPressureSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("differential_pressure", unit: .pascal),
    SampleChannel("temperature", unit: .degreeCelsius, use: .handedOn),
  ]
  /// See `SignalSample`.
  public static let empty = DifferentialPressureSample(pressure: 0, temperature: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    place == 0 ? Double(pressure) : place == 1 ? Double(temperature) : 0
  }
}

extension MagneticSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = ["x", "y", "z"].map { SampleChannel("field_\($0)", unit: .tesla) }
  /// See `SignalSample`.
  public static let empty = MagneticSample(field: (0, 0, 0))

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    switch place {
    case 0: Double(fieldX)
    case 1: Double(fieldY)
    case 2: Double(fieldZ)
    default: 0
    }
  }
}

extension RangeSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("distance", unit: .metre),
    SampleChannel("seen", .flag, use: .comparable, about: "whether it saw a target"),
  ]
  /// See `SignalSample`.
  public static let empty = RangeSample(distance: 0, isValid: false)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    place == 0 ? Double(distance) : place == 1 && isValid ? 1 : 0
  }
}

extension PowerSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("voltage", unit: .volt), SampleChannel("current", unit: .ampere),
  ]
  /// See `SignalSample`.
  public static let empty = PowerSample(voltage: 0, current: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    place == 0 ? Double(voltage) : place == 1 ? Double(current) : 0
  }
}

extension AngleSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("angle", unit: .radian),
    SampleChannel("magnet", .choice(["good", "weak", "strong"]), use: .handedOn),
  ]
  /// See `SignalSample`.
  public static let empty = AngleSample(angle: 0, magnet: .good)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    place == 0 ? Double(angle) : place == 1 ? Double(magnet.rawValue) : 0
  }
}

extension AnalogSample: SignalSample {
  /// See `SignalSample`.
  public static let channels =
    (0..<4).map { SampleChannel("input_\($0)", unit: .volt) }
    + (0..<4).map {
      SampleChannel("clipped_\($0)", .flag, use: .handedOn, about: "beyond the full scale")
    }
  /// See `SignalSample`.
  public static let empty = AnalogSample(voltages: InlineArray(repeating: 0), clipped: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    switch place {
    case 0..<4: Double(voltages[place])
    case 4..<8: clipped >> UInt8(place - 4) & 1 == 1 ? 1 : 0
    default: 0
    }
  }
}

extension LineSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = [
    SampleChannel("pressed", .flag, about: "whether it is active, after debouncing"),
    SampleChannel("edges", .count, use: .handedOn, about: "counted edges so far"),
    SampleChannel("rate", unit: .hertz, use: .handedOn, about: "counted edges per second"),
    SampleChannel("lost", .count, use: .handedOn, about: "edges that were not reported"),
    SampleChannel(
      "edge_time", .time, unit: .nanosecond, use: .handedOn,
      about: "when the newest counted edge came; 0 before the first"),
  ]
  /// See `SignalSample`.
  public static let empty = LineSample(isPressed: false, edges: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    switch place {
    case 0: isPressed ? 1 : 0
    case 1: Double(edges)
    case 2: Double(rate)
    case 3: Double(lost)
    // A Double holds each nanosecond of the first hundred days, and every second one of the next.
    case 4: Double(edgeTime)
    default: 0
    }
  }
}

extension PortSample: SignalSample {
  /// See `SignalSample`.
  public static let channels = (0..<16).map { SampleChannel("line_\($0)", .flag) }
  /// See `SignalSample`.
  public static let empty = PortSample(levels: 0)

  /// See `SignalSample`.
  public func value(ofChannel place: Int) -> Double {
    (0..<16).contains(place) && levels >> UInt16(place) & 1 == 1 ? 1 : 0
  }
}
