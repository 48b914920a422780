import HardwareInterfaces

/// Every actuator's driver that a configuration can name. This is the one registration of a new driver; its simulated twin stands in
/// `SimulatedActuatorChips` under the same name.
public enum ActuatorTable {
  /// The chips, in the order of the reference.
  public static let all = Rows<ActuatorChip>([
    ActuatorChip(PCA9685.self),
    ActuatorChip(DRV8830.self),
    ActuatorChip(MCP23017Outputs.self),
  ])

  /// The chip of that name; `nil` when there is none.
  public static func chip(_ name: String) -> ActuatorChip? { all.named(name) }
}
