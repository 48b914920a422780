import Testing

@testable import Devices

/// A vehicle that can be asked for a speed and a turn, with one flag.
private final class Vehicle {
  static let digest = CommandRecord.digest(numbers: [("speed", "m/s"), ("turn", "rad/s")], flags: ["land"])
  var reader = CommandReader(digest: digest, limits: [-1...2, -3...3], flags: 1, staleAfter: 500_000_000)

  func take(_ bytes: [UInt8], from process: Int32 = 7, at milliseconds: Int64 = 0) -> CommandReader.Refusal? {
    bytes.withUnsafeBytes { reader.take($0, from: process, now: milliseconds * 1_000_000) }
  }

  static func record(
    _ sequence: UInt32, arm: Bool = false, _ numbers: [Float] = [0.5, -1], flags: [Bool] = [false]
  ) -> [UInt8] {
    CommandRecord.bytes(
      sequence: sequence, digest: digest, arm: arm, takes: true, numbers: numbers, flags: flags, time: 9)
  }
}

@Suite("Records of commands")
struct CommandReaderTests {
  @Test("the bytes of a record are those that docs/commands.md shows")
  func bytes() {
    let bytes = CommandRecord.bytes(
      sequence: 7, digest: 0x0102_0304, arm: true, takes: true, numbers: [1, -2], flags: [false, true],
      time: 0x0A)
    #expect(
      bytes == [
        0x47, 0x4E, 0x47, 0x4C, 1, 0, 3, 0, 7, 0, 0, 0, 4, 3, 2, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0x0A, 0, 0, 0, 0,
        0,
        0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0,
      ])
  }

  @Test("the digest is FNV-1a of the list, and changes with every part of it")
  func digest() {
    // printf 'speed m/s\n' through the published FNV-1a of 32 bits.
    #expect(CommandRecord.digest(numbers: [], flags: []) == 0x811C_9DC5)
    #expect(CommandRecord.digest(numbers: [], flags: ["a"]) == fnv("a\n"))
    #expect(CommandRecord.digest(numbers: [("speed", "m/s")], flags: []) == fnv("speed m/s\n"))
    let all = [
      CommandRecord.digest(numbers: [("speed", "m/s")], flags: []),
      CommandRecord.digest(numbers: [("speed", "rad/s")], flags: []),
      CommandRecord.digest(numbers: [("turn", "m/s")], flags: []),
      CommandRecord.digest(numbers: [("speed", "m/s")], flags: ["land"]), Vehicle.digest,
    ]
    #expect(Set(all).count == all.count)
  }

  private func fnv(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { UInt32(truncatingIfNeeded: UInt64($0 ^ UInt32($1)) * 16_777_619) }
  }

  @Test("a wish is heard as it was sent")
  func heard() {
    let vehicle = Vehicle()
    #expect(vehicle.take(Vehicle.record(1, arm: true, flags: [true]), at: 3) == nil)
    #expect(vehicle.reader[0] == 0.5 && vehicle.reader[1] == -1)
    #expect(vehicle.reader.arm && vehicle.reader.takes && vehicle.reader.flags == 1)
    #expect(vehicle.reader.heard == 1 && vehicle.reader.refused == 0 && vehicle.reader.time == 3_000_000)
  }

  @Test("numbers beyond the limits or none at all are refused as a whole")
  func limits() {
    let vehicle = Vehicle()
    #expect(vehicle.take(Vehicle.record(1)) == nil)
    for numbers: [Float] in [
      [.nan, 0], [0, .infinity], [-.infinity, 0], [2.001, 0], [0, -3.001], [-1.001, 0],
    ] {
      #expect(vehicle.take(Vehicle.record(9, arm: true, numbers)) == .beyondLimits)
    }
    #expect(!vehicle.reader.arm && vehicle.reader[0] == 0.5 && vehicle.reader.refused == 6)
    #expect(vehicle.take(Vehicle.record(9, [2, -3])) == nil)
  }

  @Test("old, repeated and foreign wishes are refused; numbers wrap")
  func sequence() {
    let vehicle = Vehicle()
    #expect(vehicle.take(Vehicle.record(.max - 1)) == nil)
    #expect(vehicle.take(Vehicle.record(.max - 1)) == .old)
    #expect(vehicle.take(Vehicle.record(.max - 2)) == .old)
    #expect(vehicle.take(Vehicle.record(1), at: 10) == nil)
    #expect(vehicle.take(Vehicle.record(.max), at: 10) == .old)
    #expect(vehicle.take(Vehicle.record(2), from: 8, at: 20) == .otherProgram)
    #expect(vehicle.take(Vehicle.record(2), from: 8, at: 510) == .otherProgram)
    #expect(vehicle.take(Vehicle.record(1), from: 8, at: 511) == nil, "after 501 ms of silence")
    #expect(vehicle.take(Vehicle.record(5), from: 7, at: 600) == .otherProgram)
  }

  @Test("every flipped bit of the header is refused but those of flags, times and numbers")
  func bits() {
    let whole = Vehicle.record(5)
    for bit in 0..<(whole.count * 8) {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let refusal = Vehicle().take(bytes)
      switch bit / 8 {
      case 0..<6, 12..<16, 20..<24: #expect(refusal != nil, "bit \(bit)")
      case 6..<8: #expect((refusal == nil) == (bit / 8 == 6 && bit % 8 < 2), "bit \(bit)")
      case 16..<20: #expect((refusal == nil) == (bit == 16 * 8), "bit \(bit)")
      default: break
      }
    }
  }

  @Test("every length but the right one is refused")
  func lengths() {
    let whole = Vehicle.record(5)
    for count in 0..<whole.count { #expect(Vehicle().take(Array(whole[..<count])) == .malformed) }
    #expect(Vehicle().take(whole + [0]) == .malformed)
    #expect(Vehicle().take(Vehicle.record(5, [0, 0, 0])) == .malformed)
  }
}
