/// Filters that estimate attitude.
public enum AttitudeFilter: String, CaseIterable, Sendable {
  case mahony
}

extension Configuration {
  /// How attitude is estimated: the keys that the section `estimator` of every vehicle has.
  public struct Attitude: Sendable, Equatable {
    /// Which filter.
    public var filter: AttitudeFilter
    /// Proportional gain while disarmed in rad/s per unit of direction error.
    public var proportionalGain: Double
    /// Integral gain while disarmed, which learns the gyroscope's bias, in rad/s² per unit of direction error.
    public var integralGain: Double
  }
}

extension Configuration.Attitude {
  private static let filter = Key<AttitudeFilter>.choice(
    "attitude", standard: .mahony, "Attitude filter (Mahony, Hamel and Pflimlin, 2008).")
  private static let proportional = Key<Double>.number(
    "proportional_gain", 0...20, unit: "rad/s", standard: 0.5,
    "How fast gravity corrects the attitude while disarmed.")
  private static let integral = Key<Double>.number(
    "integral_gain", 0...5, unit: "rad/s2", standard: 0.05,
    "How fast gravity corrects the gyroscope's bias while disarmed.")

  static let keys = [filter.description, proportional.description, integral.description]

  init?(_ section: Section) {
    let filter = section.read(Self.filter)
    let (proportional, integral) = (section.read(Self.proportional), section.read(Self.integral))
    guard let filter, let proportional, let integral else { return nil }
    (self.filter, self.proportionalGain, self.integralGain) = (filter, proportional, integral)
  }
}
