import CAllocationCounter
import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

/// A record of an event as the kernel gives it.
private func event(_ type: UInt16, _ code: UInt16, _ value: Int32) -> [UInt8] {
  var bytes: [UInt8] = [0xD2, 0x02, 0x96, 0x49, 0, 0, 0, 0, 0x40, 0xE2, 0x01, 0, 0, 0, 0, 0]
  for word in [type, code, UInt16(truncatingIfNeeded: value), UInt16(truncatingIfNeeded: value >> 16)] {
    bytes += [UInt8(word & 0xFF), UInt8(word >> 8)]
  }
  return bytes
}

private let report = event(0, 0, 0)
private let overflow = event(0, 3, 0)
private func axis(_ code: UInt16, _ value: Int32) -> [UInt8] { event(3, code, value) }
private func key(_ code: UInt16, _ value: Int32) -> [UInt8] { event(1, code, value) }

/// A gamepad whose events are written down.
private struct ScriptedPad: EventDevice, ~Copyable {
  var stream: [UInt8] = []
  var axes: [Int: Int32] = [:]
  var down: [Int] = []
  var error: PortError?
  /// Questions asked, and the most bytes that a read had room for.
  var asked = 0
  var room = 0

  init(axes: [Int: Int32] = [:]) { self.axes = axes }

  mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
    if let error { throw error }
    room = max(room, buffer.count)
    // The kernel gives whole records only.
    let count = min(stream.count, buffer.count / 24 * 24)
    for place in 0..<count { buffer[place] = stream[place] }
    stream.removeFirst(count)
    return count
  }

  mutating func axis(_ code: Int) throws(PortError) -> AxisState? {
    if let error { throw error }
    asked += 1
    return axes[code].map { AxisState(value: $0, minimum: -32_768, maximum: 32_767) }
  }

  mutating func keys() throws(PortError) -> KeyStates {
    if let error { throw error }
    var keys = KeyStates()
    for code in down { keys[code] = true }
    return keys
  }
}

@Suite struct GamepadTests {
  @Test func `a stream of the kernel is read byte for byte`() throws {
    // EV_ABS ABS_RX 0x1234, EV_KEY BTN_SOUTH down, SYN_REPORT.
    let stream = [
      "68 4c 0b 65 00 00 00 00 15 cd 05 00 00 00 00 00 03 00 03 00 34 12 00 00",
      "68 4c 0b 65 00 00 00 00 15 cd 05 00 00 00 00 00 01 00 30 01 01 00 00 00",
      "68 4c 0b 65 00 00 00 00 15 cd 05 00 00 00 00 00 00 00 00 00 00 00 00 00",
    ].joined(separator: " ").split(separator: " ").compactMap { UInt8($0, radix: 16) }
    var reader = GamepadReader()
    reader.take(axes: InlineArray(repeating: 0), keys: KeyStates())
    reader.take(stream.span)
    #expect(reader.sample.axes[3] == 0x1234 && reader.sample.keys[0x130])
    #expect(reader.sample.packets == 2)
  }

  @Test func `at first everything is asked for`() throws {
    var pad = ScriptedPad(axes: [0: -7, 1: 12, 16: 1])
    pad.down = [0x130, 0x13A]
    var reader = GamepadReader()
    #expect(reader.sample.packets == 0)
    #expect(try reader.poll(&pad))
    #expect(reader.sample.axes[0] == -7 && reader.sample.axes[1] == 12 && reader.sample.axes[16] == 1)
    #expect(reader.sample.keys[0x130] && reader.sample.keys[0x13A] && !reader.sample.keys[0x131])
    #expect(try !reader.poll(&pad))
    #expect(pad.asked == 24)
  }

  @Test func `only whole packets count`() throws {
    var pad = ScriptedPad(axes: [0: 0, 1: 0])
    var reader = GamepadReader()
    _ = try reader.poll(&pad)
    pad.stream = axis(0, 500) + key(0x131, 1)
    #expect(try !reader.poll(&pad))
    #expect(reader.sample.axes[0] == 0 && !reader.sample.keys[0x131])
    pad.stream = axis(1, -500) + report
    #expect(try reader.poll(&pad))
    #expect(reader.sample.axes[0] == 500 && reader.sample.axes[1] == -500 && reader.sample.keys[0x131])
    pad.stream = key(0x131, 2) + report + key(0x131, 0) + report
    #expect(try reader.poll(&pad))
    #expect(!reader.sample.keys[0x131] && reader.sample.packets == 4)
  }

  @Test func `lost events are asked for anew, and the rest of their packet is thrown away`() throws {
    var pad = ScriptedPad(axes: [0: 0])
    var reader = GamepadReader()
    _ = try reader.poll(&pad)
    pad.axes[0] = 900
    pad.down = [0x133]
    pad.stream = axis(0, 100) + overflow + axis(0, 200)
    #expect(try !reader.poll(&pad))
    #expect(reader.sample.axes[0] == 0)
    pad.stream = axis(0, 300) + report
    #expect(try reader.poll(&pad))
    #expect(reader.sample.axes[0] == 900 && reader.sample.keys[0x133] && reader.sample.dropped == 1)
    // Afterwards events count again.
    pad.stream = axis(0, 1000) + report
    #expect(try reader.poll(&pad))
    #expect(reader.sample.axes[0] == 1000)
  }

  @Test func `packets behind lost events do not count before everything was asked for`() {
    var reader = GamepadReader()
    reader.take(axes: InlineArray(repeating: 5), keys: KeyStates())
    let stream = overflow + report + axis(0, 1) + report
    reader.take(stream.span)
    #expect(reader.mustAsk && reader.sample.axes[0] == 5)
  }

  @Test func `a gamepad that was pulled out has gone, and its sticks are where they were last`() throws {
    var pad = ScriptedPad(axes: [0: 77, 1: -77])
    var reader = GamepadReader()
    _ = try reader.poll(&pad)
    pad.error = .gone
    for _ in 0..<2 {
      var error: PortError?
      do throws(PortError) { _ = try reader.poll(&pad) } catch let thrown { error = thrown }
      #expect(error == .gone)
    }
    #expect(reader.sample.axes[0] == 77 && reader.sample.axes[1] == -77 && reader.sample.packets == 1)
  }

  @Test func `a flood is read in bounded pieces`() throws {
    var pad = ScriptedPad(axes: [0: 0])
    var reader = GamepadReader()
    _ = try reader.poll(&pad)
    for number in 0..<1_000 { pad.stream += axis(0, Int32(number)) + report }
    var looks = 0
    while !pad.stream.isEmpty {
      _ = try reader.poll(&pad)
      looks += 1
    }
    #expect(looks == (2_000 + 20) / 21 && pad.room == 504 && reader.sample.axes[0] == 999)
  }

  @Test func `streams cut anywhere, and streams of rubbish, are read the same or not at all`() {
    var random = RandomGenerator(seed: 9)
    let stream = (0..<200).flatMap { (number: Int) -> [UInt8] in
      axis(UInt16(number % 30), Int32(number)) + key(UInt16(number * 5), Int32(number % 3)) + report
    }
    func read(_ pieces: [[UInt8]]) -> GamepadReader {
      var reader = GamepadReader()
      reader.take(axes: InlineArray(repeating: 0), keys: KeyStates())
      for piece in pieces { reader.take(piece.span) }
      return reader
    }
    let whole = read([stream])
    let cut = read(stream.map { [$0] })
    #expect(whole.sample.packets == 201 && cut.sample.packets == 201 && whole.sample.keys == cut.sample.keys)
    for axis in 0..<24 { #expect(whole.sample.axes[axis] == cut.sample.axes[axis]) }
    let rubbish = read([(0..<24_000).map { _ in UInt8(truncatingIfNeeded: random.nextBits()) }])
    #expect(rubbish.sample.packets >= 1)
  }

  @Test func `keys beyond the last code are never down`() {
    var keys = KeyStates()
    for code in [-1, 768, Int.max] {
      keys[code] = true
      #expect(!keys[code])
    }
    #expect(keys == KeyStates())
  }

  @Test func `reading takes no heap block`() throws {
    var pad = ScriptedPad(axes: [0: 0])
    var reader = GamepadReader()
    for _ in 0..<200 { pad.stream += axis(0, 3) + report }
    _ = try reader.poll(&pad)
    let before = allocation_count()
    var round = 0
    while round < 10 {
      _ = try reader.poll(&pad)
      round += 1
    }
    #expect(allocation_count() == before)
  }

  @Test func `a stick is scaled by what its device says of its range`() throws {
    let axis = AxisState(value: 0, minimum: 0, maximum: 255, flat: 15)
    let stick = try StickScaling(axis)
    #expect(stick(0) == -StickScaling.one && stick(255) == StickScaling.one && stick(127) == 0)
    #expect(stick(127 + 15) == 0 && stick(127 + 17) > 0)
    let hat = try StickScaling(AxisState(value: 0, minimum: -1, maximum: 1))
    #expect(hat(-1) == -StickScaling.one && hat(0) == 0 && hat(1) == StickScaling.one)
    let widest = try StickScaling(AxisState(value: 0, minimum: .min, maximum: .max))
    #expect(widest(.max) == StickScaling.one)
    for (minimum, maximum) in [(0, 0), (5, 6), (9, 2)] as [(Int32, Int32)] {
      #expect(throws: StickScalingError.endsOutOfOrder) {
        _ = try StickScaling(AxisState(value: 0, minimum: minimum, maximum: maximum))
      }
    }
  }
}
