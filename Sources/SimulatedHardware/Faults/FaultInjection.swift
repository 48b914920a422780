/// A fault of one chip, and when it is in force.
public struct FaultInjection: Equatable, Sendable {
  /// Name of the chip on the board, such as "imu".
  public var target: String
  /// What fails.
  public var kind: FaultKind
  /// Start in seconds of the board's time.
  public var start: Double
  /// Duration in seconds, or `nil` for the rest of the run.
  public var duration: Double?

  /// A fault from its parts: seconds.
  public init(target: String, kind: FaultKind, start: Double, duration: Double? = nil) {
    (self.target, self.kind, self.start, self.duration) = (target, kind, start, duration)
  }

  /// Reads `target:kind@start[+duration]`, for example "imu:stuck@3s+0.5s"; times end in `s` or `ms`.
  /// `targets` are the names that exist.
  public init(parsing text: String, targets: [String]) throws(FaultSyntaxError) {
    guard let colon = text.firstIndex(of: ":"), let at = text[colon...].firstIndex(of: "@") else {
      throw .form(text)
    }
    let target = String(text[..<colon])
    let kindText = String(text[text.index(after: colon)..<at])
    guard targets.contains(target) else { throw .target(target, known: targets) }
    guard let kind = FaultKind(rawValue: kindText) else { throw .kind(kindText) }
    let times = text[text.index(after: at)...].split(separator: "+", omittingEmptySubsequences: false)
    guard times.count <= 2, let first = times.first else { throw .form(text) }
    let start = try Self.seconds(first)
    let duration = times.count == 2 ? try Self.seconds(times[1]) : nil
    if let duration {
      guard duration > 0 else { throw .noTime(text) }
      guard kind != .brownOut else { throw .pointInTime(text) }
    }
    self.init(target: target, kind: kind, start: start, duration: duration)
  }

  private static func seconds(_ text: Substring) throws(FaultSyntaxError) -> Double {
    let scale: Double
    let digits: Substring
    if text.hasSuffix("ms") {
      (scale, digits) = (1e-3, text.dropLast(2))
    } else if text.hasSuffix("s") {
      (scale, digits) = (1, text.dropLast(1))
    } else {
      throw .time(String(text))
    }
    // Plain decimals only: `Double` would also take "inf", "nan" and "0x1p3".
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(digits),
      value * scale <= 1e6
    else { throw .time(String(text)) }
    return value * scale
  }
}

/// Why a fault could not be read.
public enum FaultSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It has not the form `target:kind@start[+duration]`.
  case form(String)
  /// No chip, line or actuator has that name.
  case target(String, known: [String])
  /// No fault has that name.
  case kind(String)
  /// That is not a time.
  case time(String)
  /// It would be in force for no time at all.
  case noTime(String)
  /// It happens at one moment, and has no duration.
  case pointInTime(String)

  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .form(let text):
      "fault '\(text)': expected target:kind@start[+duration], for example imu:stuck@3s+0.5s"
    case .target(let name, let known):
      "fault: no chip, line or actuator is named '\(name)'; this configuration has \(known.joined(separator: ", "))"
    case .kind(let name):
      "fault: no kind is named '\(name)'; there are "
        + FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
    case .noTime(let text):
      "fault '\(text)' has no duration; leave out what is behind the + for the rest of the run"
    case .pointInTime(let text):
      "fault '\(text)': a brown-out happens once; leave out what is behind the +"
    case .time(let text):
      "fault: '\(text)' is not a time; write seconds or milliseconds from 0 to 1000000 s, such as 3s, 0.5s, 250ms"
    }
  }
}
