import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

private let frame = bytes(
  "20 40 dc 05 dc 05 e8 03 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 dc 05 47 f3")

/// The frame of 14 numbers.
private func ibus(_ numbers: [UInt16]) -> [UInt8] {
  var content: [UInt8] = [0x20, 0x40]
  for number in numbers { content += [UInt8(number & 0xFF), UInt8(number >> 8)] }
  let rest = 0xFFFF - content.reduce(0) { $0 + Int($1) }
  return content + [UInt8(rest & 0xFF), UInt8(rest >> 8 & 0xFF)]
}

@Suite struct IBUSTests {
  @Test func `channels are read as the document's example says`() {
    let sample = IBUSParser().after(frame).sample
    #expect(sample.eighths == [12_000, 12_000, 8_000] + Array(repeating: 12_000, count: 11))
    #expect(sample.flags == [] && sample.frames == 1 && sample.skipped == 0)
    #expect(ibus([1500, 1500, 1000] + Array(repeating: 1500, count: 11)) == frame)
  }

  @Test func `the upper halves are a failsafe or four more channels, as configured`() {
    // 0x5DC, 0x3E8, 0x7D0, 0xFFF in the upper halves of three numbers each, the lowest part first.
    var numbers = [UInt16](repeating: 1500, count: 14)
    for (extra, width) in [0x5DC, 0x3E8, 0x7D0, 0xFFF].enumerated() {
      for part in 0..<3 { numbers[3 * extra + part] |= UInt16(width >> (4 * part) & 15) << 12 }
    }
    let channels = IBUSParser(upperBits: .channels).after(ibus(numbers)).sample
    #expect(channels.eighths == Array(repeating: 12_000, count: 14) + [12_000, 8_000, 16_000, 32_760])
    #expect(channels.flags == [])
    #expect(IBUSParser().after(ibus(numbers)).sample.flags == .failsafe)
    for slot in 0..<14 {
      var numbers = [UInt16](repeating: 1500, count: 14)
      numbers[slot] |= 0x2000
      let sample = IBUSParser().after(ibus(numbers)).sample
      #expect(sample.flags == (slot == 0 || slot == 3 ? .failsafe : []), "slot \(slot)")
      #expect(sample.eighths == Array(repeating: 12_000, count: 14))
    }
  }

  @Test func `no frame with one bit turned is taken`() {
    for bit in 0..<frame.count * 8 {
      var damaged = frame
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      var parser = IBUSParser()
      parser.take(damaged, at: .ms(0))
      parser.take([], at: .ms(100))
      #expect(parser.sample.frames == 0 && parser.sample.channelCount == 0, "bit \(bit)")
      #expect(parser.take(frame, at: .ms(107)) == 1)
    }
  }

  @Test func `behind rubbish the second frame at the latest is taken when it is complete`() {
    var random = RandomGenerator(seed: 8)
    for _ in 0..<2_000 {
      var parser = IBUSParser()
      parser.take(
        (0..<Int(random.nextBits() % 70)).map { _ in
          let bits = random.nextBits()
          return bits & 1 == 0 ? [0x20, 0x40][Int(bits >> 1 & 1)] : UInt8(truncatingIfNeeded: bits >> 8)
        })
      parser.take(frame)
      #expect(parser.take(frame) >= 1)
      #expect(parser.take(frame) == 1)
    }
  }

  @Test func `frames of other kinds are passed over`() {
    let sample = IBUSParser().after([0x04, 0x81, 0x7A, 0xFF] + frame).sample
    #expect(sample.frames == 1 && sample.skipped == 4)
  }
}
