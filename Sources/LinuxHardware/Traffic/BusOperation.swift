import HardwareInterfaces

/// One transfer of a bus as it happened.
public struct BusOperation: Equatable, Sendable {
  /// When it began, in ns of the vehicle's clock.
  public var time: Int64
  /// 7-bit address.
  public var address: UInt8
  /// What was written.
  public var written: [UInt8]
  /// How many bytes were asked for.
  public var readCount: Int
  /// What came; meaningless after an error.
  public var read: [UInt8]
  /// Why it failed, if it did.
  public var error: BusError?

  /// A transfer from its parts.
  public init(
    time: Int64 = 0, address: UInt8, written: [UInt8] = [], readCount: Int = 0, read: [UInt8] = [],
    error: BusError? = nil
  ) {
    (self.time, self.address, self.written) = (time, address, written)
    (self.readCount, self.read, self.error) = (readCount, read, error)
  }
}

/// Why a text is no bus traffic.
public struct BusTrafficError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Line of the text, from 1.
  public var line: Int
  /// What is wrong with it.
  public var what: String

  /// "line 3: …"
  public var description: String { "line \(line): \(what)" }
}

/// Bus traffic as text, one transfer a line:
///
///     # ganglion bus traffic 1
///     1200300 68 6B.80 0          at 1200300 ns, to 0x68, written 0x6B 0x80, nothing read
///     1300300 68 75 1 68          written 0x75, one byte read: 0x68
///     1400300 76 D0 1 ! none      nothing acknowledged the address
public enum BusTraffic {
  /// The first line.
  static let heading = "# ganglion bus traffic 1"

  /// The transfers as text.
  public static func text(_ operations: [BusOperation], note: String = "") -> String {
    var lines = [heading]
    if !note.isEmpty { lines.append("# \(note)") }
    lines += operations.map { operation in
      var parts = [
        String(operation.time), hex(operation.address),
        operation.written.isEmpty ? "-" : operation.written.map(hex).joined(separator: "."),
        String(operation.readCount),
      ]
      if let error = operation.error {
        parts += ["!", name(of: error)]
      } else if operation.readCount > 0 {
        parts.append(operation.read.map(hex).joined(separator: "."))
      }
      return parts.joined(separator: " ")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The transfers of a text.
  public static func parse(_ text: String) throws(BusTrafficError) -> [BusOperation] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map(String.init) == heading else {
      throw BusTrafficError(line: 1, what: "expected \"\(heading)\"")
    }
    var operations: [BusOperation] = []
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty && !line.hasPrefix("#") {
      guard let operation = operation(line) else {
        throw BusTrafficError(line: index + 1, what: "not a transfer: \"\(line.prefix(80))\"")
      }
      operations.append(operation)
    }
    return operations
  }

  private static func operation(_ line: Substring) -> BusOperation? {
    let parts = line.split(separator: " ")
    guard parts.count >= 4, let time = Int64(parts[0]), let address = UInt8(parts[1], radix: 16),
      address < 0x80,
      let written = parts[2] == "-" ? [] : bytes(parts[2]), let count = Int(parts[3]),
      (0...8192).contains(count)
    else { return nil }
    var result = BusOperation(time: time, address: address, written: written, readCount: count)
    if parts.count == 6, parts[4] == "!" {
      guard let error = error(named: parts[5], address: address, expected: count) else { return nil }
      result.error = error
      return result
    }
    guard parts.count == (count > 0 ? 5 : 4) else { return nil }
    if count > 0 {
      guard let read = bytes(parts[4]), read.count == count else { return nil }
      result.read = read
    }
    return result
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      guard part.count == 2, let byte = UInt8(part, radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes.count <= 8192 ? bytes : nil
  }

  private static func name(of error: BusError) -> String {
    switch error {
    case .noDevice: "none"
    case .dataNotAcknowledged: "refused"
    case .timeout: "timeout"
    case .arbitrationLost: "arbitration"
    case .shortRead(_, _, let received): "short=\(received)"
    case .unsupported: "unsupported"
    case .busGone: "gone"
    case .system(let number, _): "errno=\(number)"
    }
  }

  private static func error(named name: Substring, address: UInt8, expected: Int) -> BusError? {
    switch name {
    case "none": return .noDevice(address: address)
    case "refused": return .dataNotAcknowledged(address: address)
    case "timeout": return .timeout(address: address)
    case "arbitration": return .arbitrationLost(address: address)
    case "unsupported": return .unsupported(address: address)
    case "gone": return .busGone
    default: break
    }
    let parts = name.split(separator: "=")
    guard parts.count == 2 else { return nil }
    if parts[0] == "short", let received = Int(parts[1]) {
      return .shortRead(address: address, expected: expected, received: received)
    }
    if parts[0] == "errno", let number = Int32(parts[1]) { return .system(errno: number, address: address) }
    return nil
  }
}
