/// Why a sensor was not calibrated: what was seen, and how to go on.
public struct CalibrationRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Reason: Equatable, Sendable {
    /// The vehicle moved where it must stand still.
    case moving
    /// Poses or directions are missing.
    case incomplete
    /// The readings are there, but do not settle what is sought.
    case degenerate
    /// What was found is beyond what a sensor can have.
    case implausible
    /// What was found does not fit the readings.
    case inconsistent
    /// There are no readings.
    case noReadings
  }

  /// What kind of trouble it is.
  public var reason: Reason
  /// What was seen, with amounts.
  public var text: String
  /// How to go on.
  public var remedy: String

  /// A refusal from its parts.
  public init(_ reason: Reason, _ text: String, remedy: String) {
    (self.reason, self.text, self.remedy) = (reason, text, remedy)
  }

  /// Text and remedy in one line.
  public var description: String { "\(text); \(remedy)" }
}
