import Files
import FlightLog
import HardwareInterfaces
import LinuxHardware
import PortableMath
import Signals
import SimulatedHardware
import VehicleConfiguration

/// One simulated flight: the vehicle, its controller, its log, and the virtual clock that moves them.
///
/// What happens is a function of vehicle, seed and fault alone; only the tick's measured duration, which is
/// reported and never used, is not.
public struct Flight: ~Copyable, VehicleFlight {
  /// Chips, lines, buses and physics.
  package let vehicle: SimulatedVehicle
  /// The control logic.
  public var controller: VehicleController

  private let loaded: LoadedVehicle
  private let seed: UInt64
  /// `nil` also when it can no longer be written.
  private var log: FlightLogWriter?
  private var logFailure: String?
  private let logPath: String?
  private var schedule: LoopSchedule
  private var commands: SimulatedCommands
  /// What of this machine joins it; `nil` in virtual time.
  private let live: LiveRun?
  private var lateness: Lateness
  private var tickTimes = LatencyHistogram()
  private var ticks: UInt64 = 0
  private var missed: UInt64 = 0
  private var tallies: FlightTallies
  private let shown: ShownNumbers
  private let liveTable: LiveTable?
  private var nextShown: Int64 = 0
  private var stepBegan: Int64 = 0
  private let clock = SystemClock()
  private let listener: RunListener
  private let modePlace: SignalIndex<UInt8>?
  /// The modes in which the vehicle does what it is asked for, as the table counts them.
  private let activeModes: [UInt8]
  private let outside: OutsidePlaces
  private var lastTime: Int64 = 0
  private let faultPlan: FaultPlan?
  private let stop: StopRequest
  private var interruption: StopSignal?
  private var crash: String?

  /// A flight that is about to begin, and that ends early when `stop` says so.
  ///
  /// - Parameters:
  ///   - live: What of this machine joins it, in real time; `nil` flies as fast as it goes.
  ///   - flysProfile: Whether the configuration's list of times is heard.
  public init(
    _ loaded: LoadedVehicle, seed: UInt64, fault: String?, logPath: String?,
    logOptions: LogOptions = LogOptions(), live: LiveOptions? = nil, flysProfile: Bool = true,
    stop: StopRequest = StopRequest(), listener: RunListener = .none
  ) throws {
    let configuration = loaded.tables
    let ticks = try loaded.makeTable()
    let vehicle = try SimulatedVehicle(loaded.tables, seed: seed, table: ticks)
    let plan = try fault.map { text in try FaultPlan(parsing: text, targets: vehicle.board.targetNames) }
    for entry in plan?.entries ?? [] { try vehicle.inject(entry.fault) }
    let log = try logPath.map { path in
      try FlightLogWriter(
        parts: LogFiles(path: path, configuration, logOptions), signals: ticks,
        configuration: Array(configuration.text.utf8), models: loaded.modelBytes,
        calibration: loaded.calibrationBytes,
        stateEvery: configuration.log.networkStateEvery,
        metadata: FlightLogMetadata(
          version: ganglionVersion, backend: configuration.backend.rawValue, seed: seed,
          tickRate: Double(configuration.loop.rateHz), extra: loaded.overrides))
    }
    let joined = try live.map {
      try LiveRun(loaded.tables, ticks, $0, listener: listener)
    }
    self.init(
      loaded, seed: seed, vehicle: vehicle, controller: try loaded.makeController(), live: joined,
      // A list of times beside somebody's hands would fly for them.
      flysProfile: flysProfile && live?.commands.isEmpty ?? true, log: log,
      logPath: logPath, faultPlan: plan, stop: stop, listener: listener)
  }

  /// A flight from its parts. Apart from what can fail: Swift 6.2 does not clean up a value that is half made and cannot be copied.
  private init(
    _ loaded: LoadedVehicle, seed: UInt64, vehicle: SimulatedVehicle, controller: consuming VehicleController,
    live: LiveRun?, flysProfile: Bool, log: FlightLogWriter?, logPath: String?, faultPlan: FaultPlan?,
    stop: StopRequest,
    listener: RunListener
  ) {
    let configuration = loaded.tables
    tallies = FlightTallies(controller.table, configuration.devices)
    (modePlace, outside) = (controller.table.index(of: "safety.mode"), OutsidePlaces(controller.table))
    activeModes = (controller.table["safety.mode"]?.kind.choices ?? []).enumerated()
      .filter { $0.element == "active" || $0.element == "hold" }.map { UInt8(truncatingIfNeeded: $0.offset) }
    shown = ShownNumbers(controller.table)
    liveTable = listener.table.map { LiveTable(loaded.tables, controller.table, in: $0) }
    commands = SimulatedCommands(configuration, seed: seed, controller.table, flysProfile: flysProfile)
    self.live = live
    self.controller = controller
    (self.loaded, self.seed, self.vehicle) = (loaded, seed, vehicle)
    (self.log, self.logPath) = (log, logPath)
    (self.faultPlan, self.stop, self.listener) = (faultPlan, stop, listener)
    schedule = LoopSchedule(
      period: configuration.loop.period, start: MonotonicTime(nanoseconds: configuration.loop.period))
    lateness = Lateness(configuration, seed: seed)
  }

  /// Flies from the start to the end, and says how it went.
  ///
  /// - Throws: Nothing but what keeps a log from being ended.
  public consuming func fly() throws -> FlightReport {
    let isShown = listener.progress != nil || listener.table != nil
    return try VehicleRuntime.fly(self, showsProgress: isShown)
  }

  /// Begins the next tick at its time; `nil` when the flight is over.
  public mutating func nextTick() -> LoopSchedule.Start? {
    guard schedule.due.nanoseconds <= loaded.tables.simulation.duration else { return nil }
    guard vehicle.crash == nil else { return nil }
    interruption = stop.signal
    guard interruption == nil else { return nil }
    // Its ticks come when they are drawn to come: a desk that is busy makes the flight late, and none of its ticks.
    live?.wait(until: schedule.due)
    return schedule.begin(now: schedule.due.advanced(nanoseconds: lateness.next()))
  }

  /// The values of the controller's signals.
  public var frame: Frame { controller.frame }

  /// See `VehicleFlight`.
  public mutating func see(_ start: LoopSchedule.Start) {
    outside.put(start, frame)
    commands.put(at: start.time, elapsed: start.elapsed, frame)
    live?.put(at: start.time, elapsed: start.elapsed, frame)
    stepBegan = clock.now().nanoseconds
  }

  /// See `VehicleFlight`.
  public mutating func step() { controller.step() }

  /// Puts a tick into the log and into the result.
  public mutating func record(_ start: LoopSchedule.Start) throws {
    tickTimes.record((clock.now().nanoseconds &- stepBegan))
    live?.show(frame)
    if let log {
      do throws(LogError) { try log.append(frame) } catch { loseLog(error) }
    }
    ticks += 1
    missed += UInt64(start.missed)
    tallies.note(frame)
    let mode = modePlace.map { frame[$0] } ?? 0
    lastTime = start.time.nanoseconds
    vehicle.note(
      RunTick(
        time: lastTime, elapsed: start.elapsed, setpoint: outside.setpoint(frame),
        isActive: activeModes.contains(mode), frame: frame))
    if crash == nil, let reason = vehicle.crash {
      // No tick can know it: what happened to the vehicle is the simulation's to say.
      crash = reason
      if let log {
        do throws(LogError) {
          try log.appendError(source: "simulation", FlightReport.crashText(reason))
        } catch {
          loseLog(error)
        }
      }
    }
  }

  /// Rewrites the live table or line: ten times a second, but no oftener than so in the flight's own time.
  public mutating func showProgress() {
    guard ticks % UInt64(max(loaded.tables.loop.rateHz / 10, 1)) == 0 else { return }
    let now = clock.now().nanoseconds
    guard now >= nextShown else { return }
    nextShown = now + 100_000_000
    if let window = listener.table, let liveTable {
      let (columns, rows) = window.size()
      window.show(
        liveTable.lines(
          FrameView(controller.table, controller.frame), seconds: schedule.due.seconds, columns: columns,
          rows: rows))
      return
    }
    let names = tallies.flags.safety.conditions(in: controller.frame).map(\.name)
    listener.progress?(
      formatted("%6.2f s  ", Double(schedule.due.nanoseconds) * 1e-9)
        + shown.text(shown.values(controller.frame))
        + formatted("  tick %5.1f µs  ", Double(tickTimes.quantile(0.5)) * 1e-3)
        + (names.isEmpty ? "no faults" : names.joined(separator: ", ")))
  }

  /// A log that can no longer be written ends, and no flight with it.
  private mutating func loseLog(_ error: LogError) {
    log = nil
    logFailure = "\(error)"
    listener.warning("the flight goes on without a log: \(error)")
  }

  /// Ends the flight and says how it went.
  public consuming func finish() throws -> FlightReport {
    if let log {
      do throws(LogError) { try log.finish() } catch { loseLog(error) }
    }
    listener.endProgress()
    let told = tallies.told(controller.frame)
    var report = FlightReport(
      name: loaded.tables.name, seed: seed, ticks: ticks, missed: missed, tickTimes: tickTimes,
      score: vehicle.score,
      modeName: FrameView(controller.table, frame).choice("safety.mode") ?? "disarmed",
      faults: told.conditions, inhibits: told.inhibits,
      complaints: loaded.tables.deviceComplaints(
        about: FrameView(controller.table, frame), identities: vehicle.identities)
        + (live?.diagnostics ?? []),
      sensors: told.sensors,
      network: told.network,
      logPath: logPath,
      interruption: interruption,
      isJudgedToTheEnd: interruption == nil || lastTime >= loaded.tables.evaluation.until,
      faultsWithoutEffect: faultPlan?.withoutEffect(endingAt: lastTime, on: vehicle.board) ?? [])
    (report.range, report.logFailure) = (told.range, logFailure)
    return report
  }
}

/// How late each tick of a simulated loop comes, drawn from the seed: always a little, sometimes a whole period.
struct Lateness {
  private var random: RandomGenerator
  private let jitter: Double
  private let probability: Double
  private let period: Int64

  init(_ configuration: VehicleTables, seed: UInt64) {
    random = RandomGenerator(seed: seed, stream: 97)
    jitter = Double(configuration.simulation.tickJitter)
    probability = configuration.simulation.missedTickProbability
    period = configuration.loop.period
  }

  /// The next tick's lateness in ns.
  mutating func next() -> Int64 {
    let isMissed = random.nextUniform() < probability
    return Int64(random.nextUniform() * jitter) + (isMissed ? period : 0)
  }
}
