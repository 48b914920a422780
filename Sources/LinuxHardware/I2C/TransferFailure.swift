import HardwareInterfaces

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What an adapter's error number says about a failed transfer, before the device is asked again.
///
/// Adapters disagree (linux, Documentation/i2c/fault-codes.rst, and their drivers): a device that is not there is ENXIO,
/// EREMOTEIO, ENODEV, ETIMEDOUT (the CP2112) or EIO. So some numbers only narrow it down; `LinuxI2CBus` then looks at how
/// long the failure took and whether the address still answers.
enum TransferFailure: Equatable {
  /// The number says it all.
  case certain(BusError)
  /// Something was not acknowledged: the address or a byte of data.
  case refused
  /// Not acknowledged, or out of time.
  case silent
  /// Anything that breaks a transfer after it has begun: arbitration, a short read, data not acknowledged.
  case broken

  /// The failure that `number` (positive) stands for.
  init(errno number: Int32, address: UInt8) {
    switch number {
    case ENXIO, ENODEV: self = .certain(.noDevice(address: address))
    case EREMOTEIO: self = .refused
    case ETIMEDOUT: self = .silent
    case EIO: self = .broken
    // The adapter found the bus busy, as with SDA held low, until its patience ended.
    case EBUSY: self = .certain(.timeout(address: address))
    case EAGAIN: self = .certain(.arbitrationLost(address: address))
    case EOPNOTSUPP, EINVAL, EMSGSIZE: self = .certain(.unsupported(address: address))
    case ESHUTDOWN, EBADF: self = .certain(.busGone)
    default: self = .certain(.system(errno: number, address: address))
    }
  }
}

extension BusError {
  /// Whether the same transfer may succeed when it is made again.
  var isWorthRepeating: Bool {
    switch self {
    case .noDevice, .dataNotAcknowledged, .arbitrationLost, .shortRead: true
    case .timeout, .unsupported, .busGone, .system: false
    }
  }
}
