import ControlLoop
import FlightLog
import HardwareInterfaces
import LinuxHardware

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
  func run(_ mission: Mission, system: any RealTimeSystem = KernelRealTime()) throws -> Result {
    let configuration = mission.configuration
    let realTime = configuration.realTime
    let process = ProcessRealTime(
      locksMemory: realTime.locksMemory, latency: realTime.processorLatency, system: system)
    let work = LoopBenchmarkWork(self, configuration, try mission.makeController())
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
  private let clock = SystemClock()

  init(_ plan: LoopBenchmark, _ configuration: Configuration, _ controller: consuming VehicleController) {
    (self.plan, period) = (plan, configuration.loop.period)
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
      let input = TickInput(start, Self.atRest(start), killSwitch: false, setpoint: Setpoint())
      _ = controller.step(input)
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

  /// New readings of a vehicle that stands level.
  private static func atRest(_ start: LoopSchedule.Start) -> SensorReadings {
    var readings = SensorReadings()
    let sequence = UInt32(truncatingIfNeeded: start.tick &+ 1)
    readings.inertial = Reading(
      empty: InertialSample(acceleration: (0, 0, -9.80665), rate: (0, 0, 0), temperature: 25), isPresent: true
    )
    (readings.inertial.sequence, readings.inertial.time) = (sequence, start.time)
    readings.pressure = Reading(empty: PressureSample(pressure: 101_325, temperature: 25), isPresent: true)
    (readings.pressure.sequence, readings.pressure.time) = (sequence, start.time)
    readings.range = Reading(empty: RangeSample(distance: 0.05, isValid: true), isPresent: true)
    (readings.range.sequence, readings.range.time) = (sequence, start.time)
    readings.power = Reading(empty: PowerSample(voltage: 12, current: 0.5), isPresent: true)
    (readings.power.sequence, readings.power.time) = (sequence, start.time)
    return readings
  }
}
