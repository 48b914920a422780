import Devices
import HardwareInterfaces

extension Configuration {
  /// What an owner must know of sensors that are missing, or that are not what this configuration says: what was seen,
  /// what it likely is, and the line that helps. Empty when there is nothing to say.
  public func complaints(about readings: SensorReadings, identities seen: SensorIdentities) -> [String] {
    var complaints: [String?] = []
    for (index, imu) in sensors.imu.instances.enumerated() {
      let reading = index == 0 ? readings.inertial.fault : readings.spares.inertial[index - 1].fault
      complaints.append(
        Self.complaint(
          about: imu, index, reading,
          seen: index == 0 ? seen.inertial : seen.inertialSpares[index - 1],
          accepted: imu.acceptIdentities, kin: SensorTable.inertial.map(\.facts)))
    }
    for (index, barometer) in (sensors.barometer?.instances ?? []).enumerated() {
      let reading = index == 0 ? readings.pressure.fault : readings.spares.pressure[index - 1].fault
      complaints.append(
        Self.complaint(
          about: barometer, index, reading,
          seen: index == 0 ? seen.barometer : seen.barometerSpares[index - 1],
          accepted: barometer.acceptIdentities, kin: SensorTable.barometers.map(\.facts)))
    }
    for (index, magnetometer) in (sensors.magnetometer?.instances ?? []).enumerated() {
      let reading = index == 0 ? readings.magnetic.fault : readings.spares.magnetic[index - 1].fault
      complaints.append(
        Self.complaint(
          about: magnetometer, index, reading,
          seen: index == 0 ? seen.magnetometer : seen.magnetometerSpares[index - 1],
          accepted: magnetometer.acceptIdentities, kin: SensorTable.magnetometers.map(\.facts)))
    }
    for (index, range) in (sensors.range?.instances ?? []).enumerated() {
      let reading = index == 0 ? readings.range.fault : readings.spares.range[index - 1].fault
      complaints.append(
        Self.complaint(
          about: range, index, reading, seen: index == 0 ? seen.range : seen.rangeSpares[index - 1],
          accepted: nil, kin: SensorTable.rangeFinders.map(\.facts)))
    }
    if let power = sensors.power {
      complaints.append(
        Self.complaint(
          "power", power.chip.facts, power.address, behind: power.channel, readings.power.fault, seen.power,
          accepted: nil, kin: SensorTable.powerMonitors.map(\.facts)))
    }
    for (name, encoder, reading) in [
      ("left_encoder", sensors.leftEncoder, readings.leftEncoder),
      ("right_encoder", sensors.rightEncoder, readings.rightEncoder),
    ] {
      guard let encoder else { continue }
      complaints.append(
        Self.complaint(
          name, encoder.chip.facts, encoder.address, behind: encoder.channel, reading.fault, nil,
          accepted: nil, kin: SensorTable.angleSensors.map(\.facts)))
    }
    return complaints.compactMap(\.self)
  }

  private static func complaint<Sensor: SpareableSensor>(
    about sensor: Sensor, _ instance: Int, _ fault: DeviceFault, seen: UInt8?, accepted: [UInt8]?,
    kin: [ChipFacts]
  ) -> String? {
    complaint(
      Sensor.kind.key(instance), sensor.chipFacts, sensor.address, behind: sensor.channel, fault, seen,
      accepted: accepted, kin: kin)
  }

  private static func complaint(
    _ name: String, _ chip: ChipFacts, _ address: UInt8, behind channel: BusChannel?,
    _ fault: DeviceFault, _ seen: UInt8?, accepted: [UInt8]?, kin: [ChipFacts]
  ) -> String? {
    switch fault {
    case .missing:
      let way = channel.map {
        ", behind channel \($0.number) of the multiplexer at \(hexadecimal($0.multiplexer))"
      }
      return
        "sensors.\(name): nothing answers at \(hexadecimal(address))\(way ?? ""), where the \(chip.name) should be"
        + (chip.whenMissing.map { "; \($0)" } ?? "")
    case .wrongIdentity:
      guard let identity = chip.identity, let seen else {
        return
          "sensors.\(name): what answers at \(hexadecimal(address)) does not behave as the \(chip.name) does"
      }
      return "sensors.\(name): "
        + refusal(of: seen, at: address, chip, identity, accepted: accepted, kin: kin)
    default:
      return nil
    }
  }

  private static func refusal(
    of seen: UInt8, at address: UInt8, _ chip: ChipFacts, _ identity: ChipIdentity, accepted: [UInt8]?,
    kin: [ChipFacts]
  ) -> String {
    let expected = accepted ?? identity.values
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
    guard accepted != nil else { return text }
    switch part {
    case .compatible, nil:
      text +=
        "; to take it as \(chip.name), knowingly, write accept_identities: [\(list(expected + [seen]))]"
    case .other, .nothing: break
    }
    return text
  }
}
