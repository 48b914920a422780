import HardwareInterfaces
import PortableMath
import Testing

@testable import Devices

/// Whatever a bus delivers, and whatever the clock does, a driver neither traps nor stops asking to be called.
@Suite struct FuzzTests {
  @Test(arguments: 0..<8, honesties) func `MPU-6050 bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(MPU6050(), plant: [0x75: 0x68], seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `BMP280 bears any bus`(_ seed: Int, _ honesty: UInt64) {
    var plant: [Int: UInt8] = [0xD0: 0x58]
    for register in 0x88..<0xA0 { plant[register] = UInt8(truncatingIfNeeded: register &* 37) }
    fuzz(BMP280(), plant: plant, seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `BMP388 bears any bus`(_ seed: Int, _ honesty: UInt64) {
    var bytes = InlineArray<22, UInt8>(repeating: 0x5A)
    bytes[0] = BMP388.checksum(bytes, from: 1)
    var plant: [Int: UInt8] = [0x00: 0x50]
    for index in 0..<22 { plant[0x30 + index] = bytes[index] }
    fuzz(BMP388(), plant: plant, seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `VL53L1X bears any bus`(_ seed: Int, _ honesty: UInt64) {
    let plant: [Int: UInt8] = [
      0x010F: 0xEA, 0x0110: 0xCC, 0x00E5: 3, 0x0006: 0xB8, 0x00DE: 3, 0x00DF: 0xC0, 0x89: 9,
    ]
    fuzz(VL53L1X(), isWide: true, plant: plant, seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `VL53L0X bears any bus`(_ seed: Int, _ honesty: UInt64) {
    let plant: [Int: UInt8] = [0xC0: 0xEE, 0x92: 0x05, 0x90: 0xFF, 0x91: 0xFF, 0x13: 4, 0x14: 0x59, 0xF8: 3]
    fuzz(VL53L0X(), plant: plant, seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `INA219 bears any bus`(_ seed: Int, _ honesty: UInt64) {
    fuzz(INA219(), plant: [0: 0x39, 1: 0x9F], seed: UInt64(seed), honesty: honesty)
  }

  @Test(arguments: 0..<8, honesties) func `PCA9685 bears any bus`(_ seed: Int, _ honesty: UInt64) {
    var driver = PCA9685()
    var bus = HostileBus(seed: UInt64(seed), honesty: honesty, isWide: false)
    for (register, value) in [(2, 0xE2), (3, 0xE4), (4, 0xE8), (5, 0xE0)] {
      bus.plant(UInt8(value), at: register)
    }
    var now = MonotonicTime.zero
    var widths = InlineArray<4, Float>(repeating: 0)
    for _ in 0..<2_000 {
      let poll = driver.poll(&bus, now: now)
      #expect(poll.next >= now)
      let bits = bus.random.nextBits()
      widths[Int(bits & 3)] = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 16))
      let first = Int(truncatingIfNeeded: bits >> 60) - 2
      do throws(BusError) {
        try driver.write(microseconds: widths.span, from: first, to: &bus, now: now)
      } catch {
        // Thrown as it came; what matters is that the next call is sound.
      }
      now = max(poll.next, now)
    }
  }
}
