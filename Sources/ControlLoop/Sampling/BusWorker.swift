import Devices
import HardwareInterfaces

/// Owns one I2C bus and does everything that happens on it: samples each sensor when its driver asks for it, through
/// the multiplexer that it sits behind, and writes the actuators.
///
/// Never called by two threads at once. The loop only sees what `publish` hands out; it never touches the bus.
public final class BusWorker<Bus: I2CBus & ~Copyable> {
  private var bus: MultiplexedBus<Bus>
  private var inertial: SensorJob<InertialSample>?
  private var barometer: SensorJob<PressureSample>?
  private var magnetometer: SensorJob<MagneticSample>?
  private var range: SensorJob<RangeSample>?
  private var power: SensorJob<PowerSample>?
  private var leftEncoder: SensorJob<AngleSample>?
  private var rightEncoder: SensorJob<AngleSample>?
  private var pulses: PulseJob?

  /// A worker for the sensors and actuators that `configuration` puts on the bus `name`; all start at `start`.
  public init(bus: consuming Bus, configuration: Configuration, name: String, start: MonotonicTime) {
    self.bus = MultiplexedBus(bus, channels: configuration.channels(ofBus: name))
    let none = SensorReadings()
    let sensors = configuration.sensors
    if sensors.imu.bus == name {
      inertial = SensorJob(
        sensors.imu.driver, empty: none.inertial.sample, channel: sensors.imu.channel, start: start,
        adjust: configuration.adjustment(of: sensors.imu))
    }
    if let section = sensors.barometer, section.bus == name {
      barometer = SensorJob(
        section.driver, empty: none.pressure.sample, channel: section.channel, start: start)
    }
    if let section = sensors.magnetometer, section.bus == name {
      magnetometer = SensorJob(
        section.driver, empty: none.magnetic.sample, channel: section.channel, start: start,
        adjust: configuration.adjustment(of: section))
    }
    if let section = sensors.range, section.bus == name {
      range = SensorJob(
        section.driver, empty: none.range.sample, channel: section.channel, start: start,
        adjust: section.bounded)
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
    if let inertial { earliest = min(earliest, inertial.due) }
    if let pulses { earliest = min(earliest, pulses.due) }
    if let leftEncoder { earliest = min(earliest, leftEncoder.due) }
    if let rightEncoder { earliest = min(earliest, rightEncoder.due) }
    if let barometer { earliest = min(earliest, barometer.due) }
    if let magnetometer { earliest = min(earliest, magnetometer.due) }
    if let range { earliest = min(earliest, range.due) }
    if let power { earliest = min(earliest, power.due) }
    return earliest
  }

  /// Lets `body` look at the bus.
  public func withBus<Result>(_ body: (borrowing Bus) -> Result) -> Result { body(bus.base) }

  /// What the identity registers of this bus's sensors held at their last start.
  public var identities: SensorIdentities {
    SensorIdentities(
      inertial: inertial?.identity, barometer: barometer?.identity, magnetometer: magnetometer?.identity,
      range: range?.identity, power: power?.identity)
  }

  /// Runs the job that is due first: one short burst of transfers. Of jobs due at the same time the
  /// inertial sensor comes first, then the actuators, then the encoders, then the slower sensors.
  public func runNext(now: MonotonicTime) {
    let due = self.due
    if inertial?.due == due {
      inertial?.run(&bus, now: now)
    } else if pulses?.due == due {
      bus.route(to: nil)
      pulses?.run(&bus, now: now)
    } else if leftEncoder?.due == due {
      leftEncoder?.run(&bus, now: now)
    } else if rightEncoder?.due == due {
      rightEncoder?.run(&bus, now: now)
    } else if barometer?.due == due {
      barometer?.run(&bus, now: now)
    } else if magnetometer?.due == due {
      magnetometer?.run(&bus, now: now)
    } else if range?.due == due {
      range?.run(&bus, now: now)
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
    if let inertial { readings.inertial = inertial.reading }
    if let barometer { readings.pressure = barometer.reading }
    if let magnetometer { readings.magnetic = magnetometer.reading }
    if let range { readings.range = range.reading }
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
