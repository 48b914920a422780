import ControlLoop
import HardwareInterfaces
import LinuxHardware

/// The thread that alone uses one I2C bus: it samples the bus's sensors on their absolute times, and sends the newest
/// pulses to its actuators before anything else.
final class BusThread<System: I2CSystem> {
  /// A bus that may be recorded.
  typealias Bus = RecordingBus<LinuxI2CBus<System>>

  /// The bus's name in the configuration.
  let name: String
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  private let work: BusWork<Bus>
  private let thread: RealTimeThread

  /// Starts the thread of the bus called `name`.
  init(
    _ name: String, bus: consuming LinuxI2CBus<System>, recorder: BusRecorder?, slots: BusSlots,
    configuration: Configuration, loopGuard: LoopGuard, scheduling: ThreadScheduling,
    system: any RealTimeSystem
  ) throws(LinuxError) {
    self.name = name
    let clock = SystemClock()
    let worker = BusWorker(
      bus: Bus(bus, recorder: recorder) { clock.now().nanoseconds }, configuration: configuration, name: name,
      start: clock.now())
    let work = BusWork(
      worker, slots: slots, loopGuard: loopGuard, safePulses: configuration.safePulses,
      drivesMotors: configuration.actuators.driver.bus == name,
      statistics: { $0.withBase { $0.statistics } })
    self.work = work
    thread = try RealTimeThread("bus-\(name.prefix(8))", scheduling: scheduling, system: system) {
      work.run()
    }
  }

  // The thread itself is joined when it goes, right after this.
  deinit { stop() }

  /// Tells the thread to end; `join` waits for it.
  func stop() { work.slots.stop() }

  /// Waits for the end, `nanoseconds` at most, and gives what was measured: time from a sample to the pulses that follow
  /// from it, and what the bus has carried. `nil` when a transfer hangs: then the thread keeps all that it has.
  func join(within nanoseconds: Int64) -> (actuation: LatencyHistogram, statistics: I2CStatistics)? {
    guard thread.join(within: nanoseconds) else { return nil }
    return (work.actuation, work.statistics)
  }
}

/// What a bus's thread owns while it runs.
private final class BusWork<Bus: I2CBus & ~Copyable>: @unchecked Sendable {
  // Sendable: all but `slots` and `loopGuard`, which are made to be shared, are the thread's until it is joined.
  let slots: BusSlots
  private(set) var actuation = LatencyHistogram()

  private let worker: BusWorker<Bus>
  private let loopGuard: LoopGuard
  private let safePulses: FixedVector<8>
  private let drivesMotors: Bool
  private let readStatistics: (borrowing Bus) -> I2CStatistics
  private let clock = SystemClock()
  private var report = BusReport()
  /// Whether the actuators have taken their safe pulses since the outputs are held safe.
  private var areHeldSafe = false

  /// How long a thread that ends tries to give the actuators their safe pulses, in ns.
  private static var safeEffort: Int64 { 300_000_000 }

  init(
    _ worker: BusWorker<Bus>, slots: BusSlots, loopGuard: LoopGuard, safePulses: FixedVector<8>,
    drivesMotors: Bool, statistics: @escaping (borrowing Bus) -> I2CStatistics
  ) {
    (self.worker, self.slots, self.loopGuard) = (worker, slots, loopGuard)
    (self.safePulses, self.drivesMotors, readStatistics) = (safePulses, drivesMotors, statistics)
  }

  var statistics: I2CStatistics { worker.withBus(readStatistics) }

  func run() {
    while !slots.isStopping {
      // Looked at before the orders: one that comes in between rings again.
      let seen = slots.bell.count
      if drivesMotors { serveOrders() }
      let due = worker.due
      let now = clock.now()
      if due > now {
        slots.bell.wait(after: seen, until: due)
      } else {
        worker.runNext(now: now)
        publish()
      }
    }
    if drivesMotors { leaveSafe() }
  }

  private func serveOrders() {
    if !loopGuard.isTripped {
      areHeldSafe = false
      guard slots.orders.isNew else { return }
      let order = slots.orders.latest
      let isTaken = write(order.widths, order)
      if isTaken, order.sampleTime != 0 {
        actuation.record(clock.now().nanoseconds &- order.sampleTime)
      }
    }
    // Asked again: what was written a moment ago must not outlast a watcher that has tripped meanwhile.
    guard loopGuard.isTripped else { return }
    let isNew = slots.orders.isNew
    // Whatever the loop asks for, and again until the actuators have taken it.
    if isNew || !areHeldSafe { areHeldSafe = write(safePulses, slots.orders.latest) }
  }

  /// Writes pulses, in answer to an order if there is one. Returns whether the actuators have taken them.
  @discardableResult
  private func write(_ widths: FixedVector<8>, _ order: PulseOrder? = nil) -> Bool {
    let isTaken = worker.write(pulses: widths, now: clock.now())
    if isTaken, let order { report.taken = order.time }
    publish()
    return isTaken
  }

  /// Gives the actuators their safe pulses, again until they have taken them or the bus has shown that it will not.
  private func leaveSafe() {
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    repeat {
      write(safePulses)
      // A chip that is not ready makes no pulses.
      guard report.readings.actuatorFault == .transfer else { return }
      clock.sleep(until: clock.now().advanced(milliseconds: 2))
    } while clock.now() < end
  }

  private func publish() {
    worker.publish(to: &report.readings)
    report.identities = worker.identities
    report.statistics = statistics
    slots.report.publish(report)
  }
}

extension Configuration {
  /// The motors' pulses in µs while disarmed.
  var safePulses: FixedVector<8> {
    var pulses = FixedVector<8>()
    for motor in actuators.motors { pulses.append(Float(motor.safeMicroseconds)) }
    return pulses
  }
}
