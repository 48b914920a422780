import Devices
import HardwareInterfaces
import Sampling

/// How much of an I2C bus the sampling takes.
public struct BusLoad: Sendable, Equatable {
  /// The bus.
  public var bus: Configuration.Bus
  /// The devices on it.
  public var shares: [BusShare]

  /// Largest share of its time that a bus may be asked for: the rest is for retries, register checks and the
  /// adapter's own gaps between bytes.
  public static let limit = 0.7

  /// Share of the bus's time that the devices take, 1 being all of it.
  public var fraction: Double {
    shares.reduce(0) { $0 + Double($1.bits) * Double($1.rateHz) } / Double(max(bus.rateHz, 1))
  }

  /// The arithmetic for people: "mpu6050 500 Hz × 0.393 ms = 19.6 %".
  public var arithmetic: String {
    shares.map { share in
      let milliseconds = Double(share.bits) * 1000 / Double(bus.rateHz)
      let percent = Double(share.bits) * Double(share.rateHz) * 100 / Double(bus.rateHz)
      return "\(share.chip) \(share.rateHz) Hz × \(rounded(milliseconds, 3)) ms = \(rounded(percent, 1)) %"
    }.joined(separator: ", ")
  }
}

extension PulseChip {
  /// One burst of four registers for each channel from the first motor's to the last's; 0 for a chip on no bus.
  func bitsPerWrite(channels: [Int]) -> Int {
    switch self {
    case .kernelPWM: 0
    case .pca9685: TransferBits.write(1 + 4 * ((channels.max() ?? 0) - (channels.min() ?? 0) + 1))
    }
  }
}

extension VehicleTables {
  /// How much each bus has to carry, in the order of the file.
  public func busLoads(_ plan: ActuatorPlan) -> [BusLoad] {
    buses.map { bus in
      let devices = devices.filter { $0.bus == bus.name }.map(\.share)
      // Outputs are written once each tick, however fast a chip repeats its pulses.
      let chips = plan.chips(on: bus.name).map { $0.share(rateHz: loop.rateHz) }
      return BusLoad(bus: bus, shares: devices + chips)
    }
  }
}

extension Configuration {
  /// How much each bus has to carry, in the order of the file.
  public var busLoads: [BusLoad] {
    let shares = Self.shares(sensors: sensors, actuators: actuators, loop: loop)
    return buses.map { bus in
      BusLoad(bus: bus, shares: shares.filter { $0.bus == bus.name }.map(\.share))
    }
  }

  static func shares(sensors: Sensors, actuators: Actuators, loop: Loop) -> [(
    bus: String, share: BusShare
  )] {
    var shares = sensors.groups(nil).flatMap(\.devices).map { (bus: $0.bus, share: $0.share) }
    let driver = actuators.driver
    guard let bus = driver.bus else { return shares }
    // Outputs are written once each tick, however fast the chip repeats its pulses.
    shares.append(
      (
        bus,
        BusShare(
          path: "actuators.driver", chip: driver.chip.rawValue, address: driver.address, channel: nil,
          rateHz: loop.rateHz,
          bits: driver.chip.bitsPerWrite(channels: actuators.motors.map(\.channel)))
      ))
    return shares
  }
}

/// `value` with `digits` decimals.
package func rounded(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  return ((value * scale).rounded() / scale).shown
}
