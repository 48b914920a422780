import HardwareInterfaces

/// What barometers with registers share: how they are configured.
protocol BarometerRegisterSensor: RegisterSensor, ConfiguredSensor
where Sample == PressureSample, Use == SensorUse {}

extension BarometerRegisterSensor {
  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) { self.init(options: Options(use)) }
}

extension PressureSample {
  /// What a chip measured, in Pa and °C; `nil` for what it cannot have measured, with some grace: `most` Pa and more,
  /// 250 hPa and less (a vehicle is never above 10 km), and what is not between −45 and 95 °C.
  init?(_ value: (pressure: Double, temperature: Double), below most: Double) {
    guard value.pressure > 25_000, value.pressure < most, value.temperature > -45, value.temperature < 95
    else { return nil }
    self.init(pressure: Float(value.pressure), temperature: Float(value.temperature))
  }
}
