import Devices
import HardwareInterfaces

/// How much of an I2C bus the sampling takes.
public struct BusLoad: Sendable, Equatable {
  /// One device's share.
  public struct Share: Sendable, Equatable {
    /// The device's key, for example `sensors.imu`.
    public var path: String
    /// Its name in messages, for example "mpu6050".
    public var chip: String
    /// 7-bit I2C address.
    public var address: UInt8
    /// Its place behind a multiplexer; `nil` on the bus itself.
    public var channel: BusChannel?
    /// Samples or writes per second.
    public var rateHz: Int
    /// Bit times on the bus for each.
    public var bits: Int

    /// The address as datasheets write it, with the multiplexer's and the channel in front of one behind it.
    public var addressText: String {
      let place = channel.map { "\(hexadecimal($0.multiplexer)).\($0.number) " } ?? ""
      return place + hexadecimal(address)
    }

    /// Whether the two can hear one address: on one channel, or one of them on the bus itself.
    func meets(_ other: Share) -> Bool {
      address == other.address && (channel == other.channel || channel == nil || other.channel == nil)
    }
  }

  /// The bus.
  public var bus: Configuration.Bus
  /// The devices on it.
  public var shares: [Share]

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

extension DeviceDeclaration {
  /// What it asks of its bus.
  var share: BusLoad.Share {
    // Behind a multiplexer each sample may have to switch it first, one byte.
    let switching = channel == nil ? 0 : TransferBits.write(1)
    return BusLoad.Share(
      path: path, chip: chip.name, address: address, channel: channel, rateHz: rateHz,
      bits: chip.bitsPerSample + switching)
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
    bus: String, share: BusLoad.Share
  )] {
    var shares = sensors.groups(nil).flatMap(\.devices).map { (bus: $0.bus, share: $0.share) }
    let driver = actuators.driver
    guard let bus = driver.bus else { return shares }
    // Outputs are written once each tick, however fast the chip repeats its pulses.
    shares.append(
      (
        bus,
        BusLoad.Share(
          path: "actuators.driver", chip: driver.chip.rawValue, address: driver.address, channel: nil,
          rateHz: loop.rateHz,
          bits: driver.chip.bitsPerWrite(channels: actuators.motors.map(\.channel)))
      ))
    return shares
  }
}

/// `value` with `digits` decimals.
func rounded(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  return ((value * scale).rounded() / scale).shown
}
