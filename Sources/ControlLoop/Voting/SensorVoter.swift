import HardwareInterfaces

/// Judges every sensor that may have spares, and chooses among them: the first step of a tick.
struct SensorVoter: Sendable {
  private var inertial: KindVoter<InertialSample>
  private var pressure: KindVoter<PressureSample>
  private var magnetic: KindVoter<MagneticSample>
  private var range: KindVoter<RangeSample>
  private var start: MonotonicTime?

  /// A voter for the sensors of a configuration.
  init(_ configuration: Configuration) {
    let sensors = configuration.sensors
    let none = TickInput()
    inertial = KindVoter(KindLimits(sensors.imu), empty: none.inertial.sample)
    pressure = KindVoter(KindLimits(sensors.barometer), empty: none.pressure.sample)
    // What no tick uses is worth judging only where it is logged: in a vehicle with spares.
    magnetic = KindVoter(
      KindLimits(configuration.hasSpares ? sensors.magnetometer : nil), empty: none.magnetic.sample)
    range = KindVoter(KindLimits(sensors.range), empty: none.range.sample)
  }

  /// Puts the readings to go by in the place of the sensors' own in `input`, and says what was decided.
  mutating func vote(_ input: inout TickInput) -> SensorVotes {
    let start = start ?? input.time
    self.start = start
    let time = VoteTime(
      now: input.time, seconds: Float(min(max(input.elapsed, 0), 100_000_000)) * 1e-9,
      isStartUp: input.time.nanoseconds(since: start) < VehicleController.startUpTime)
    input.inertial = inertial.reading(input.inertial, input.spares.inertial, time)
    input.pressure = pressure.reading(input.pressure, input.spares.pressure, time)
    input.magnetic = magnetic.reading(input.magnetic, input.spares.magnetic, time)
    input.range = range.reading(input.range, input.spares.range, time)
    var votes = SensorVotes()
    (votes.imu, votes.barometer) = (inertial.vote, pressure.vote)
    (votes.magnetometer, votes.range) = (magnetic.vote, range.vote)
    return votes
  }
}

extension Configuration {
  /// Whether any sensor has spares.
  public var hasSpares: Bool { !sensors.kindsWithSpares.isEmpty }
}
