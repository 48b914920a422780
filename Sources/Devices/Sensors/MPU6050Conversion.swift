extension MPU6050 {
  /// m/s² per count: full scale · 9.80665 / 32768.
  ///
  /// The datasheet's sensitivities agree (16384 LSB/g at 2 g).
  public static func accelerometerScale(_ range: AccelerometerRange) -> Float {
    Float(range.g) * 9.80665 / 32768
  }

  /// rad/s per count: full scale · π/180 / 32768.
  ///
  /// The datasheet rounds the sensitivity (131 LSB per °/s at 250 °/s, not 131.072), which is 0.05 % away;
  /// like PX4 and Linux this takes the full scale as exact.
  public static func gyroScale(_ range: GyroRange) -> Float {
    Float(range.degreesPerSecond) * (Float.pi / 180) / 32768
  }

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
  public static func likelyPart(identity: UInt8) -> String? {
    switch identity {
    case 0x68: "MPU-6050"
    case 0x70: "MPU-6500"
    case 0x71: "MPU-9250"
    case 0x72: "a clone of the MPU-6050 (identity 0x72)"
    case 0x73: "MPU-9255"
    case 0x12: "ICM-20602"
    case 0x98: "ICM-20689, or a clone of the MPU-6050 with its identity"
    case 0xAF: "ICM-20608"
    case 0xEA: "ICM-20948, which has other registers"
    case 0x47: "ICM-42688-P, which has other registers"
    case 0x24: "BMI270, which has other registers"
    case 0x00, 0xFF: "no chip: a floating or shorted bus"
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

  /// The 96 bits of acceleration and rate in a raw frame, folded into two words that are equal only for
  /// equal readings. The temperature, which may rest, is left out.
  static func digest(_ frame: InlineArray<15, UInt8>) -> FrameDigest {
    var high: UInt64 = 0
    var low: UInt64 = 0
    for index in 1..<7 { high = high << 8 | UInt64(frame[index]) }
    for index in 9..<15 { low = low << 8 | UInt64(frame[index]) }
    return FrameDigest(high: high, low: low)
  }
}
