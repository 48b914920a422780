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

/// Every simulated chip of actuators by its name in a configuration. This is the one registration of a new one.
public enum SimulatedActuatorChips {
  typealias Maker = @Sendable ([String: Double]) -> any SimulatedActuator

  private static let table: [(name: String, make: Maker)] = [
    ("pca9685", { SimulatedPCA9685(oscillator: $0["oscillator_hz"] ?? 25_000_000) }),
    ("drv8830", { _ in SimulatedDRV8830() }),
    ("mcp23017", { _ in SimulatedMCP23017() }),
  ]

  /// The names, in the order of the table.
  public static var names: [String] { table.map(\.name) }

  /// The chip of that name as a configuration's settings say it is; `nil` when there is none.
  public static func make(_ name: String, _ settings: [String: Double] = [:]) -> (any SimulatedActuator)? {
    table.first { $0.name == name }?.make(settings)
  }
}
