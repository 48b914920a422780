import PortableMath

/// Bosch BMP388 at register level (BST-BMP388-DS001, sections 3 and 4).
///
/// Modelled: start-up, sleep, forced and continuous mode, conversion times, the configuration error of a data
/// rate that is too fast, data-ready flags, the recursive filter, the trim and its check value, noise. Not
/// modelled: FIFO and interrupts.
public final class SimulatedBMP388: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in Pa at oversampling 1; it falls by √2 for each doubling. Assumed, from the BMP280's.
    public var pressureNoise = 2.5
    /// RMS noise of the temperature in °C. Assumed.
    public var temperatureNoise = 0.003
    /// Standard deviation of the pressure's offset in Pa: ±50 Pa typical absolute accuracy.
    public var pressureBias = 50.0
    /// Standard deviation of the temperature's offset in °C: ±0.5 °C typical.
    public var temperatureBias = 0.5

    /// The figures above.
    public init() {}
  }

  private enum Register {
    static let identity = 0x00
    static let errors = 0x02
    static let status = 0x03
    static let data = 0x04
    static let event = 0x10
    static let powerControl = 0x1B
    static let oversampling = 0x1C
    static let dataRate = 0x1D
    static let configuration = 0x1F
    static let trim = 0x30
    static let command = 0x7E
  }

  private let identity: UInt8
  private let imperfections: Imperfections
  private let trim = BMP388FactoryTrim()
  private var registers = InlineArray<128, UInt8>(repeating: 0)
  private var pointer = 0
  private var isStarting = false
  private var pressureBias = 0.0
  private var temperatureBias = 0.0
  private var memory: (pressure: Double, temperature: Double)?

  /// A chip with the identity 0x50, or another: 0x60 is the BMP390's.
  public init(identity: UInt8 = 0x50, imperfections: Imperfections = Imperfections()) {
    self.identity = identity
    self.imperfections = imperfections
    super.init()
    reset()
    isStarting = false
    nextEvent = .max
  }

  override public var faultsItLacks: Set<FaultKind> { [.saturated] }

  override public func drawConstants() {
    pressureBias = imperfection.bias(imperfections.pressureBias)
    temperatureBias = imperfection.bias(imperfections.temperatureBias)
  }

  override public func reset() {
    for index in 0..<128 { registers[index] = 0 }
    registers[Register.identity] = identity
    registers[Register.status] = 0x10
    registers[Register.data + 2] = 0x80
    registers[Register.data + 5] = 0x80
    registers[Register.event] = 0x01
    registers[Register.oversampling] = 0x02
    let bytes = trim.bytes
    registers[Register.trim] = trim.checksum
    for index in 0..<21 { registers[Register.trim + 1 + index] = bytes[index] }
    pointer = 0
    memory = nil
    isStarting = true
    nextEvent = now &+ 2_000_000
  }

  // MARK: - Bus

  /// Writes come in pairs of register and value; the address does not advance by itself.
  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = Int(bytes[0] & 0x7F)
    var index = 0
    while index + 1 < bytes.count {
      set(Int(bytes[index] & 0x7F), bytes[index + 1])
      index += 2
    }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count {
      buffer[index] = registers[pointer]
      switch pointer {
      case Register.identity where faults.contains(.wrongIdentity): buffer[index] = 0x58
      // The flags of new data fall when the data are read, those of errors when they are.
      case Register.errors: registers[Register.errors] = 0
      case Register.data: registers[Register.status] &= ~0x20
      case Register.data + 3: registers[Register.status] &= ~0x40
      default: break
      }
      pointer = (pointer + 1) & 0x7F
    }
  }

  private func set(_ register: Int, _ value: UInt8) {
    guard !isStarting else { return }
    switch register {
    case Register.command where value == 0xB6: reset()
    case Register.oversampling: registers[register] = value & 0x3F
    case Register.dataRate: registers[register] = min(value & 0x1F, 0x11)
    case Register.configuration:
      registers[register] = value & 0x0E
      memory = nil
    case Register.powerControl:
      registers[register] = value & 0x33
      start()
    default: break
    }
  }

  // MARK: - Measuring

  private var isContinuous: Bool { registers[Register.powerControl] & 0x30 == 0x30 }
  private var measuresPressure: Bool { registers[Register.powerControl] & 1 != 0 }
  private var measuresTemperature: Bool { registers[Register.powerControl] & 2 != 0 }
  private var pressureFactor: Int { 1 << min(Int(registers[Register.oversampling] & 7), 5) }
  private var temperatureFactor: Int { 1 << min(Int(registers[Register.oversampling] >> 3), 5) }

  /// Time of one measurement in ns (section 3.9.2).
  private var measurementTime: Int64 {
    let pressure = measuresPressure ? 392 + 2_020 * pressureFactor : 0
    let temperature = measuresTemperature ? 163 + 2_020 * temperatureFactor : 0
    return Int64(234 + pressure + temperature) * 1_000
  }

  private var period: Int64 { 5_000_000 << Int64(registers[Register.dataRate]) }

  private func start() {
    guard registers[Register.powerControl] & 0x30 != 0 else {
      nextEvent = .max
      return
    }
    if isContinuous, measurementTime > period {
      registers[Register.errors] |= 0x04
      registers[Register.powerControl] &= 0x0F
      nextEvent = .max
      return
    }
    nextEvent = now &+ conversionTime(measurementTime)
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isStarting {
      isStarting = false
      nextEvent = .max
      return
    }
    if isContinuous {
      nextEvent = now &+ conversionTime(period)
    } else {
      registers[Register.powerControl] &= 0x0F
      nextEvent = .max
    }
    if faults.contains(.flat) {
      registers[Register.status] |= 0x60
    } else if !faults.contains(.stuck) {
      measure(physics)
    }
  }

  private func measure(_ physics: borrowing PhysicalState) {
    guard measuresTemperature else { return }
    var celsius = physics.temperature + temperatureBias + imperfection.noise(imperfections.temperatureNoise)
    let deviation = imperfections.pressureNoise / Double(pressureFactor).squareRoot()
    var pressure = physics.pressure + pressureBias + imperfection.noise(deviation)
    if faults.contains(.bias) {
      pressure += 2_000
      celsius += 20
    }
    celsius = max(-45, min(celsius, 95))
    let raw = (
      pressure: trim.rawPressure(pressure, celsius: celsius), temperature: trim.rawTemperature(celsius)
    )
    // The coefficient is 2ⁿ − 1: the new value has weight 2⁻ⁿ.
    let weight = 1 / Double(1 << Int(registers[Register.configuration] >> 1))
    let last = memory ?? raw
    let filtered = (
      pressure: last.pressure + (raw.pressure - last.pressure) * weight,
      temperature: last.temperature + (raw.temperature - last.temperature) * weight
    )
    memory = filtered
    if measuresPressure {
      put(filtered.pressure, at: Register.data)
      registers[Register.status] |= 0x20
    }
    put(filtered.temperature, at: Register.data + 3)
    registers[Register.status] |= 0x40
  }

  private func put(_ raw: Double, at register: Int) {
    let value = raw.quantized(0, 0xFFFFFF)
    registers[register] = UInt8(truncatingIfNeeded: value)
    registers[register + 1] = UInt8(truncatingIfNeeded: value >> 8)
    registers[register + 2] = UInt8(truncatingIfNeeded: value >> 16)
  }
}
