/// The form in which the VL53L0X and the VL53L1X hold a number of macro periods (ST's VL53L0X_encode_timeout and
/// VL53L0X_decode_timeout): a mantissa in the low byte, an exponent of 2 in the high one, and one to be added.
enum VL53Timeout {
  /// The register form of a number of macro periods; what does not fit the mantissa's eight bits is cut off.
  static func encode(_ periods: UInt32) -> UInt16 {
    guard periods > 0 else { return 0 }
    var mantissa = periods - 1
    var exponent: UInt16 = 0
    while mantissa > 0xFF {
      mantissa >>= 1
      exponent += 1
    }
    return exponent << 8 | UInt16(mantissa)
  }

  /// The number of macro periods of a register; the largest number for one that none has.
  static func decode(_ register: UInt16) -> UInt32 {
    let (mantissa, exponent) = (UInt32(register & 0xFF), register >> 8)
    guard mantissa > 0 else { return 1 }
    return exponent <= 24 ? mantissa << UInt32(exponent) + 1 : .max
  }
}
