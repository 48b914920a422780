import Control

extension Configuration {
  /// The gains that follow from the vehicle's airframe, its loop and its sensors, and what they follow from.
  public struct ComputedGains: Sendable, Equatable {
    /// One figure that the gains follow from, for people.
    public struct Basis: Sendable, Equatable {
      /// Its name, in snake case.
      public var name: String
      /// Its value in `unit`.
      public var value: Double
      /// Its SI unit, and what it is.
      public var unit, about: String
    }

    /// The keys of the section `gains` and their values.
    public var gains: [ComputedGain]
    /// What they follow from.
    public var basis: [Basis]
  }

  /// The gains of the airframe; `nil` for a robot that its motors cannot hold.
  public var computedGains: ComputedGains? { vehicle.parts.computedGains(loop, sensors) }
}
