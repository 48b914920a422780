import Devices
import HardwareInterfaces

/// Owns one I2C bus and does everything that happens on it: samples each sensor when its driver asks for it, through
/// the multiplexer that it sits behind, and writes the actuators.
///
/// Never called by two threads at once. The loop only sees what `publish` hands out; it never touches the bus.
public final class BusWorker<Bus: I2CBus & ~Copyable> {
  private var bus: MultiplexedBus<Bus>
  // Each kind's sensors on this bus, in order of priority.
  private var inertial: [SensorJob<InertialSample>] = []
  private var barometers: [SensorJob<PressureSample>] = []
  private var magnetometers: [SensorJob<MagneticSample>] = []
  private var ranges: [SensorJob<RangeSample>] = []
  private var power: SensorJob<PowerSample>?
  private var leftEncoder: SensorJob<AngleSample>?
  private var rightEncoder: SensorJob<AngleSample>?
  private var pulses: PulseJob?

  /// A worker for the sensors and actuators that `configuration` puts on the bus `name`; all start at `start`. With
  /// `playsBack` the chips give what a recording holds, which may be coarser than they are.
  public init(
    bus: consuming Bus, configuration: Configuration, name: String, start: MonotonicTime,
    playsBack: Bool = false
  ) {
    self.bus = MultiplexedBus(bus, channels: configuration.channels(ofBus: name))
    let none = SensorReadings()
    let sensors = configuration.sensors
    for (instance, section) in sensors.imu.instances.enumerated() where section.bus == name {
      inertial.append(
        SensorJob(
          section.driver(playsBack: playsBack), instance: instance, empty: none.inertial.sample,
          channel: section.channel,
          start: start, adjust: configuration.adjustment(of: section)))
    }
    for (instance, section) in (sensors.barometer?.instances ?? []).enumerated() where section.bus == name {
      barometers.append(
        SensorJob(
          section.driver(playsBack: playsBack), instance: instance, empty: none.pressure.sample,
          channel: section.channel,
          start: start))
    }
    for (instance, section) in (sensors.magnetometer?.instances ?? []).enumerated() where section.bus == name
    {
      magnetometers.append(
        SensorJob(
          section.driver(playsBack: playsBack), instance: instance, empty: none.magnetic.sample,
          channel: section.channel,
          start: start, adjust: configuration.adjustment(of: section)))
    }
    for (instance, section) in (sensors.range?.instances ?? []).enumerated() where section.bus == name {
      ranges.append(
        SensorJob(
          section.driver(playsBack: playsBack), instance: instance, empty: none.range.sample,
          channel: section.channel,
          start: start, adjust: section.bounded))
    }
    if let section = sensors.power, section.bus == name {
      power = SensorJob(section.driver, empty: none.power.sample, channel: section.channel, start: start)
    }
    if let section = sensors.leftEncoder, section.bus == name {
      leftEncoder = SensorJob(
        section.driver, empty: none.leftEncoder.sample, channel: section.channel, start: start,
        adjust: section.forward)
    }
    if let section = sensors.rightEncoder, section.bus == name {
      rightEncoder = SensorJob(
        section.driver, empty: none.rightEncoder.sample, channel: section.channel, start: start,
        adjust: section.forward)
    }
    if configuration.actuators.driver.bus == name {
      pulses = PulseJob(configuration.actuators, start: start)
    }
  }

  /// When the next job is due.
  public var due: MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    earliest = min(earliest, inertial.nextDue)
    if let pulses { earliest = min(earliest, pulses.due) }
    if let leftEncoder { earliest = min(earliest, leftEncoder.due) }
    if let rightEncoder { earliest = min(earliest, rightEncoder.due) }
    earliest = min(earliest, barometers.nextDue)
    earliest = min(earliest, magnetometers.nextDue)
    earliest = min(earliest, ranges.nextDue)
    if let power { earliest = min(earliest, power.due) }
    return earliest
  }

  /// Lets `body` look at the bus.
  public func withBus<Result>(_ body: (borrowing Bus) -> Result) -> Result { body(bus.base) }

  /// What the identity registers of this bus's sensors held at their last start.
  public var identities: SensorIdentities {
    var identities = SensorIdentities(power: power?.identity)
    for index in inertial.indices {
      inertial[index].note(&identities.inertial, &identities.inertialSpares)
    }
    for index in barometers.indices {
      barometers[index].note(&identities.barometer, &identities.barometerSpares)
    }
    for index in magnetometers.indices {
      magnetometers[index].note(&identities.magnetometer, &identities.magnetometerSpares)
    }
    for index in ranges.indices { ranges[index].note(&identities.range, &identities.rangeSpares) }
    return identities
  }

  /// Runs the job that is due first: one short burst of transfers. Of jobs due at the same time the
  /// inertial sensors come first, then the actuators, then the encoders, then the slower sensors.
  public func runNext(now: MonotonicTime) {
    let due = self.due
    if let index = inertial.index(due: due) {
      inertial[index].run(&bus, now: now)
    } else if pulses?.due == due {
      bus.route(to: nil)
      pulses?.run(&bus, now: now)
    } else if leftEncoder?.due == due {
      leftEncoder?.run(&bus, now: now)
    } else if rightEncoder?.due == due {
      rightEncoder?.run(&bus, now: now)
    } else if let index = barometers.index(due: due) {
      barometers[index].run(&bus, now: now)
    } else if let index = magnetometers.index(due: due) {
      magnetometers[index].run(&bus, now: now)
    } else if let index = ranges.index(due: due) {
      ranges[index].run(&bus, now: now)
    } else if power?.due == due {
      power?.run(&bus, now: now)
    }
  }

  /// Sends pulse widths in µs to the actuator driver, if this bus has it and it is ready.
  public func write(pulses widths: FixedVector<8>, now: MonotonicTime) {
    bus.route(to: nil)
    pulses?.write(widths, &bus, now: now)
  }

  /// Puts the newest readings of this bus's sensors into `readings`.
  public func publish(to readings: inout SensorReadings) {
    for index in inertial.indices {
      inertial[index].publish(&readings.inertial, &readings.spares.inertial)
    }
    for index in barometers.indices {
      barometers[index].publish(&readings.pressure, &readings.spares.pressure)
    }
    for index in magnetometers.indices {
      magnetometers[index].publish(&readings.magnetic, &readings.spares.magnetic)
    }
    for index in ranges.indices { ranges[index].publish(&readings.range, &readings.spares.range) }
    if let power { readings.power = power.reading }
    if let leftEncoder { readings.leftEncoder = leftEncoder.reading }
    if let rightEncoder { readings.rightEncoder = rightEncoder.reading }
    if let pulses { readings.actuatorFault = pulses.fault }
  }
}

extension Configuration {
  /// The channels of multiplexers that sensors of the bus `name` sit behind.
  func channels(ofBus name: String) -> [BusChannel] {
    busLoads.first { $0.bus.name == name }?.shares.compactMap(\.channel) ?? []
  }
}

extension SensorJob {
  /// Puts the newest reading where it belongs.
  fileprivate func publish(_ first: inout Reading<Sample>, _ spares: inout Spares<Reading<Sample>>) {
    if instance == 0 { first = reading } else { spares[instance - 1] = reading }
  }

  /// Puts the identity that the chip has shown where it belongs.
  fileprivate func note(_ first: inout UInt8?, _ spares: inout Spares<UInt8?>) {
    if instance == 0 { first = identity } else { spares[instance - 1] = identity }
  }
}

/// What waits for its time on a bus.
private protocol BusJob {
  var due: MonotonicTime { get }
}

extension SensorJob: BusJob {}

extension Array where Element: BusJob {
  /// When the first of the jobs is due.
  fileprivate var nextDue: MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    for index in indices { earliest = Swift.min(earliest, self[index].due) }
    return earliest
  }

  /// The first job that is due at `time`; `nil` when none is.
  fileprivate func index(due time: MonotonicTime) -> Int? {
    for index in indices where self[index].due == time { return index }
    return nil
  }
}
