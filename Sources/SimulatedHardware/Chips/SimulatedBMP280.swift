import PortableMath

/// Bosch BMP280 at register level (BST-BMP280-DS001, sections 3 and 4), and with the identity 0x60 the BME280, which
/// has a hygrometer beside it (BST-BME280-DS002, sections 4 and 5).
///
/// Modelled: start-up, sleep, forced and continuous mode, typical conversion times, standby, the recursive
/// filter, noise and resolution by oversampling, the factory trim (the datasheet's example), settings that are
/// refused while measuring. Each measurement is the raw value that the trim turns into the true pressure.
public final class SimulatedBMP280: SimulatedChip {
  /// Noise and constant errors.
  public struct Imperfections: Sendable {
    /// RMS noise in Pa at oversampling 1, 2, 4, 8, 16 without filter (datasheet, section 3.5).
    public var pressureNoise: InlineArray<5, Double> = [3.3, 2.6, 2.1, 1.6, 1.3]
    /// RMS noise of the temperature in °C; the datasheet gives only the resolution, 0.01 °C.
    public var temperatureNoise = 0.005
    /// Standard deviation of the pressure's offset in Pa: ±1 hPa typical absolute accuracy.
    public var pressureBias = 100.0
    /// Standard deviation of the temperature's offset in °C: ±0.5 °C typical.
    public var temperatureBias = 0.5
    /// RMS noise of the relative humidity: 0.07 % at oversampling 1.
    public var humidityNoise = 0.0007

    /// The figures above.
    public init() {}
  }

  private enum Register {
    static let trim = 0x88
    static let identity = 0xD0
    static let reset = 0xE0
    static let firstHumidityTrim = 0xA1
    static let humidityTrim = 0xE1
    static let humidityControl = 0xF2
    static let status = 0xF3
    static let measurementControl = 0xF4
    static let configuration = 0xF5
    static let data = 0xF7
  }

  private let identity: UInt8
  private let imperfections: Imperfections
  private let trim = BMP280FactoryTrim.datasheetExample
  private let humidityTrim = BME280HumidityTrim()
  private var hasHygrometer: Bool { identity == 0x60 }
  /// The humidity's oversampling in force: what was written last before the measurement control was.
  private var humiditySetting: UInt8 = 0
  private var registers = InlineArray<256, UInt8>(repeating: 0)
  private var pointer = 0
  private var isStarting = false
  private var measurementBegin = Int64.max
  private var pressureBias = 0.0
  private var temperatureBias = 0.0
  /// The filter's memory, in raw counts; `nil` before the first measurement.
  private var memory: (pressure: Double, temperature: Double)?

  /// A chip with the identity 0x58, or another: 0x60 is the BME280's.
  public init(identity: UInt8 = 0x58, imperfections: Imperfections = Imperfections()) {
    self.identity = identity
    self.imperfections = imperfections
    super.init()
    reset()
    isStarting = false
    fillFromFuses()
    nextEvent = .max
  }

  override public var faultsItLacks: Set<FaultKind> { [.saturated] }

  override public func drawConstants() {
    pressureBias = imperfection.bias(imperfections.pressureBias)
    temperatureBias = imperfection.bias(imperfections.temperatureBias)
  }

  override public func reset() {
    for index in 0..<256 { registers[index] = 0 }
    registers[Register.identity] = identity
    registers[Register.data] = 0x80
    registers[Register.data + 3] = 0x80
    if hasHygrometer { registers[Register.data + 6] = 0x80 }
    humiditySetting = 0
    registers[Register.status] = 0x01
    pointer = 0
    memory = nil
    measurementBegin = .max
    isStarting = true
    nextEvent = now &+ 2_000_000
  }

  private func fillFromFuses() {
    let bytes = trim.bytes
    for index in 0..<24 { registers[Register.trim + index] = bytes[index] }
    if hasHygrometer {
      let humid = humidityTrim.bytes
      registers[Register.firstHumidityTrim] = UInt8(truncatingIfNeeded: humidityTrim.h1)
      for index in 0..<7 { registers[Register.humidityTrim + index] = humid[index] }
    }
    registers[Register.status] = 0
  }

  // MARK: - Bus

  /// Writes come in pairs of register and value; the address does not advance by itself.
  override public func write(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    pointer = Int(bytes[0])
    var index = 0
    while index + 1 < bytes.count {
      set(Int(bytes[index]), bytes[index + 1])
      index += 2
    }
  }

  override public func read(into buffer: inout MutableSpan<UInt8>) {
    for index in 0..<buffer.count {
      var value = registers[pointer]
      if pointer == Register.identity, faults.contains(.wrongIdentity) { value = 0x55 }
      if pointer == Register.status, now >= measurementBegin { value |= 0x08 }
      buffer[index] = value
      pointer = (pointer + 1) & 0xFF
    }
  }

  private func set(_ register: Int, _ value: UInt8) {
    guard !isStarting else { return }
    switch register {
    case Register.reset where value == 0xB6:
      reset()
    case Register.configuration where mode == 0:
      registers[register] = value & 0xFD
      memory = nil
    case Register.humidityControl where hasHygrometer:
      registers[register] = value & 0x07
    case Register.measurementControl:
      registers[register] = value
      humiditySetting = registers[Register.humidityControl]
      if mode == 0 {
        measurementBegin = .max
        nextEvent = .max
      } else {
        begin(at: now)
      }
    default:
      break
    }
  }

  // MARK: - Measuring

  private var mode: UInt8 { registers[Register.measurementControl] & 3 }
  private var temperatureSetting: Int { Int(registers[Register.measurementControl] >> 5) }
  private var pressureSetting: Int { Int(registers[Register.measurementControl] >> 2 & 7) }

  private func begin(at time: Int64) {
    measurementBegin = time
    nextEvent = time &+ conversionTime(measurementTime)
  }

  /// Typical time of one measurement in ns: 1 + 2 per conversion of temperature + 2 per conversion of
  /// pressure + 0.5 ms.
  private var measurementTime: Int64 {
    let temperature = Self.factor(temperatureSetting)
    let pressure = Self.factor(pressureSetting)
    let pressureOverhead: Int64 = pressure > 0 ? 500_000 : 0
    let humidity = Self.factor(Int(humiditySetting))
    let humidityOverhead: Int64 = humidity > 0 ? 500_000 : 0
    return 1_000_000 + 2_000_000 * Int64(temperature + pressure + humidity) + pressureOverhead
      + humidityOverhead
  }

  private static func factor(_ setting: Int) -> Int {
    setting == 0 ? 0 : 1 << (min(setting, 5) - 1)
  }

  /// Time between measurements in ns, by the field t_sb.
  private var standbyTime: Int64 {
    switch registers[Register.configuration] >> 5 {
    case 0: 500_000
    case 1: 62_500_000
    case 2: 125_000_000
    case 3: 250_000_000
    case 4: 500_000_000
    case 5: 1_000_000_000
    case 6: 2_000_000_000
    default: 4_000_000_000
    }
  }

  override public func handleEvent(_ physics: borrowing PhysicalState) {
    if isStarting {
      isStarting = false
      fillFromFuses()
      nextEvent = .max
      return
    }
    if faults.isDisjoint(with: .keepingData) { measure(physics) }
    if mode == 3 {
      begin(at: now &+ standbyTime)
    } else {
      registers[Register.measurementControl] &= 0xFC
      measurementBegin = .max
      nextEvent = .max
    }
  }

  private func measure(_ physics: borrowing PhysicalState) {
    guard temperatureSetting > 0 else { return }
    var temperature =
      physics.temperature + temperatureBias + imperfection.noise(imperfections.temperatureNoise)
    var pressure = physics.pressure + pressureBias
    if pressureSetting > 0 {
      pressure += imperfection.noise(imperfections.pressureNoise[min(pressureSetting, 5) - 1])
    }
    if faults.contains(.bias) {
      pressure += 2_000
      temperature += 20
    }
    // Both raw values belong to the same fine temperature: the trim is inverted for the noisy pair.
    let fine = trim.fineTemperature(temperature)
    let raw = (
      pressure: trim.rawPressure(pressure, fineTemperature: fine),
      temperature: trim.rawTemperature(fineTemperature: fine)
    )
    let filter = Double(1 << Int(min(registers[Register.configuration] >> 2 & 7, 4)))
    let last = memory ?? raw
    let filtered = (
      pressure: (last.pressure * (filter - 1) + raw.pressure) / filter,
      temperature: (last.temperature * (filter - 1) + raw.temperature) / filter
    )
    memory = filtered
    put(filtered.pressure, setting: pressureSetting, isFiltered: filter > 1, at: Register.data)
    put(filtered.temperature, setting: temperatureSetting, isFiltered: filter > 1, at: Register.data + 3)
    if hasHygrometer { putHumidity(physics.humidity, fineTemperature: fine) }
  }

  private func putHumidity(_ humidity: Double, fineTemperature fine: Double) {
    var raw = 0x8000
    if humiditySetting > 0 {
      let shown = max(0, min(humidity + imperfection.noise(imperfections.humidityNoise), 1))
      raw = humidityTrim.raw(shown, fineTemperature: fine).quantized(0, 0xFFFF)
    }
    registers[Register.data + 6] = UInt8(truncatingIfNeeded: raw >> 8)
    registers[Register.data + 7] = UInt8(truncatingIfNeeded: raw)
  }

  /// Without filter the resolution is 16 bits plus one for each doubling of the oversampling.
  private func put(_ raw: Double, setting: Int, isFiltered: Bool, at register: Int) {
    let lostBits = isFiltered ? 0 : max(0, 5 - setting)
    let step = Double(1 << lostBits)
    let value = setting == 0 ? 0x80000 : (raw / step).quantized(0, 0xFFFFF >> lostBits) << lostBits
    registers[register] = UInt8(truncatingIfNeeded: value >> 12)
    registers[register + 1] = UInt8(truncatingIfNeeded: value >> 4)
    registers[register + 2] = UInt8(truncatingIfNeeded: value << 4)
  }
}
