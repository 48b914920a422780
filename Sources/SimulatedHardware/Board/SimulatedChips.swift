import HardwareInterfaces

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
  /// Its number among the converters of analog inputs, from 0: those of a plant have voltages of their own.
  public var converter = 0
  /// Whether it looks at the shaft from the side from which forward is backward.
  public var isReversed = false

  /// A genuine part, aligned with the vehicle.
  public init() {}
}

/// A simulated chip by its name in a configuration.
public struct SimulatedChipRow: NamedRow {
  /// Its name.
  public let name: String
  let make: @Sendable (SimulatedChipSettings) -> SimulatedChip

  /// A row from its parts.
  public init(_ name: String, make: @escaping @Sendable (SimulatedChipSettings) -> SimulatedChip) {
    (self.name, self.make) = (name, make)
  }
}

/// Every simulated sensor by its name in a configuration. This is the one registration of a new one.
public enum SimulatedChips {
  /// The chips, in the order of the table.
  public static let all = Rows<SimulatedChipRow>([
    SimulatedChipRow("mpu6050") { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x68) },
    SimulatedChipRow("mpu6500") { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x70) },
    SimulatedChipRow("mpu9250") { SimulatedMPU6050(mounting: $0.mounting, identity: $0.identity ?? 0x71) },
    SimulatedChipRow("icm20948") { SimulatedICM20948(mounting: $0.mounting, identity: $0.identity ?? 0xEA) },
    SimulatedChipRow("icm42688p") {
      SimulatedICM42688P(mounting: $0.mounting, identity: $0.identity ?? 0x47)
    },
    SimulatedChipRow("lsm6dsox") { SimulatedLSM6DSOX(mounting: $0.mounting, identity: $0.identity ?? 0x6C) },
    SimulatedChipRow("bmp280") { SimulatedBMP280(identity: $0.identity ?? 0x58) },
    SimulatedChipRow("bme280") { SimulatedBMP280(identity: $0.identity ?? 0x60) },
    SimulatedChipRow("bmp388") { SimulatedBMP388(identity: $0.identity ?? 0x50) },
    SimulatedChipRow("bmp390") { SimulatedBMP388(identity: $0.identity ?? 0x60) },
    SimulatedChipRow("ms5611") { _ in SimulatedMS5611() },
    SimulatedChipRow("ms5607") { _ in SimulatedMS5611(is5607: true) },
    SimulatedChipRow("ak8963") { SimulatedAK8963(mounting: $0.mounting, identity: $0.identity ?? 0x48) },
    SimulatedChipRow("ak09916") { SimulatedAK09916(mounting: $0.mounting, identity: $0.identity ?? 0x09) },
    SimulatedChipRow("qmc5883l") { SimulatedQMC5883L(mounting: $0.mounting, identity: $0.identity ?? 0xFF) },
    SimulatedChipRow("hmc5883l") { SimulatedHMC5883L(mounting: $0.mounting, identity: $0.identity ?? 0x48) },
    SimulatedChipRow("lis3mdl") { SimulatedLIS3MDL(mounting: $0.mounting, identity: $0.identity ?? 0x3D) },
    SimulatedChipRow("vl53l1x") { _ in SimulatedVL53L1X() },
    SimulatedChipRow("vl53l0x") { _ in SimulatedVL53L0X() },
    SimulatedChipRow("ina219") { SimulatedINA219(shuntResistance: $0.shuntResistance) },
    SimulatedChipRow("ina226") { SimulatedINA226(shuntResistance: $0.shuntResistance) },
    SimulatedChipRow("as5600") { SimulatedAS5600(shaft: $0.shaft, isReversed: $0.isReversed) },
    SimulatedChipRow("ads1115") { SimulatedADS1115(converter: $0.converter) },
    SimulatedChipRow("ms4525do") { _ in SimulatedMS4525DO() },
    SimulatedChipRow("mcp23017") { _ in SimulatedMCP23017() },
  ])

  /// The names, in the order of the table.
  public static var names: [String] { all.map(\.name) }

  /// The chip of that name; `nil` when there is none.
  public static func make(
    _ name: String, _ settings: SimulatedChipSettings = SimulatedChipSettings()
  ) -> SimulatedChip? {
    all.named(name)?.make(settings)
  }
}
