import Files
import LinuxHardware
import Signals
import Synchronization
import VehicleConfiguration

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Tells programs of this machine how a vehicle is: ticks at a local socket, and beside it a file that says how they lie.
///
/// A thread of its own, without real time, serves those who subscribe. Neither it nor they can hold the loop.
final class Telemetry {
  /// Where the loop leaves ticks.
  let feed: TelemetryFeed
  /// The socket's file.
  var path: String { socket.path }
  private let socket: SubscriberSocket
  private let described: String
  private let work: TelemetryWork
  private let thread: RealTimeThread

  /// Opens the socket `telemetry` in a folder, which must be there, and starts the thread.
  init(_ tables: VehicleTables, _ table: SignalTable, folder: String, system: any RealTimeSystem) throws {
    let layout = TelemetryLayout(table)
    described = "\(folder)/telemetry.json"
    socket = try SubscriberSocket("\(folder)/telemetry")
    try OutputFile.write(
      Array(layout.description(tables, table).utf8), path: described, replacing: true, inputs: [])
    feed = TelemetryFeed(table)
    let work = TelemetryWork(feed, TelemetrySender(socket, layout), socket.descriptor)
    self.work = work
    thread = try RealTimeThread("telemetry", scheduling: ThreadScheduling(priority: 0), system: system) {
      work.run()
    }
  }

  /// Tells everybody that the run has ended, and ends the thread. Returns whether it has ended within `nanoseconds`.
  @discardableResult
  func end(within nanoseconds: Int64) -> Bool {
    work.stop()
    return thread.join(within: nanoseconds)
  }

  // The thread itself is joined when it goes, right after this.
  deinit {
    work.stop()
    unlink(described)
  }
}

/// What the telemetry's thread owns while it runs.
private final class TelemetryWork: @unchecked Sendable {
  // Sendable: the thread alone uses what is not atomic.
  private let feed: TelemetryFeed
  private var sender: TelemetrySender
  private let descriptor: Int32
  private let clock = SystemClock()
  private let isEnding = Atomic<Bool>(false)

  /// How long the thread waits at most, in ms: for subscriptions while nobody watches, and between two looks at the ring.
  private static let (idle, pace): (Int32, Int32) = (50, 4)

  init(_ feed: TelemetryFeed, _ sender: TelemetrySender, _ descriptor: Int32) {
    (self.feed, self.sender, self.descriptor) = (feed, sender, descriptor)
  }

  func stop() { isEnding.store(true, ordering: .releasing) }

  func run() {
    while true {
      let isLast = isEnding.load(ordering: .acquiring)
      sender.listen(now: clock.now().nanoseconds)
      feed.isWanted = sender.isWanted
      let begin = feed.begin
      while feed.ring.pop({ record, _ in sender.send(record, since: begin) }) {}
      if isLast { break }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, sender.isWanted ? Self.pace : Self.idle)
      // A flood of subscriptions must not make this thread spin.
      if entry.revents != 0 { usleep(1_000) }
    }
    sender.end()
  }
}
