/// What the value of a signal is, and with it its bank in the frame.
public enum SignalKind: Hashable, Sendable {
  /// A point in time or a duration in ns: `Int64`.
  case time
  /// 64 bits that are no measure: a digest, the number of a tick: `UInt64`.
  case word
  /// A number where single precision would round away what the next block needs: `Double`.
  case wide
  /// How often something has happened: `UInt32`.
  case count
  /// A number: `Float`.
  case number
  /// Yes or no: a `UInt8` of 1 or 0.
  case flag
  /// One of several named values: a `UInt8`, the place of the name.
  case choice([String])

  /// What a device says is wrong with it, by the names of the faults; the first is none.
  public static let deviceFault = SignalKind.choice([
    "none", "missing", "transfer", "wrong_identity", "wrong_register", "implausible_data", "frozen_data",
    "not_ready",
    "bad_trim", "self_reported", "end_of_range", "unguarded",
  ])

  /// The kind in a word or two.
  public var words: String {
    switch self {
    case .time: "time"
    case .word: "word of 64 bits"
    case .wide: "number of double precision"
    case .count: "count"
    case .number: "number"
    case .flag: "flag"
    case .choice: "choice"
    }
  }

  /// Bytes of a value.
  public var size: Int {
    switch self {
    case .time, .word, .wide: 8
    case .count, .number: 4
    case .flag, .choice: 1
    }
  }

  /// The bank: signals of a bank lie side by side, widest first, so that none needs padding.
  var bank: Int {
    switch self {
    case .time, .word: 0
    case .wide: 1
    case .count: 2
    case .number: 3
    case .flag, .choice: 4
    }
  }
}

/// Who gives a signal its value.
public enum SignalOrigin: Hashable, Sendable {
  /// The loop: the tick's number, its time, what was missed.
  case loop
  /// A device, or a source of commands, on the bus or port of this number.
  case device(String, bus: Int)
  /// A block, by its name.
  case block(String)

  /// The name of the device or block; "loop" for the loop.
  public var name: String {
    switch self {
    case .loop: "loop"
    case .device(let name, _), .block(let name): name
    }
  }

  /// Whether the value comes from outside the tick: a replay takes it from the log, and computes all others anew.
  public var isOutside: Bool {
    switch self {
    case .loop, .device: true
    case .block: false
    }
  }

  /// Outside before inside, the loop first, then bus by bus: what a bus gives lies together.
  var rank: Int {
    switch self {
    case .loop: 0
    case .device(_, let bus): 1 + min(max(bus, 0), 1000)
    case .block: 1002
    }
  }
}

/// A quantity that a tick sees or decides.
public struct Signal: Hashable, Sendable {
  /// Its name: parts of small letters, digits and single underscores, joined by dots, for example `imu.rate_x`.
  public var name: String
  /// What its value is.
  public var kind: SignalKind
  /// Its unit.
  public var unit: Unit
  /// How many values it has: 1, or more for a vector, such as a network's inputs.
  public var width: Int
  /// Who gives it its value.
  public var origin: SignalOrigin
  /// A few words for people.
  public var about: String
  /// What to do when it is set, for people; empty for what asks for nothing.
  public var remedy: String
  /// The flag that says whether the value can be used; `nil` when it always can.
  public var validity: String?
  /// The value that it has before it is written first, as a `Double` can hold it.
  public var initial: Double
  /// Whether it is part of a tick's record. All that comes from outside must be, or no replay could have it.
  public var isLogged: Bool

  /// A signal from its parts.
  public init(
    _ name: String, _ kind: SignalKind, unit: Unit = .none, width: Int = 1, from origin: SignalOrigin,
    about: String = "", remedy: String = "", validity: String? = nil, initial: Double = 0,
    isLogged: Bool = true
  ) {
    (self.name, self.kind, self.unit, self.width, self.origin) = (name, kind, unit, width, origin)
    (self.about, self.remedy, self.validity) = (about, remedy, validity)
    (self.initial, self.isLogged) = (initial, isLogged)
  }

  /// Bytes of its values.
  public var size: Int { kind.size * width }

  /// The name as ROS 2 wants a field's: with underscores for dots.
  public var fieldName: String { String(name.map { $0 == "." ? "_" : $0 }) }

  /// Whether a name is well formed: it begins with a letter, its parts are not empty, and no underscore stands beside
  /// another, a dot or an end. So its field name is one of ROS 2 (design.ros2.org, "Interface definition", naming of fields).
  public static func isWellFormed(_ name: String) -> Bool {
    guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
      name.utf8.count <= 120
    else { return false }
    var before = UInt8(ascii: ".")
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "_"), UInt8(ascii: "."):
        if before == UInt8(ascii: "_") || before == UInt8(ascii: ".") { return false }
      default: return false
      }
      before = byte
    }
    return before != UInt8(ascii: "_") && before != UInt8(ascii: ".")
  }
}
