/// A number for a text that is the same on every machine and in every version: FNV-1a of 64 bits (Fowler, Noll and Vo), over
/// its UTF-8. It tells names apart; it protects nothing.
public func nameHash(_ text: String) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return hash
}
