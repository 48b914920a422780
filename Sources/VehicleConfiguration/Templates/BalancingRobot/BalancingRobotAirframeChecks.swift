import Control

extension Configuration.BalancingRobot {
  /// Lean in rad that the motors must be able to hold while they stand: a robot leans by 25° when it is pushed as in the shipped file.
  private static let leastLean = 25.0.radians

  /// Complains about an airframe that its motors cannot hold, and about gains with which it falls.
  static func check(
    _ airframe: Airframe, _ gains: Configuration.Gains, _ estimator: Estimator, _ loop: Configuration.Loop,
    in file: Section
  ) {
    let dynamics = airframe.dynamics(wheelRadius: estimator.wheelRadius, track: estimator.track)
    if dynamics.largestLean < leastLean {
      file.complain(
        "airframe.mass_kg",
        "found \(airframe.mass.shown) kg at airframe.mass_height_m, \(airframe.massHeight.shown): its motors hold a lean of at most "
          + "\(rounded(dynamics.largestLean * 180 / .pi, 1))° at airframe.reference_voltage_v, expected at least "
          + "\(rounded(leastLean * 180 / .pi, 0))°: so that it gets up again after a push")
    }
    guard !file.context.overrides.ignoresGains else { return }
    let isStable = dynamics.isStable(
      travelIntegral: gains.value("travel_integral_gain"), travel: gains.value("travel_gain"),
      speed: gains.value("speed_gain"), lean: gains.value("lean_gain"),
      leanRate: gains.value("lean_rate_gain"), seconds: Double(loop.period) * 1e-9)
    guard !isStable else { return }
    file.complain(
      "gains.lean_gain",
      "found \(gains.value("lean_gain").shown), with which, and the gains beside it, this airframe falls: the loop has a pole that "
        + "grows, expected none; ganglion gains computes the gains of an airframe")
  }
}
