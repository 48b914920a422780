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

/// What is known of a line that is read.
public struct LineSample: BitwiseCopyable, Sendable, Equatable {
  /// Whether it is active, after debouncing.
  public var isPressed: Bool
  /// Counted edges since the start; behind the largest count comes 1.
  public var edges: UInt32
  /// Edges that were not reported, as far as that is known; stays at the largest count.
  public var lost: UInt32
  /// Counted edges per second.
  public var rate: Float
  /// When the newest counted edge came, in ns; 0 before the first.
  public var edgeTime: Int64

  /// A sample from its parts.
  public init(isPressed: Bool, edges: UInt32, lost: UInt32 = 0, rate: Float = 0, edgeTime: Int64 = 0) {
    self.isPressed = isPressed
    self.edges = edges
    self.lost = lost
    self.rate = rate
    self.edgeTime = edgeTime
  }
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
