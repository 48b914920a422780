import HardwareInterfaces
import LinuxHardware
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What the vehicle shows on its status lamp.
enum LampSignal: UInt8, Sendable {
  /// Blinks slowly.
  case disarmed = 0
  /// Stays lit.
  case armed = 1
  /// Blinks fast.
  case fault = 2

  /// The signal of a vehicle that is armed or not, and in whose way something is.
  init(isArmed: Bool, hasFault: Bool) { self = hasFault ? .fault : isArmed ? .armed : .disarmed }

  fileprivate var pulses: SoftwarePulses? {
    do throws(LinuxError) {
      switch self {
      case .disarmed: return try SoftwarePulses(rate: 1, duty: 0.5, load: .slow)
      case .armed: return try SoftwarePulses(rate: 1, duty: 1, load: .slow)
      case .fault: return try SoftwarePulses(rate: 5, duty: 0.5, load: .slow)
      }
    } catch {
      return nil
    }
  }
}

/// Where the lines' thread and the loop meet.
final class LineSlots: Sendable {
  /// Whether the switch is active now, or cannot be read.
  private let isActive = Atomic<Bool>(false)
  /// Whether it was active at any moment since the loop last looked.
  private let wasActive = Atomic<Bool>(false)
  private let lamp = Atomic<UInt8>(LampSignal.disarmed.rawValue)
  private let isEnding = Atomic<Bool>(false)
  private let lost = Atomic<UInt64>(0)
  private let isLost = Atomic<Bool>(false)
  /// When the switch was last asked, in ns: before the question, so that one that is not answered has no time.
  private let lookedAt = Atomic<Int64>(0)
  private let wasStale = Atomic<Bool>(false)
  /// Age in ns from which the switch's level is stale; without a switch none is.
  private let staleAfter: Int64

  /// Slots for a switch whose level is worth nothing after `staleAfter` ns.
  init(staleAfter: Int64 = .max) { self.staleAfter = staleAfter }

  /// Whether the kill switch is pulled, or was for a moment since the last call, or has not been looked at lately: a thread
  /// that hangs sees no switch. Only the loop calls this; `now` is the time of its tick.
  func takeKillSwitch(_ now: MonotonicTime) -> Bool {
    let age = now.nanoseconds &- lookedAt.load(ordering: .acquiring)
    let isStale = age > staleAfter
    wasStale.store(isStale, ordering: .relaxed)
    // In this order: a switch that is let go between the two calls has left its mark before.
    let isActive = isActive.load(ordering: .acquiring)
    return wasActive.exchange(false, ordering: .acquiringAndReleasing) || isActive || isStale
  }

  /// Edges that the kernel dropped before they were read.
  var lostEdges: UInt64 { lost.load(ordering: .relaxed) }

  /// Whether the switch cannot be read, and counts as pulled for that.
  var isUnreadable: Bool { isLost.load(ordering: .relaxed) }

  /// Whether the switch had not been looked at lately when the loop last asked, and counted as pulled for that.
  var isStale: Bool { wasStale.load(ordering: .relaxed) }

  /// What the lamp is to show.
  func show(_ signal: LampSignal) { lamp.store(signal.rawValue, ordering: .relaxed) }

  /// Tells the thread to end.
  func stop() { isEnding.store(true, ordering: .releasing) }

  fileprivate var isStopping: Bool { isEnding.load(ordering: .acquiring) }
  fileprivate var signal: LampSignal { LampSignal(rawValue: lamp.load(ordering: .relaxed)) ?? .fault }

  fileprivate func note(
    _ time: MonotonicTime, active: Bool, isUnreadable: Bool = false, lostEdges: UInt64
  ) {
    isLost.store(isUnreadable, ordering: .relaxed)
    lost.store(lostEdges, ordering: .relaxed)
    if active { wasActive.store(true, ordering: .releasing) }
    isActive.store(active, ordering: .releasing)
    lookedAt.store(time.nanoseconds, ordering: .releasing)
  }

  fileprivate func noteMoment() { wasActive.store(true, ordering: .releasing) }
}

/// The thread of the lines that the loop does not touch: it waits for edges of the kill switch, asks for its level in
/// between, and blinks the lamp. Lines behind USB or I2C may take a millisecond, which the loop does not have.
final class LineThread {
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  private let slots: LineSlots
  private let thread: RealTimeThread

  /// Starts the thread, which has the switch and the lamp alone from then on. The switch has been read once when this
  /// returns.
  init(
    killSwitch: InputLine?, lamp: OutputLine?, slots: LineSlots, scheduling: ThreadScheduling,
    system: any RealTimeSystem
  ) throws(LinuxError) {
    let work = LineWork(killSwitch, lamp, slots)
    work.readLevel()
    self.slots = slots
    thread = try RealTimeThread("lines", scheduling: scheduling, system: system) { work.run() }
  }

  deinit { end(within: RealTimeThread.longestEnd) }

  /// Ends the thread. Returns whether it has ended within `nanoseconds`.
  @discardableResult
  func end(within nanoseconds: Int64) -> Bool {
    slots.stop()
    return thread.join(within: nanoseconds)
  }
}

/// What the lines' thread owns while it runs.
private final class LineWork: @unchecked Sendable {
  // Sendable: the starting thread uses it only before the thread begins.
  private let killSwitch: InputLine?
  private let lamp: OutputLine?
  private let slots: LineSlots
  private let clock = SystemClock()
  private var isLit: Bool?
  private var nextLevel = MonotonicTime.zero

  /// How often the level is asked for, in ns: beside edges, and without them.
  private static let levelPeriod: (withEdges: Int64, without: Int64) = (50_000_000, 2_000_000)
  /// How long the thread sleeps at most, in ns, so that it ends in time.
  private static let longestWait: Int64 = 50_000_000

  init(_ killSwitch: InputLine?, _ lamp: OutputLine?, _ slots: LineSlots) {
    (self.killSwitch, self.lamp, self.slots) = (killSwitch, lamp, slots)
  }

  func run() {
    while !slots.isStopping {
      let now = clock.now()
      var wake = now.advanced(nanoseconds: Self.longestWait)
      if killSwitch != nil {
        if now >= nextLevel { readLevel() }
        wake = min(wake, nextLevel)
      }
      if let change = blink(now) { wake = min(wake, change) }
      wait(until: wake)
    }
    setLamp(false)
  }

  /// Asks for the switch's level. One that cannot be read counts as pulled.
  func readLevel() {
    guard let killSwitch else { return }
    let period = killSwitch.edgeDescriptor >= 0 ? Self.levelPeriod.withEdges : Self.levelPeriod.without
    let now = clock.now()
    nextLevel = now.advanced(nanoseconds: period)
    do throws(LineError) {
      slots.note(now, active: try killSwitch.isActive(), lostEdges: killSwitch.lostEdges)
    } catch {
      slots.note(now, active: true, isUnreadable: true, lostEdges: killSwitch.lostEdges)
    }
  }

  private func takeEdges() {
    guard let killSwitch else { return }
    do throws(LineError) {
      if try killSwitch.takeEdges() { slots.noteMoment() }
    } catch {
      slots.noteMoment()
    }
    readLevel()
  }

  private func wait(until time: MonotonicTime) {
    let descriptor = killSwitch?.edgeDescriptor ?? -1
    guard descriptor >= 0 else { return clock.sleep(until: time) }
    let nanoseconds = max(time.nanoseconds(since: clock.now()), 0)
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
    guard poll(&entry, 1, milliseconds) > 0 else { return }
    if entry.revents & Int16(POLLIN) != 0 {
      takeEdges()
    } else {
      // The chip has gone: the level says so from now on, and the descriptor would wake this thread for ever.
      readLevel()
      clock.sleep(until: time)
    }
  }

  /// Sets the lamp; gives the time of its next change.
  private func blink(_ now: MonotonicTime) -> MonotonicTime? {
    guard lamp != nil, let pulses = slots.signal.pulses else { return nil }
    setLamp(pulses.isActive(at: now.nanoseconds))
    return pulses.nextChange(after: now.nanoseconds).map { MonotonicTime(nanoseconds: $0) }
  }

  private func setLamp(_ lit: Bool) {
    guard let lamp, lit != isLit else { return }
    do throws(LineError) {
      try lamp.set(lit)
      isLit = lit
    } catch {
      // A lamp that has gone is no reason to stop; it is tried again at the next change.
      isLit = nil
    }
  }
}
