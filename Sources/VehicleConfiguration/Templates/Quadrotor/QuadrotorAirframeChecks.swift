import Control

extension Configuration.Quadrotor.Airframe {
  /// Thrust that a vehicle must be able to command, of its weight: it then carries itself at a tilt of 35° (1 / cos 35° = 1.22) while
  /// the battery's voltage is a tenth below the reference (thrust goes with its square: 1 / 0.81 = 1.23).
  static let leastLift = 1.5

  /// Complains when the rotors do not lift `mass` kg, which `key` says, with a margin, by at most `most` of their thrust.
  func checkLift(of mass: Double, at key: String, most: Double = 1, in file: Section) {
    let weight = mass * 9.80665
    let lift = fullThrust * rotorThrust * most
    guard lift < Self.leastLift * weight else { return }
    let limit = most < 1 ? " and limits.thrust allows \(most.shown) of it" : ""
    file.complain(
      key,
      "found \(mass.shown) kg, of which the weight is \(rounded(weight, 1)) N, but \(Self.count(rotorNames.count)) rotors of airframe.rotor_thrust_n, "
        + "\(rotorThrust.shown) N, give \(rounded(fullThrust * rotorThrust, 1)) N at full command\(limit): "
        + "\(rounded(lift / weight, 2)) times the weight, expected at least \(Self.leastLift.shown) times, "
        + "\(rounded(Self.leastLift * weight / (fullThrust * most), 2)) N for each rotor or at most "
        + "\(rounded(lift / (Self.leastLift * 9.80665), 2)) kg: so that it carries itself at a tilt of 35° while the battery is a "
        + "tenth below its reference voltage")
  }

  /// A number of rotors in words.
  private static func count(_ number: Int) -> String {
    let words = ["four", "five", "six", "seven", "eight"]
    return RotorReader.count.contains(number) ? words[number - RotorReader.count.lowerBound] : "\(number)"
  }
}

extension Configuration.Quadrotor {
  /// What passes in s between a motion and the command that answers it, beside the motors' lag: the gyroscope's filter, and one and a
  /// half periods of the loop, of which a half is how old an order is on average.
  static func delay(_ loop: Configuration.Loop, _ sensors: Configuration.Sensors) -> Double {
    1.5 * Double(loop.period) * 1e-9 + 1 / (2 * Double.pi * Double(max(sensors.imu.lowpassHz, 1)))
  }

  /// Complains about an airframe that cannot fly, and about gains that cannot fly it.
  static func check(
    _ airframe: Airframe, _ gains: Configuration.Gains, _ limits: Limits, _ simulation: Simulation,
    _ shared: SharedSections, in file: Section
  ) {
    let most = limits.thrust.upperBound
    airframe.checkLift(of: airframe.mass, at: "airframe.mass_kg", most: most, in: file)
    if let mass = simulation.mass, mass != airframe.mass {
      airframe.checkLift(of: mass, at: "simulation.mass_kg", most: most, in: file)
    }
    guard let loop = shared.loop, let sensors = shared.sensors, !file.context.overrides.ignoresGains else {
      return
    }
    let dynamics = airframe.dynamics(delay: delay(loop, sensors))
    let hover = gains.value("hover_thrust") / dynamics.hoverThrust
    if !hoverShare.contains(hover) {
      file.complain(
        "gains.hover_thrust",
        "found \(gains.value("hover_thrust").shown), expected \(rounded(hoverShare.lowerBound * dynamics.hoverThrust, 3)) to "
          + "\(rounded(hoverShare.upperBound * dynamics.hoverThrust, 3)): \(rounded(dynamics.hoverThrust, 3)) of the rotors' "
          + "thrust carries airframe.mass_kg, \(airframe.mass.shown); \(remedy)")
    }
    let (authority, pitch) = (dynamics.authority, gains.value("pitch_factor"))
    let (rate, integral) = (gains.value("rate_gain"), gains.value("rate_integral_gain"))
    let loops = [
      ("roll", "rate_gain", authority.x, rate, integral, gains.value("attitude_gain")),
      ("pitch", "rate_gain", authority.y, pitch * rate, pitch * integral, gains.value("attitude_gain")),
      (
        "yaw", "yaw_rate_gain", authority.z, gains.value("yaw_rate_gain"),
        gains.value("yaw_rate_integral_gain"), 0
      ),
      (
        "altitude", "climb_gain", 1, gains.value("climb_gain"), gains.value("climb_integral_gain"),
        gains.value("altitude_gain")
      ),
    ]
    for (name, key, authority, rate, integral, attitude) in loops {
      let margin = dynamics.phaseMargin(
        authority: authority, rate: rate, integral: integral, attitude: attitude)
      guard !(margin > 0) else { continue }
      file.complain(
        "gains.\(key)",
        "found \(gains.value(key).shown), with which the loop of \(name) cannot be stable with this airframe: its phase margin is "
          + "\(rounded(margin * 180 / .pi, 0))°, expected above 0°; \(remedy)")
    }
  }

  /// How far the hover thrust may lie from what carries the vehicle; the integral of the climb rate makes up for the rest.
  private static let hoverShare = 0.8...1.25
  private static let remedy = "ganglion gains computes the gains of an airframe"
}
