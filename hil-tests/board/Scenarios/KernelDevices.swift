import Glibc
import HardwareInterfaces
import LinuxHardware

/// The devices that the kernel made of the bridge, as the program under test finds them.
struct KernelDevices: ~Copyable {
  /// The beginning of the adapter's name, and the label of the GPIO chip.
  static let adapterName = "CP2112 SMBus Bridge"
  static let chipLabel = "cp2112_gpio"

  /// The adapter.
  var bus: LinuxI2CBus<KernelI2C>
  /// The GPIO chips.
  let chips: GPIOChips

  /// Opens them.
  init() throws(HILError) {
    do throws(LinuxError) {
      bus = try LinuxI2CBus(path: I2CAdapters().find(Self.adapterName).path, system: KernelI2C()) {
        Self.adapter?.path
      }
    } catch {
      throw HILError("\(error)")
    }
    // Not before what can throw: Swift 6.2 would destroy twice what is there by then.
    chips = GPIOChips()
  }

  private static var adapter: I2CAdapter? { I2CAdapters().all.first { $0.name.hasPrefix(adapterName) } }

  private static var chip: GPIOChip? { GPIOChips().all.first { $0.label == chipLabel } }

  /// Whether both are there, with their device files.
  static var isThere: Bool {
    guard let adapter else { return false }
    return chip != nil && access(adapter.path, F_OK) == 0
  }

  /// Whether neither is.
  static var isGone: Bool { adapter == nil && chip == nil }

  /// Where a pin of the bridge is.
  func place(_ pin: Int) throws(HILError) -> LinePlace {
    do throws(LinuxError) {
      return try chips.find(chip: Self.chipLabel, line: "\(pin)")
    } catch {
      throw HILError("\(error)")
    }
  }

  /// Reads a register, or says why not.
  mutating func read(_ register: UInt8, of address: UInt8) -> Result<UInt8, BusError> {
    do throws(BusError) {
      return .success(try bus.readRegister(register, of: address))
    } catch {
      return .failure(error)
    }
  }
}
