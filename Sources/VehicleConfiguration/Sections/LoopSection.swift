extension Configuration {
  /// The control loop's timing.
  public struct Loop: ConfigurationSection, Equatable {
    /// Ticks per second.
    public var rateHz: Int
    /// Misses in a row after which the failsafe condition `overruns` holds.
    public var maximumConsecutiveMisses: Int
    /// Time in ns that a moving vehicle has to come to rest when the program is asked to end.
    public var endsWithin: Int64

    /// Nominal time between ticks in ns.
    public var period: Int64 { 1_000_000_000 / Int64(max(rateHz, 1)) }
  }
}

extension Configuration.Loop {
  private static let rate = Key<Int>.integer("rate_hz", 10...2000, unit: "Hz", "Ticks per second.")
  private static let misses = Key<Int>.integer(
    "maximum_consecutive_misses", 1...1000, standard: 5,
    "Ticks missed in a row after which the failsafe condition `overruns` holds.")

  private static let ending = Key<Double>.number(
    "ends_within_s", 0...300, unit: "s", standard: 30,
    "Time that a moving vehicle has to come to rest when the program is asked to end; then its outputs are made safe. A second request does that at once."
  )

  static let schema = SectionSchema(
    path: "loop", about: "When the controller runs.",
    keys: [rate.description, misses.description, ending.description])

  init?(_ section: Section) {
    let (rate, misses) = (section.read(Self.rate), section.read(Self.misses))
    guard let rate, let misses, let ending = section.read(Self.ending) else { return nil }
    (self.rateHz, self.maximumConsecutiveMisses) = (rate, misses)
    endsWithin = Int64((ending * 1e9).rounded())
  }
}
