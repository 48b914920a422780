import PortableMath
import Testing

@Suite("Standard atmosphere")
struct AtmosphereTests {
  /// ISO 2533:1975, table 1 (geopotential altitude in m, pressure in Pa, temperature in K).
  static let table: [(altitude: Double, pressure: Double, temperature: Double)] = [
    (-1000, 113_929, 294.65), (0, 101_325, 288.15), (500, 95_460.8, 284.9), (1000, 89_874.6, 281.65),
    (2000, 79_495.2, 275.15), (5000, 54_019.9, 255.65), (10_000, 26_436.3, 223.15),
  ]

  @Test("pressure and temperature agree with the standard's table", arguments: table)
  func tableAgrees(row: (altitude: Double, pressure: Double, temperature: Double)) {
    let pressure = StandardAtmosphere.pressure(atAltitude: row.altitude)
    #expect(abs(pressure / row.pressure - 1) < 1e-5)
    #expect(abs(StandardAtmosphere.temperature(atAltitude: row.altitude) - row.temperature) < 1e-9)
    #expect(abs(StandardAtmosphere.altitude(fromPressure: row.pressure) - row.altitude) < 0.1)
  }

  @Test("altitude is the inverse of pressure, for any reference")
  func inverse() {
    for reference in [90_000.0, 101_325, 103_000] {
      for i in -20...110 {
        let altitude = Double(i) * 100
        let pressure = StandardAtmosphere.pressure(atAltitude: altitude, reference: reference)
        let back = StandardAtmosphere.altitude(fromPressure: pressure, reference: reference)
        #expect(abs(back - altitude) < 1e-8)
      }
    }
  }

  @Test("a metre near the ground is about 12 Pa, and sea-level air has 1.225 kg/m3")
  func magnitudes() {
    let metre = StandardAtmosphere.seaLevelPressure - StandardAtmosphere.pressure(atAltitude: 1)
    #expect(abs(metre - 12.01) < 0.01)
    #expect(abs(StandardAtmosphere.density(pressure: 101_325, temperature: 288.15) - 1.225) < 1e-4)
  }

  @Test("an impossible pressure gives no altitude")
  func impossible() {
    #expect(StandardAtmosphere.altitude(fromPressure: 0).isNaN)
    #expect(StandardAtmosphere.altitude(fromPressure: 1e5, reference: -1).isNaN)
    #expect(StandardAtmosphere.altitude(fromPressure: .nan).isNaN)
  }
}
