import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

// Checked by crsf-parser 0.3.2 (PyPI), which lists the channels backwards.
private let middle = bytes("c8 18 16 e0 03 1f f8 c0 07 3e f0 81 0f 7c e0 03 1f f8 c0 07 3e f0 81 0f 7c ad")
private let ends = bytes("c8 18 16 ac 00 df c4 c1 c7 8a 89 83 0f 7c e0 03 1f f8 c0 07 3e f0 81 0f 7c b9")
private let link = bytes("c8 0c 14 3c 3e 63 fb 00 04 03 46 64 08 d7")

@Suite struct CRSFTests {
  @Test func `channels are read as another implementation wrote them`() {
    let first = CRSFParser().after(middle).sample
    #expect(first.eighths == Array(repeating: 12_000, count: 16))
    #expect(first.frames == 1 && first.skipped == 0 && first.refused == 0)
    let second = CRSFParser().after(ends).sample
    // 172, 992, 1811, 992, 172, 1811: 987.5 µs, 1500 µs, 2011.875 µs.
    #expect(second.eighths.prefix(6) == [7_900, 12_000, 16_095, 12_000, 7_900, 16_095])
    #expect(second.eighths.dropFirst(6).allSatisfy { $0 == 12_000 })
    #expect(second.channel(3) == 16_095 && second.channel(0) == nil && second.channel(17) == nil)
  }

  @Test func `the checksum is the one that the specification names`() {
    #expect(remainder8(Array("123456789".utf8)) == 0xBC)
    #expect(remainder8(Array("123456789".utf8), 0x1BA) == 0x20)
    var crc: UInt8 = 0
    for byte in "123456789".utf8 { crc = crc8(crc ^ byte, polynomial: 0xD5) }
    #expect(crc == 0xBC)
  }

  @Test func `link statistics are read, and forgotten after a quarter of a second`() {
    var parser = CRSFParser()
    parser.take(link, at: .ms(10))
    #expect(parser.sample.signal == -60 && parser.sample.linkQuality == 99)
    #expect(parser.sample.signalToNoise == -5)
    #expect(parser.sample.frames == 0 && parser.linkFrames == 1)
    parser.take([], at: .ms(260))
    #expect(parser.sample.linkQuality == 99)
    parser.take(middle, at: .ms(261))
    #expect(parser.sample.signal == nil && parser.sample.linkQuality == nil)
    #expect(parser.sample.signalToNoise == nil && parser.sample.channelCount == 16)
  }

  @Test func `the antenna in use is the one whose signal counts`() {
    #expect(CRSFParser().after(crsf(0x14, bytes("3c 3e 63 fb 01 04 03 46 64 08"))).sample.signal == -62)
  }

  @Test func `a quality of 0 is failsafe until the receiver says better, even when it says nothing more`() {
    var parser = CRSFParser()
    parser.take(crsf(0x14, bytes("78 78 00 ec 00 04 03 46 64 08")), at: .ms(0))
    #expect(parser.sample.flags == .failsafe && parser.sample.linkQuality == 0)
    parser.take(middle, at: .ms(500))
    #expect(parser.sample.flags == .failsafe && parser.sample.linkQuality == nil)
    parser.take(link, at: .ms(510))
    #expect(parser.sample.flags == [])
  }

  @Test func `fine frames are read in all four resolutions and change no other channel`() {
    for (resolution, bits) in [(0, 10), (1, 11), (2, 12), (3, 13)] {
      let top = (1 << bits) - 1
      // Channel 5 at the bottom, 6 at the top.
      let packed = UInt32(top) << UInt32(bits)
      let payload =
        [UInt8(4 | resolution << 5)] + (0..<4).map { UInt8(truncatingIfNeeded: packed >> UInt32(8 * $0)) }
      var parser = CRSFParser().after(ends)
      let before = parser.sample
      parser.take(crsf(0x17, payload), at: .ms(4))
      #expect(parser.sample.frames == 2)
      #expect(parser.sample.channels[4] == 988 * 8)
      #expect(parser.sample.channels[5] == 988 * 8 + Int16(top << (3 - resolution)))
      for channel in 0..<4 { #expect(parser.sample.channels[channel] == before.channels[channel]) }
      for channel in 8..<16 { #expect(parser.sample.channels[channel] == before.channels[channel]) }
    }
  }

  @Test func `fine frames whose channels do not exist, or that have none, change nothing`() {
    for payload in [[UInt8(31)] + Array(repeating: 0xFF, count: 20), [16, 1, 2, 3], [0], []] {
      let sample = CRSFParser().after(crsf(0x17, payload)).sample
      #expect(sample.frames == 0 && sample.otherFrames == 1 && sample.channelCount == 0)
    }
    let most = CRSFParser().after(crsf(0x17, [10] + Array(repeating: 0, count: 59))).sample
    #expect(most.channelCount == 16 && most.frames == 1)
  }

  @Test func `extended frames are passed over whole, and what they carry is nobody's command`() {
    let parser = CRSFParser().after(
      bytes("c8 08 32 c8 ea 10 05 02 da d8") + crsf(0x7A, [0xC8, 0xEA] + middle))
    #expect(parser.sample.frames == 0 && parser.sample.otherFrames == 2 && parser.sample.skipped == 0)
  }

  @Test func `channels for a radio or for a receiver are not the vehicle's`() {
    for address: UInt8 in [0xEA, 0xEC] {
      let sample = CRSFParser().after(crsf(0x16, Array(middle[3..<25]), address: address)).sample
      #expect(sample.frames == 0 && sample.otherFrames == 1 && sample.channelCount == 0)
    }
  }

  @Test func `no frame with one bit turned is taken`() {
    for frame in [middle, ends, link] {
      for bit in 0..<frame.count * 8 {
        var damaged = frame
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        var parser = CRSFParser()
        parser.take(damaged, at: .ms(0))
        // The gap gives up whatever still waits for bytes.
        parser.take([], at: .ms(100))
        #expect(parser.sample.frames == 0 && parser.linkFrames == 0, "bit \(bit)")
        #expect(parser.sample.channelCount == 0 && parser.sample.linkQuality == nil)
        #expect(parser.take(ends, at: .ms(104)) == 1, "the next frame is taken")
      }
    }
  }

  @Test func `behind any rubbish the third frame at the latest is taken when it is complete`() {
    var random = RandomGenerator(seed: 12)
    var chances = 0
    for _ in 0..<2_000 {
      var parser = CRSFParser()
      let rubbish = (0..<Int(random.nextBits() % 80)).map { _ in
        let bits = random.nextBits()
        // Often what could begin a long frame.
        return bits & 3 == 0
          ? [0xC8, 0xEE, 0x00, 0x3E][Int(bits >> 8 & 3)] : UInt8(truncatingIfNeeded: bits >> 16)
      }
      parser.take(rubbish)
      let taken = parser.sample.frames
      parser.take(ends)
      parser.take(ends)
      #expect(parser.take(ends) >= 1)
      // None is lost, but in rubbish that is a frame by the chance of a checksum of 8 bits.
      if parser.sample.otherFrames > 0 { chances += 1 } else { #expect(parser.sample.frames - taken == 3) }
    }
    #expect(chances < 40)
  }

  @Test func `a frame behind one that broke off is there as soon as the gap is known`() {
    var parser = CRSFParser(gap: 1_750_000)
    parser.take([0xC8, 0x3E, 0x32, 1, 2, 3], at: .ms(0))
    parser.take([], at: .ms(2))
    #expect(parser.sample.skipped == 6)
    #expect(parser.take(middle, at: .ms(4)) == 1)
  }

  @Test func `what is taken does not depend on how the stream is cut into looks`() {
    var random = RandomGenerator(seed: 5)
    var stream: [UInt8] = []
    for _ in 0..<400 {
      var frame = random.nextBits() & 1 == 0 ? ends : random.nextBits() & 1 == 0 ? link : middle
      for place in frame.indices where random.nextUniform() < 0.03 {
        frame[place] = UInt8(truncatingIfNeeded: random.nextBits())
      }
      stream += frame
    }
    let whole = CRSFParser().after(stream).sample
    #expect(whole.frames > 100 && whole.refused > 20)
    for _ in 0..<10 {
      var (parser, rest) = (CRSFParser(), stream[...])
      while !rest.isEmpty {
        let piece = rest.prefix(Int(random.nextBits() % 40))
        parser.take(Array(piece))
        rest = rest.dropFirst(piece.count)
      }
      #expect(parser.sample == whole)
    }
  }

  @Test func `telemetry is written as another implementation reads it`() {
    func all(_ frame: CRSFFrame) -> [UInt8] { (0..<frame.span.count).map { frame.span[$0] } }
    #expect(
      all(CRSFTelemetry.battery(volts: 11.1, amperes: 2.5, drawn: 1234, left: 87))
        == bytes("c8 0a 08 00 6f 00 19 00 04 d2 57 c3"))
    #expect(
      all(CRSFTelemetry.attitude(roll: -0.2, pitch: 0.1, yaw: 1.5708))
        == bytes("c8 08 1e 03 e8 f8 30 3d 5c 0a"))
    let name = Array("ACRO".utf8)
    #expect(all(CRSFTelemetry.flightMode(name.span)) == bytes("c8 07 21 41 43 52 4f 00 80"))
    #expect(all(CRSFTelemetry.heartbeat()) == crsf(0x0B, [0x00, 0xC8]))
  }

  @Test func `telemetry of what is no number, or too large, is bounded`() {
    let frame = CRSFTelemetry.battery(volts: .nan, amperes: .infinity, drawn: 1e30, left: -5)
    #expect((3..<11).map { frame.span[$0] } == [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0])
    let attitude = CRSFTelemetry.attitude(roll: 100, pitch: -100, yaw: .nan)
    #expect((3..<9).map { attitude.span[$0] } == [0x80, 0x00, 0x7F, 0xFF, 0, 0])
    let long = Array("A mode with a name that is long".utf8)
    #expect(CRSFTelemetry.flightMode(long.span).span.count == 20)
  }
}
