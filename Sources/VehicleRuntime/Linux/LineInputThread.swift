import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The thread that alone reads the lines that are devices: it takes their edges with the kernel's times, and asks for their levels in
/// between. The kill switch and the lamp have one of their own, so that a line whose chip hangs keeps nobody from the switch.
final class LineInputThread {
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  /// The loop's end.
  let ends: ReadingEnds
  private let thread: RealTimeThread

  /// Starts the thread, which has the lines of `worker`'s devices, in their order, alone from then on. Each has been looked at once when
  /// this returns.
  init(
    _ lines: [InputLine], worker: LineWorker, scheduling: ThreadScheduling, system: any RealTimeSystem
  ) throws(LinuxError) {
    let slots = ReadingSlots(worker.readings, worker.frame)
    ends = ReadingEnds(slots: slots, readings: worker.readings)
    let work = LineInputWork(lines, worker, slots)
    work.serve()
    thread = try RealTimeThread("line-inputs", scheduling: scheduling, system: system) { work.run() }
  }

  // The thread itself is joined when it goes, right after this.
  deinit { ends.slots.stop() }

  /// Ends the thread. Returns whether it has ended within `nanoseconds`.
  func end(within nanoseconds: Int64) -> Bool {
    ends.slots.stop()
    return thread.join(within: nanoseconds)
  }
}

/// What the thread of the lines that are read owns while it runs.
private final class LineInputWork: @unchecked Sendable {
  // Sendable: the starting thread uses it only before the thread begins.
  private let lines: [InputLine]
  private let worker: LineWorker
  private let slots: ReadingSlots
  private let clock = SystemClock()
  /// When each line's level is asked for next.
  private var looks: [MonotonicTime]
  /// Whether each line could be read when it was asked for last.
  private var isReadable: [Bool]
  /// Whether each line's level was not the one that its edges led to when it was asked for last.
  private var doubts: [Bool]
  /// What is waited for, a line each; one whose chip does not report edges, or no longer does, has no descriptor.
  private let entries: UnsafeMutableBufferPointer<pollfd>

  /// How often the level of a line without edges is asked for, in ns.
  private static let lookPeriodWithoutEdges: Int64 = 2_000_000
  /// How long the thread sleeps at most, in ns, so that it ends in time.
  private static let longestWait: Int64 = 50_000_000
  /// Least time between two rounds, in ns: a line that never rests leaves the processor to others.
  private static let shortestRound: Int64 = 250_000
  /// How often edges of a line are taken in one round at most, 16 at a time, as many as the kernel keeps for some lines.
  private static let mostReads = 8

  init(_ lines: [InputLine], _ worker: LineWorker, _ slots: ReadingSlots) {
    (self.lines, self.worker, self.slots) = (lines, worker, slots)
    looks = Array(repeating: .zero, count: lines.count)
    doubts = Array(repeating: false, count: lines.count)
    isReadable = doubts
    entries = .allocate(capacity: lines.count)
    for (place, line) in lines.enumerated() {
      entries.initializeElement(
        at: place, to: pollfd(fd: line.edgeDescriptor, events: Int16(POLLIN), revents: 0))
    }
  }

  deinit { entries.deallocate() }

  func run() {
    while !slots.isStopping {
      let begin = clock.now()
      serve()
      wait()
      clock.sleep(until: begin.advanced(nanoseconds: Self.shortestRound))
    }
  }

  /// Serves every line of which something is known to have come, or which is due, and publishes what was read.
  func serve() {
    let now = clock.now()
    var isNew = false
    for place in lines.indices {
      guard now >= due(place) || entries[place].revents != 0 else { continue }
      serve(place)
      isNew = true
    }
    guard isNew else { return }
    worker.readings.read(worker.frame, into: slots.readings.draft)
    slots.readings.publish()
  }

  /// When a line is looked at next: a level that lasts may have to count before. One that cannot be read is in no hurry.
  private func due(_ place: Int) -> MonotonicTime {
    guard isReadable[place], let due = worker.due(place) else { return looks[place] }
    return min(looks[place], due)
  }

  private func serve(_ place: Int) {
    if entries[place].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
      // The chip has gone: the level says so from now on, and the descriptor would wake this thread for ever.
      entries[place].fd = -1
    }
    entries[place].revents = 0
    let reportsEdges = entries[place].fd >= 0
    // Before the question: one that is not answered has no time.
    let now = clock.now()
    looks[place] = now.advanced(
      nanoseconds: reportsEdges ? LineInput.lookPeriod : Self.lookPeriodWithoutEdges)
    do throws(LineError) {
      let taken = try takeEdges(place)
      let level = try lines[place].isActive()
      isReadable[place] = true
      let known = worker.level(of: place) ?? level
      let isDoubtful = reportsEdges && known != level
      defer { doubts[place] = isDoubtful }
      if isDoubtful, !doubts[place] || taken > 0 {
        // Its edge has come a moment ago, and is still on its way.
        looks[place] = now.advanced(nanoseconds: Self.lookPeriodWithoutEdges)
        return worker.look(place, isActive: known, now: now)
      }
      // No edge has led there: the kernel has dropped one.
      if isDoubtful { worker.lose(place, edges: 1) }
      worker.look(place, isActive: level, now: now)
    } catch {
      isReadable[place] = false
      worker.fail(place, error)
    }
  }

  /// Takes the edges of a line that have come. Returns how many.
  private func takeEdges(_ place: Int) throws(LineError) -> Int {
    var taken = 0
    for _ in 0..<Self.mostReads {
      var entry = pollfd(fd: entries[place].fd, events: Int16(POLLIN), revents: 0)
      guard entry.fd >= 0, poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLIN) != 0 else { break }
      let count = try lines[place].takeEdges { edge, missing in
        if missing > 0 { worker.lose(place, edges: missing) }
        worker.take(place, edge: edge.time, becameActive: edge.becameActive, now: clock.now())
      }
      guard count > 0 else { break }
      taken += count
    }
    return taken
  }

  /// Waits until a line has something to say, or one is due.
  private func wait() {
    let now = clock.now()
    var wake = now.advanced(nanoseconds: Self.longestWait)
    for place in lines.indices { wake = min(wake, due(place)) }
    let nanoseconds = max(wake.nanoseconds(since: now), 0)
    let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
    let ready = poll(entries.baseAddress, nfds_t(entries.count), milliseconds)
    // What an interrupted wait left behind says nothing.
    if ready <= 0 { for place in entries.indices { entries[place].revents = 0 } }
  }
}
