import Control

extension Configuration.Quadrotor {
  func computedGains(_ loop: Configuration.Loop, _ sensors: Configuration.Sensors)
    -> Configuration.ComputedGains?
  {
    let dynamics = airframe.dynamics(delay: Self.delay(loop, sensors))
    return Configuration.ComputedGains(
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
  }
}
