import FlightLog
import HardwareInterfaces
import LinuxHardware
import Signals
import VehicleConfiguration
import VehicleRuntime

/// The loop of a vehicle without its hardware beside a bare periodic wake-up, on one thread and in turns.
///
/// Absolute times mean little on a machine that others use, and a second of peace helps whoever measures in it. So both
/// run in one process, on the same thread with the same scheduling, a block of periods each, again and again; what counts
/// is the ratio.
struct LoopBenchmark: Sendable {
  /// What is measured of one of the two.
  struct Side: BitwiseCopyable, Sendable {
    /// From the time at which a wake-up was due to the moment at which it came.
    var wakeUp = LatencyHistogram()
    /// Work done in a period.
    var work = LatencyHistogram()
    /// Periods that were lost because the one before came late.
    var missed: UInt64 = 0
  }

  /// Blocks of each, and periods in a block.
  var blocks = 40
  var periodsPerBlock = 100

  /// Both, in this order, and what the thread obtained.
  struct Result {
    var loop = Side()
    var bare = Side()
    var grants: [RealTimeGrant] = []
    /// Ratio of the loop's to the bare wake-ups' latency.
    func ratio(_ quantile: Double) -> Double? {
      let bare = bare.wakeUp.quantile(quantile)
      return bare > 0 ? Double(loop.wakeUp.quantile(quantile)) / Double(bare) : nil
    }
  }

  /// Measures with the configuration's rate, priority and processor. The controller steps on the input of a vehicle that
  /// stands still, and its records go into a ring that nobody empties.
  func run(_ loaded: LoadedVehicle, system: any RealTimeSystem = KernelRealTime()) throws -> Result {
    let configuration = loaded.tables
    let realTime = configuration.realTime
    let process = ProcessRealTime(
      locksMemory: realTime.locksMemory, latency: realTime.processorLatency, system: system)
    let work = LoopBenchmarkWork(self, configuration, try loaded.makeController())
    let thread = try RealTimeThread(
      "loop", scheduling: ThreadScheduling(priority: realTime.loopPriority, processor: realTime.processor),
      system: system
    ) { work.run() }
    thread.join()
    return Result(loop: work.loop, bare: work.bare, grants: process.grants + thread.grants)
  }
}

/// What the measuring thread owns while it runs.
private final class LoopBenchmarkWork: @unchecked Sendable {
  // Sendable: the thread alone uses it until it is joined.
  private(set) var loop = LoopBenchmark.Side()
  private(set) var bare = LoopBenchmark.Side()

  private let plan: LoopBenchmark
  private let period: Int64
  private var controller: VehicleController
  private let ring: TickRing
  private let outside: OutsidePlaces
  private let rest: [RestingDevice]
  private let clock = SystemClock()

  init(_ plan: LoopBenchmark, _ configuration: VehicleTables, _ controller: consuming VehicleController) {
    (self.plan, period) = (plan, configuration.loop.period)
    outside = OutsidePlaces(controller.table)
    rest = configuration.devices.map { RestingDevice($0.name, controller.table) }
    ring = TickRing(capacity: configuration.log.ringTicks, of: controller.table)
    self.controller = controller
  }

  func run() {
    // The first of each warms caches and is not counted.
    for block in 0...max(plan.blocks, 1) {
      if block == 1 { (loop, bare) = (LoopBenchmark.Side(), LoopBenchmark.Side()) }
      runLoop()
      runBare()
    }
  }

  /// The loop as it flies, but for buses and lines.
  private func runLoop() {
    var schedule = LoopSchedule(period: period, start: clock.now().advanced(nanoseconds: period))
    for _ in 0..<plan.periodsPerBlock {
      clock.sleep(until: schedule.due)
      let now = clock.now()
      loop.wakeUp.record(now.nanoseconds(since: schedule.due))
      let start = schedule.begin(now: now)
      loop.missed &+= UInt64(start.missed)
      for device in rest { device.read(start, controller.frame) }
      outside.put(start, controller.frame)
      controller.step()
      ring.push(controller.frame)
      loop.work.record(clock.now().nanoseconds(since: now))
    }
  }

  /// What cyclictest does: sleep until an absolute time, take the time, and go on from the time that was due.
  private func runBare() {
    var due = clock.now().advanced(nanoseconds: period)
    for _ in 0..<plan.periodsPerBlock {
      clock.sleep(until: due)
      let now = clock.now()
      bare.wakeUp.record(now.nanoseconds(since: due))
      due = due.advanced(nanoseconds: period)
      while due <= now {
        due = due.advanced(nanoseconds: period)
        bare.missed &+= 1
      }
      bare.work.record(clock.now().nanoseconds(since: now))
    }
  }
}

/// A device of a vehicle that stands level: a new reading in every tick.
private struct RestingDevice {
  private let time: SignalIndex<Int64>?
  private let count: SignalIndex<UInt32>?
  private let present, seen: SignalIndex<Bool>?
  private let numbers: [(place: SignalIndex<Float>, value: Float)]

  init(_ name: String, _ table: SignalTable) {
    (time, count) = (table.index(of: "\(name).time"), table.index(of: "\(name).count"))
    (present, seen) = (table.index(of: "\(name).present"), table.index(of: "\(name).seen"))
    let standing: [(String, Float)] = [
      ("acceleration_z", -9.80665), ("temperature", 25), ("pressure", 101_325), ("distance", 0.05),
      ("voltage", 12), ("current", 0.5),
    ]
    numbers = standing.compactMap { channel, value in
      table.index(of: "\(name).\(channel)").map { ($0, value) }
    }
  }

  func read(_ start: LoopSchedule.Start, _ frame: Frame) {
    frame.put(start.time.nanoseconds, time)
    frame.put(UInt32(truncatingIfNeeded: start.tick &+ 1), count)
    frame.put(true, present)
    frame.put(true, seen)
    for number in numbers { frame[number.place] = number.value }
  }
}
