import Devices
import PortableMath
import VehicleConfiguration

extension Configuration {
  /// What a valid configuration allows, and an owner most likely does not want, as far as it depends on chips and motors:
  /// said by `check`, and no error.
  package var hardwareWarnings: [String] { [shuntWarning, allCallWarning].compactMap(\.self) }

  /// The shunt must carry what the motors draw, or the current is not measured when it matters.
  private var shuntWarning: String? {
    guard let power = sensors.power, let fullScale = power.chip.facts.shuntFullScale else { return nil }
    let (measured, drawn) = (
      fullScale / power.shuntOhm, VehicleTables(self).simulatedMotion(seed: 0).largestCurrent
    )
    guard measured < drawn else { return nil }
    return
      "sensors.power.shunt_ohm: with \(power.shuntOhm) Ω the \(power.chip.name) measures up to \(tenths(measured)) A, "
      + "and the motors can draw \(tenths(drawn)) A; above it the current is not known. Name the resistance of the shunt "
      + "that is on the board, or fit one of at most \(tenths(1000 * fullScale / drawn)) mΩ"
  }

  /// A PCA9685 answers at 0x70 as well until its driver, in the first thing that it writes, switches that off, and again
  /// after its supply has sagged.
  private var allCallWarning: String? {
    let bus = actuators.driver.bus
    guard actuators.driver.chip == .pca9685,
      let load = busLoads.first(where: { $0.bus.name == bus }),
      load.shares.contains(where: { $0.channel?.multiplexer == 0x70 })
    else { return nil }
    return
      "buses: the PCA9685 on \"\(load.bus.name)\" answers at 0x70, the multiplexer's address, until its driver has "
      + "switched its all-call address off; move the multiplexer to another address (pins A0 to A2)"
  }

  private func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
