import PortableMath
import Testing

@testable import SimulatedHardware

@Suite("Quadrotor battery")
struct PlantsBatteryTests {
  @Test("voltage sags by current times resistance, and power is voltage times current")
  func sag() {
    var battery = Battery(parameters: BatteryParameters(), charge: 0.8)
    let open = battery.voltage
    battery.deliver(power: 150, seconds: 0.001)
    #expect(abs(battery.voltage * battery.current - 150) < 1e-9)
    #expect(abs(open - battery.voltage - battery.current * 0.036) < 1e-9)
    #expect(abs(open - 12.06) < 1e-9)
  }

  @Test("the charge drawn is the integral of the current, and an empty battery stays at its lowest voltage")
  func discharge() {
    var battery = Battery(parameters: BatteryParameters(), charge: 0.5)
    var drawn = 0.0
    for _ in 0..<1000 {
      battery.deliver(power: 200, seconds: 0.1)
      drawn += battery.current * 0.1
    }
    #expect(abs((0.5 - battery.charge) * 2.2 * 3600 - drawn) < 1e-6)
    for _ in 0..<10_000 { battery.deliver(power: 200, seconds: 1) }
    #expect(battery.charge == 0 && battery.voltage > 4 && battery.voltage < 9)
  }

  @Test("more power than it can give ends at half the open-circuit voltage, not at a wrong number")
  func overload() {
    var battery = Battery(parameters: BatteryParameters(), charge: 0.8)
    battery.deliver(power: 1e9, seconds: 0.001)
    #expect(abs(battery.voltage - 6.03) < 1e-9 && battery.current.isFinite)
  }

  @Test("open-circuit voltage rises with charge without a jump")
  func curve() {
    var last = Battery.openCircuitVoltage(charge: 0)
    for i in 1...1000 {
      let voltage = Battery.openCircuitVoltage(charge: Double(i) * 1e-3)
      #expect(voltage > last && voltage - last < 0.01)
      last = voltage
    }
  }
}

@Suite("Quadrotor wind")
struct PlantsWindTests {
  @Test("gusts have the drawn deviation, half of it vertically, and a memory of seconds")
  func statistics() {
    let parameters = WindParameters(mean: 3...3, gust: 2...2)
    var wind = Wind(parameters: parameters, interval: 0.01, random: RandomGenerator(seed: 9, stream: 65))
    let count = 400_000
    var (horizontal, vertical, product) = (0.0, 0.0, 0.0)
    var history: [Double] = []
    for _ in 0..<count {
      wind.step()
      let gust = wind.velocity(height: 10) - wind.mean
      horizontal += gust.x * gust.x
      vertical += gust.z * gust.z
      history.append(gust.x)
    }
    for i in 300..<count { product += history[i] * history[i - 300] }
    #expect(abs((horizontal / Double(count)).squareRoot() - 2) < 0.15)
    #expect(abs((vertical / Double(count)).squareRoot() - 1) < 0.05)
    // After one time constant of 3 s, 1/e of the correlation is left.
    #expect(abs(product / horizontal - 0.37) < 0.08)
  }

  @Test("mean and gust of each seed fall into their ranges and fill them")
  func ranges() {
    let parameters = WindParameters(mean: 1...4, gust: 0...2)
    var (lowest, highest) = (10.0, 0.0)
    for seed in 0..<200 as Range<UInt64> {
      let wind = Wind(parameters: parameters, interval: 0.01, random: RandomGenerator(seed: seed, stream: 65))
      #expect(wind.mean.length >= 1 - 1e-12 && wind.mean.length <= 4 && wind.mean.z == 0)
      #expect(wind.gust >= 0 && wind.gust <= 2)
      lowest = min(lowest, wind.mean.length)
      highest = max(highest, wind.mean.length)
    }
    #expect(lowest < 1.1 && highest > 3.9)
  }

  @Test("no wind blows through the ground")
  func atTheGround() {
    let parameters = WindParameters(mean: 4...4, gust: 2...2)
    let wind = Wind(parameters: parameters, interval: 0.01, random: RandomGenerator(seed: 1))
    #expect(wind.velocity(height: 0).z == 0 && wind.velocity(height: -1).z == 0)
    #expect(abs(wind.velocity(height: 0).x / wind.velocity(height: 5).x - 0.5) < 1e-12)
  }

  @Test("calm is calm")
  func calm() {
    var wind = Wind(parameters: .calm, interval: 0.01, random: RandomGenerator(seed: 1))
    wind.step()
    #expect(wind.velocity(height: 2) == .zero)
  }
}
