import Devices
import HardwareInterfaces
import LinuxHardware
import PortableMath
import VehicleConfiguration

// What a probe must know beside the drivers' own facts: which addresses not to ask, and chips without an identity.

extension ChipProbe {
  /// Memories, whose pages and write protection are set by mere addressing: never sent a write, not even an empty one.
  static let memories: Set<UInt8> = Set(0x30...0x37).union(0x50...0x5F)

  /// Why an address is not asked for more than whether it answers, and what may be there.
  static func leftAlone(_ address: UInt8) -> (reason: String, candidates: [String])? {
    let candidates = candidates(address)
    switch address {
    case 0x20...0x27, 0x38...0x3F:
      return ("a PCF8574 takes a register's address for the levels of its outputs", ["pcf8574"] + candidates)
    case 0x30...0x35, 0x37, 0x50...0x5F:
      return ("memories are set by mere addressing", ["a memory"] + candidates)
    case 0x60...0x67:
      return (
        "a converter takes a register's address for a voltage", ["a digital-to-analog converter"] + candidates
      )
    case 0x70...0x75:
      return ("a multiplexer takes a register's address for its channels", ["tca9548a"] + candidates)
    default: return nil
    }
  }

  /// Chips with a driver that can live at an address and do not say who they are.
  static func candidates(_ address: UInt8) -> [String] {
    let actuators: [(String, ClosedRange<UInt8>)] = [
      ("pca9685", 0x40...0x7F), ("drv8830", 0x60...0x68), ("tca9548a", 0x70...0x77),
    ]
    return SensorTable.facts.filter { $0.identity == nil && $0.addresses.contains(address) }.map(\.name)
      + actuators.filter { $0.1.contains(address) }.map(\.0)
  }

  /// The identity registers of what is known to live at an address, each to be read once. Chips that can be told any
  /// address are looked for only where they begin.
  static func identities(at address: UInt8) -> [(register: [UInt8], chips: [ChipFacts])] {
    var groups: [(register: [UInt8], chips: [ChipFacts])] = []
    for facts in SensorTable.facts {
      let addresses = facts.addresses.count > 16 ? facts.standardAddress.map { [$0] } ?? [] : facts.addresses
      guard addresses.contains(address), let identity = facts.identity else { continue }
      // To the humidity sensors HTU21D and Si7021 the register's address is the command to reset.
      if address == 0x40, identity.register == [0xFE] { continue }
      if let index = groups.firstIndex(where: { $0.register == identity.register }) {
        groups[index].chips.append(facts)
      } else {
        groups.append((identity.register, [facts]))
      }
    }
    // A wide address is a write to a chip of narrow ones, so it comes last.
    return groups.sorted { $0.register.count < $1.register.count }
  }

  /// A chip without an identity that its other registers give away.
  static func recognise<Bus: I2CBus & ~Copyable>(
    _ address: UInt8, _ bus: inout Bus
  ) -> (name: String, certainty: ChipFinding.Certainty)? {
    do throws(BusError) {
      switch address {
      case 0x40...0x4F:
        // Addresses that it also answers to, which nobody changes (PCA9685 datasheet, 7.3.6). One by one: after power-on
        // the chip does not go on to the next register by itself.
        var isPulseDriver = true
        for (register, value) in [(0x02, 0xE2), (0x03, 0xE4), (0x04, 0xE8), (0x05, 0xE0)] as [(UInt8, UInt8)]
        {
          let held = try bus.readRegister(register, of: address)
          isPulseDriver = isPulseDriver && held == value
        }
        if isPulseDriver { return ("pca9685", .identified) }
        // The settings after power-on (INA219 datasheet, 8.6.2.1; INA226, 7.6.1).
        let settings: InlineArray<2, UInt8> = try bus.readRegisters(0x00, of: address)
        switch UInt16(settings[0]) << 8 | UInt16(settings[1]) {
        case 0x399F: return ("ina219", .likely)
        case 0x4127 where address == 0x40: return ("ina226", .likely)
        default: return nil
        }
      default: return nil
      }
    } catch {
      return nil
    }
  }

  /// A chip of commands: it has no identity, but a trim with a check value, which may be read at any time.
  static func recogniseTrim<Bus: I2CBus & ~Copyable>(_ address: UInt8, _ bus: inout Bus) -> String? {
    guard MS5611.facts.addresses.contains(address) else { return nil }
    do throws(BusError) {
      var words = InlineArray<8, UInt16>(repeating: 0)
      for index in words.indices {
        let bytes: InlineArray<2, UInt8> = try bus.readRegisters(
          0xA0 + 2 * UInt8(truncatingIfNeeded: index), of: address)
        words[index] = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
      }
      let isTrim = words[1] != 0 && words[1] != 0xFFFF && words[1] != words[2]
      return isTrim && MS5611.checksum(words) == UInt8(words[7] & 0xF) ? MS5611.facts.name : nil
    } catch {
      return nil
    }
  }

  /// The line that puts a chip into a configuration; `nil` for what no configuration names.
  func line(_ chip: String, _ address: UInt8, accepting identity: UInt8? = nil) -> String? {
    let names = { (facts: [ChipFacts]) in facts.map(\.name).contains(chip) }
    let place = "chip: \"\(chip)\", bus: \"\(bus)\", address: \(hexadecimal(address))"
    let accepted = identity.map { ", accept_identities: [\(hexadecimal($0))]" } ?? ""
    if names(SensorTable.inertial.map(\.facts)) { return "imu: { \(place), rate_hz: 500\(accepted) }" }
    if names(SensorTable.barometers.map(\.facts)) { return "barometer: { \(place), rate_hz: 25\(accepted) }" }
    if names(SensorTable.magnetometers.map(\.facts)) {
      return "magnetometer: { \(place), rate_hz: 50\(accepted) }"
    }
    if names(SensorTable.rangeFinders.map(\.facts)) {
      return "range: { \(place), rate_hz: 25, maximum_m: \(chip == VL53L0X.facts.name ? 1.2 : 3.5) }"
    }
    if names(SensorTable.powerMonitors.map(\.facts)) {
      return "power: { \(place), rate_hz: 10, shunt_ohm: 0.1 }"
    }
    if chip == PulseChip.pca9685.rawValue { return "driver: { \(place), rate_hz: 400 }" }
    return nil
  }
}
