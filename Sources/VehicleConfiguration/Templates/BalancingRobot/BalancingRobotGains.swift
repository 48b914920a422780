import Control

extension Configuration.BalancingRobot {
  func computedGains(_ loop: Configuration.Loop, _ sensors: Configuration.Sensors)
    -> Configuration.ComputedGains?
  {
    let dynamics = airframe.dynamics(
      wheelRadius: estimator.wheelRadius, track: estimator.track)
    return dynamics.gains(seconds: Double(loop.period) * 1e-9).map { gains in
      Configuration.ComputedGains(
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
