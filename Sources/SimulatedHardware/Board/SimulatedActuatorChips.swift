import HardwareInterfaces

/// A simulated chip that moves something: what leaves its channels, as a plant feels it.
public protocol SimulatedActuator: SimulatedChip {
  /// What leaves a channel, from 0: pulses in µs, a voltage in V, a level as 0 or 1; 0 for nothing, and for no such channel.
  func output(_ channel: Int) -> Double
  /// The output that stands for a duty of 1.
  var wholeDuty: Double { get }
}

extension SimulatedActuator {
  /// As it is.
  public var wholeDuty: Double { 1 }
}

/// A simulated chip of actuators by its name in a configuration.
public struct SimulatedActuatorRow: NamedRow {
  /// Its name.
  public let name: String
  let make: @Sendable ([String: Double]) -> any SimulatedActuator

  /// A row from its parts; what makes the chip is given the settings by the names of the driver's.
  public init(_ name: String, make: @escaping @Sendable ([String: Double]) -> any SimulatedActuator) {
    (self.name, self.make) = (name, make)
  }
}

/// Every simulated chip of actuators by its name in a configuration. This is the one registration of a new one.
public enum SimulatedActuatorChips {
  /// The chips, in the order of the table.
  public static let all = Rows<SimulatedActuatorRow>([
    SimulatedActuatorRow("pca9685") { SimulatedPCA9685(oscillator: $0["oscillator_hz"] ?? 25_000_000) },
    SimulatedActuatorRow("drv8830") { _ in SimulatedDRV8830() },
    SimulatedActuatorRow("mcp23017") { _ in SimulatedMCP23017() },
  ])

  /// The names, in the order of the table.
  public static var names: [String] { all.map(\.name) }

  /// The chip of that name as a configuration's settings say it is; `nil` when there is none.
  public static func make(_ name: String, _ settings: [String: Double] = [:]) -> (any SimulatedActuator)? {
    all.named(name)?.make(settings)
  }
}
