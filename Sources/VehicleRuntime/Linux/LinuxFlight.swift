import FlightLog
import HardwareInterfaces
import LinuxHardware
import Signals
import Synchronization
import VehicleConfiguration

/// What the loop tells the thread that talks to people and to the service manager.
public struct LoopStatus: BitwiseCopyable, Sendable {
  /// Ticks so far, and periods missed.
  public var ticks: UInt64 = 0
  /// Periods that were skipped.
  public var missed: UInt64 = 0
  /// Time since the start in ns.
  public var elapsed: Int64 = 0
  /// Whether the enable line, the pulses or another line do not follow their commands.
  public var haveOutputsFailed = false
  /// The buses that carry out no orders for their actuators, a bit each, in the order of the configuration.
  public var staleOrders: UInt8 = 0
  /// What each bus has carried, in the order of the configuration.
  public var buses = InlineArray<8, I2CStatistics>(repeating: I2CStatistics())
}

/// Where the loop and the thread that supervises it meet.
final class LoopSlots: Sendable {
  /// Written by the loop ten times a second.
  let status = LatestValue(LoopStatus())
  /// The newest tick's frame, written beside it.
  let frame: LatestBytes
  private let isEnding = Atomic<Bool>(false)
  private let isAskedToEnd = Atomic<Bool>(false)

  /// Slots for a loop over frames of `table`.
  init(_ table: SignalTable) {
    frame = LatestBytes(count: table.size) { bytes in
      let blank = FrameMemory(table)
      bytes.copyMemory(from: blank.bytes)
    }
  }

  /// Whether the vehicle is to come to rest, and the loop to end then.
  var shallEnd: Bool { isAskedToEnd.load(ordering: .acquiring) }

  /// Asks the vehicle to come to rest as its file says, and the loop to end then.
  func end() { isAskedToEnd.store(true, ordering: .releasing) }

  /// Whether the loop is to end with the next tick.
  var isStopping: Bool { isEnding.load(ordering: .acquiring) }

  /// Asks the loop to end with the next tick, safely.
  func stop() { isEnding.store(true, ordering: .releasing) }
}

/// How a flight on a board went, as the loop saw it.
public struct LoopReport: Sendable {
  /// What was shown last.
  public var last = LoopStatus()
  /// What was counted tick by tick.
  public var told = FlightTold()
  /// What the vehicle was doing at the end.
  public var mode = ""
  /// Ticks in which the outputs were held safe from outside, because the loop had fallen silent before.
  public var heldSafe: UInt64 = 0
  /// Most periods missed in a row.
  public var longestGap: UInt32 = 0
  /// What was measured.
  public var latencies = LoopLatencies()
  /// Page faults of the loop's thread after its first second: those that waited for a disk, and the others.
  public var pageFaults: (major: Int64, minor: Int64) = (0, 0)
}

/// A flight of a vehicle on this machine: the loop's own part, which allocates nothing, waits for nothing but its time,
/// and counts no references.
struct LinuxFlight<Clock: LoopClock>: ~Copyable, VehicleFlight {
  /// Buses and lines.
  let vehicle: LinuxVehicle

  private var controller: VehicleController
  private let clock: Clock
  private let slots: LoopSlots
  private let status: Borrowed<LatestValue<LoopStatus>>
  private let shownFrame: Borrowed<LatestBytes>
  private let outside: OutsidePlaces
  private let sampleTime: SignalIndex<Int64>?
  private let ring: TickRing?
  private let telemetry: Borrowed<TelemetryFeed>?
  private let loopGuard: LoopGuard
  private let begin: MonotonicTime
  private let end: MonotonicTime
  /// How long it may take to come to rest in ns; `nil` when nothing is done for that.
  private let endsWithin: Int64?
  private let armed: SignalIndex<Bool>?
  /// When it was asked to end; `nil` before.
  private var endBegan: MonotonicTime?
  private let statusDivisor: UInt64
  private var schedule: LoopSchedule
  private var commands: LinuxCommands
  private var report = LoopReport()
  private var tallies: FlightTallies
  private var began = MonotonicTime.zero
  private var warmedUp: (major: Int64, minor: Int64)?

  /// A flight whose first tick is due one period from now.
  ///
  /// - Parameter duration: Length in ns; `nil` until it is stopped.
  init(
    _ configuration: VehicleTables, controller: consuming VehicleController, vehicle: LinuxVehicle,
    commands: consuming LinuxCommands, clock: Clock, slots: LoopSlots, ring: TickRing?,
    telemetry: TelemetryFeed? = nil, loopGuard: LoopGuard, duration: Int64?
  ) {
    self.telemetry = telemetry.map { Borrowed($0) }
    outside = OutsidePlaces(controller.table)
    tallies = FlightTallies(controller.table, configuration.devices)
    sampleTime = configuration.pacemaker.flatMap { controller.table.index(of: "\($0).time") }
    armed = controller.table.index(of: "safety.armed")
    self.commands = commands
    self.controller = controller
    (self.vehicle, self.clock) = (vehicle, clock)
    (self.slots, self.ring, self.loopGuard) = (slots, ring, loopGuard)
    (status, shownFrame) = (Borrowed(slots.status), Borrowed(slots.frame))
    endsWithin = configuration.reactsToEnding ? configuration.loop.endsWithin : nil
    let period = configuration.loop.period
    let begin = clock.now()
    self.begin = begin
    telemetry?.begin = begin.nanoseconds
    end = duration.map { begin.advanced(nanoseconds: $0) } ?? .distantFuture
    schedule = LoopSchedule(period: period, start: begin.advanced(nanoseconds: period))
    statusDivisor = UInt64(max(configuration.loop.rateHz / 10, 1))
  }

  /// Waits for the next tick's time; `nil` when the flight was stopped or is over.
  mutating func nextTick() -> LoopSchedule.Start? {
    guard !slots.isStopping, !hasEnded else { return nil }
    clock.sleep(until: schedule.due)
    began = clock.now()
    report.latencies.wakeUp.record(began.nanoseconds(since: schedule.due))
    loopGuard.beat(began)
    return schedule.begin(now: began)
  }

  /// Whether it was asked to end, or its time is over, and it is at rest or must not wait for that any longer.
  private var hasEnded: Bool {
    mutating get {
      guard slots.shallEnd || schedule.due >= end else { return false }
      guard let endsWithin, let armed, controller.frame[armed] else { return true }
      let began = endBegan ?? schedule.due
      endBegan = began
      return schedule.due.nanoseconds(since: began) >= endsWithin
    }
  }

  /// The values of the controller's signals.
  var frame: Frame { controller.frame }

  /// Puts the tick's times and what is asked for into the frame. The profile's times count from the start.
  mutating func see(_ start: LoopSchedule.Start) {
    if loopGuard.isTripped { report.heldSafe &+= 1 }
    if let sampled = frame.value(sampleTime), sampled != 0 {
      report.latencies.sampleAge.record(start.time.nanoseconds &- sampled)
    }
    outside.put(start, frame)
    outside.put(isEnding: endBegan != nil, frame)
    commands.put(
      at: start.time.nanoseconds(since: begin), elapsed: start.elapsed, now: start.time.nanoseconds, frame)
  }

  /// See `VehicleFlight`.
  mutating func step() { controller.step() }

  /// Gives a tick to the log's thread, and takes its time.
  mutating func record(_ start: LoopSchedule.Start) {
    ring?.push(frame)
    let frame = frame
    telemetry? { $0.push(frame) }
    report.last.ticks &+= 1
    report.last.missed &+= UInt64(start.missed)
    report.last.elapsed = start.time.nanoseconds(since: begin)
    tallies.note(frame)
    report.longestGap = max(report.longestGap, start.missed)
    report.latencies.tick.record(clock.now().nanoseconds(since: began))
  }

  /// Tells the supervising thread, ten times a second.
  mutating func showProgress() {
    guard report.last.ticks % statusDivisor == 0 else { return }
    showStatus()
  }

  private mutating func showStatus() {
    vehicle.describe(&report.last)
    let base = UnsafeRawPointer(frame.base)
    shownFrame {
      let draft = $0.draft
      draft.copyMemory(from: UnsafeRawBufferPointer(start: base, count: draft.count))
      $0.publish()
    }
    status { $0.publish(report.last) }
    if warmedUp == nil, report.last.elapsed > 1_000_000_000 { warmedUp = LinuxHardware.pageFaults() }
  }

  /// Ends the flight and says how it went.
  consuming func finish() -> LoopReport {
    showStatus()
    report.told = tallies.told(frame)
    report.mode = FrameView(controller.table, frame).choice("safety.mode") ?? ""
    if let warmedUp {
      let now = LinuxHardware.pageFaults()
      report.pageFaults = (now.major - warmedUp.major, now.minor - warmedUp.minor)
    }
    return report
  }
}
