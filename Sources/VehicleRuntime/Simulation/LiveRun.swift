import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals
import VehicleConfiguration

/// What of this machine joins a simulated flight: its clock, programs at the vehicle's sockets, pilots with devices that are real.
public struct LiveOptions: Sendable {
  /// Sources of commands, by name or kind, whose devices are real; the others' are simulated, or not there.
  public var commands: [String] = []
  /// Folder of the sockets; `nil` takes `/run/ganglion/NAME`.
  public var runFolder: String?

  /// A flight in real time, commanded as in simulation and by programs.
  public init() {}
}

/// The same while it flies. Chips, lines and physics stay simulated, and move with the time of this machine.
final class LiveRun {
  private let clock = SystemClock()
  private let begin: MonotonicTime
  private var commands: LinuxCommands
  private let sockets: CommandSockets?
  private let telemetry: Telemetry?
  private let pilots: [PilotThread]
  private let system = KernelRealTime()

  /// Opens what `options` name.
  init(
    _ tables: VehicleTables, _ table: SignalTable, _ options: LiveOptions, listener: RunListener
  ) throws {
    let sources = tables.commands.sources
    for name in options.commands
    where !sources.contains(where: { $0.pilot != nil && ($0.name == name || $0.kind.rawValue == name) }) {
      let pilots = sources.filter { $0.pilot != nil }.map(\.name)
      throw VehicleError(
        place: "--command", "no pilot's device is called '\(name)' in this configuration",
        remedy: pilots.isEmpty
          ? "add a source \"receiver\" or \"gamepad\" to `commands` (docs/commands.md)"
          : "name one of \(pilots.joined(separator: ", "))")
    }
    let begin = clock.now()
    self.begin = begin
    let isWanted = { (name: String) in
      sources.contains { source in
        source.name == name && options.commands.contains { $0 == source.name || $0 == source.kind.rawValue }
      }
    }
    var pilots: [PilotThread] = []
    for worker in try tables.pilotWorkers(table) where isWanted(worker.pilot.name) {
      pilots.append(
        try PilotThread(worker, since: begin, scheduling: ThreadScheduling(priority: 0), system: system))
    }
    self.pilots = pilots
    var (sockets, telemetry): (CommandSockets?, Telemetry?) = (nil, nil)
    do {
      sockets = try CommandSockets(tables, folder: options.runFolder)
      telemetry = try Telemetry(
        tables, table, folder: try RunFolder.make(tables, given: options.runFolder), system: system)
    } catch {
      // A flight on a desk goes on without them, unless they were asked for.
      if options.runFolder != nil { throw error }
      listener.note("no sockets: \(error)")
    }
    for path in (sockets?.paths ?? []) + [telemetry?.path].compactMap(\.self) {
      listener.note("socket: \(path)")
    }
    (self.sockets, self.telemetry) = (sockets, telemetry)
    // The list of times is the simulation's own.
    commands = LinuxCommands(
      tables.commands, table, descriptors: sockets?.descriptors ?? [],
      profileMayCommand: false)
  }

  /// Waits until `time` after the start, which may have passed.
  func wait(until time: MonotonicTime) { clock.sleep(until: begin.advanced(nanoseconds: time.nanoseconds)) }

  /// Puts what is asked for at `time` into a frame.
  func put(at time: MonotonicTime, elapsed: Int64, _ frame: Frame) {
    commands.put(at: time.nanoseconds, elapsed: elapsed, now: time.nanoseconds, frame)
    for pilot in pilots { pilot.ends.readings.write(pilot.ends.slots.readings.latest, to: frame) }
  }

  /// Tells those who watch of a tick.
  func show(_ frame: Frame) { telemetry?.feed.push(frame) }

  /// What an owner must know of the devices.
  var diagnostics: [String] { pilots.compactMap(\.diagnostic) }
}
