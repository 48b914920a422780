/// Bit times of I2C transfers: 9 for each byte with its acknowledge, and START, repeated START and STOP
/// (NXP UM10204, section 3.1).
public enum TransferBits {
  /// START, address, `count` bytes, STOP.
  public static func write(_ count: Int) -> Int { 9 * (1 + count) + 2 }

  /// START, address, `count` bytes, STOP, all from the device.
  public static func read(_ count: Int) -> Int { 9 * (1 + count) + 2 }

  /// START, address, register address, repeated START, address, `count` bytes, STOP.
  public static func readRegisters(_ count: Int, addressBytes: Int = 1) -> Int {
    9 * (2 + addressBytes + count) + 3
  }
}
