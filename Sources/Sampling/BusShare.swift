import Devices
import HardwareInterfaces

/// What one device asks of its bus.
public struct BusShare: Sendable, Equatable {
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

  /// It from its parts.
  public init(path: String, chip: String, address: UInt8, channel: BusChannel? = nil, rateHz: Int, bits: Int)
  {
    self.path = path
    self.chip = chip
    self.address = address
    self.channel = channel
    self.rateHz = rateHz
    self.bits = bits
  }

  /// The address as datasheets write it, with the multiplexer's and the channel in front of one behind it.
  public var addressText: String {
    let place = channel.map { "\(hexadecimal($0.multiplexer)).\($0.number) " } ?? ""
    return place + hexadecimal(address)
  }

  /// Whether the two can hear one address: on one channel, or one of them on the bus itself.
  package func meets(_ other: BusShare) -> Bool {
    address == other.address && (channel == other.channel || channel == nil || other.channel == nil)
  }
}

extension DeviceDeclaration {
  /// What it asks of its bus.
  package var share: BusShare {
    // Behind a multiplexer each sample may have to switch it first, one byte.
    let switching = channel == nil ? 0 : TransferBits.write(1)
    return BusShare(
      path: path, chip: chip.name, address: address, channel: channel, rateHz: rateHz,
      bits: chip.bitsPerSample + switching)
  }
}
