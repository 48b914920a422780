/// The reports of a CP2112 in use here, by number (Silicon Labs AN495, sections 4 and 5).
enum CP2112Report {
  static let gpioConfiguration: UInt8 = 0x02
  static let gpioGet: UInt8 = 0x03
  static let gpioSet: UInt8 = 0x04
  static let version: UInt8 = 0x05
  static let smbusConfiguration: UInt8 = 0x06
  static let readRequest: UInt8 = 0x10
  static let writeReadRequest: UInt8 = 0x11
  static let forceRead: UInt8 = 0x12
  static let readResponse: UInt8 = 0x13
  static let writeRequest: UInt8 = 0x14
  static let statusRequest: UInt8 = 0x15
  static let statusResponse: UInt8 = 0x16
  static let cancel: UInt8 = 0x17
  static let lock: UInt8 = 0x20
}

/// What a host asks for with an output report.
enum CP2112Request: Equatable, Sendable {
  /// Reads so many bytes from an address.
  case read(address: UInt8, count: Int)
  /// Writes bytes to an address, then, after a repeated start, reads so many.
  case writeRead(address: UInt8, written: [UInt8], count: Int)
  /// Writes bytes to an address.
  case write(address: UInt8, bytes: [UInt8])
  /// Sends what was read, at most so many bytes.
  case sendRead(count: Int)
  /// Says how the transfer stands.
  case status
  /// Gives the transfer up.
  case cancel

  /// Largest read in one transfer, and most bytes of the two kinds of writes.
  static let largestRead = 512
  static let largestWrite = 61
  static let largestWriteOfCombined = 16

  /// Reads a report, its number first; `nil` when it is none that a CP2112 would act upon. An address byte with the
  /// read bit set, a length out of range or bytes that are missing make it so.
  init?(_ report: [UInt8]) {
    guard let number = report.first else { return nil }
    func byte(_ index: Int) -> Int? { report.indices.contains(index) ? Int(report[index]) : nil }
    func word(_ index: Int) -> Int? {
      guard let high = byte(index), let low = byte(index + 1) else { return nil }
      return high << 8 | low
    }
    func address() -> UInt8? {
      guard let first = byte(1), first & 1 == 0 else { return nil }
      return UInt8(first >> 1)
    }
    func bytes(_ count: Int, from index: Int) -> [UInt8]? {
      report.count >= index + count ? Array(report[index..<(index + count)]) : nil
    }
    switch number {
    case CP2112Report.readRequest:
      guard let address = address(), let count = word(2), (1...Self.largestRead).contains(count) else {
        return nil
      }
      self = .read(address: address, count: count)
    case CP2112Report.writeReadRequest:
      guard let address = address(), let count = word(2), (1...Self.largestRead).contains(count),
        let length = byte(4), (1...Self.largestWriteOfCombined).contains(length),
        let written = bytes(length, from: 5)
      else { return nil }
      self = .writeRead(address: address, written: written, count: count)
    case CP2112Report.writeRequest:
      guard let address = address(), let length = byte(2), (1...Self.largestWrite).contains(length),
        let written = bytes(length, from: 3)
      else { return nil }
      self = .write(address: address, bytes: written)
    case CP2112Report.forceRead:
      guard let count = word(1), (1...Self.largestRead).contains(count) else { return nil }
      self = .sendRead(count: count)
    case CP2112Report.statusRequest:
      guard byte(1) == 1 else { return nil }
      self = .status
    case CP2112Report.cancel:
      guard byte(1) == 1 else { return nil }
      self = .cancel
    default:
      return nil
    }
  }
}

/// How a transfer stands, as the two status bytes of report 0x16 say it.
enum CP2112Status: Equatable, Sendable {
  case idle
  case busy
  /// Done, with so many bytes.
  case complete(Int)
  case failed(CP2112Failure)

  /// The report, its number first.
  var report: [UInt8] {
    var bytes = 0
    let pair: (UInt8, UInt8)
    switch self {
    case .idle: pair = (0, 0)
    case .busy: pair = (1, 1)
    case .complete(let count): (pair, bytes) = ((2, 5), count)
    case .failed(let failure): pair = (3, failure.rawValue)
    }
    return [
      CP2112Report.statusResponse, pair.0, pair.1, 0, 0, UInt8(truncatingIfNeeded: bytes >> 8),
      UInt8(truncatingIfNeeded: bytes),
    ]
  }
}

/// Why a transfer failed, by the second status byte.
enum CP2112Failure: UInt8, Sendable {
  case addressNotAcknowledged = 0
  case busTimeout = 1
  case arbitrationLost = 2
  case readIncomplete = 3
  case writeIncomplete = 4
}
