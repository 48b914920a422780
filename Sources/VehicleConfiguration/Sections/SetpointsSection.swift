extension Configuration {
  /// What the vehicle is asked to do from a time on.
  public struct SetpointStep: Equatable, Sendable {
    /// Time since the first tick in ns.
    public var time: Int64
    /// The whole setpoint from then on, in rad, rad/s, m and m/s.
    public var setpoint: Setpoint
  }
}

/// A step of the profile as written: only what changes.
protocol SetpointChange: ConfigurationSection {
  /// When it holds and whether it arms.
  var moment: SetpointMoment { get }
  /// Puts what is written into `setpoint`.
  func apply(to setpoint: inout Setpoint)
}

/// The keys that every step has.
struct SetpointMoment: Sendable, Equatable {
  /// Time since the first tick in s.
  var time: Double
  var arm: Bool?

  /// What stands in the reference for a key that may be left out.
  static let unchanged = "as before; first 0"
  private static let timeKey = Key<Double>.number(
    "at_s", 0...86_400, unit: "s", "Time from which the step holds.")
  private static let armKey = Key<Bool?>.optionalFlag(
    "arm", absent: "as before; first false", "Whether the vehicle is asked to arm.")

  static let keys = [timeKey.description, armKey.description]
  static let about =
    "A step of the timed profile: what is asked for from `at_s` on. What is left out stays as it was."

  init?(_ section: Section) {
    let (time, arm) = (section.read(Self.timeKey), section.read(Self.armKey))
    guard let time, let arm else { return nil }
    (self.time, self.arm) = (time, arm)
  }
}

extension SetpointChange {
  /// The profile of a file, with what is left out carried over from the step before; `nil` when it is not whole, or
  /// when times do not rise.
  static func steps(in file: Section) -> [Configuration.SetpointStep]? {
    guard let changes = file.readList(Self.self, "setpoints", count: 1...1000) else { return nil }
    var steps: [Configuration.SetpointStep] = []
    var setpoint = Setpoint()
    var previous = -Double.infinity
    for (index, change) in changes.enumerated() {
      let time = change.moment.time
      guard time > previous else {
        file.complain(
          "setpoints[\(index)].at_s",
          "found \(time.shown), expected more than the step before, \(previous.shown)")
        return nil
      }
      previous = time
      if let arm = change.moment.arm { setpoint.arm = arm }
      change.apply(to: &setpoint)
      steps.append(Configuration.SetpointStep(time: Int64(time * 1e9), setpoint: setpoint))
    }
    return steps
  }
}
