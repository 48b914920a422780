/// What a simulated chip is told about its specimen.
public struct SimulatedChipSettings: Sendable {
  /// How it sits in the vehicle.
  public var mounting = Mounting.aligned
  /// What its identity register holds; `nil` for the genuine part's value.
  public var identity: UInt8?
  /// Resistance of its shunt in Ω.
  public var shuntResistance = 0.1
  /// The shaft that it measures: 0 for the left wheel's, 1 for the right one's.
  public var shaft = 0
  /// Whether it looks at the shaft from the side from which forward is backward.
  public var isReversed = false

  /// A genuine part, aligned with the vehicle.
  public init() {}
}

/// Every simulated sensor by its name in a configuration. This is the one registration of a new one.
public enum SimulatedChips {
  typealias Maker = @Sendable (SimulatedChipSettings) -> SimulatedChip

  private static let table: [(name: String, make: Maker)] = [
    ("mpu6050", { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x68) }),
    ("mpu6500", { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x70) }),
    ("mpu9250", { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x71) }),
    ("icm20948", { SimulatedICM20948(mounting: $0.mounting, identity: $0.identity ?? 0xEA) }),
    ("icm42688p", { SimulatedICM42688P(mounting: $0.mounting, identity: $0.identity ?? 0x47) }),
    ("lsm6dsox", { SimulatedLSM6DSOX(mounting: $0.mounting, identity: $0.identity ?? 0x6C) }),
    ("bmp280", { SimulatedBMP280(identity: $0.identity ?? 0x58) }),
    ("bme280", { SimulatedBMP280(identity: $0.identity ?? 0x60) }),
    ("bmp388", { SimulatedBMP388(identity: $0.identity ?? 0x50) }),
    ("bmp390", { SimulatedBMP388(identity: $0.identity ?? 0x60) }),
    ("ms5611", { _ in SimulatedMS5611() }),
    ("ms5607", { _ in SimulatedMS5611(is5607: true) }),
    ("ak8963", { SimulatedAK8963(mounting: $0.mounting, identity: $0.identity ?? 0x48) }),
    ("ak09916", { SimulatedAK09916(mounting: $0.mounting, identity: $0.identity ?? 0x09) }),
    ("qmc5883l", { SimulatedQMC5883L(mounting: $0.mounting, identity: $0.identity ?? 0xFF) }),
    ("hmc5883l", { SimulatedHMC5883L(mounting: $0.mounting, identity: $0.identity ?? 0x48) }),
    ("lis3mdl", { SimulatedLIS3MDL(mounting: $0.mounting, identity: $0.identity ?? 0x3D) }),
    ("vl53l1x", { _ in SimulatedVL53L1X() }),
    ("vl53l0x", { _ in SimulatedVL53L0X() }),
    ("ina219", { SimulatedINA219(shuntResistance: $0.shuntResistance) }),
    ("ina226", { SimulatedINA226(shuntResistance: $0.shuntResistance) }),
    ("as5600", { SimulatedAS5600(shaft: $0.shaft, isReversed: $0.isReversed) }),
    ("ads1115", { _ in SimulatedADS1115() }),
    ("mcp23017", { _ in SimulatedMCP23017() }),
  ]

  /// The names, in the order of the table.
  public static var names: [String] { table.map(\.name) }

  /// The chip of that name; `nil` when there is none.
  public static func make(
    _ name: String, _ settings: SimulatedChipSettings = SimulatedChipSettings()
  ) -> SimulatedChip? {
    table.first { $0.name == name }?.make(settings)
  }
}
