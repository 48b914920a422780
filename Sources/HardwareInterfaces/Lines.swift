/// Why a digital line could not be read or driven.
public enum LineError: Error, Equatable, Sendable {
  /// The line or its chip has gone.
  case gone
  /// Another program holds the line.
  case busy
  /// Any other error of the operating system, by its number.
  case system(errno: Int32)
}

/// How an input is pulled inside its chip.
public enum LineBias: String, CaseIterable, Sendable {
  /// As it was.
  case asIs = "as_is"
  /// Not at all.
  case disabled
  case pullUp = "pull_up"
  case pullDown = "pull_down"
}

/// A digital output, requested with its safe level and owned by one writer.
public protocol DigitalOutput: ~Copyable {
  /// Drives the line to its active (`true`) or inactive level.
  mutating func set(_ active: Bool) throws(LineError)
}

/// A digital input.
public protocol DigitalInput: ~Copyable {
  /// Whether the line is at its active level now.
  mutating func isActive() throws(LineError) -> Bool
}

/// A pulse output, such as a servo's or a speed controller's, requested with its safe width and owned by one writer.
public protocol PulseOutput: ~Copyable {
  /// Makes the pulses `microseconds` long; 0 makes none.
  mutating func set(microseconds: Float) throws(LineError)
}
