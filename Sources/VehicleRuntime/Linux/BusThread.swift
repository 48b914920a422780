import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals

/// The thread that alone uses one I2C bus: it samples the bus's sensors on their absolute times, and sends the newest
/// orders to its actuators before anything else.
final class BusThread<System: I2CSystem> {
  /// A bus that may be recorded.
  typealias Bus = RecordingBus<LinuxI2CBus<System>>

  /// The bus's name in the configuration.
  let name: String
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  private let work: BusWork<Bus>
  private let thread: RealTimeThread

  /// The loop's end.
  let ends: BusEnds
  /// The devices that it samples.
  let devices: [DeviceDeclaration]

  /// Starts the thread of the bus called `name`, whose devices read into frames of `table`, and whose chips take orders out of them.
  init(
    _ name: String, bus: consuming LinuxI2CBus<System>, recorder: BusRecorder?, devices: [DeviceDeclaration],
    chips: [PlannedChip], table: SignalTable, loopGuard: LoopGuard, scheduling: ThreadScheduling,
    system: any RealTimeSystem
  ) throws(LinuxError) {
    self.name = name
    let clock = SystemClock()
    let worker = BusWorker(
      bus: Bus(bus, recorder: recorder) { clock.now().nanoseconds }, devices: devices, chips: chips,
      table: table, start: clock.now())
    self.devices = worker.devices
    let slots = try BusSlots(
      readings: worker.readings.size, orders: worker.orders.size, devices: worker.devices.count)
    ends = BusEnds(
      slots: slots, readings: worker.readings, orders: worker.orders, hasActuators: worker.hasActuators)
    let work = BusWork(
      worker, slots: slots, loopGuard: loopGuard, statistics: { $0.withBase { $0.statistics } })
    self.work = work
    thread = try RealTimeThread("bus-\(name.prefix(8))", scheduling: scheduling, system: system) {
      work.run()
    }
  }

  /// Takes out of the thread's slots what its devices say they are, by their names. One thread alone may ask.
  func takeIdentities(_ identities: inout [String: UInt8]) {
    let bytes = ends.slots.identities.latest
    for (place, device) in devices.enumerated() where bytes[2 * place] != 0 {
      identities[device.name] = bytes[2 * place + 1]
    }
  }

  // The thread itself is joined when it goes, right after this.
  deinit { stop() }

  /// Tells the thread to end; `join` waits for it.
  func stop() { ends.slots.stop() }

  /// Waits for the end, `nanoseconds` at most, and gives what was measured: time from a sample to the orders that follow
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
  private let readStatistics: (borrowing Bus) -> I2CStatistics
  private let clock = SystemClock()
  private var report = BusReport()
  /// Whether the actuators have taken their safe values since the outputs are held safe.
  private var areHeldSafe = false

  /// How long a thread that ends tries to give the actuators their safe values, in ns.
  private static var safeEffort: Int64 { 300_000_000 }

  init(
    _ worker: BusWorker<Bus>, slots: BusSlots, loopGuard: LoopGuard,
    statistics: @escaping (borrowing Bus) -> I2CStatistics
  ) {
    (self.worker, self.slots, self.loopGuard) = (worker, slots, loopGuard)
    readStatistics = statistics
  }

  var statistics: I2CStatistics { worker.withBus(readStatistics) }

  func run() {
    var wereHeld = false
    while !slots.isStopping {
      // The guard's process reaches chips behind multiplexers, too.
      let areHeld = worker.hasActuators && loopGuard.holdsOutputs
      if areHeld || wereHeld { worker.forgetRoutes() }
      wereHeld = areHeld
      // Looked at before the orders: one that comes in between rings again.
      let seen = slots.bell.count
      if worker.hasActuators { serveOrders() }
      let due = worker.due
      let now = clock.now()
      if due > now {
        slots.bell.wait(after: seen, until: due)
      } else {
        worker.runNext(now: now)
        publish()
      }
    }
    if worker.hasActuators { leaveSafe() }
  }

  private func serveOrders() {
    if !loopGuard.isTripped {
      areHeldSafe = false
      guard slots.orders.isNew else { return }
      let times = slots.orders.orderTimes
      worker.orders.write(slots.orders.order, to: worker.frame)
      let isTaken = worker.write(now: clock.now())
      note(isTaken, times)
      if isTaken, times.sampleTime != 0 {
        actuation.record(clock.now().nanoseconds &- times.sampleTime)
      }
    }
    // Asked again: what was written a moment ago must not outlast a watcher that has tripped meanwhile.
    guard loopGuard.isTripped else { return }
    let isNew = slots.orders.isNew
    // Whatever the loop asks for, and again until the actuators have taken it.
    if isNew || !areHeldSafe {
      let times = slots.orders.orderTimes
      areHeldSafe = worker.writeSafe(now: clock.now())
      note(areHeldSafe, times)
    }
  }

  /// Tells the loop what became of an order.
  private func note(_ isTaken: Bool, _ times: OrderTimes) {
    if isTaken { report.taken = times.time }
    publish()
  }

  /// Gives the actuators their safe values, again until they have taken them or the bus has shown that it will not.
  private func leaveSafe() {
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    repeat {
      worker.writeSafe(now: clock.now())
      publish()
      // A chip that is not ready drives nothing.
      guard report.actuatorFault == .transfer else { return }
      clock.sleep(until: clock.now().advanced(milliseconds: 2))
    } while clock.now() < end
  }

  private func publish() {
    worker.readings.read(worker.frame, into: slots.readings.draft)
    slots.readings.publish()
    let identities = slots.identities.draft
    for place in 0..<worker.devices.count {
      let identity = worker.identity(of: place)
      identities[2 * place] = identity == nil ? 0 : 1
      identities[2 * place + 1] = identity ?? 0
    }
    slots.identities.publish()
    report.actuatorFault = worker.actuatorFault
    report.statistics = statistics
    slots.report.publish(report)
  }
}
