/// What is wrong with the signals of a vehicle.
public enum SignalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More signals than a frame takes.
  case tooLarge(Int, bytes: Int)
  /// A vector of no values, or of more than a frame takes.
  case badWidth(Signal)
  /// A value from outside that no record would have.
  case notLogged(Signal)
  /// A name that is not well formed.
  case badName(Signal)
  /// A choice of no values, or of more than a byte can tell apart.
  case badChoice(Signal)
  /// Two signals whose names are the same, or become the same field in a log.
  case twice(Signal, Signal)
  /// A validity that is no flag of the table.
  case noValidity(Signal, String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .tooLarge(let count, let bytes):
      "\(count) signals take \(bytes) bytes of the tick's frame, which has \(SignalTable.largestFrame): leave devices or "
        + "blocks out"
    case .badWidth(let signal):
      "\(signal.name) (\(signal.origin.words)) has \(signal.width) values; a signal has 1 to \(SignalTable.largestFrame)"
    case .notLogged(let signal):
      "\(signal.name) (\(signal.origin.words)) comes from outside and must be logged, or no replay could have it"
    case .badName(let signal):
      "\"\(signal.name.prefix(130))\" (\(signal.origin.words)) is no name of a signal: use small letters, digits and single "
        + "underscores, parts joined by dots, at most 120 in all"
    case .badChoice(let signal):
      "\(signal.name) (\(signal.origin.words)) must choose among 1 to 256 values"
    case .twice(let first, let second):
      first.name == second.name
        ? "\(first.name) is written by \(first.origin.words) and by \(second.origin.words): give one of them another name"
        : "\(first.name) (\(first.origin.words)) and \(second.name) (\(second.origin.words)) have the same name in a log: "
          + "rename one of them"
    case .noValidity(let signal, let flag):
      "\(signal.name) (\(signal.origin.words)) is as valid as \(flag), which is no flag of this vehicle"
    }
  }
}

extension SignalError {
  /// Who gives the signal its value that it is about, of two the second; `nil` when it is about all.
  public var origin: SignalOrigin? {
    switch self {
    case .tooLarge: nil
    case .badWidth(let signal), .notLogged(let signal), .badName(let signal), .badChoice(let signal),
      .twice(_, let signal), .noValidity(let signal, _):
      signal.origin
    }
  }
}

/// All that is wrong with the signals of a vehicle; at least one error.
public struct SignalErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors in the order of the signals.
  public let errors: [SignalError]

  init(_ errors: [SignalError]) { self.errors = errors }

  /// An error a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension SignalOrigin {
  /// The origin in words, for example "device imu".
  public var words: String {
    switch self {
    case .loop: "the loop"
    case .device(let name, _): "device \(name)"
    case .block(let name): "block \(name)"
    }
  }
}
