extension Configuration {
  /// The setpoints of a flight: the profile, or what `seed` draws when the simulation says so.
  public func setpointSource(seed: UInt64) -> any SetpointSource {
    if let ranges = simulation.randomSetpoints {
      return RandomSetpointSource(ranges: ranges, rates: setpointRates, seed: seed)
    }
    return ProfileSetpoints(steps: setpoints, rates: setpointRates)
  }
}
