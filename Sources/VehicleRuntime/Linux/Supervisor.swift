import Control
import Files
import HardwareInterfaces
import LinuxHardware
import Signals
import VehicleConfiguration

/// The main thread's work while the loop runs: it waits for signals, tells people and the service manager how it goes,
/// and feeds the watchdogs for as long as the loop itself is well.
struct Supervisor: ~Copyable {
  private let configuration: VehicleTables
  private let safety: SafetySignals
  private let shown: ShownNumbers
  /// The newest tick that the loop has shown.
  private let newest: FrameMemory
  private let table: SignalTable
  private let slots: LoopSlots
  private let loopGuard: LoopGuard
  private let notifier: SystemdNotifier?
  private let listener: RunListener
  private let liveTable: LiveTable?
  private var device: HardwareWatchdog?
  private let clock = SystemClock()
  private var status = LoopStatus()
  private var complaints: [String] = []
  private var isReady = false
  private var nextFeed = MonotonicTime.zero
  private var nextStatus = MonotonicTime.zero

  /// How often signals are waited for anew, in ms.
  private static let period = 50
  /// How long after the start sensors may still be coming up before they are complained of, in ns.
  private static let settlingTime: Int64 = 2_000_000_000
  /// How long a loop that was asked to end may take, in ns: then it hangs.
  private static let longestEnd: Int64 = 2_000_000_000

  /// A supervisor; `device` is the machine's own watchdog, already started.
  init(
    _ configuration: VehicleTables, table: SignalTable, slots: LoopSlots, loopGuard: LoopGuard,
    notifier: SystemdNotifier?, device: consuming HardwareWatchdog?, listener: RunListener = .none
  ) {
    (self.configuration, self.slots, self.loopGuard) = (configuration, slots, loopGuard)
    (safety, shown, self.table) = (SafetySignals(table), ShownNumbers(table), table)
    newest = FrameMemory(table)
    liveTable = listener.table.map { LiveTable(configuration, table, in: $0) }
    (self.notifier, self.listener) = (notifier, listener)
    self.device = consume device
  }

  /// Supervises until the loop has ended. `false` when it was asked to end and did not.
  ///
  /// - Parameters:
  ///   - isOver: Whether the loop has ended.
  ///   - complaints: What an owner must know of the machine; said when it comes and when it goes.
  ///   - logFailure: Why the log can no longer be written; `nil` while it can.
  ///   - lookAtGuard: Looks whether the guard's process still watches.
  mutating func run(
    _ signals: borrowing StopSignals, isOver: () -> Bool, complaints: (LoopStatus) -> [String],
    logFailure: () -> String?, lookAtGuard: () -> Void = {}
  ) -> Bool {
    var isLogReported = false
    var (deadline, restDeadline) = (MonotonicTime.distantFuture, MonotonicTime.distantFuture)
    var isEnding = false
    while !isOver() {
      if signals.wait(milliseconds: Self.period), deadline == .distantFuture {
        notifier?.stopping()
        // A loop that hangs brings no vehicle to rest.
        if isEnding || !configuration.reactsToEnding || !isLoopWell {
          slots.stop()
          deadline = clock.now().advanced(nanoseconds: Self.longestEnd)
        } else {
          isEnding = true
          slots.end()
          restDeadline = clock.now().advanced(nanoseconds: configuration.loop.endsWithin + Self.longestEnd)
          if safety.isArmed(newest.frame) {
            say("the vehicle comes to rest as its file says; a second signal makes its outputs safe at once")
          }
        }
      }
      // A loop that does not end in its time is asked as by a second signal.
      if clock.now() >= restDeadline, deadline == .distantFuture {
        slots.stop()
        deadline = clock.now().advanced(nanoseconds: Self.longestEnd)
      }
      let now = clock.now()
      guard now < deadline else { return false }
      lookAtGuard()
      if slots.status.isNew { look(complaints) }
      if !isLogReported, let failure = logFailure() {
        isLogReported = true
        say("the log ends here, and the vehicle goes on without it: \(failure)")
      }
      feed(now)
      tell(now)
    }
    listener.endProgress()
    return true
  }

  /// Ends the supervision in order: the machine's watchdog stops.
  consuming func end() {
    if let device = device.take() { device.stop() }
  }

  private mutating func look(_ find: (LoopStatus) -> [String]) {
    status = slots.status.latest
    guard status.elapsed > Self.settlingTime else { return }
    let now = find(status)
    for complaint in now where !complaints.contains(complaint) { say(complaint) }
    for complaint in complaints where !now.contains(complaint) { say("no longer: \(complaint)") }
    complaints = now
  }

  /// Whether the loop has ticked lately and drives the outputs itself.
  private var isLoopWell: Bool {
    status.ticks > 0 && !loopGuard.isTripped
      && !loopGuard.isSilent(now: clock.now(), limit: configuration.watchdog.loopStoppedAfter)
  }

  private mutating func feed(_ now: MonotonicTime) {
    guard isLoopWell else { return }
    if !isReady {
      isReady = true
      notifier?.ready(line)
    }
    guard now >= nextFeed else { return }
    let period = min(
      notifier?.watchdogPeriod ?? .max, Int64(configuration.watchdog.deviceTimeout) * 1_000_000_000)
    nextFeed = now.advanced(nanoseconds: min(period / 4, 1_000_000_000))
    notifier?.isAlive()
    device?.feed()
  }

  private mutating func tell(_ now: MonotonicTime) {
    if let window = listener.table, let liveTable {
      newest.fill(from: slots.frame.latest)
      let (columns, rows) = window.size()
      window.show(
        liveTable.lines(
          FrameView(table, newest.frame), seconds: Double(status.elapsed) * 1e-9, columns: columns, rows: rows
        ))
    } else {
      listener.progress?(line)
    }
    guard now >= nextStatus, isReady else { return }
    nextStatus = now.advanced(milliseconds: 1000)
    notifier?.status(line)
  }

  private func say(_ text: String) {
    listener.warning(text)
  }

  /// How it goes, in a line.
  private var line: String {
    newest.fill(from: slots.frame.latest)
    let faults = safety.conditions(in: newest.frame).map(\.name)
    let mode = FrameView(table, newest.frame).choice("safety.mode") ?? ""
    var parts = [
      formatted("%.1f s", Double(status.elapsed) * 1e-9), mode,
      shown.text(shown.values(newest.frame)),
      "\(status.missed) missed",
      faults.isEmpty ? "no faults" : faults.joined(separator: ", "),
    ]
    if !safety.isArmed(newest.frame), let inhibit = safety.inhibits(in: newest.frame).first {
      parts.append("cannot arm: \(inhibit.text)")
    }
    if loopGuard.isTripped { parts.append("outputs held safe") }
    return parts.joined(separator: "; ")
  }
}
