import Devices
import HardwareInterfaces

/// A gamepad whose every answer is in the input.
private struct HostilePad: EventDevice, ~Copyable {
  var bytes: [UInt8]
  var place = 0

  mutating func next() -> UInt8 {
    defer { place += 1 }
    return place < bytes.count ? bytes[place] : 0
  }

  mutating func read(into buffer: inout MutableSpan<UInt8>) throws(PortError) -> Int {
    // Now and then half a record, which no kernel gives.
    let count = min(min(Int(next()) * 12, buffer.count), max(bytes.count - place, 0))
    for byte in 0..<count { buffer[byte] = next() }
    if next() == 0xEE { throw .gone }
    return count
  }

  mutating func axis(_ code: Int) throws(PortError) -> AxisState? {
    let byte = next()
    if byte == 0xEE { throw .system(errno: 5) }
    return byte & 1 == 0 ? nil : AxisState(value: Int32(byte) << 24, minimum: .min, maximum: .max)
  }

  mutating func keys() throws(PortError) -> KeyStates {
    var keys = KeyStates()
    keys[Int(next()) * 4] = true
    return keys
  }
}

/// A gamepad's events. With the first byte odd each record's type and code are near those that mean something.
@Sendable func fuzzGamepad(_ input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  var bytes = Array(input.dropFirst())
  if first & 1 != 0 {
    for at in stride(from: 1, to: bytes.count - 23, by: 24) {
      bytes[at + 16] &= 3
      bytes[at + 17] = 0
      bytes[at + 19] &= 3
      if bytes[at + 16] == 0 { bytes[at + 18] = bytes[at + 18] & 1 == 0 ? 0 : 3 }
    }
  }
  var pad = HostilePad(bytes: bytes)
  var reader = GamepadReader()
  var packets: UInt32 = 0
  for _ in 0..<64 where pad.place < bytes.count {
    do throws(PortError) { _ = try reader.poll(&pad) } catch { continue }
    require(!reader.mustAsk, "a look that went well leaves nothing to be asked")
    require(reader.sample.packets >= packets, "packets are counted back")
    packets = reader.sample.packets
  }
  for axis in 0..<GamepadSample.axisCount {
    let value = reader.sample.axes[axis]
    let (low, high) = (Int32(first) << 23, Int32.max)
    guard let stick = try? StickScaling(low: -low - 1, middle: 0, high: high, expo: Int32(first) * 128) else {
      continue
    }
    require(abs(stick(value)) <= StickScaling.one, "a stick beyond its end")
    require(stick(value) == 0 || (stick(value) > 0) == (value > 0), "a stick on the other side")
  }
}
