/// An ArduPilot DataFlash log (`.bin`): messages that begin with 0xA3, 0x95 and the number of their kind, and formats
/// (FMT) that say how long the messages of a kind are and what stands in them.
///
/// Damage costs what it touches: reading goes on at the next message that another one, or the end, follows.
public struct DataFlashFile: Sendable {
  /// The messages of a format.
  struct Kind: Sendable {
    var format: DataFlashFormat
    /// Where they begin; kept of the kinds that are wanted.
    var offsets: [Int] = []
    var count = 0
  }

  /// The file.
  let bytes: LogBytes
  /// The kinds of messages, in order of their formats; a kind that is described anew and differently is there again.
  private(set) var kinds: [Kind] = [Kind(format: .ofFormats)]
  /// Formats whose fields do not fit their length, that describe nothing or too much, or with characters that no name has.
  private(set) var oddFormats = 0
  /// Formats with a column twice, and those that say something else than the one before of the same number.
  private(set) var doubledFormats = 0, changedFormats = 0
  /// Messages of kinds that no format describes.
  private(set) var unknownMessages = 0
  /// Places at which bytes are no message, and how many bytes.
  private(set) var damagedPlaces = 0
  private(set) var damagedBytes = 0
  private(set) var firstDamage = 0
  /// Bytes of a last message that was cut off.
  private(set) var cutBytes = 0
  /// Bytes at the end that were never written: the flash is filled with ones, a file system's block with zeros.
  private(set) var fillBytes = 0
  /// What is said of fields' units: letters for each field of a kind, and what the letters mean.
  var unitLetters: [UInt8: (units: String, multipliers: String)] = [:]
  var units: [Character: String] = [:]
  var multipliers: [Character: Double] = [:]

  /// The place in `kinds` of each number of a kind; −1 for none.
  private var current = [Int](repeating: -1, count: 256)

  /// Formats that are kept: there are 256 numbers, and hardly one is ever given anew.
  private static let mostKinds = 1024

  /// Kinds whose messages are read; those of the others are counted.
  private static let wanted: Set = [
    "IMU", "IMU2", "IMU3", "GYR", "ACC", "BARO", "BAR2", "BAR3", "RFND", "BAT", "BAT2", "CURR", "ATT", "MAG",
    "MAG2", "MAG3", "ARM", "EV", "MSG", "FMTU", "UNIT", "MULT",
  ]

  /// Messages that are stepped over since nobody can tell what they hold: of formats that cannot be read, and whose names are
  /// not among those that an account has rows of.
  var unreadableMessages: Int {
    kinds.filter { !$0.format.isReadable && !Self.wanted.contains($0.format.name) }.reduce(0) {
      $0 + $1.count
    }
  }

  /// Messages by name, over all formats of that name.
  public var counts: [String: Int] {
    Dictionary(kinds.filter { $0.count > 0 }.map { ($0.format.name, $0.count) }, uniquingKeysWith: +)
  }

  /// Whether a file begins as such a log does: with formats. The very first may be damaged.
  static func isOne(_ bytes: LogBytes) -> Bool {
    let format = [
      DataFlashFormat.firstHeadByte, DataFlashFormat.secondHeadByte, DataFlashFormat.ofFormats.id,
    ]
    return bytes.copy(0..<512).firstRange(of: format) != nil
  }

  /// Reads a log; throws `LogError` when it is none, or one of PX4's old format, which looks alike.
  public init(_ bytes: LogBytes) throws(LogError) {
    self.bytes = bytes
    guard Self.isOne(bytes) else {
      throw LogError(
        .notALog, at: 0, "the file does not begin as an ArduPilot DataFlash log does",
        remedy: "Name a .bin file as ArduPilot writes it.")
    }
    current[Int(DataFlashFormat.ofFormats.id)] = 0
    scan()
    readUnits()
    if kinds.contains(where: { $0.format.name == "TIME" && $0.format.field("StartTime") != nil }) {
      throw LogError(
        .unsupported, at: 0, "the file is a log of PX4's old format (sdlog2, before 2016), which is not read",
        remedy: "Use a log of a PX4 that writes ULog (.ulg).")
    }
  }

  /// The place in `kinds` of the message that begins at `position` and fits into the file.
  private func kind(at position: Int) -> Int? {
    guard isHead(position), let id = byte(position + 2), current[Int(id)] >= 0,
      kinds[current[Int(id)]].format.length <= bytes.count - position
    else { return nil }
    return current[Int(id)]
  }

  private func byte(_ position: Int) -> UInt8? {
    guard position < bytes.count else { return nil }
    var cursor = ByteCursor(bytes, position..<position + 1)
    return cursor.integer(UInt8.self)
  }

  private func isHead(_ position: Int) -> Bool {
    guard position < bytes.count - 1 else { return false }
    var cursor = ByteCursor(bytes, position..<position + 2)
    return cursor.integer(UInt8.self) == DataFlashFormat.firstHeadByte
      && cursor.integer(UInt8.self) == DataFlashFormat.secondHeadByte
  }

  /// The first message in `range` that another one, or the end of the file, follows.
  private func nextMessage(in range: Range<Int>) -> Int? {
    var position = range.lowerBound
    while position < range.upperBound,
      let found = bytes.firstOffset(of: DataFlashFormat.firstHeadByte, in: position..<range.upperBound)
    {
      if let kind = kind(at: found) {
        let end = found + kinds[kind].format.length
        if end == bytes.count || isHead(end) { return found }
      }
      position = found + 1
    }
    return nil
  }

  private mutating func scan() {
    var position = 0
    while position < bytes.count {
      guard let kind = kind(at: position) else {
        let next = nextMessage(in: position + 1..<bytes.count) ?? bytes.count
        addLoss(position..<next)
        position = next
        continue
      }
      let end = position + kinds[kind].format.length
      // Where no message follows, a part of this one may be missing, and another one begin inside of it.
      if end < bytes.count, !isHead(end),
        let inner = nextMessage(in: position + DataFlashFormat.head..<end)
      {
        addDamage(position..<inner)
        position = inner
        continue
      }
      take(position, kind)
      position = end
    }
  }

  private mutating func take(_ position: Int, _ kind: Int) {
    kinds[kind].count += 1
    if Self.wanted.contains(kinds[kind].format.name) { kinds[kind].offsets.append(position) }
    if kind == 0 { takeFormat(position) }
  }

  private mutating func takeFormat(_ position: Int) {
    let fields = DataFlashFormat.ofFormats.fields
    guard fields.count == 5, let id = bytes.number(fields[0], at: position).map({ UInt8($0) }),
      let length = bytes.number(fields[1], at: position).map({ Int($0) }),
      let name = bytes.text(fields[2], at: position), let types = bytes.text(fields[3], at: position),
      let columns = bytes.text(fields[4], at: position)
    else { return }
    let format = DataFlashFormat(id: id, name: name, length: length, types: types, columns: columns)
    // A message has a head at least, and formats are always as they are.
    guard length >= DataFlashFormat.head, id != DataFlashFormat.ofFormats.id else {
      if format.length != DataFlashFormat.ofFormats.length || id != DataFlashFormat.ofFormats.id {
        oddFormats += 1
      }
      return
    }
    let known = current[Int(id)]
    guard known < 0 || kinds[known].format != format else { return }
    if !format.isReadable { oddFormats += 1 }
    if format.hasColumnTwice { doubledFormats += 1 }
    if known >= 0 { changedFormats += 1 }
    guard kinds.count < Self.mostKinds else {
      oddFormats += 1
      return
    }
    current[Int(id)] = kinds.count
    kinds.append(Kind(format: format))
  }

  /// Accounts for bytes that are no message of a known kind.
  private mutating func addLoss(_ range: Range<Int>) {
    if range.upperBound == bytes.count, let first = byte(range.lowerBound), first == 0 || first == 0xFF,
      bytes.isFilled(range, with: first)
    {
      fillBytes += range.count
    } else if isHead(range.lowerBound), let id = byte(range.lowerBound + 2) {
      if current[Int(id)] < 0 {
        unknownMessages += 1
      } else if range.upperBound == bytes.count {
        cutBytes += range.count
      } else {
        addDamage(range)
      }
    } else {
      addDamage(range)
    }
  }

  private mutating func addDamage(_ range: Range<Int>) {
    if damagedPlaces == 0 { firstDamage = range.lowerBound }
    damagedPlaces += 1
    damagedBytes += range.count
  }
}

extension LogBytes {
  /// Whether all bytes in `range` are `byte`.
  fileprivate func isFilled(_ range: Range<Int>, with byte: UInt8) -> Bool {
    var position = range.lowerBound
    while position < range.upperBound {
      let end = min(position + 65_536, range.upperBound)
      guard withBytes(in: position..<end, { $0.allSatisfy { $0 == byte } }) else { return false }
      position = end
    }
    return true
  }
}
