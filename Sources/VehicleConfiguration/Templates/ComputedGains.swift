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
  public var computedGains: ComputedGains? {
    switch vehicle {
    case .quadrotor(let parts):
      let dynamics = parts.airframe.dynamics(delay: Quadrotor.delay(loop, sensors))
      return ComputedGains(
        gains: dynamics.gains,
        basis: [
          .init(name: "mass", value: dynamics.mass, unit: "kg", about: "airframe.mass_kg"),
          .init(
            name: "lift_ratio", value: dynamics.liftRatio, unit: "", about: "full thrust over weight"),
          .init(name: "motor_lag", value: dynamics.motorLag, unit: "s", about: "time constant of the motors"),
          .init(
            name: "delay", value: dynamics.delay, unit: "s",
            about: "1.5 periods of the loop and the gyroscope's filter"),
          .init(
            name: "rate_crossover", value: dynamics.rateCrossover, unit: "rad/s",
            about: "0.8 over the sum of both"),
        ])
    case .balancingRobot(let parts):
      let dynamics = parts.airframe.dynamics(
        wheelRadius: parts.estimator.wheelRadius, track: parts.estimator.track)
      return dynamics.gains(seconds: Double(loop.period) * 1e-9).map { gains in
        ComputedGains(
          gains: gains,
          basis: [
            .init(name: "mass", value: dynamics.mass, unit: "kg", about: "airframe.mass_kg"),
            .init(name: "mass_height", value: dynamics.height, unit: "m", about: "airframe.mass_height_m"),
            .init(
              name: "top_speed", value: dynamics.topSpeed, unit: "m/s",
              about: "without load, at the reference voltage"),
          ])
      }
    }
  }
}
