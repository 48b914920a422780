import Devices
import HardwareInterfaces

extension Configuration {
  /// The sensors that the vehicle has.
  public struct Sensors: Sendable, Equatable {
    /// The inertial measurement unit; every vehicle has one.
    public var imu: InertialSensor
    /// The barometer, if any.
    public var barometer: Barometer?
    /// The magnetometer, if any.
    public var magnetometer: Magnetometer?
    /// The range finder that looks down, if any.
    public var range: RangeFinder?
    /// The battery monitor, if any.
    public var power: PowerMonitor?
    /// The encoders at the left and at the right wheel, if any.
    public var leftEncoder, rightEncoder: Encoder?
    /// The file with the sensors' calibration as written, if any; `Configuration.resolve` says where it is.
    public var calibrationFile: String?
  }
}

extension Configuration.Sensors: ConfigurationPart {
  private static let calibration = Key<String?>.optionalText(
    "calibration", absent: "readings as the chips give them",
    "File with the sensors' calibration, made by `ganglion calibrate`; relative to this file.")

  static func schema(of vehicle: VehicleKind) -> SectionSchema {
    SectionSchema(
      path: "sensors",
      about: "The sensors. A section that is absent means that the vehicle lacks that sensor.",
      keys: [.section("imu", "The inertial measurement unit.")] + vehicle.parts.sensors.map(\.key)
        + [calibration.description])
  }

  init?(_ section: Section) {
    let roles = section.context.vehicle.parts.sensors
    func read<Part: ConfigurationPart>(_ part: Part.Type, _ role: SensorRole) -> Part?? {
      guard roles.contains(role) else { return .some(nil) }
      guard role.isRequired else { return section.readOptional(part, role.rawValue) }
      return section.read(part, role.rawValue).map(Optional.some)
    }
    let imu = section.read(Configuration.InertialSensor.self, "imu")
    let barometer = read(Configuration.Barometer.self, .barometer)
    let magnetometer = read(Configuration.Magnetometer.self, .magnetometer)
    let range = read(Configuration.RangeFinder.self, .range)
    let power = read(Configuration.PowerMonitor.self, .power)
    let left = read(Configuration.Encoder.self, .leftEncoder)
    let right = read(Configuration.Encoder.self, .rightEncoder)
    let calibrationFile = section.read(Self.calibration)
    guard let imu, let barometer, let magnetometer, let range, let power, let left, let right,
      let calibrationFile
    else { return nil }
    self.calibrationFile = calibrationFile
    (self.imu, self.barometer, self.magnetometer) = (imu, barometer, magnetometer)
    (self.range, self.power, self.leftEncoder, self.rightEncoder) = (range, power, left, right)
    joinAuxiliaryBus(in: section)
  }
}

extension SensorRole {
  /// Whether a vehicle that has a place for it cannot do without.
  var isRequired: Bool {
    switch self {
    case .barometer, .magnetometer, .range, .power: false
    case .leftEncoder, .rightEncoder: true
    }
  }

  /// How it is read.
  var section: any ConfigurationPart.Type {
    switch self {
    case .barometer: Configuration.Barometer.self
    case .magnetometer: Configuration.Magnetometer.self
    case .range: Configuration.RangeFinder.self
    case .power: Configuration.PowerMonitor.self
    case .leftEncoder, .rightEncoder: Configuration.Encoder.self
    }
  }

  /// Its key below `sensors`.
  var key: KeyDescription {
    switch self {
    case .barometer: .section(rawValue, absent: "no barometer", "The barometer.")
    case .magnetometer: .section(rawValue, absent: "no magnetometer", "The magnetometer.")
    case .range: .section(rawValue, absent: "no range finder", "The range finder, looking down.")
    case .power: .section(rawValue, absent: "no battery monitor", "The battery monitor.")
    case .leftEncoder: .section(rawValue, "The angle sensor of the left wheel's shaft.")
    case .rightEncoder: .section(rawValue, "The angle sensor of the right wheel's shaft.")
    }
  }
}

extension Configuration.Sensors {
  /// Opens the way to a magnetometer inside the inertial chip, and checks that the chip is one that has it inside.
  private mutating func joinAuxiliaryBus(in section: Section) {
    guard let magnetometer else { return }
    for (index, sensor) in magnetometer.instances.enumerated() where !sensor.chip.facts.carriers.isEmpty {
      guard let carrier = carrier(of: sensor) else {
        section.complain(
          "\(SensorKind.magnetometer.key(index)).chip",
          "found \"\(sensor.chip.name)\", which sits inside the "
            + sensor.chip.facts.carriers.joined(separator: " or ")
            + ": sensors.imu must be one, or one of its spares, on the same bus")
        continue
      }
      if carrier == 0 { imu.auxiliaryBypass = true } else { imu.spares[carrier - 1].auxiliaryBypass = true }
    }
  }

  /// The inertial chip inside which `magnetometer` sits; `nil` when no inertial chip of its bus has one inside.
  private func carrier(of magnetometer: Configuration.Magnetometer) -> Int? {
    imu.instances.firstIndex {
      magnetometer.chip.facts.carriers.contains($0.chip.name) && $0.bus == magnetometer.bus
    }
  }
}

/// Where a sensor sits, what it may say it is, and how long its data stay good; the same for every sensor.
struct SensorPlace {
  var bus: String
  /// The place behind a multiplexer; `nil` on the bus itself.
  var channel: BusChannel?
  var address: UInt8
  /// Values of the identity register that are accepted.
  var identities: [UInt8]
  var staleAfter: Int64

  static let busKey = Key<String>.text("bus", "Name of one of the `buses`.")
  static let addressKey = Key<UInt8?>.optionalAddress(
    "address", 0x08...0x77, absent: "the chip's, if it has but one",
    "7-bit I2C address, one that the chip can have (docs/devices.md).")
  static let multiplexerKey = Key<UInt8?>.optionalAddress(
    "multiplexer", 0x70...0x77, absent: "on the bus itself",
    "Address of the multiplexer (TCA9548A or its kind) behind which the sensor sits; with `channel`.")
  static let channelKey = Key<Int?>.optionalInteger(
    "channel", 0...7, absent: "on the bus itself", "Channel of the multiplexer.")
  static let identitiesKey = Key<[UInt8]?>.optionalBytes(
    "accept_identities", absent: "the genuine part's",
    "Values of the identity register that are accepted. Clones have others: add the one yours has, knowingly."
  )
  static func staleKey(_ standard: Double) -> Key<Double> {
    .number(
      "stale_after_ms", 1...60_000, unit: "ms", standard: standard,
      "Age at which the newest sample counts as stale.")
  }

  /// Reads bus, address, accepted identities and staleness of `section`; checks that the `chip` can have the address
  /// and sample at `rateHz`, and that a sample lives longer than the time to the next one.
  init?(_ section: Section, chip: ChipFacts?, stale: Key<Double>, rateHz: Int?) {
    let bus = section.read(Self.busKey)
    let address = section.read(Self.addressKey).flatMap { Self.address($0, of: chip, in: section) }
    let (multiplexer, number) = (section.read(Self.multiplexerKey), section.read(Self.channelKey))
    let identities = section.read(Self.identitiesKey)
    let milliseconds = section.read(stale)
    if let chip, let rateHz, rateHz > chip.maximumRate {
      section.complain(
        "rate_hz", "found \(rateHz), expected at most \(chip.maximumRate), the \(chip.name)'s limit")
    }
    if let rateHz, let milliseconds, milliseconds * Double(rateHz) <= 1000 {
      section.complain(
        stale.name,
        "\(milliseconds.shown) ms is no longer than the time between samples, "
          + "\((1000 / Double(rateHz)).shown) ms at \(rateHz) Hz: every sample would count as stale")
      return nil
    }
    guard let bus, let address, let multiplexer, let number, let identities, let milliseconds else {
      return nil
    }
    switch (multiplexer, number) {
    case (let multiplexer?, let number?):
      channel = BusChannel(multiplexer: multiplexer, number: UInt8(truncatingIfNeeded: number))
    case (nil, nil): channel = nil
    case (nil, _?): section.complain(Self.multiplexerKey.name, "missing; `channel` counts on a multiplexer")
    case (_?, nil): section.complain(Self.channelKey.name, "missing; expected whole number, 0 to 7")
    }
    (self.bus, self.address) = (bus, address)
    self.identities = identities ?? chip?.identity?.values ?? []
    staleAfter = Int64(milliseconds * 1e6)
  }

  /// The address as given, or the chip's own when it has but one; `nil` after an error was noted.
  private static func address(_ given: UInt8?, of chip: ChipFacts?, in section: Section) -> UInt8? {
    guard let chip else { return given }
    guard let address = given ?? chip.standardAddress else {
      section.complain(
        addressKey.name, "missing; expected I2C address, \(listed(chip.addresses)) for the \(chip.name)")
      return nil
    }
    guard chip.addresses.contains(address) else {
      section.complain(
        addressKey.name,
        "found \(hexadecimal(address)), expected I2C address, \(listed(chip.addresses)) for the \(chip.name)"
          + (chip.othersAt[address].map { "; it is \($0)" } ?? ""))
      return nil
    }
    return address
  }
}

/// Addresses for people: "0x68 to 0x69" when they follow each other, else "0x1C, 0x1E".
private func listed(_ addresses: [UInt8]) -> String {
  guard let first = addresses.first, let last = addresses.last else { return "none" }
  if addresses.count > 1, Int(last) - Int(first) == addresses.count - 1 {
    return "\(hexadecimal(first)) to \(hexadecimal(last))"
  }
  return addresses.map(hexadecimal).joined(separator: ", ")
}
