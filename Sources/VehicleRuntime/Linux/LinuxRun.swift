import FlightLog
import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals
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
  let slots: LoopSlots
  /// The loop's life sign.
  let loopGuard: LoopGuard

  private let loaded: LoadedVehicle
  /// The signals of its ticks.
  let table: SignalTable
  private let newest: FrameMemory
  private let systems: LinuxSystems<System>
  private let board: LinuxBoard<System>
  private let guardProcess: GuardProcess?
  private var guardState = GuardProcess.State.watching
  private var identities: [String: UInt8] = [:]
  private let process: ProcessRealTime
  private let buses: [BusThread<System>]
  private let lineSlots: LineSlots
  private let lines: LineThread?
  private let inputs: LineInputThread?
  private let pilots: [PilotThread]
  private let watchdog: WatchdogThread
  private let vehicle: LinuxVehicle
  private var loop: LoopThread?
  /// Open as long as the loop may look at them.
  private var sockets: CommandSockets?
  private var telemetry: Telemetry?

  /// How long the threads may take to end, all together, in ns.
  private static var longestEnd: Int64 { RealTimeThread.longestEnd }
  /// How long it is waited for outputs to accept their safe values from outside the loop, in ns.
  private static var safeEffort: Int64 { 300_000_000 }

  /// Opens the vehicle and starts all of it but the loop.
  init(_ loaded: LoadedVehicle, systems: LinuxSystems<System>, recordsTraffic: Bool = false) throws {
    let configuration = loaded.tables
    let loopGuard = try LoopGuard()
    let plan = try configuration.actuatorPlan()
    let table = try loaded.makeTable()
    let board = try LinuxBoard(
      configuration, plan, table, systems: systems, loopGuard: loopGuard,
      recordsTraffic: recordsTraffic)
    (self.loaded, self.table, self.systems, self.board) = (loaded, table, systems, board)
    slots = LoopSlots(table)
    newest = FrameMemory(table)
    self.loopGuard = loopGuard
    let lineSlots = LineSlots(staleAfter: configuration.lines.killSwitch?.staleAfter ?? .max)
    self.lineSlots = lineSlots
    let realTime = configuration.realTime
    let limit = configuration.watchdog.loopStoppedAfter
    // Above all that it watches; without real time for those it needs none either.
    let highest = max(realTime.loopPriority, realTime.busPriority)
    let watchPriority = highest > 0 ? highest + 1 : 0
    guardProcess =
      systems.hasGuardProcess
      ? try GuardProcess(
        loopGuard, limit: limit, priority: watchPriority, outputs: board.safeOutputs,
        closing: board.descriptors) : nil
    process = ProcessRealTime(
      locksMemory: realTime.locksMemory, latency: realTime.processorLatency, system: systems.realTime,
      files: systems.files)
    var grants = process.grants

    let busScheduling = ThreadScheduling(priority: realTime.busPriority)
    var buses: [BusThread<System>] = []
    for entry in board.buses {
      guard let bus = entry.bus.take() else { continue }
      let thread = try BusThread(
        entry.name, bus: bus, recorder: entry.recorder,
        devices: configuration.devices.filter { $0.bus == entry.name }, chips: plan.chips(on: entry.name),
        table: table, loopGuard: loopGuard, scheduling: busScheduling, system: systems.realTime)
      buses.append(thread)
      grants += thread.grants
    }
    let lineWorker = LineWorker(configuration.devices, table: table)
    if lineWorker.devices.isEmpty {
      inputs = nil
    } else {
      let thread = try LineInputThread(
        board.takeInputs(), worker: lineWorker, scheduling: busScheduling, system: systems.realTime)
      inputs = thread
      grants += thread.grants
    }
    var pilots: [PilotThread] = []
    for worker in try configuration.pilotWorkers(table) {
      let thread = try PilotThread(worker, scheduling: busScheduling, system: systems.realTime)
      pilots.append(thread)
      grants += thread.grants
    }
    self.pilots = pilots
    let vehicle = LinuxVehicle(
      configuration, plan, table, buses: buses.map(\.ends), outputs: board.outputs,
      safety: board.safety, enable: board.enable, lines: lineSlots,
      readers: (inputs.map { [$0.ends] } ?? []) + pilots.map(\.ends), loopGuard: loopGuard)
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
  ///   - sockets: Where programs ask for something, in the order of the configuration's sources.
  ///   - telemetry: Whom the loop tells how the vehicle is.
  ///   - flysProfile: Whether the configuration's list of times is heard.
  func start<Clock: LoopClock>(
    ring: TickRing?, duration: Int64?, clock: Clock, sockets: CommandSockets? = nil,
    telemetry: Telemetry? = nil, flysProfile: Bool = true
  ) throws {
    let configuration = loaded.tables
    (self.sockets, self.telemetry) = (sockets, telemetry)
    let commands = LinuxCommands(
      configuration.commands, table, descriptors: sockets?.descriptors ?? [], profileMayCommand: flysProfile)
    let flight = LinuxFlight(
      configuration, controller: try loaded.makeController(), vehicle: vehicle, commands: commands,
      clock: clock,
      slots: slots, ring: ring, telemetry: telemetry?.feed, loopGuard: loopGuard, duration: duration)
    let loop = try LoopThread(
      flight,
      scheduling: ThreadScheduling(
        priority: configuration.realTime.loopPriority, processor: configuration.realTime.processor),
      system: systems.realTime)
    self.loop = loop
    grants += loop.grants
  }

  /// The guard's process; for tests, which end it.
  var guardIdentifier: Int32? { guardProcess?.identifier }

  /// Lets go of the guard as this process's death would; for tests.
  func abandonGuard() -> Int32? { guardProcess?.abandon() }

  /// Looks whether the guard's process still watches, and tells the loop. The thread that supervises calls this.
  func lookAtGuard() {
    guard let guardProcess else { return }
    guardState = guardProcess.state(now: SystemClock().now().nanoseconds)
    loopGuard.isUnguarded = guardState != .watching
  }

  /// The newest tick that the loop has shown. One thread alone may ask.
  func values() -> FrameView {
    newest.fill(from: slots.frame.latest)
    return FrameView(table, newest.frame)
  }

  /// What an owner must know of the machine, as of `status`. One thread alone may ask.
  func complaints(about status: LoopStatus) -> [String] {
    for bus in buses { bus.takeIdentities(&identities) }
    return loaded.tables.complaints(
      about: status, values(), identities: identities,
      MachineState(
        isSwitchUnreadable: lineSlots.isUnreadable, isSwitchStale: lineSlots.isStale, guardProcess: guardState
      )) + pilots.compactMap(\.diagnostic)
  }

  /// Whether the loop has ended.
  var isOver: Bool { loop?.isOver ?? true }

  /// Has the outputs made safe from outside the loop, by those who watch it: what they hang on must not hold the caller.
  /// Returns whether lines and pulses have accepted within 300 ms.
  func makeSafe() -> Bool {
    loopGuard.trip()
    watchdog.look()
    let clock = SystemClock()
    let end = clock.now().advanced(nanoseconds: Self.safeEffort)
    while !watchdog.hasMadeSafe, clock.now() < end {
      clock.sleep(until: clock.now().advanced(milliseconds: 1))
    }
    return watchdog.hasMadeSafe
  }

  /// Ends everything in order, the outputs safe: the loop, the buses with their actuators, the lines, the guards.
  ///
  /// Nothing is waited for for ever. When a thread does not end, which only one that hangs in the kernel does, the outcome
  /// names it, and the guard's process stays on watch: it makes everything safe when this process has gone.
  func end() -> LinuxOutcome {
    slots.stop()
    var outcome = LinuxOutcome()
    if let loop {
      guard let report = loop.join(within: Self.longestEnd) else {
        _ = makeSafe()
        return unfinished(outcome, ["the loop"])
      }
      outcome.loop = report
    }
    telemetry?.end(within: 1_000_000_000)
    for bus in buses { bus.stop() }
    let clock = SystemClock()
    let limit = clock.now().advanced(nanoseconds: Self.longestEnd)
    // Never less than an orderly end takes: one that hangs must not make the others seem so.
    func rest() -> Int64 { max(limit.nanoseconds(since: clock.now()), 200_000_000) }
    var hanging: [String] = []
    outcome.loop.latencies.actuation.add(vehicle.actuation)
    for (index, bus) in buses.enumerated() {
      if let (actuation, statistics) = bus.join(within: rest()) {
        outcome.loop.latencies.actuation.add(actuation)
        outcome.buses.append((bus.name, statistics))
        if let recorder = board.buses[index].recorder { outcome.traffic.append((bus.name, recorder)) }
      } else {
        hanging.append("the bus \"\(bus.name)\"")
        outcome.buses.append((bus.name, outcome.loop.last.buses[index]))
      }
    }
    if lines?.end(within: rest()) == false { hanging.append("the lines' thread") }
    if inputs?.end(within: rest()) == false { hanging.append("the thread of the lines that are read") }
    for pilot in pilots where !pilot.end(within: rest()) {
      hanging.append("the device of the commands \"\(pilot.name)\"")
    }
    guard hanging.isEmpty else { return unfinished(outcome, hanging) }
    outcome.lostEdges = lineSlots.lostEdges
    outcome.complaints = complaints(about: outcome.loop.last)
    loopGuard.dismiss()
    if !watchdog.end(within: rest()) { return unfinished(outcome, ["the watchdog"]) }
    if guardProcess?.end() == false {
      outcome.complaints.append("the guard's process did not end, and was killed")
    }
    outcome.grants = grants
    return outcome
  }

  private func unfinished(_ outcome: LinuxOutcome, _ hanging: [String]) -> LinuxOutcome {
    var outcome = outcome
    guardProcess?.leaveOnWatch()
    outcome.hanging = hanging
    outcome.lostEdges = lineSlots.lostEdges
    outcome.complaints = complaints(about: outcome.loop.last)
    outcome.complaints.append(
      "\(hanging.joined(separator: " and ")) did not end within \(Self.longestEnd / 1_000_000_000) s and was left "
        + "behind: a chip, an adapter or its driver hangs. See the kernel's words: dmesg | tail")
    outcome.grants = grants
    return outcome
  }
}

/// What a run on this machine leaves to be told.
public struct LinuxOutcome {
  /// How the flight went.
  public var loop = LoopReport()
  /// What each bus carried.
  public var buses: [(name: String, statistics: I2CStatistics)] = []
  /// What an owner must know of the machine.
  public var complaints: [String] = []
  /// Edges of the kill switch that the kernel dropped.
  public var lostEdges: UInt64 = 0
  /// What real time was obtained.
  public var grants: [RealTimeGrant] = []
  /// What was recorded of the buses.
  public var traffic: [(name: String, recorder: BusRecorder)] = []
  /// What did not end, because it hangs in the kernel; then the process must end at once.
  public var hanging: [String] = []
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

  /// Waits for the loop's end, `nanoseconds` at most; `nil` when it does not come.
  func join(within nanoseconds: Int64) -> LoopReport? {
    thread.join(within: nanoseconds) ? end.report : nil
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
