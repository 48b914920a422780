import Control
import Signals

/// A kind of device that is known by its signals, and so is what has them, whatever its name: a device, or the row that chooses
/// among several.
public enum DeviceKind: CaseIterable, Sendable {
  case inertial, pressure, angle, range, power, magnetic

  /// The kind of what is called `name`; `nil` for one of another kind, or of none.
  public init?(_ name: String, _ table: SignalTable) {
    let kind = Self.allCases.first { kind in
      kind.numbers.allSatisfy { table["\(name).\($0)"]?.kind == .number }
        && (kind != .range || table["\(name).seen"]?.kind == .flag)
        && (kind != .angle || table.index(of: "\(name).magnet", as: UInt8.self) != nil)
    }
    guard let kind, table["\(name).time"]?.kind == .time, table["\(name).count"]?.kind == .count else {
      return nil
    }
    self = kind
  }

  /// The signals that are numbers, in the order of the topics.
  var numbers: [String] {
    func vector(_ name: String) -> [String] { ["x", "y", "z"].map { "\(name)_\($0)" } }
    return switch self {
    case .inertial: vector("rate") + vector("acceleration")
    case .pressure: ["pressure"]
    case .angle: ["angle"]
    case .range: ["distance"]
    case .power: ["voltage", "current"]
    case .magnetic: vector("field")
    }
  }

  /// What one measures, for people who are told that it is beyond the device's range.
  public var measured: String {
    switch self {
    case .inertial: "turn or acceleration"
    case .pressure: "the pressure"
    case .angle: "the angle"
    case .range: "the distance"
    case .power: "the current"
    case .magnetic: "the field"
    }
  }
}

/// Where the newest reading of a device lies, or of the one in use among several, as it reads: without the offset that a voter adds
/// for the estimators.
struct DeviceReading: Sendable {
  /// Where a device's reading lies.
  struct Places: Sendable {
    let time: SignalIndex<Int64>
    let count: SignalIndex<UInt32>
    let fault: SignalIndex<UInt8>?
    let present: SignalIndex<Bool>?
    let numbers: [SignalIndex<Float>]
    let temperature: SignalIndex<Float>?
    let seen: SignalIndex<Bool>?
    let magnet: SignalIndex<UInt8>?

    init?(_ name: String, _ kind: DeviceKind, _ table: SignalTable) {
      guard let time = table.index(of: "\(name).time", as: Int64.self),
        let count = table.index(of: "\(name).count", as: UInt32.self)
      else { return nil }
      (self.time, self.count) = (time, count)
      (fault, present) = (table.index(of: "\(name).fault"), table.index(of: "\(name).present"))
      numbers = kind.numbers.compactMap { table.index(of: "\(name).\($0)") }
      temperature = table.index(of: "\(name).temperature")
      (seen, magnet) = (table.index(of: "\(name).seen"), table.index(of: "\(name).magnet"))
      if numbers.count != kind.numbers.count { return nil }
    }
  }

  private let devices: [Places]
  private let chosen: SignalIndex<UInt32>?

  /// The reading of the device, or row of several, called `name`; `nil` when it is of another kind.
  init?(_ name: String, _ kind: DeviceKind, _ table: SignalTable) {
    guard DeviceKind(name, table) == kind else { return nil }
    let names = VoteSignals.all(table).first { $0.name == name }?.devices ?? []
    devices = (names.isEmpty ? [name] : names).compactMap { Places($0, kind, table) }
    chosen = names.isEmpty ? nil : table.index(of: "\(name).chosen")
    if devices.isEmpty { return nil }
  }

  /// The places of the one in use.
  func places(_ frame: Frame) -> Places {
    guard let chosen, let place = Int(exactly: frame[chosen]), place < devices.count else {
      return devices[0]
    }
    return devices[place]
  }
}
