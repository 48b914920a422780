import Devices
import HardwareInterfaces

// The driver that each section of the configuration asks for. What chips there are is for `SensorTable` to say.

extension Configuration.InertialSensor {
  /// The driver at power-on, of a chip that may play a recording back.
  func driver(playsBack: Bool) -> any SensorDriver<InertialSample> {
    chip.makeDriver(
      InertialUse(
        sensor: SensorUse(
          address: address, rate: Double(rateHz), acceptedIdentities: acceptIdentities, playsBack: playsBack),
        gyroRange: gyroRangeDps, accelerometerRange: accelRangeG, lowPass: lowpassHz,
        auxiliaryBypass: auxiliaryBypass))
  }
}

extension Configuration.Barometer {
  /// The driver at power-on, of a chip that may play a recording back.
  func driver(playsBack: Bool) -> any SensorDriver<PressureSample> {
    chip.makeDriver(
      SensorUse(
        address: address, rate: Double(rateHz), acceptedIdentities: acceptIdentities, playsBack: playsBack))
  }
}

extension Configuration.Magnetometer {
  /// The driver at power-on, of a chip that may play a recording back.
  func driver(playsBack: Bool) -> any SensorDriver<MagneticSample> {
    chip.makeDriver(
      SensorUse(
        address: address, rate: Double(rateHz), acceptedIdentities: acceptIdentities, playsBack: playsBack))
  }
}

extension Configuration.RangeFinder {
  /// The driver at power-on, of a chip that may play a recording back.
  func driver(playsBack: Bool) -> any SensorDriver<RangeSample> {
    chip.makeDriver(SensorUse(address: address, rate: Double(rateHz), playsBack: playsBack))
  }

  /// A reading that is not trusted beyond the section's largest distance.
  var bounded: @Sendable (RangeSample) -> RangeSample {
    let maximum = Float(maximumDistance)
    return { RangeSample(distance: $0.distance, isValid: $0.isValid && $0.distance <= maximum) }
  }
}

extension Configuration.PowerMonitor {
  /// The driver at power-on.
  var driver: any SensorDriver<PowerSample> {
    chip.makeDriver(
      PowerUse(sensor: SensorUse(address: address, rate: Double(rateHz)), shuntResistance: shuntOhm))
  }
}

extension Configuration.Encoder {
  /// The driver at power-on.
  var driver: any SensorDriver<AngleSample> {
    chip.makeDriver(SensorUse(address: address, rate: Double(rateHz)))
  }

  /// A reading whose angle rises while the wheel rolls forward.
  var forward: @Sendable (AngleSample) -> AngleSample {
    guard isReversed else { return { $0 } }
    return { sample in
      let turn = 2 * Float.pi
      // 0 stays 0: the angle is below a turn.
      return AngleSample(angle: sample.angle > 0 ? turn - sample.angle : 0, magnet: sample.magnet)
    }
  }
}
