import ControlLoop
import FlightLog
import Foundation
import HardwareInterfaces
import LinuxHardware
import Synchronization

/// A vehicle on this machine while it runs: its threads, and what watches over them.
///
/// Made in this order: buses and lines are opened with safe outputs; the guard's process is forked, which must be before
/// there is any other thread; memory is locked; then come the threads of the buses, of the lines and of the watchdog.
/// The loop's own is started by `start`.
final class LinuxRun<System: I2CSystem> {
  /// What real time was asked for, and whether it was obtained.
  private(set) var grants: [RealTimeGrant]
  /// What the loop shows.
  let slots = LoopSlots()
  /// The loop's life sign.
  let loopGuard: LoopGuard

  private let mission: Mission
  private let systems: LinuxSystems<System>
  private let board: LinuxBoard<System>
  private let guardProcess: GuardProcess?
  private let process: ProcessRealTime
  private let buses: [BusThread<System>]
  private let lineSlots = LineSlots()
  private let lines: LineThread?
  private let watchdog: WatchdogThread
  private let vehicle: LinuxVehicle
  private var loop: LoopThread?

  /// Opens the vehicle and starts all of it but the loop.
  init(_ mission: Mission, systems: LinuxSystems<System>, recordsTraffic: Bool = false) throws {
    let configuration = mission.configuration
    let board = try LinuxBoard(configuration, systems: systems, recordsTraffic: recordsTraffic)
    (self.mission, self.systems, self.board) = (mission, systems, board)
    let loopGuard = try LoopGuard()
    self.loopGuard = loopGuard
    let realTime = configuration.realTime
    let limit = configuration.watchdog.loopStoppedAfter
    // Above all that it watches; without real time for those it needs none either.
    let highest = max(realTime.loopPriority, realTime.busPriority)
    let watchPriority = highest > 0 ? highest + 1 : 0
    guardProcess =
      systems.hasGuardProcess
      ? try GuardProcess(
        loopGuard, limit: limit, priority: watchPriority, enable: board.enable,
        writes: board.safeWrites(configuration)) : nil
    process = ProcessRealTime(
      locksMemory: realTime.locksMemory, latency: realTime.processorLatency, system: systems.realTime,
      files: systems.files)
    var grants = process.grants

    let busScheduling = ThreadScheduling(priority: realTime.busPriority)
    var busSlots: [BusSlots] = []
    var buses: [BusThread<System>] = []
    for entry in board.buses {
      guard let bus = entry.bus.take() else { continue }
      let slots = try BusSlots()
      let thread = try BusThread(
        entry.name, bus: bus, recorder: entry.recorder, slots: slots, configuration: configuration,
        loopGuard: loopGuard, scheduling: busScheduling, system: systems.realTime)
      busSlots.append(slots)
      buses.append(thread)
      grants += thread.grants
    }
    let motorBus = board.buses.firstIndex { $0.name == configuration.actuators.driver.bus }
    let vehicle = LinuxVehicle(
      configuration, buses: busSlots, motorBus: motorBus.map { busSlots[$0] },
      kernelPulses: board.kernelPulses, bridges: board.bridges, enable: board.enable, lines: lineSlots,
      loopGuard: loopGuard)
    let killSwitch = board.takeKillSwitch()
    if killSwitch != nil || board.lamp != nil {
      let thread = try LineThread(
        killSwitch: killSwitch, lamp: board.lamp, slots: lineSlots, scheduling: busScheduling,
        system: systems.realTime)
      lines = thread
      grants += thread.grants
    } else {
      lines = nil
    }
    watchdog = try WatchdogThread(
      loopGuard, limit: limit, scheduling: ThreadScheduling(priority: watchPriority),
      system: systems.realTime, makeSafe: { vehicle.makeSafeFromOutside() })
    grants += watchdog.grants
    (self.buses, self.vehicle, self.grants) = (buses, vehicle, grants)
  }

  /// Starts the loop on a thread of its own.
  ///
  /// - Parameters:
  ///   - ring: Where the loop's ticks go; `nil` for a flight without a log.
  ///   - duration: Length of the flight in ns; `nil` until it is stopped.
  func start<Clock: LoopClock>(ring: TickRing?, duration: Int64?, clock: Clock) throws {
    let configuration = mission.configuration
    let flight = LinuxFlight(
      configuration, controller: try mission.makeController(), vehicle: vehicle, clock: clock, slots: slots,
      ring: ring, loopGuard: loopGuard, duration: duration)
    let loop = try LoopThread(
      flight,
      scheduling: ThreadScheduling(
        priority: configuration.realTime.loopPriority, processor: configuration.realTime.processor),
      system: systems.realTime)
    self.loop = loop
    grants += loop.grants
  }

  /// What an owner must know of the machine, as of `status`.
  func complaints(about status: LoopStatus) -> [String] {
    mission.configuration.complaints(about: status, isSwitchUnreadable: lineSlots.isUnreadable)
  }

  /// Whether the loop has ended.
  var isOver: Bool { loop?.isOver ?? true }

  /// Makes the outputs safe from outside the loop.
  func makeSafe() { vehicle.makeSafeFromOutside() }

  /// Ends everything in order, the outputs safe: the loop, the buses with their motors, the lines, the guards.
  func end() -> LinuxOutcome {
    slots.stop()
    var outcome = LinuxOutcome()
    outcome.loop = loop?.join() ?? LoopReport()
    for bus in buses { bus.stop() }
    outcome.loop.latencies.actuation.add(vehicle.actuation)
    for bus in buses {
      let (actuation, statistics) = bus.join()
      outcome.loop.latencies.actuation.add(actuation)
      outcome.buses.append((bus.name, statistics))
    }
    lines?.end()
    outcome.lostEdges = lineSlots.lostEdges
    outcome.complaints = complaints(about: outcome.loop.last)
    loopGuard.dismiss()
    watchdog.end()
    guardProcess?.end()
    outcome.grants = grants
    outcome.traffic = board.buses.compactMap { bus in bus.recorder.map { (bus.name, $0) } }
    return outcome
  }
}

/// What a run on this machine leaves to be told.
struct LinuxOutcome {
  /// How the flight went.
  var loop = LoopReport()
  /// What each bus carried.
  var buses: [(name: String, statistics: I2CStatistics)] = []
  /// What an owner must know of the machine.
  var complaints: [String] = []
  /// Edges of the kill switch that the kernel dropped.
  var lostEdges: UInt64 = 0
  /// What real time was obtained.
  var grants: [RealTimeGrant] = []
  /// What was recorded of the buses.
  var traffic: [(name: String, recorder: BusRecorder)] = []
}

/// The loop's thread.
private final class LoopThread {
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  private let end: LoopEnd
  private let thread: RealTimeThread

  init<Clock: LoopClock>(
    _ flight: consuming LinuxFlight<Clock>, scheduling: ThreadScheduling, system: any RealTimeSystem
  ) throws {
    let end = LoopEnd()
    self.end = end
    let work = LoopWork(flight, end)
    thread = try RealTimeThread("loop", scheduling: scheduling, system: system) { work.run() }
  }

  /// Whether the loop has ended.
  var isOver: Bool { end.isOver.load(ordering: .acquiring) }

  /// Waits for the loop's end.
  func join() -> LoopReport {
    thread.join()
    return end.report
  }
}

/// What the loop's thread leaves behind.
private final class LoopEnd: @unchecked Sendable {
  // Sendable: `report` is written before `isOver` is stored, and read after the thread was joined.
  let isOver = Atomic<Bool>(false)
  var report = LoopReport()
}

/// What the loop's thread owns while it runs.
private final class LoopWork<Clock: LoopClock>: @unchecked Sendable {
  // Sendable: the thread alone uses it.
  private var flight: LinuxFlight<Clock>?
  private let end: LoopEnd

  init(_ flight: consuming LinuxFlight<Clock>, _ end: LoopEnd) {
    self.flight = consume flight
    self.end = end
  }

  func run() {
    if let flight = flight.take() { end.report = fly(flight, showsProgress: true) }
    end.isOver.store(true, ordering: .releasing)
  }
}
