import HardwareInterfaces

/// Judges every sensor that may have spares, and chooses among them: the first step of a tick.
struct SensorVoter: Sendable {
  private var inertial: KindVoter<InertialSample>
  private var pressure: KindVoter<PressureSample>
  private var magnetic: KindVoter<MagneticSample>
  private var range: KindVoter<RangeSample>
  private var start: MonotonicTime?
  /// Whether any reading to go by may be another than the sensor's own. Stored, since to work it out the tick would copy
  /// the whole voter.
  let chooses: Bool

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
    chooses = inertial.chooses || pressure.chooses || magnetic.chooses || range.chooses
  }

  /// Judges sensors among which there is nothing to choose.
  mutating func judge(_ input: TickInput) -> SensorVotes {
    let time = time(of: input)
    inertial.judge(input.inertial, time)
    pressure.judge(input.pressure, time)
    range.judge(input.range, time)
    return votes
  }

  /// Puts the readings to go by in the place of the sensors' own in `input`, and says what was decided.
  mutating func vote(_ input: inout TickInput) -> SensorVotes {
    let time = time(of: input)
    input.inertial = inertial.reading(input.inertial, input.spares.inertial, time)
    input.pressure = pressure.reading(input.pressure, input.spares.pressure, time)
    input.magnetic = magnetic.reading(input.magnetic, input.spares.magnetic, time)
    input.range = range.reading(input.range, input.spares.range, time)
    return votes
  }

  private mutating func time(of input: TickInput) -> VoteTime {
    if start == nil { start = input.time }
    var sinceStart: Int64 = 0
    if let start { sinceStart = input.time.nanoseconds(since: start) }
    return VoteTime(
      now: input.time, seconds: Float(min(max(input.elapsed, 0), 100_000_000)) * 1e-9,
      isStartUp: sinceStart < VehicleController.startUpTime)
  }

  private var votes: SensorVotes {
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
