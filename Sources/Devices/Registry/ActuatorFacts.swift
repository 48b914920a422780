/// What a channel of an actuator's chip can be given.
public enum ActuatorQuantity: Sendable, Equatable, CaseIterable {
  /// Width of pulses in µs, 0 for none.
  case pulse
  /// A share of the time, 0 to 1.
  case duty
  /// A voltage in V, negative for the other way round.
  case voltage
  /// A level: high above one half.
  case level

  /// What it is, in words.
  public var words: String {
    switch self {
    case .pulse: "pulses in µs"
    case .duty: "a duty"
    case .voltage: "a voltage"
    case .level: "a level"
    }
  }
}

/// Something of an actuator's chip that a configuration can set, once for all of its channels.
public struct ActuatorSetting: Sendable, Equatable {
  /// The key, for example "rate_hz".
  public var name: String
  /// The values that the chip can have.
  public var range: ClosedRange<Double>
  /// The value of a chip whose configuration says nothing.
  public var standard: Double
  /// What it is, for people.
  public var about: String

  /// A setting from its parts.
  public init(_ name: String, _ range: ClosedRange<Double>, standard: Double, _ about: String) {
    (self.name, self.range, self.standard, self.about) = (name, range, standard, about)
  }
}

/// What is known of an actuator's chip before anything is said to it: a configuration is checked against it.
public struct ActuatorFacts: Sendable {
  /// The name in a configuration, for example "pca9685".
  public var name: String
  /// 7-bit addresses that the chip can have, in rising order.
  public var addresses: [UInt8]
  /// The address of a chip whose configuration gives none.
  public var standardAddress: UInt8
  /// Number of channels, which count from 0.
  public var channels: Int
  /// What each channel can be given.
  public var takes: [ActuatorQuantity]
  /// What can be set.
  public var settings: [ActuatorSetting]
  /// Bit times on the bus for one write of some channels, at least one, re-checks left out.
  public var bitsPerWrite: @Sendable (_ channels: [Int]) -> Int
  /// The largest magnitude of a quantity with some settings; `nil` for no limit but the quantity's own.
  public var most: @Sendable (ActuatorQuantity, ActuatorSettings) -> Double?

  /// Facts from their parts.
  public init(
    name: String, addresses: [UInt8], standardAddress: UInt8, channels: Int, takes: [ActuatorQuantity],
    settings: [ActuatorSetting] = [], bitsPerWrite: @escaping @Sendable ([Int]) -> Int,
    most: @escaping @Sendable (ActuatorQuantity, ActuatorSettings) -> Double? = { _, _ in nil }
  ) {
    (self.name, self.addresses, self.standardAddress) = (name, addresses, standardAddress)
    (self.channels, self.takes, self.settings) = (channels, takes, settings)
    (self.bitsPerWrite, self.most) = (bitsPerWrite, most)
  }
}

/// The settings of one actuator's chip: what a configuration says, and the rest as the chip's facts have it.
public struct ActuatorSettings: Sendable, Equatable {
  private let values: [String: Double]

  /// The settings that `given` makes with the facts' standards. A number beyond its range is the nearest one within; what the chip
  /// does not have is left out.
  public init(_ given: [String: Double] = [:], of facts: ActuatorFacts) {
    var values: [String: Double] = [:]
    for setting in facts.settings {
      let wanted = given[setting.name] ?? setting.standard
      values[setting.name] =
        wanted.isNaN
        ? setting.standard : min(max(wanted, setting.range.lowerBound), setting.range.upperBound)
    }
    self.values = values
  }

  /// A setting by its name; 0 for one that the chip does not have.
  public subscript(name: String) -> Double { values[name] ?? 0 }
}
