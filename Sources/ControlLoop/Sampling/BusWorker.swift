import Devices
import HardwareInterfaces
import Signals

/// Owns one I2C bus and does everything that happens on it: samples each device when its driver asks for it, through
/// the multiplexer that it sits behind, and writes the actuators.
///
/// Never called by two threads at once. What it reads lies in a frame of its own, and the loop sees the part of it that is this bus's
/// (`readings`); what the actuators are to do comes the other way (`orders`). The loop never touches the bus.
public final class BusWorker<Bus: I2CBus & ~Copyable> {
  private var bus: MultiplexedBus<Bus>
  /// The devices' work, in the order of their ranks, then of the configuration.
  private var jobs: [any SampleJob] = []
  /// When each of them is due.
  private var dues: [MonotonicTime] = []
  /// How many of them come before the actuators when they are due at the same time.
  private let jobsBeforeActuators: Int
  private var pulses: PulseJob?
  private let memory: FrameMemory
  /// The part of a frame that holds what is read on this bus.
  public let readings: FramePatch
  /// The part of a frame that says what its actuators are to do.
  public let orders: FramePatch
  /// The devices of this bus, in the order of `identity(of:)`.
  public let devices: [DeviceDeclaration]

  /// A worker for the sensors and actuators that `configuration` puts on the bus `name`; all start at `start`. With
  /// `playsBack` the chips give what a recording holds, which may be coarser than they are.
  ///
  /// - Parameter table: The signals of the frames that readings go into.
  public init(
    bus: consuming Bus, configuration: Configuration, name: String, table: SignalTable, start: MonotonicTime,
    playsBack: Bool = false
  ) {
    let devices = configuration.devices.filter { $0.bus == name }
    self.bus = MultiplexedBus(bus, channels: devices.compactMap(\.channel))
    // By index where ranks are equal: Swift's sort is not promised to be stable.
    self.devices = devices.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
    jobsBeforeActuators = devices.count { $0.rank < .actuators }
    let names = Set(devices.map(\.name))
    readings = FramePatch(table) {
      if case .device(let owner, _) = $0.origin { names.contains(owner) } else { false }
    }
    memory = FrameMemory(table)
    for device in self.devices {
      let places = DevicePlaces(device, table)
      places.putPresent(memory.frame)
      let job = device.job(places, start, playsBack)
      dues.append(job.due)
      jobs.append(job)
    }
    var pulseSignals: Set<String> = []
    if configuration.actuators.driver.bus == name {
      let job = PulseJob(configuration, table, start: start)
      pulseSignals = Set(configuration.pulseSignals)
      pulses = job
    }
    orders = FramePatch(table) { pulseSignals.contains($0.name) }
  }

  /// What is read, as far as it is read on this bus.
  public var frame: Frame { memory.frame }

  /// When the next job is due.
  public var due: MonotonicTime {
    var earliest = pulses?.due ?? .distantFuture
    for due in dues where due < earliest { earliest = due }
    return earliest
  }

  /// Lets `body` look at the bus.
  public func withBus<Result>(_ body: (borrowing Bus) -> Result) -> Result { body(bus.base) }

  /// What the identity register of a device, by its place in `devices`, held at its last start; `nil` when it is not there, has
  /// none, or was not asked yet.
  public func identity(of place: Int) -> UInt8? { jobs[place].identity }

  /// What keeps the actuators of this bus from their orders; `none` for a bus without any.
  public var actuatorFault: DeviceFault { pulses?.fault ?? .none }

  /// Runs the job that is due first: one short burst of transfers. Of jobs due at the same time the
  /// inertial sensors come first, then the actuators, then the encoders, then the slower sensors.
  public func runNext(now: MonotonicTime) {
    let due = self.due
    let next = dues.firstIndex(of: due) ?? dues.count
    if next >= jobsBeforeActuators, pulses?.due == due {
      bus.route(to: nil)
      pulses?.run(&bus, now: now)
    } else if next < jobs.count {
      jobs[next].run(&bus, memory.frame, now: now)
      dues[next] = jobs[next].due
    }
  }

  /// Sends the orders in the worker's frame to its actuators, as far as they are ready. Returns whether all have taken them; `false`
  /// without any.
  @discardableResult
  public func write(now: MonotonicTime) -> Bool {
    bus.route(to: nil)
    return pulses?.write(memory.frame, &bus, now: now) ?? false
  }

  /// Sends its actuators their safe values, whatever the orders say.
  @discardableResult
  public func writeSafe(now: MonotonicTime) -> Bool {
    bus.route(to: nil)
    return pulses?.write(nil, &bus, now: now) ?? false
  }
}
