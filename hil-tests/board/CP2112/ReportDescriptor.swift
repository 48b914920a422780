/// The HID report descriptor of a CP2112: which reports there are, and how many bytes follow the number of each.
///
/// The kernel drops an input report that the descriptor does not declare, so the numbers and sizes matter (Silicon Labs
/// AN495, section 2; the kernel's `drivers/hid/hid-cp2112.c` names the same).
enum ReportDescriptor {
  /// Direction of a report as its main item's tag says it.
  private enum Direction: UInt8 {
    case input = 0x81
    case output = 0x91
    case feature = 0xB1
  }

  private static let reports: [(number: UInt8, direction: Direction, bytes: UInt8)] = [
    (CP2112Report.gpioConfiguration, .feature, 4),
    (CP2112Report.gpioGet, .feature, 1),
    (CP2112Report.gpioSet, .feature, 2),
    (CP2112Report.version, .feature, 2),
    (CP2112Report.smbusConfiguration, .feature, 13),
    (CP2112Report.lock, .feature, 1),
    (CP2112Report.readRequest, .output, 3),
    (CP2112Report.writeReadRequest, .output, 20),
    (CP2112Report.forceRead, .output, 2),
    (CP2112Report.readResponse, .input, 63),
    (CP2112Report.writeRequest, .output, 63),
    (CP2112Report.statusRequest, .output, 1),
    (CP2112Report.statusResponse, .input, 6),
    (CP2112Report.cancel, .output, 1),
  ]

  /// The descriptor's bytes.
  static var bytes: [UInt8] {
    // Usage page "vendor-defined", usage 1, collection "application"; eight bits a field, 0 to 255.
    var bytes: [UInt8] = [0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08]
    for report in reports {
      bytes += [0x85, report.number, 0x95, report.bytes, 0x09, 0x01, report.direction.rawValue, 0x02]
    }
    return bytes + [0xC0]
  }
}
