import HardwareInterfaces

/// The chip with all lines as inputs, as a configuration names it among what is read.
extension MCP23017: ConfiguredSensor {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "mcp23017", addresses: (0x20...0x27).map { UInt8($0) }, maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(2), identity: nil)
  }

  /// See `ConfiguredSensor`.
  public init(_ use: PortUse) {
    var options = Options()
    (options.address, options.rate) = (use.sensor.address, use.sensor.rate)
    options.pullUps = use.pullUps
    self.init(options: options)
  }
}
