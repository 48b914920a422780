extension Configuration {
  /// The control loop's timing.
  public struct Loop: ConfigurationSection, Equatable {
    /// Ticks per second.
    public var rateHz: Int
    /// Misses in a row after which the failsafe condition `overruns` holds.
    public var maximumConsecutiveMisses: Int

    /// Nominal time between ticks in ns.
    public var period: Int64 { 1_000_000_000 / Int64(max(rateHz, 1)) }
  }
}

extension Configuration.Loop {
  private static let rate = Key<Int>.integer("rate_hz", 10...2000, unit: "Hz", "Ticks per second.")
  private static let misses = Key<Int>.integer(
    "maximum_consecutive_misses", 1...1000, standard: 5,
    "Ticks missed in a row after which the failsafe condition `overruns` holds.")

  static let schema = SectionSchema(
    path: "loop", about: "When the controller runs.", keys: [rate.description, misses.description])

  init?(_ section: Section) {
    let (rate, misses) = (section.read(Self.rate), section.read(Self.misses))
    guard let rate, let misses else { return nil }
    (self.rateHz, self.maximumConsecutiveMisses) = (rate, misses)
  }
}
