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
  /// The work of the actuators' chips, in the order of the plan.
  private var actuators: [ActuatorWork]
  private let memory: FrameMemory
  /// The part of a frame that holds what is read on this bus.
  public let readings: FramePatch
  /// The part of a frame that says what its actuators are to do.
  public let orders: FramePatch
  /// The devices of this bus, in the order of `identity(of:)`.
  public let devices: [DeviceDeclaration]

  /// A worker for devices and actuators' chips of one bus; all start at `start`. With `playsBack` the devices give what a recording
  /// holds, which may be coarser than they are.
  ///
  /// - Parameter table: The signals of the frames that readings go into, and that orders come out of.
  public init(
    bus: consuming Bus, devices: [DeviceDeclaration], chips: [PlannedChip], table: SignalTable,
    start: MonotonicTime, playsBack: Bool = false
  ) {
    self.bus = MultiplexedBus(
      bus, channels: devices.compactMap(\.channel) + chips.compactMap(\.place.behind))
    // By index where ranks are equal: Swift's sort is not promised to be stable. A line is on no bus.
    self.devices = devices.filter { $0.job != nil }.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }
    .map(\.element)
    jobsBeforeActuators = devices.count { $0.rank < .actuators }
    let sent = chips.flatMap(\.sent)
    let owners = Set(devices.map(\.name)).union(sent.map(\.actuator))
    readings = FramePatch(table) {
      if case .device(let owner, _) = $0.origin { owners.contains(owner) } else { false }
    }
    let signals = Set(sent.map(\.signal))
    orders = FramePatch(table) { signals.contains($0.name) }
    memory = FrameMemory(table)
    let sorted = self.devices
    actuators = chips.map { chip in
      ActuatorWork(chip, reads: sorted.firstIndex { $0.isOne(with: chip) }, table, start: start)
    }
    for device in self.devices {
      let places = DevicePlaces(device, table)
      places.putPresent(memory.frame)
      guard let job = device.job?(places, start, playsBack) else { continue }
      // A chip that has actuators, too, is their driver's alone: two would write its registers.
      dues.append(chips.contains { device.isOne(with: $0) } ? .distantFuture : job.due)
      jobs.append(job)
    }
    for actuator in actuators { actuator.putFault(memory.frame) }
  }

  /// What is read, as far as it is read on this bus.
  public var frame: Frame { memory.frame }

  /// Whether it has actuators.
  public var hasActuators: Bool { !actuators.isEmpty }

  /// When the next job is due.
  public var due: MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    for index in actuators.indices { earliest = min(earliest, actuators[index].job.due) }
    for due in dues where due < earliest { earliest = due }
    return earliest
  }

  /// Forgets where the bus's multiplexers stand: somebody else may have switched them.
  public func forgetRoutes() { bus.forgetPositions() }

  /// Lets `body` look at the bus.
  public func withBus<Result>(_ body: (borrowing Bus) -> Result) -> Result { body(bus.base) }

  /// What the identity register of a device, by its place in `devices`, held at its last start; `nil` when it is not there, has
  /// none, or was not asked yet.
  public func identity(of place: Int) -> UInt8? { jobs[place].identity }

  /// What keeps the actuators of this bus from their orders: the worst of what their chips say; `none` for a bus without any.
  public var actuatorFault: DeviceFault {
    var worst = DeviceFault.none
    for index in actuators.indices { worst = worst.worse(actuators[index].job.fault) }
    return worst
  }

  /// Runs the job that is due first: one short burst of transfers. Of jobs due at the same time the
  /// inertial sensors come first, then the actuators, then the encoders, then the slower sensors.
  public func runNext(now: MonotonicTime) {
    let due = self.due
    let next = dues.firstIndex(of: due) ?? dues.count
    if next >= jobsBeforeActuators,
      let index = actuators.indices.first(where: { actuators[$0].job.due == due })
    {
      actuators[index].run(&bus, memory.frame, now: now)
      if let place = actuators[index].reads {
        jobs[place].take(
          actuators[index].job.inputs, actuators[index].job.fault, memory.frame, now: now)
      }
    } else if next < jobs.count {
      jobs[next].run(&bus, memory.frame, now: now)
      dues[next] = jobs[next].due
    }
  }

  /// Sends the orders in the worker's frame to its actuators, as far as they are ready. Returns whether all have taken them; `false`
  /// without any.
  @discardableResult
  public func write(now: MonotonicTime) -> Bool {
    var areTaken = hasActuators
    // One that does not take its own keeps none of the others from theirs.
    for index in actuators.indices {
      areTaken = actuators[index].write(memory.frame, &bus, now: now) && areTaken
    }
    return areTaken
  }

  /// Sends its actuators their safe values, whatever the orders say.
  @discardableResult
  public func writeSafe(now: MonotonicTime) -> Bool {
    var areTaken = hasActuators
    for index in actuators.indices {
      areTaken = actuators[index].writeSafe(memory.frame, &bus, now: now) && areTaken
    }
    return areTaken
  }
}

extension DeviceDeclaration {
  /// Whether it is read from a chip that has actuators, too.
  fileprivate func isOne(with chip: PlannedChip) -> Bool {
    (bus, channel, address) == (chip.place.bus, chip.place.behind, chip.place.address)
  }
}

/// A chip of actuators on a bus: its driver's work, and where what goes to it and what is wrong with it lie in a frame.
private struct ActuatorWork: Sendable {
  private(set) var job: ActuatorJob
  /// The device among the worker's that is read from the chip's other lines; `nil` without.
  let reads: Int?
  /// What each used channel is sent, and its safe value for a frame without it.
  private let sent: [(place: SentPlace?, safe: Float)]
  private let faults: [SignalIndex<UInt8>]

  init(_ chip: PlannedChip, reads: Int?, _ table: SignalTable, start: MonotonicTime) {
    job = chip.job(start: start)
    self.reads = reads
    sent = chip.sent.prefix(ActuatorJob.most).map { (SentPlace($0.signal, table), Float($0.safe)) }
    faults = Set(chip.sent.map(\.actuator)).sorted().compactMap { table.index(of: "\($0).fault") }
  }

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout MultiplexedBus<Bus>, _ frame: Frame, now: MonotonicTime
  ) {
    job.run(&bus, now: now)
    putFault(frame)
  }

  mutating func writeSafe<Bus: I2CBus & ~Copyable>(
    _ frame: Frame, _ bus: inout MultiplexedBus<Bus>, now: MonotonicTime
  ) -> Bool {
    let isTaken = job.writeSafe(&bus, now: now)
    putFault(frame)
    return isTaken
  }

  mutating func write<Bus: I2CBus & ~Copyable>(
    _ frame: Frame, _ bus: inout MultiplexedBus<Bus>, now: MonotonicTime
  ) -> Bool {
    var values = InlineArray<16, Float>(repeating: 0)
    for index in sent.indices { values[index] = sent[index].place?.value(in: frame) ?? sent[index].safe }
    let isTaken = job.write(values.span.extracting(first: sent.count), &bus, now: now)
    putFault(frame)
    return isTaken
  }

  /// Says what keeps its actuators from their orders.
  func putFault(_ frame: Frame) {
    for place in faults { frame[place] = job.fault.rawValue }
  }
}

extension DeviceFault {
  /// The worse of two: a transfer that fails, since it is worth another try; then whatever is wrong with a chip; then one that is
  /// still starting.
  public func worse(_ other: DeviceFault) -> DeviceFault {
    func rank(_ fault: DeviceFault) -> Int {
      switch fault {
      case .none: 0
      case .notReady: 1
      case .transfer: 3
      default: 2
      }
    }
    return rank(other) > rank(self) ? other : self
  }
}
