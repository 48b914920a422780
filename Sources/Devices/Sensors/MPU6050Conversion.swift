extension MPU6050 {
  /// Die temperature in °C: raw/340 + 36.53 for the MPU-6050 (register map, register 65); the MPU-6500 and
  /// 9250 have raw/333.87 + 21, the ICM-206xx raw/326.8 + 25, told apart by WHO_AM_I.
  public static func temperature(raw: Int16, identity: UInt8) -> Float {
    switch identity {
    case 0x70, 0x71, 0x73: Float(raw) / 333.87 + 21
    case 0x12, 0xAF, 0x98: Float(raw) / 326.8 + 25
    default: Float(raw) / 340 + 36.53
    }
  }

  /// The part that most likely stands behind a value of WHO_AM_I, for an error message; `nil` if unknown.
  public static func likelyPart(identity: UInt8) -> LikelyPart? {
    switch identity {
    case 0x68: .compatible("MPU-6050")
    case 0x70: .compatible("MPU-6500")
    case 0x71: .compatible("MPU-9250")
    case 0x72: .compatible("a clone of the MPU-6050 (identity 0x72)")
    case 0x73: .compatible("MPU-9255")
    case 0x12: .compatible("ICM-20602")
    case 0x98: .compatible("ICM-20689, or a clone of the MPU-6050 with its identity")
    case 0xAF: .compatible("ICM-20608")
    case 0xEA: .other("ICM-20948")
    case 0x47: .other("ICM-42688-P")
    case 0x24: .other("BMI270")
    case 0x00, 0xFF: .nothing
    default: nil
    }
  }

  /// Whether the identity belongs to a part with the MPU-6500's extra accelerometer filter register.
  static func isOfFamily6500(_ identity: UInt8) -> Bool {
    switch identity {
    case 0x70, 0x71, 0x73, 0x12, 0xAF, 0x98: true
    default: false
    }
  }
}
