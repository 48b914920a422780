import Devices
import HardwareInterfaces
import Signals

extension DeviceDeclaration {
  /// What an owner must know of a device that is missing, or that is not what the configuration says: what was seen, what it
  /// likely is, and the line that helps. `nil` when there is nothing to say.
  ///
  /// - Parameters:
  ///   - fault: What its driver says.
  ///   - seen: What its identity register held; `nil` when it was not asked.
  public func complaint(about fault: DeviceFault, identity seen: UInt8?) -> String? {
    if let line {
      return fault == .none
        ? nil
        : "\(path): the line \(line.text) cannot be read; has its chip gone? Start the vehicle anew when it is back"
    }
    switch fault {
    case .missing:
      let way = channel.map {
        ", behind channel \($0.number) of the multiplexer at \(hexadecimal($0.multiplexer))"
      }
      return
        "\(path): nothing answers at \(hexadecimal(address))\(way ?? ""), where the \(chip.name) should be"
        + (chip.whenMissing.map { "; \($0)" } ?? "")
    case .wrongIdentity:
      guard let identity = chip.identity, let seen else {
        return "\(path): what answers at \(hexadecimal(address)) does not behave as the \(chip.name) does"
      }
      return "\(path): " + refusal(of: seen, identity)
    default: return nil
    }
  }

  /// What an owner must know of edges of a line that were not reported; `nil` when all were.
  fileprivate func complaint(aboutLost edges: UInt32) -> String? {
    guard edges > 0 else { return nil }
    return
      "\(path): \(edges) edge\(edges == 1 ? " was" : "s were") lost and not counted: they came faster than they were taken. Give the "
      + "line's threads real time (realtime.bus_priority), or filter what bounces before the line"
  }

  private func refusal(of seen: UInt8, _ identity: ChipIdentity) -> String {
    let expected = acceptedIdentities ?? identity.values
    guard !expected.contains(seen) else {
      return "the chip at \(hexadecimal(address)) begins like the \(chip.name) but is another"
    }
    let list = { (bytes: [UInt8]) in bytes.map(hexadecimal).joined(separator: ", ") }
    let part = identity.likelyPart(seen)
    var text =
      "the chip at \(hexadecimal(address)) says it is \(hexadecimal(seen))"
      + (part.map { " (likely \($0))" } ?? " (an unknown part)")
      + ", expected \(list(expected)) for the \(chip.name)"
    // A sibling says who it is in the register of the configured chip, or in one of its own that the driver knows.
    let sibling = kin.first {
      guard $0.name != chip.name, $0.addresses.contains(address) else { return false }
      if case .other(let name) = part, name.lowercased() == $0.name { return true }
      return $0.identity?.register == identity.register && $0.identity?.values.contains(seen) == true
    }
    if let sibling { text += "; it has a driver of its own: chip: \"\(sibling.name)\"" }
    guard acceptedIdentities != nil else { return text }
    switch part {
    case .compatible, nil:
      text +=
        "; to take it as \(chip.name), knowingly, write accept_identities: [\(list(expected + [seen]))]"
    case .other, .nothing: break
    }
    return text
  }
}

extension Array<DeviceDeclaration> {
  /// What an owner must know of devices that are missing, or that are not what the configuration says. Empty when there is nothing
  /// to say.
  ///
  /// - Parameters:
  ///   - values: What the drivers say.
  ///   - identities: By the devices' names what their identity registers held.
  public func complaints(about values: FrameView, identities: [String: UInt8]) -> [String] {
    flatMap { device in
      let fault = values.value("\(device.name).fault", as: UInt8.self).flatMap(DeviceFault.init)
      let lost = device.line.flatMap { _ in values.value("\(device.name).lost", as: UInt32.self) } ?? 0
      return [
        device.complaint(about: fault ?? .none, identity: identities[device.name]),
        device.complaint(aboutLost: lost),
      ].compactMap(\.self)
    }
  }
}
