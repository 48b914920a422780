import Files

/// Puts the checksums of what looks like CRSF frames right, one after another. Written apart from the parser, as everything here.
func repairCRSF(_ bytes: inout [UInt8]) {
  var at = 0
  while at + 4 <= bytes.count {
    let length = Int(bytes[at + 1])
    guard [0xC8, 0xEE, 0xEA, 0xEC, 0x00].contains(bytes[at]), (2...62).contains(length),
      at + length + 2 <= bytes.count
    else {
      at += 1
      continue
    }
    var rest: UInt16 = 0
    for byte in bytes[at + 2..<at + length + 1] + [0] {
      for bit in (0..<8).reversed() {
        rest = rest << 1 | UInt16(byte >> UInt8(bit) & 1)
        if rest & 0x100 != 0 { rest ^= 0x1D5 }
      }
    }
    bytes[at + length + 1] = UInt8(rest)
    at += length + 2
  }
}

/// Makes SBUS frames of the bytes, 25 at a time: only the content stays.
func repairSBUS(_ bytes: inout [UInt8]) {
  for at in stride(from: 0, to: bytes.count - 24, by: 25) {
    bytes[at] = 0x0F
    bytes[at + 23] &= 0x0F
    bytes[at + 24] = [0x00, 0x04, 0x14, 0x24, 0x34][Int(bytes[at + 24]) % 5]
  }
  // A port says ff twice.
  bytes = bytes.flatMap { $0 == 0xFF ? [0xFF, 0xFF] : [$0] }
}

/// Puts the sums of what looks like IBUS frames right.
func repairIBUS(_ bytes: inout [UInt8]) {
  var at = 0
  while at + 32 <= bytes.count {
    guard bytes[at] == 0x20, bytes[at + 1] == 0x40 else {
      at += 1
      continue
    }
    let sum = 0xFFFF - bytes[at..<at + 30].reduce(0) { $0 + Int($1) }
    bytes.put(UInt64(sum & 0xFFFF), at: at + 30, size: 2)
    at += 32
  }
}

/// What a message's checksum ends with, as pymavlink 2.4.50 has it.
private let mavlinkExtras: [UInt64: UInt8] = [
  0: 50, 1: 124, 20: 214, 21: 159, 22: 220, 23: 168, 30: 39, 31: 246, 32: 185, 36: 222, 65: 118, 69: 243,
  70: 124,
  75: 158, 76: 152, 77: 143, 82: 49, 83: 22, 84: 143, 85: 140, 105: 93, 106: 138, 111: 34, 132: 85, 148: 178,
  244: 95, 245: 130, 253: 83, 256: 71,
]

/// Puts checksums of what looks like MAVLink 2 frames right, and signatures by `key`, when there is one.
func repairMAVLink(_ bytes: inout [UInt8], key: [UInt8]?) {
  var at = 0
  while at + 12 <= bytes.count {
    let isSigned = bytes[at + 2] & 1 != 0
    let end = at + 10 + Int(bytes[at + 1])
    guard bytes[at] == 0xFD, end + 2 + (isSigned ? 13 : 0) <= bytes.count else {
      at += 1
      continue
    }
    var crc: UInt16 = 0xFFFF
    for byte in bytes[at + 1..<end] + [mavlinkExtras[bytes.number(at: at + 7, size: 3)] ?? 0] {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }
    bytes.put(UInt64(crc), at: end, size: 2)
    if isSigned, let key {
      let content = key + bytes[at..<end + 9]
      let digest = SHA256.digest(of: content.span)
      bytes.replaceSubrange(end + 9..<end + 15, with: digest[..<6])
    }
    at = end + 2 + (isSigned ? 13 : 0)
  }
}
