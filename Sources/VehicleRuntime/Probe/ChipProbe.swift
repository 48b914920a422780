import Devices
import HardwareInterfaces
import LinuxHardware

/// What was found at an address of a bus.
package struct ChipFinding: Equatable {
  /// How sure the probe is.
  package enum Certainty: String {
    /// An identity register, or registers that nothing else has, say so.
    case identified
    /// Another part than the table's answers like this, or registers still have their values of after power-on.
    case likely
    /// Something answers.
    case unknown
    /// Something answers, and was not asked more: that could change what it does.
    case leftAlone = "left alone"
    /// A driver of the kernel owns it.
    case kernel
  }

  /// 7-bit address.
  package var address: UInt8
  package var certainty: Certainty
  /// What it is, or may be.
  package var text: String
  /// What its identity register holds.
  package var identity: UInt8?
  /// The line for a configuration.
  package var line: String?
}

/// Looks for chips on a bus by reading alone.
///
/// An address is asked whether it answers, and what is known to live there is asked for its identity. To read a register
/// its address must be written; there are chips for which that is more than a question, and they are left alone.
struct ChipProbe {
  /// The addresses that may belong to devices (UM10204, table 4).
  static let addresses: ClosedRange<UInt8> = 0x08...0x77

  /// What the bus is called in the lines.
  var bus: String
  /// Whether the adapter can send an address and nothing else.
  var hasQuickWrite: Bool
  /// The kernel driver that owns an address.
  var owner: (UInt8) -> String?

  /// All that answers, and why the probe ended early, if it did.
  func scan<Bus: I2CBus & ~Copyable>(_ bus: inout Bus) -> (findings: [ChipFinding], trouble: String?) {
    var findings: [ChipFinding] = []
    var timeouts = 0
    for address in Self.addresses {
      if let driver = owner(address) {
        findings.append(
          ChipFinding(address: address, certainty: .kernel, text: "in use by the kernel driver '\(driver)'"))
        continue
      }
      do throws(BusError) {
        try ask(address, &bus)
        timeouts = 0
      } catch {
        switch error {
        case .noDevice:
          timeouts = 0
          continue
        case .timeout:
          timeouts += 1
          guard timeouts < 3 else { return (findings, "nothing ends in time: SDA or SCL may be held low") }
          continue
        case .busGone: return (findings, "the adapter has gone")
        default: timeouts = 0
        }
      }
      findings.append(identify(address, &bus))
    }
    return (findings, nil)
  }

  /// Throws when nothing answers.
  private func ask<Bus: I2CBus & ~Copyable>(_ address: UInt8, _ bus: inout Bus) throws(BusError) {
    if hasQuickWrite, !Self.memories.contains(address) {
      let nothing = InlineArray<1, UInt8>(repeating: 0)
      return try bus.write(nothing.span.extracting(first: 0), to: address)
    }
    var byte = InlineArray<1, UInt8>(repeating: 0)
    var buffer = byte.mutableSpan
    try bus.read(from: address, into: &buffer)
  }

  private func identify<Bus: I2CBus & ~Copyable>(_ address: UInt8, _ bus: inout Bus) -> ChipFinding {
    if let (reason, candidates) = Self.leftAlone(address) {
      return ChipFinding(
        address: address, certainty: .leftAlone,
        text: "may be \(candidates.joined(separator: " or ")); \(reason)")
    }
    if let chip = Self.recognise(address, &bus) {
      return ChipFinding(
        address: address, certainty: chip.certainty, text: chip.name, line: line(chip.name, address))
    }
    var likely: ChipFinding?
    for group in Self.identities(at: address) {
      guard let value = Self.read(group.register, address, &bus) else { continue }
      let register = group.register.map(hexadecimal).joined(separator: " ")
      for facts in group.chips {
        if facts.identity?.values.contains(value) == true {
          return ChipFinding(
            address: address, certainty: .identified,
            text: "\(facts.name) (\(register) holds \(hexadecimal(value)))",
            identity: value, line: line(facts.name, address))
        }
        guard likely == nil, let part = facts.identity?.likelyPart(value), part != .nothing else { continue }
        var finding = ChipFinding(
          address: address, certainty: .likely, text: "\(part) (\(register) holds \(hexadecimal(value)))",
          identity: value)
        if case .compatible = part { finding.line = line(facts.name, address, accepting: value) }
        likely = finding
      }
    }
    if let likely { return likely }
    if let name = Self.recogniseTrim(address, &bus) {
      return ChipFinding(
        address: address, certainty: .likely, text: "\(name), or the ms5607 (its trim is sound)",
        line: line(name, address))
    }
    return ChipFinding(
      address: address, certainty: .unknown,
      text: Self.candidates(address).isEmpty
        ? "no chip that Ganglion knows lives here"
        : "may be \(Self.candidates(address).joined(separator: " or ")); no identity tells")
  }

  private static func read<Bus: I2CBus & ~Copyable>(
    _ register: [UInt8], _ address: UInt8, _ bus: inout Bus
  ) -> UInt8? {
    do throws(BusError) {
      if register.count == 1 { return try bus.readRegister(register[0], of: address) }
      guard register.count == 2 else { return nil }
      let bytes: InlineArray<1, UInt8> = try bus.readRegisters(
        wide: UInt16(register[0]) << 8 | UInt16(register[1]), of: address)
      return bytes[0]
    } catch {
      return nil
    }
  }
}
