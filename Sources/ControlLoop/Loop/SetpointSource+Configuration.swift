extension Configuration {
  /// Setpoints that `seed` draws, when the simulation asks for random ones.
  public func randomSetpoints(seed: UInt64) -> (any SetpointSource)? {
    vehicle.parts.randomSetpoints(seed: seed)
  }
}
