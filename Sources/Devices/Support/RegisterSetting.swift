/// One row of a chip's register table: what the driver writes, and what must read back.
struct RegisterSetting: Equatable, Sendable, BitwiseCopyable {
  /// Address of the register; chips with 8-bit addresses use the low byte.
  var register: UInt16
  /// The value written.
  var value: UInt8
  /// The bits that must read back as written; the others belong to the chip.
  var mask: UInt8

  init(_ register: UInt16, _ value: UInt8, mask: UInt8 = 0xFF) {
    (self.register, self.value, self.mask) = (register, value, mask)
  }

  /// Whether `read` shows that the chip still holds the setting.
  func holds(_ read: UInt8) -> Bool { (read ^ value) & mask == 0 }
}
