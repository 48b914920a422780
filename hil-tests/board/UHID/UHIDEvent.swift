/// The events of /dev/uhid, as bytes: `struct uhid_event` of the kernel's `linux/uhid.h`, which is packed, so that every
/// field has its place by the sum of what is before it. Numbers are little-endian here: the guests are x86-64.
enum UHIDEvent: Equatable, Sendable {
  case start
  case stop
  case open
  case close
  /// A report from the host, its number first.
  case output([UInt8])
  /// The host asks for a report.
  case getReport(request: UInt32, number: UInt8, isFeature: Bool)
  /// The host sets a report, its number first.
  case setReport(request: UInt32, isFeature: Bool, report: [UInt8])

  /// Largest report.
  static let largestReport = 4096
  /// Size of the kernel's structure, which a read returns whole.
  static let size = 4 + 128 + 64 + 64 + 2 + 2 + 4 + 4 + 4 + 4 + largestReport

  private enum Kind {
    static let start: UInt32 = 2
    static let stop: UInt32 = 3
    static let open: UInt32 = 4
    static let close: UInt32 = 5
    static let output: UInt32 = 6
    static let getReport: UInt32 = 9
    static let getReportReply: UInt32 = 10
    static let create: UInt32 = 11
    static let input: UInt32 = 12
    static let setReport: UInt32 = 13
    static let setReportReply: UInt32 = 14
  }

  /// Reads an event; `nil` for one that is not known, or that is cut off.
  init?(_ bytes: [UInt8]) {
    guard let kind = bytes.number32(at: 0) else { return nil }
    switch kind {
    case Kind.start: self = .start
    case Kind.stop: self = .stop
    case Kind.open: self = .open
    case Kind.close: self = .close
    case Kind.output:
      guard let size = bytes.number16(at: 4 + Self.largestReport), let report = bytes.part(4, Int(size))
      else {
        return nil
      }
      self = .output(report)
    case Kind.getReport:
      guard let request = bytes.number32(at: 4), let type = bytes.part(8, 2) else { return nil }
      self = .getReport(request: request, number: type[0], isFeature: type[1] == 0)
    case Kind.setReport:
      guard let request = bytes.number32(at: 4), let type = bytes.part(8, 2),
        let size = bytes.number16(at: 10),
        let report = bytes.part(12, Int(size))
      else { return nil }
      self = .setReport(request: request, isFeature: type[1] == 0, report: report)
    default: return nil
    }
  }

  // MARK: - What the device says

  /// Plugs a device in.
  static func create(
    name: String, vendor: UInt32, product: UInt32, descriptor: [UInt8]
  ) -> [UInt8] {
    var bytes = number(Kind.create)
    bytes += text(name, 128) + text("", 64) + text("", 64)
    // Bus 3 is USB.
    bytes += number(UInt16(truncatingIfNeeded: descriptor.count)) + number(UInt16(3))
    bytes += number(vendor) + number(product) + number(UInt32(0)) + number(UInt32(0))
    return bytes + descriptor
  }

  /// Sends an input report, its number first.
  static func input(_ report: [UInt8]) -> [UInt8] {
    number(Kind.input) + number(UInt16(truncatingIfNeeded: report.count)) + report
  }

  /// Answers `getReport`; with `nil`, that there is no such report.
  static func reply(_ request: UInt32, report: [UInt8]?) -> [UInt8] {
    let report16 = UInt16(truncatingIfNeeded: report?.count ?? 0)
    return number(Kind.getReportReply) + number(request) + number(UInt16(report == nil ? 5 : 0))
      + number(report16) + (report ?? [])
  }

  /// Answers `setReport`.
  static func reply(_ request: UInt32, isAccepted: Bool) -> [UInt8] {
    number(Kind.setReportReply) + number(request) + number(UInt16(isAccepted ? 0 : 5))
  }

  private static func text(_ text: String, _ size: Int) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(size - 1))
    return bytes + [UInt8](repeating: 0, count: size - bytes.count)
  }

  private static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

extension [UInt8] {
  /// `count` bytes from `index`; `nil` when they are not all there.
  fileprivate func part(_ index: Int, _ count: Int) -> [UInt8]? {
    count >= 0 && index + count <= self.count ? Array(self[index..<(index + count)]) : nil
  }

  fileprivate func number16(at index: Int) -> UInt16? {
    part(index, 2).map { UInt16($0[0]) | UInt16($0[1]) << 8 }
  }

  fileprivate func number32(at index: Int) -> UInt32? {
    part(index, 4).map { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
  }
}
