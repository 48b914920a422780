/// A way in which a chip can fail.
public enum FaultKind: String, CaseIterable, Sendable {
  /// It has no supply: it does not answer, drives nothing, and comes back with its power-on values.
  case off
  /// It no longer converts: its data registers keep their last values.
  case stuck
  /// It says that it converts, and gives the same values every time; inertial sensors, magnetometers and barometers.
  case flat
  /// Its converters are at the end of their range; inertial sensors.
  case saturated
  /// Every byte read from it is random.
  case garbage
  /// Its measured values are far off.
  case bias
  /// Its conversions take ten times as long.
  case slow
  /// It refuses about half of all transfers.
  case nack
  /// Its identity register holds another value.
  case wrongIdentity = "wrong-identity"
  /// Its supply sags once, at the start: every register returns to its value after power-on.
  case brownOut = "brown-out"
  /// It is active, whatever is done to it; lines that are read.
  case stuckActive = "stuck-active"
  /// It is not active, whatever is done to it; lines that are read.
  case stuckInactive = "stuck-inactive"
  /// Its level changes by itself, every 0.2 to 2 ms, as a loose contact's does; lines that are read.
  case bouncing
  /// It has lost its transmitter, says so as far as its protocol can, and repeats what it heard last; receivers of radios.
  case linkLost = "link-lost"
  /// It sends nothing; receivers of radios.
  case silent
  /// Its line brings random bytes without a pause; receivers of radios.
  case flooded

  /// Whether it is a fault of receivers alone.
  public var isOfReceivers: Bool {
    switch self {
    case .linkLost, .silent, .flooded: true
    default: false
    }
  }

  /// Whether it is a fault of lines alone, which no chip on a bus can have.
  public var isOfLines: Bool {
    switch self {
    case .stuckActive, .stuckInactive, .bouncing: true
    default: false
    }
  }

  var bit: FaultSet {
    switch self {
    case .off: .off
    case .stuck: .stuck
    case .flat: .flat
    case .saturated: .saturated
    case .garbage: .garbage
    case .bias: .bias
    case .slow: .slow
    case .nack: .nack
    case .wrongIdentity: .wrongIdentity
    case .brownOut: []
    case .stuckActive: .stuckActive
    case .stuckInactive: .stuckInactive
    case .bouncing: .bouncing
    case .linkLost: .linkLost
    case .silent: .silent
    case .flooded: .flooded
    }
  }
}

/// The faults in force on one chip.
struct FaultSet: OptionSet, Sendable {
  let rawValue: UInt16

  static let off = FaultSet(rawValue: 1)
  static let stuck = FaultSet(rawValue: 2)
  static let garbage = FaultSet(rawValue: 4)
  static let bias = FaultSet(rawValue: 8)
  static let slow = FaultSet(rawValue: 16)
  static let nack = FaultSet(rawValue: 32)
  static let wrongIdentity = FaultSet(rawValue: 64)
  static let flat = FaultSet(rawValue: 128)
  static let saturated = FaultSet(rawValue: 256)
  static let stuckActive = FaultSet(rawValue: 512)
  static let stuckInactive = FaultSet(rawValue: 1024)
  static let bouncing = FaultSet(rawValue: 2048)
  static let linkLost = FaultSet(rawValue: 4096)
  static let silent = FaultSet(rawValue: 8192)
  static let flooded = FaultSet(rawValue: 16384)
  /// The faults with which a chip that never says whether its data are new keeps them.
  static let keepingData: FaultSet = [.stuck, .flat]
  /// The faults that the bus sees, whatever the chip.
  static let onTheBus: FaultSet = [.off, .garbage, .nack]
}
