import SimulatedHardware

/// The TF-Luna at register level: it takes bytes and gives bytes, measures on its own clock, and knows nothing of the driver.
final class SimulatedTFLuna: SimulatedChip {
  private var registers = [UInt8](repeating: 0, count: 64)
  private var pointer = 0

  override init() {
    super.init()
    reset()
  }

  override func reset() {
    registers = [UInt8](repeating: 0, count: 64)
    registers[0x26] = 100
    for (place, letter) in "LUNA".utf8.enumerated() { registers[0x3C + place] = letter }
    pointer = 0
    nextEvent = now &+ 10_000_000
  }

  override func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = Int(bytes[0])
    for place in 1..<max(1, bytes.count) {
      // The rate; nothing else that the driver writes.
      if pointer == 0x26 || pointer == 0x27 { registers[pointer] = bytes[place] }
      pointer += 1
    }
  }

  override func read(into buffer: inout MutableSpan<UInt8>) {
    for place in 0..<buffer.count {
      buffer[place] = pointer < registers.count ? registers[pointer] : 0
      if pointer == 0x3C, has(.wrongIdentity) { buffer[place] = 0 }
      pointer += 1
    }
  }

  /// A measurement is ready.
  override func handleEvent(_ physics: borrowing PhysicalState) {
    let rate = max(Int64(registers[0x27]) << 8 | Int64(registers[0x26]), 1)
    nextEvent = now &+ conversionTime(1_000_000_000 / rate)
    if has(.stuck) { return }
    let distance = physics.rangeToGround.map { $0 * (has(.bias) ? 1.25 : 1) + noise(0.01) }
    // Nothing to see is a distance of 0 and little light.
    put(distance ?? 0, at: 0x00, unit: 0.01)
    put(distance.map { 4000 / (1 + $0 * $0) } ?? 20, at: 0x02, unit: 1)
  }

  private func put(_ value: Double, at place: Int, unit: Double) {
    let counts = UInt16(min(max((value / unit).rounded(), 0), 65_534))
    registers[place] = UInt8(counts & 0xFF)
    registers[place + 1] = UInt8(counts >> 8)
  }
}
