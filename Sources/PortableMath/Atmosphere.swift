/// The troposphere of the International Standard Atmosphere (ISO 2533:1975), good from −2 to 11 km.
public enum StandardAtmosphere {
  /// Pressure at mean sea level in Pa.
  public static let seaLevelPressure = 101_325.0
  /// Temperature at mean sea level in K.
  public static let seaLevelTemperature = 288.15
  /// Fall of temperature with height in K/m.
  public static let lapseRate = 0.0065
  /// Gas constant of dry air in J/(kg K).
  public static let gasConstant = 287.05287
  /// Standard gravity in m/s².
  public static let gravity = 9.80665
  /// g / (R L): pressure falls with this power of temperature.
  static let pressureExponent = gravity / (gasConstant * lapseRate)

  /// Height in m above the level where the pressure is `reference`; both pressures in Pa.
  ///
  /// NaN unless both are positive: a barometer's zero is a fault, not an altitude.
  public static func altitude(fromPressure pressure: Double, reference: Double = seaLevelPressure) -> Double {
    guard pressure > 0, reference > 0 else { return .nan }
    return seaLevelTemperature / lapseRate * (1 - power(pressure / reference, 1 / pressureExponent))
  }

  /// Pressure in Pa at `altitude` m above the level where the pressure is `reference` Pa; the inverse of
  /// `altitude(fromPressure:reference:)`. NaN above 44 km, where the formula ends.
  public static func pressure(atAltitude altitude: Double, reference: Double = seaLevelPressure) -> Double {
    reference * power(1 - altitude * lapseRate / seaLevelTemperature, pressureExponent)
  }

  /// Temperature in K at `altitude` m above mean sea level.
  public static func temperature(atAltitude altitude: Double) -> Double {
    seaLevelTemperature - altitude * lapseRate
  }

  /// Density of dry air in kg/m³ at `pressure` Pa and `temperature` K.
  public static func density(pressure: Double, temperature: Double) -> Double {
    pressure / (gasConstant * temperature)
  }
}
