/// What a program asks a vehicle for, as bytes: a header of 32 bytes, and a number for each signal of the vehicle's list.
///
///     0  u32  magic, "GNGL"          16  u32  flags, a bit for each of the vehicle's list
///     4  u16  version, 1             20  u32  count of numbers
///     6  u16  1: arm, 2: command     24  u64  the sender's time in ns, for people
///     8  u32  sequence               32  f32  the numbers, in their units
///     12 u32  digest of the list
///
/// All is little-endian. A record holds the whole wish: the newest counts, and nothing is lost with one that is.
public enum CommandRecord {
  /// The first four bytes: "GNGL".
  public static let magic: UInt32 = 0x4C47_4E47
  /// The version of the format.
  public static let version: UInt16 = 1
  /// Length of the header in bytes.
  public static let headerLength = 32
  /// Numbers and flags of a record at most.
  public static let mostNumbers = 64, mostFlags = 16
  /// Bytes of a record at most.
  public static let mostBytes = headerLength + 4 * mostNumbers
  /// Bits of the field at 6.
  static let arm: UInt16 = 1, takes: UInt16 = 2

  /// The digest of a vehicle's list, so that no program commands a vehicle that it was not made for: FNV-1a of 32 bits over the lines
  /// "NAME UNIT" of its numbers and "NAME" of its flags, each with a line feed.
  public static func digest(numbers: [(name: String, unit: String)], flags: [String]) -> UInt32 {
    var digest: UInt32 = 0x811C_9DC5
    for line in numbers.map({ "\($0.name) \($0.unit)\n" }) + flags.map({ "\($0)\n" }) {
      for byte in line.utf8 { digest = (digest ^ UInt32(byte)) &* 0x0100_0193 }
    }
    return digest
  }

  /// A record as bytes. `numbers` and `flags` are those of the vehicle's list, in its order.
  public static func bytes(
    sequence: UInt32, digest: UInt32, arm: Bool, takes: Bool, numbers: [Float], flags: [Bool] = [],
    time: UInt64 = 0
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    append(magic)
    append(version)
    append((arm ? Self.arm : 0) | (takes ? Self.takes : 0))
    append(sequence)
    append(digest)
    append(flags.enumerated().reduce(UInt32(0)) { $0 | ($1.element ? 1 << UInt32($1.offset) : 0) })
    append(UInt32(numbers.count))
    append(time)
    for number in numbers { append(number.bitPattern) }
    return bytes
  }
}

/// Takes records from datagrams: the newest wish of one program, checked. It allocates when it is made and not again.
public struct CommandReader: ~Copyable {
  /// Why a datagram was not heard.
  public enum Refusal: UInt8, Sendable, CaseIterable {
    /// Length, magic, version, or bits that have no meaning.
    case malformed
    /// It was made for another list of signals.
    case otherVehicle
    /// It is older than what was heard, or the same again.
    case old
    /// Another program has the word.
    case otherProgram
    /// A number is not finite, or beyond what may be asked for.
    case beyondLimits
  }

  /// Whether the program asks to arm.
  public private(set) var arm = false
  /// Whether it asks to command.
  public private(set) var takes = false
  /// Its flags, a bit each.
  public private(set) var flags: UInt32 = 0
  /// Wishes that were heard since the start; it wraps, and is never 0 again.
  public private(set) var heard: UInt32 = 0
  /// Wishes that were not heard; it wraps.
  public private(set) var refused: UInt32 = 0
  /// When the newest wish that was heard came, in ns.
  public private(set) var time: Int64 = 0

  private let digest: UInt32
  private let flagMask: UInt32
  private let limits: UnsafeMutableBufferPointer<ClosedRange<Float>>
  private let numbers: UnsafeMutableBufferPointer<Float>
  private let staleAfter: Int64
  private var sequence: UInt32 = 0
  private var process: Int32 = -1

  /// A reader of records with a number for each of `limits` and some flags.
  ///
  /// - Parameters:
  ///   - limits: What may be asked for, at most `CommandRecord.mostNumbers`; more are not read.
  ///   - staleAfter: Time in ns without a wish after which another program, or the same one started anew, is heard.
  public init(digest: UInt32, limits: [ClosedRange<Float>], flags: Int, staleAfter: Int64) {
    let limits = limits.prefix(CommandRecord.mostNumbers)
    self.digest = digest
    flagMask = UInt32(truncatingIfNeeded: (1 << UInt64(min(max(flags, 0), CommandRecord.mostFlags))) &- 1)
    self.limits = .allocate(capacity: limits.count)
    _ = self.limits.initialize(from: limits)
    numbers = .allocate(capacity: limits.count)
    numbers.initialize(repeating: 0)
    self.staleAfter = staleAfter
  }

  deinit {
    limits.deallocate()
    numbers.deallocate()
  }

  /// How many numbers a record has.
  public var count: Int { numbers.count }

  /// A number of the newest wish, by its place in the list.
  public subscript(place: Int) -> Float { numbers[place] }

  /// Takes a datagram that came at `now`, in ns; says why, when it is not heard.
  public mutating func take(_ bytes: UnsafeRawBufferPointer, from process: Int32, now: Int64) -> Refusal? {
    let refusal = refusal(bytes, process, now)
    if refusal != nil { refused &+= 1 }
    return refusal
  }

  private mutating func refusal(_ bytes: UnsafeRawBufferPointer, _ process: Int32, _ now: Int64) -> Refusal? {
    guard bytes.count == CommandRecord.headerLength + 4 * count,
      load(bytes, 0, as: UInt32.self) == CommandRecord.magic,
      load(bytes, 4, as: UInt16.self) == CommandRecord.version
    else { return .malformed }
    let bits = load(bytes, 6, as: UInt16.self)
    let flags = load(bytes, 16, as: UInt32.self)
    guard load(bytes, 12, as: UInt32.self) == digest else { return .otherVehicle }
    guard load(bytes, 20, as: UInt32.self) == UInt32(truncatingIfNeeded: count),
      bits & ~(CommandRecord.arm | CommandRecord.takes) == 0, flags & ~flagMask == 0
    else { return .malformed }
    let number = load(bytes, 8, as: UInt32.self)
    if heard != 0, now &- time <= staleAfter {
      guard process == self.process else { return .otherProgram }
      // Numbers wrap: what is ahead by less than half of all is newer.
      let ahead = number &- sequence
      guard ahead != 0, ahead < 0x8000_0000 else { return .old }
    }
    var place = 0
    while place < count {
      guard limits[place].contains(float(bytes, place)) else { return .beyondLimits }
      place &+= 1
    }
    place = 0
    while place < count {
      numbers[place] = float(bytes, place)
      place &+= 1
    }
    (self.process, sequence, time, self.flags) = (process, number, now, flags)
    (arm, takes) = (bits & CommandRecord.arm != 0, bits & CommandRecord.takes != 0)
    // 0 means that nothing was heard yet, so the count goes by it when it wraps.
    heard = heard == .max ? 1 : heard + 1
    return nil
  }

  private func load<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ place: Int, as type: Number.Type
  )
    -> Number
  {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }

  private func float(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Float {
    Float(bitPattern: load(bytes, CommandRecord.headerLength + 4 * place, as: UInt32.self))
  }
}
