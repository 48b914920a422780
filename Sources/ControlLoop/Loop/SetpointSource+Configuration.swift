extension Configuration {
  /// The setpoints of a run: the profile, or what `seed` draws when the simulation says so.
  public func setpointSource(seed: UInt64) -> any SetpointSource { vehicle.parts.setpointSource(seed: seed) }
}
