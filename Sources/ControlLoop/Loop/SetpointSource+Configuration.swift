extension Configuration {
  /// The timed profile of setpoints.
  public var profile: ProfileSetpoints { ProfileSetpoints(steps: setpoints, motion: vehicle.parts.motion) }

  /// The setpoints of a simulated run: the profile, or what `seed` draws when the simulation says so.
  public func setpointSource(seed: UInt64) -> any SetpointSource {
    vehicle.parts.randomSetpoints(seed: seed) ?? profile
  }
}
