import SimulatedHardware

/// The MCP4725 at register level: its register and the voltage that it gives.
final class SimulatedMCP4725: SimulatedChip, SimulatedActuator {
  private let supply: Double
  private var counts = 0
  private var isPoweredDown = false

  init(supply: Double) { self.supply = supply }

  override func reset() { (counts, isPoweredDown) = (0, false) }

  override func write(_ bytes: Span<UInt8>) {
    guard bytes.count >= 2 else { return }
    isPoweredDown = bytes[0] & 0x30 != 0
    counts = Int(bytes[0] & 0x0F) << 8 | Int(bytes[1])
  }

  override func read(into buffer: inout MutableSpan<UInt8>) {
    let bytes = [UInt8(0x80 | (isPoweredDown ? 2 : 0)), UInt8(counts >> 4), UInt8(counts & 0x0F) << 4]
    for place in 0..<buffer.count { buffer[place] = bytes[place % 3] }
  }

  /// The voltage in V as the motor's controller has it; nothing without a supply.
  func output(_ channel: Int) -> Double {
    channel == 0 && !has(.off) && !isPoweredDown ? Double(counts) / 4096 * supply : 0
  }
}
