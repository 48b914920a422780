import PortableMath
import Sampling
import SimulatedHardware
import VehicleConfiguration

extension SimulatedBoard {
  /// Lets chips and lines measure what the configuration says of its inputs, but for those that are `absent`.
  func drive(inputsOf configuration: VehicleTables, without absent: Set<String>) throws(AssemblyError) {
    for input in configuration.simulation.inputs {
      for (device, channel) in configuration.channels(of: input.signal)
      where !absent.contains(device.twin.name) {
        guard let quantity = PhysicalQuantity(channel, of: device) else {
          throw .cannotBeDriven(input.signal)
        }
        try drive(device.twin.name, by: PhysicalInput(quantity, input.course))
      }
    }
  }
}

extension PhysicalQuantity {
  /// What the channel of a device measures; `nil` for what follows from other things.
  init?(_ channel: DeviceChannel, of device: DeviceDeclaration) {
    let name = channel.channel.name
    /// The number of one of several channels, for example 2 of `rate_z`.
    func number(_ beginning: String, _ ends: [String]) -> Int? {
      name.hasPrefix(beginning) ? ends.firstIndex(of: String(name.dropFirst(beginning.count))) : nil
    }
    let (axes, places) = (["x", "y", "z"], (0..<16).map { "\($0)" })
    if let axis = number("acceleration_", axes) {
      self = .specificForce(axis)
    } else if let axis = number("rate_", axes) {
      self = .angularRate(axis)
    } else if let axis = number("field_", axes) {
      self = .magneticField(axis)
    } else if let input = number("input_", places) {
      self = .analogInput(input)
    } else if let pin = number("line_", places) {
      self = .pin(pin, isInverted: device.twin.activeLow >> UInt16(pin) & 1 == 1)
    } else if let quantity = Self.others[name] {
      self = quantity
    } else {
      return nil
    }
  }

  private static let others: [String: PhysicalQuantity] = [
    "temperature": .temperature, "pressure": .pressure, "differential_pressure": .differentialPressure,
    "distance": .distance, "voltage": .voltage,
    "current": .current, "angle": .angle, "pressed": .level, "rate": .pulses,
  ]
}
