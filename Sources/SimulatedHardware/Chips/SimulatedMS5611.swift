import PortableMath

/// TE MS5611 at the level of its commands (MS5611-01BA03), and the MS5607 (MS5607-02BA03).
///
/// Modelled: reset, the trim and its checksum, a trim that reads blank until a reset loaded it, typical conversion
/// times, results that read 0 until the conversion has ended and after they were read, conversions that spoil each
/// other, noise. Each result is the raw value that the trim turns into the true pressure and temperature.
public final class SimulatedMS5611: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in Pa at oversampling 4096; it grows by √2 for each halving (6.5 Pa at 256).
    public var pressureNoise = 1.2
    /// RMS noise of the temperature in °C at oversampling 4096.
    public var temperatureNoise = 0.002
    /// Standard deviation of the pressure's offset in Pa: ±1.5 hPa typical accuracy.
    public var pressureBias = 150.0
    /// Standard deviation of the temperature's offset in °C: ±0.8 °C typical.
    public var temperatureBias = 0.8

    /// The figures above.
    public init() {}
  }

  private enum Conversion {
    case none, pressure, temperature
  }

  private let trim: MS5611FactoryTrim
  private let imperfections: Imperfections
  private var command: UInt8 = 0
  private var isLoaded = false
  private var isResetting = false
  private var running = Conversion.none
  private var oversampling = 0
  private var result = 0
  private var pressureBias = 0.0
  private var temperatureBias = 0.0
  private var lastPressure = 0
  private var lastTemperature = 0

  /// A chip with the formulas of the MS5611, or of the MS5607.
  public init(is5607: Bool = false, imperfections: Imperfections = Imperfections()) {
    trim = MS5611FactoryTrim(is5607: is5607)
    self.imperfections = imperfections
    super.init()
    reset()
  }

  override public var faultsItLacks: Set<FaultKind> { [.saturated] }

  override public func drawConstants() {
    pressureBias = imperfection.bias(imperfections.pressureBias)
    temperatureBias = imperfection.bias(imperfections.temperatureBias)
  }

  override public func reset() {
    command = 0
    isLoaded = false
    isResetting = false
    running = .none
    result = 0
    nextEvent = .max
  }

  // MARK: - Bus

  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0, !isResetting else { return }
    command = bytes[0]
    switch command {
    case 0x1E:
      reset()
      isResetting = true
      nextEvent = now &+ 2_800_000
    case 0x40...0x48, 0x50...0x58:
      // A conversion that is started while another runs spoils both.
      guard running == .none else {
        running = .none
        result = 0
        nextEvent = .max
        return
      }
      result = 0
      running = command < 0x50 ? .pressure : .temperature
      oversampling = min(Int(command & 0x0F) / 2, 4)
      nextEvent = now &+ conversionTime(Self.times[oversampling])
    default:
      break
    }
  }

  /// Typical conversion times in ns by oversampling.
  private static let times: InlineArray<5, Int64> = [540_000, 1_060_000, 2_080_000, 4_130_000, 8_220_000]

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count { buffer[index] = byte(index) }
    if command == 0 { result = 0 }
  }

  private func byte(_ index: Int) -> UInt8 {
    switch command {
    case 0x00 where index < 3:
      return UInt8(truncatingIfNeeded: result >> (16 - 8 * index))
    case 0xA0...0xAF where index < 2:
      guard isLoaded else { return 0 }
      var word = trim.words[Int(command & 0x0E) / 2]
      if faults.contains(.wrongIdentity) { word ^= 0x0101 }
      return UInt8(truncatingIfNeeded: index == 0 ? word >> 8 : word)
    default:
      return 0
    }
  }

  // MARK: - Measuring

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    nextEvent = .max
    if isResetting {
      isResetting = false
      isLoaded = true
      return
    }
    let noise = Double(1 << (4 - oversampling)).squareRoot()
    var celsius = physics.temperature + temperatureBias
    var pascal = physics.pressure + pressureBias
    if faults.contains(.bias) {
      pascal += 2_000
      celsius += 20
    }
    switch running {
    case .temperature:
      celsius += imperfection.noise(imperfections.temperatureNoise * noise)
      if faults.isDisjoint(with: .keepingData) {
        lastTemperature = trim.rawTemperature(celsius).quantized(1, 0xFF_FFFE)
      }
      result = lastTemperature
    case .pressure:
      pascal += imperfection.noise(imperfections.pressureNoise * noise)
      if faults.isDisjoint(with: .keepingData) {
        lastPressure = trim.rawPressure(pascal, rawTemperature: Double(lastTemperature)).quantized(
          1, 0xFF_FFFE)
      }
      result = lastPressure
    case .none: break
    }
    running = .none
  }
}
