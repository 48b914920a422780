/// The SHA-256 digest (FIPS 180-4, section 6.2), for files, models and logs.
///
/// Feed bytes with ``update(_:)`` in pieces of any size, then read ``finish()``.
public struct SHA256: Sendable, BitwiseCopyable {
  private var state = SIMD8<UInt32>(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var filled = 0
  private var byteCount: UInt64 = 0

  /// A digest of no bytes yet.
  public init() {}

  /// Takes `bytes` into the digest.
  public mutating func update(_ bytes: Span<UInt8>) {
    byteCount &+= UInt64(bytes.count)
    var next = 0
    if filled > 0 {
      while next < bytes.count, filled < 64 {
        block[filled] = bytes[next]
        filled += 1
        next += 1
      }
      guard filled == 64 else { return }
      state = Self.compress(block.span, state)
      filled = 0
    }
    while bytes.count - next >= 64 {
      state = Self.compress(bytes.extracting(next..<next + 64), state)
      next += 64
    }
    while next < bytes.count {
      block[filled] = bytes[next]
      filled += 1
      next += 1
    }
  }

  /// The digest of everything taken so far, without a heap block.
  public func finishInline() -> InlineArray<32, UInt8> {
    var last = self
    last.block[last.filled] = 0x80
    last.filled += 1
    if last.filled > 56 {
      while last.filled < 64 { last.pad(0) }
      last.state = Self.compress(last.block.span, last.state)
      last.filled = 0
    }
    while last.filled < 56 { last.pad(0) }
    let bits = byteCount &* 8
    for byte in 0..<8 { last.pad(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * byte))) }
    last.state = Self.compress(last.block.span, last.state)
    var digest = InlineArray<32, UInt8>(repeating: 0)
    for place in 0..<32 {
      digest[place] = UInt8(truncatingIfNeeded: last.state[place / 4] >> UInt32(24 - 8 * (place % 4)))
    }
    return digest
  }

  private mutating func pad(_ byte: UInt8) {
    block[filled] = byte
    filled += 1
  }

  /// The 32 bytes of the digest of everything taken so far.
  public func finish() -> [UInt8] {
    let digest = finishInline()
    return (0..<32).map { digest[$0] }
  }

  /// The digest of `bytes`, 32 bytes.
  public static func digest(of bytes: Span<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: Span<UInt8>) -> String {
    hexadecimal(digest(of: bytes))
  }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String {
    hexDigest(of: bytes.span)
  }

  /// `bytes` as lower-case hexadecimal digits, two for each.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The state behind a block of 64 bytes.
  private static func compress(_ bytes: Span<UInt8>, _ before: SIMD8<UInt32>) -> SIMD8<UInt32> {
    // On the stack: an array would cost a uniqueness check at every word.
    let after = withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      bytes.withUnsafeBytes { bytes in
        for t in 0..<16 {
          w[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * t, as: UInt32.self))
        }
      }
      for t in 16..<64 {
        let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
        let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
        w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
      }
      return rounds(UnsafeBufferPointer(w), before)
    }
    return before &+ after
  }

  /// The 64 rounds over the words `w` of a block's schedule.
  private static func rounds(_ w: UnsafeBufferPointer<UInt32>, _ before: SIMD8<UInt32>) -> SIMD8<UInt32> {
    var (a, b, c, d) = (before[0], before[1], before[2], before[3])
    var (e, f, g, h) = (before[4], before[5], before[6], before[7])
    let k = constants.span
    var t = 0
    // Eight rounds in a row turn the variables once around, so that none has to be moved.
    while t &+ 8 <= 64 {
      round(a, b, c, &d, e, f, g, &h, k[t] &+ w[t])
      round(h, a, b, &c, d, e, f, &g, k[t &+ 1] &+ w[t &+ 1])
      round(g, h, a, &b, c, d, e, &f, k[t &+ 2] &+ w[t &+ 2])
      round(f, g, h, &a, b, c, d, &e, k[t &+ 3] &+ w[t &+ 3])
      round(e, f, g, &h, a, b, c, &d, k[t &+ 4] &+ w[t &+ 4])
      round(d, e, f, &g, h, a, b, &c, k[t &+ 5] &+ w[t &+ 5])
      round(c, d, e, &f, g, h, a, &b, k[t &+ 6] &+ w[t &+ 6])
      round(b, c, d, &e, f, g, h, &a, k[t &+ 7] &+ w[t &+ 7])
      t &+= 8
    }
    return SIMD8(a, b, c, d, e, f, g, h)
  }

  /// One round: the new e is written to `d`, the new a to `h`.
  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
    _ h: inout UInt32, _ word: UInt32
  ) {
    let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let t1 = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ word
    let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    d = d &+ t1
    h = t1 &+ s0 &+ ((a & b) | (c & (a | b)))
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 {
    (word &>> by) | (word &<< (32 &- by))
  }

  private static let constants: InlineArray<64, UInt32> = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
