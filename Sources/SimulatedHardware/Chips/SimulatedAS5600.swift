import PortableMath

/// ams AS5600 at register level (datasheet v1-06).
///
/// Modelled: sampling every 150 µs, the slow filter, quantisation, noise, the error of a magnet off its axis, the status
/// of the magnet, writable settings, and the address pointer that stays on the angle. Not modelled: the fast filter,
/// hysteresis, the scaled angle's range, and the output pin. Burning is noted, not done.
public final class SimulatedAS5600: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in ° behind the widest filter; it doubles from there to three times at the narrowest (figure 32).
    public var noise = 0.015
    /// Standard deviation of the amplitude in ° of the error that a magnet off its axis gives, once a turn; the
    /// datasheet allows ±1° in all.
    public var eccentricity = 0.3

    /// The figures above.
    public init() {}
  }

  /// The magnet in front of the chip.
  public enum Magnet: Sendable {
    case good, weak, strong, missing
  }

  /// The magnet now.
  public var magnet = Magnet.good
  /// Whether a command was given that a real chip would never forget.
  public private(set) var wasBurned = false

  private let shaft: Int
  private let isReversed: Bool
  private let imperfections: Imperfections
  private var registers = InlineArray<32, UInt8>(repeating: 0)
  private var pointer: UInt8 = 0
  private var eccentricity = 0.0
  private var phase = 0.0
  private var zero = 0.0
  /// The filtered angle in turns; `nil` before the first sample.
  private var filtered: Double?

  /// A chip at the end of a shaft: 0 for the left wheel's, 1 for the right one's; `isReversed` when it looks from the side
  /// from which forward is backward.
  public init(shaft: Int = 0, isReversed: Bool = false, imperfections: Imperfections = Imperfections()) {
    self.shaft = shaft == 1 ? 1 : 0
    self.isReversed = isReversed
    self.imperfections = imperfections
    super.init()
    reset()
  }

  override public func drawConstants() {
    eccentricity = imperfection.bias(imperfections.eccentricity) / 360
    phase = imperfection.random.nextUniform(0, 2 * Double.pi)
    // However the magnet happens to be glued on.
    zero = imperfection.biasScale > 0 ? imperfection.random.nextUniform() : 0
  }

  override func take(_ input: PhysicalInput) {
    // Who says what the angle is means the one that is read, wherever the magnet's north is.
    if input.quantity == .angle { zero = 0 }
    super.take(input)
  }

  override public func reset() {
    for index in 0..<32 { registers[index] = 0 }
    pointer = 0
    filtered = nil
    nextEvent = now &+ Self.samplingTime
  }

  // MARK: - Bus

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = bytes[0]
    for index in 1..<max(1, bytes.count) {
      set(pointer, bytes[index])
      pointer &+= 1
    }
  }

  private func set(_ register: UInt8, _ value: UInt8) {
    switch register {
    case 0x01, 0x03, 0x05: registers[Int(register)] = value & 0x0F
    case 0x02, 0x04, 0x06, 0x08: registers[Int(register)] = value
    case 0x07: registers[Int(register)] = value & 0x3F
    case 0xFF: wasBurned = wasBurned || value & 0xC0 != 0
    default: break
    }
  }

  /// The pointer stays where it is when it was set to the high byte of an angle or of the magnitude.
  override public func read(into buffer: inout MutableSpan<UInt8>) {
    let stays = pointer == 0x0C || pointer == 0x0E || pointer == 0x1B
    for index in 0..<buffer.count {
      let register = stays ? pointer &+ UInt8(index & 1) : pointer &+ UInt8(truncatingIfNeeded: index)
      buffer[index] = value(of: register)
    }
    if !stays { pointer &+= UInt8(truncatingIfNeeded: buffer.count) }
  }

  private func value(of register: UInt8) -> UInt8 {
    guard register == 0x0B else { return register < 32 ? registers[Int(register)] : 0 }
    let status: UInt8 =
      switch magnet {
      case .good: 0x20
      case .weak: 0x30
      case .strong: 0x28
      case .missing: 0x10
      }
    return faults.contains(.wrongIdentity) ? status | 0x40 : status
  }

  // MARK: - Conversion

  /// Sampling interval in ns (datasheet figure 6).
  private static let samplingTime: Int64 = 150_000

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = now &+ conversionTime(Self.samplingTime)
    if faults.contains(.stuck) || magnet == .missing { return }
    var turns = physics.shaftAngles[shaft] / (2 * Double.pi)
    if isReversed { turns = -turns }
    if faults.contains(.bias) { turns *= 1.25 }
    // Settling to a tenth in 2.2, 1.1, 0.55 and 0.286 ms: a first-order filter with weights of about 1/6, 1/3, ...
    let setting = registers[7] & 3
    let weight =
      switch setting {
      case 0: 0.145
      case 1: 0.27
      case 2: 0.47
      default: 0.7
      }
    let old = filtered ?? turns
    let new = old + (turns - old) * weight
    filtered = new
    // The error repeats with the turn, whose fraction keeps the argument small.
    let error = eccentricity * sine(2 * Double.pi * (new - new.rounded(.down)) + phase)
    let noise = imperfection.noise(imperfections.noise * (1 + 0.62 * Double(setting)) / 360)
    put(new + zero + error + noise)
  }

  /// Puts an angle in turns into the raw and the scaled register.
  private func put(_ turns: Double) {
    let fraction = turns - turns.rounded(.down)
    let counts = (fraction * 4096).quantized(0, 4096) & 0x0FFF
    registers[0x0C] = UInt8(truncatingIfNeeded: counts >> 8)
    registers[0x0D] = UInt8(truncatingIfNeeded: counts)
    registers[0x0E] = registers[0x0C]
    registers[0x0F] = registers[0x0D]
  }
}
