import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

private let middle = bytes("0f 00 04 20 00 01 08 40 00 02 10 80 00 04 20 00 01 08 40 00 02 10 80 00 00")
private let lost = bytes("0f ac 00 df c4 c1 c7 8a 89 83 0f 7c e0 03 1f f8 c0 07 3e f0 81 0f 7c 0c 00")

@Suite struct SBUSTests {
  @Test func `channels are read in both scalings`() {
    // Count 1024 everywhere; channels 17 and 18 off.
    let betaflight = SBUSParser().after(middle).sample
    #expect(betaflight.eighths == Array(repeating: 12_160, count: 16) + [7_905, 7_905])
    #expect(betaflight.flags == [] && betaflight.frames == 1)
    let ardupilot = SBUSParser(scaling: .ardupilot).after(middle).sample
    #expect(ardupilot.eighths == Array(repeating: 12_120, count: 16) + [8_000, 8_000])
    // 172, 992, 1811: 987.5, 1500, 2011.875 µs in the one, 982.5, 1495, 2006.875 µs in the other.
    #expect(SBUSParser().after(marked(lost)).sample.eighths.prefix(3) == [7_900, 12_000, 16_095])
    let other = SBUSParser(scaling: .ardupilot).after(marked(lost)).sample
    #expect(other.eighths.prefix(3) == [7_860, 11_960, 16_055])
  }

  @Test func `the ends of each scaling are its round numbers`() {
    var frame = middle
    // Channel 1 at 200, 2 at 1800.
    let packed = UInt32(200) | UInt32(1800) << 11
    for byte in 0..<2 { frame[1 + byte] = UInt8(truncatingIfNeeded: packed >> UInt32(8 * byte)) }
    frame[3] = UInt8(truncatingIfNeeded: packed >> 16) & 0x3F
    let sample = SBUSParser(scaling: .ardupilot).after(frame).sample
    #expect(sample.channel(1) == 1000 * 8 && sample.channel(2) == 2000 * 8)
  }

  @Test func `lost frames, failsafe and the two switches are told`() {
    #expect(SBUSParser().after(marked(lost)).sample.flags == [.frameLost, .failsafe])
    for flags: UInt8 in 0..<16 {
      var frame = middle
      frame[23] = flags
      let sample = SBUSParser(scaling: .ardupilot).after(frame).sample
      #expect(sample.flags.contains(.frameLost) == (flags & 4 != 0))
      #expect(sample.flags.contains(.failsafe) == (flags & 8 != 0))
      #expect(sample.channel(17) == (flags & 1 != 0 ? 16_000 : 8_000))
      #expect(sample.channel(18) == (flags & 2 != 0 ? 16_000 : 8_000))
    }
  }

  @Test func `the footers of SBUS and SBUS2 are taken and no others, nor flags that do not exist`() {
    for footer in UInt8.min...UInt8.max {
      var frame = middle
      frame[24] = footer
      let isGood = [0x00, 0x04, 0x14, 0x24, 0x34].contains(footer)
      #expect(SBUSParser().after(marked(frame)).sample.frames == (isGood ? 1 : 0), "footer \(footer)")
    }
    for bit in 4..<8 {
      var frame = middle
      frame[23] = 1 << UInt8(bit)
      #expect(SBUSParser().after(frame).sample.frames == 0)
    }
  }

  @Test func `a frame with a damaged byte is dropped, wherever it is`() {
    for place in 0..<25 {
      var parser = SBUSParser()
      parser.take(Array(middle[..<place]) + [0xFF, 0x00, middle[place]] + Array(middle[(place + 1)...]))
      #expect(parser.sample.frames == 0, "byte \(place)")
      parser.take([], at: .ms(2))
      #expect(parser.take(middle, at: .ms(9)) == 1)
    }
  }

  @Test func `a frame counts only where it is known to begin`() {
    // A port that was opened in the middle: the first whole frame only shows where the second one begins.
    var parser = SBUSParser()
    parser.take(Array(middle[7...]) + middle + middle + [0x0F])
    #expect(parser.sample.frames == 1)
    // The next one follows at once.
    #expect(parser.take(Array(middle[1...])) == 1)
    // After a gap any frame counts, even when more follows in the same look.
    var second = SBUSParser()
    second.take(Array(middle[..<20]), at: .ms(0))
    second.take([], at: .ms(1))
    #expect(second.take(middle + [0x0F], at: .ms(9)) == 1)
    #expect(second.sample.refused == 1)
  }

  @Test func `a gap within a frame drops it, and looks without bytes between two pieces are what shows it`() {
    var parser = SBUSParser()
    parser.take(Array(middle[..<10]), at: .ms(4))
    parser.take(Array(middle[10...]), at: .ms(8))
    #expect(parser.sample.frames == 1, "bytes of neighbouring looks may have come without a gap")
    parser.take([], at: .ms(12))
    parser.take(Array(middle[..<10]), at: .ms(16))
    parser.take([], at: .ms(20))
    parser.take(Array(middle[10...]), at: .ms(24))
    #expect(parser.sample.frames == 1)
    #expect(parser.take(middle, at: .ms(33)) == 1)
  }

  @Test func `behind rubbish the third frame at the latest is taken`() {
    var random = RandomGenerator(seed: 3)
    var frame = middle
    // Nothing in it looks like a frame's beginning.
    frame[23] = 0
    for _ in 0..<2_000 {
      var parser = SBUSParser()
      parser.take((0..<Int(random.nextBits() % 60)).map { _ in UInt8(truncatingIfNeeded: random.nextBits()) })
      let before = parser.sample.frames
      parser.take(frame + frame + frame + [0x0F])
      #expect(parser.sample.frames - before >= 1)
      let taken = parser.sample.frames
      parser.take([], at: .ms(1))
      #expect(parser.take(frame, at: .ms(2)) == 1 && parser.sample.frames == taken + 1)
    }
  }
}
