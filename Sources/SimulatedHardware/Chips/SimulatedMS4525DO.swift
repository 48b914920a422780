import PortableMath

/// TE MS4525DO of ±1 psi with output of type A, a part that sleeps between requests ("Interfacing to MEAS Digital Pressure Modules").
///
/// Modelled: a request that starts a measurement, the time it takes, the bits that tell a new result from one that was fetched before,
/// saturation beyond the range, noise and the zero's error. Not modelled: the address of its part number, interrupts, type B.
public final class SimulatedMS4525DO: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in Pa: about a count and a half.
    public var noise = 1.5
    /// Standard deviation of the zero in Pa: 0.25 % of the span is what the datasheet calls its accuracy.
    public var zero = 34.0
    /// Standard deviation of the relative error of the span.
    public var span = 0.002

    /// The figures above.
    public init() {}
  }

  private let imperfections: Imperfections
  private var packet: UInt32 = 0
  private var isFetched = true
  private var zero = 0.0
  private var span = 1.0

  /// A chip at power-on.
  public init(imperfections: Imperfections = Imperfections()) {
    self.imperfections = imperfections
    super.init()
    reset()
  }

  override public var faultsItLacks: Set<FaultKind> { [.wrongIdentity, .saturated] }

  override public func drawConstants() {
    zero = imperfection.bias(imperfections.zero)
    span = 1 + imperfection.bias(imperfections.span)
  }

  override public func reset() {
    // Nothing was measured: no pressure and −50 °C, fetched.
    (packet, isFetched, nextEvent) = (0, true, .max)
  }

  override public func write(_ bytes: Span<UInt8>) {
    // Any write wakes it up; one that is awake goes on.
    if nextEvent == .max { nextEvent = now &+ conversionTime(8_400_000) }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    let word = packet | (isFetched ? 0x8000_0000 : 0)
    for index in 0..<buffer.count {
      buffer[index] = index < 4 ? UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32(index))) : 0xFF
    }
    isFetched = true
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = .max
    isFetched = false
    if !faults.isDisjoint(with: .keepingData) { return }
    var pascal = physics.differentialPressure * span + zero
    if faults.contains(.bias) { pascal += 400 }
    pascal += imperfection.noise(imperfections.noise)
    // Of 16383 counts a tenth stands for −1 psi, nine tenths for 1 psi.
    let share = 0.5 + 0.4 * pascal / 6894.757
    let counts = (share * 16383).quantized(1, 16382)
    let warmth = ((physics.temperature + 50) / 200 * 2047).quantized(0, 2047)
    packet = UInt32(counts) << 16 | UInt32(warmth) << 5
  }
}
