/// Addresses and bits of the MPU-6000/6050 (register map RM-MPU-6000A-00, revision 4.2) that the driver uses.
enum MPU6050Register {
  static let sampleRateDivider: UInt16 = 0x19
  static let configuration: UInt16 = 0x1A
  static let gyroConfiguration: UInt16 = 0x1B
  static let accelerometerConfiguration: UInt16 = 0x1C
  /// Exists on the MPU-6500 and its family only: the accelerometers' own low-pass filter.
  static let accelerometerConfiguration2: UInt16 = 0x1D
  static let interruptPin: UInt16 = 0x37
  static let interruptEnable: UInt16 = 0x38
  /// Status, then accelerations, temperature and rates, all in one block of 15 bytes.
  static let interruptStatus: UInt16 = 0x3A
  static let userControl: UInt16 = 0x6A
  static let powerManagement1: UInt16 = 0x6B
  static let powerManagement2: UInt16 = 0x6C
  static let whoAmI: UInt16 = 0x75

  static let deviceReset: UInt8 = 0x80
  static let clockFromGyroX: UInt8 = 0x01
  static let dataReady: UInt8 = 0x01
  /// BYPASS_EN: the auxiliary bus is one with the host's, while the chip's own I2C master is off.
  static let bypass: UInt8 = 0x02
}
