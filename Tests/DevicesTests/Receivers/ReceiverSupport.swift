import HardwareInterfaces

@testable import Devices

/// Bytes written as hexadecimal numbers with blanks between.
func bytes(_ text: String) -> [UInt8] { text.split(separator: " ").compactMap { UInt8($0, radix: 16) } }

extension MonotonicTime {
  /// The point so many ms after the start.
  static func ms(_ number: Int64) -> MonotonicTime { zero.advanced(milliseconds: number) }
}

extension ReceiverParser {
  /// Takes bytes at one look.
  @discardableResult
  mutating func take(_ bytes: [UInt8], at time: MonotonicTime = .zero) -> Int { take(bytes.span, at: time) }

  /// The parser behind these bytes.
  func after(_ bytes: [UInt8], at time: MonotonicTime = .zero) -> Self {
    var parser = self
    parser.take(bytes, at: time)
    return parser
  }
}

extension ReceiverSample {
  /// Its channels in 1/8 µs, as many as have been received.
  var eighths: [Int16] { (0..<Int(channelCount)).map { channels[$0] } }
}

/// What a port with parity gives for sound bytes.
func marked(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { $0 == 0xFF ? [0xFF, 0xFF] : [$0] } }

/// CRC-8 over a whole message, by long division; written apart from the parser's.
func remainder8(_ bytes: some Sequence<UInt8>, _ polynomial: UInt16 = 0x1D5) -> UInt8 {
  var rest: UInt16 = 0
  for byte in Array(bytes) + [0] {
    for bit in (0..<8).reversed() {
      rest = rest << 1 | UInt16(byte >> UInt8(bit) & 1)
      if rest & 0x100 != 0 { rest ^= polynomial }
    }
  }
  return UInt8(rest)
}

/// A CRSF frame of a type and a payload.
func crsf(_ type: UInt8, _ payload: [UInt8], address: UInt8 = 0xC8) -> [UInt8] {
  [address, UInt8(payload.count + 2), type] + payload + [remainder8([type] + payload)]
}
