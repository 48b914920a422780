// A processor without instructions for half precision (the least x86-64) gets calls of a library routine for each
// conversion; a file has hundreds of thousands of numbers.

extension Float {
  /// The number whose bits in half precision are `half`, exactly.
  init(half: UInt16) {
    let exponent = half & 0x7C00
    guard exponent != 0x7C00 else {
      self = Float(Float16(bitPattern: half))
      return
    }
    // The bits at the places of a single stand for the 2⁻¹¹²-fold, subnormal ones too.
    let magnitude = Float(bitPattern: UInt32(half & 0x7FFF) << 13) * 0x1p112
    self = half & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// The bits of the nearest number in half precision; of two nearest, the even one.
  var half: UInt16 {
    let magnitude = bitPattern & 0x7FFF_FFFF
    // From 2⁻¹⁴, the least normal half, to less than 65520, from where on the nearest is infinite.
    guard magnitude >= 0x3880_0000, magnitude < 0x477F_F000 else { return Float16(self).bitPattern }
    let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1)
    return UInt16(truncatingIfNeeded: rounded >> 13) &- (112 << 10) | UInt16(
      truncatingIfNeeded: bitPattern >> 16) & 0x8000
  }
}
