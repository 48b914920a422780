import Devices
import HardwareInterfaces
import LinuxHardware
import Sampling
import Signals
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The thread that alone reads a pilot's device, a receiver's port or a gamepad. It opens the device, and opens it again when it has gone.
final class PilotThread {
  /// What the thread obtained of the scheduling it asked for.
  var grants: [RealTimeGrant] { thread.grants }
  /// The source's name in the configuration.
  let name: String
  /// The loop's end.
  let ends: ReadingEnds
  private let work: PilotWork
  private let thread: RealTimeThread

  /// Starts the thread for the device of `worker`, which it has alone from then on.
  ///
  /// - Parameter epoch: The time from which the loop counts.
  init(
    _ worker: PilotWorker, since epoch: MonotonicTime = .zero, scheduling: ThreadScheduling,
    system: any RealTimeSystem
  ) throws(LinuxError) {
    name = worker.pilot.name
    let slots = ReadingSlots(worker.readings, worker.frame)
    ends = ReadingEnds(slots: slots, readings: worker.readings)
    let work = PilotWork(worker, slots, epoch)
    self.work = work
    thread = try RealTimeThread("pilot", scheduling: scheduling, system: system) { work.run() }
  }

  // The thread itself is joined when it goes, right after this.
  deinit { ends.slots.stop() }

  /// What an owner must know of it; `nil` when there is nothing to say.
  var diagnostic: String? { work.problem.map { "commands: \"\(name)\": \($0)" } }

  /// Ends the thread. Returns whether it has ended within `nanoseconds`.
  func end(within nanoseconds: Int64) -> Bool {
    ends.slots.stop()
    return thread.join(within: nanoseconds)
  }
}

/// What the thread of a pilot's device owns while it runs.
private final class PilotWork: @unchecked Sendable {
  // Sendable: the thread alone uses what is not behind the mutex.
  private let worker: PilotWorker
  private let slots: ReadingSlots
  private let epoch: MonotonicTime
  private let clock = SystemClock()
  private let words = Mutex<String?>(nil)
  private var port: LinuxSerialPort<KernelPorts>?
  private var pad: LinuxEventDevice?
  private var nextTry = MonotonicTime.zero

  /// How long the thread waits for bytes at most, in ns: parsers must learn of silence.
  private static let longestWait: Int32 = 5
  /// Time between two tries to open a device, in ns.
  private static let retryPeriod: Int64 = 500_000_000
  /// Least time between two rounds, in ns: a flood leaves the processor to others. A CRSF port at 420,000 Bd brings 21 bytes in it.
  private static let shortestRound: Int64 = 500_000

  init(_ worker: PilotWorker, _ slots: ReadingSlots, _ epoch: MonotonicTime) {
    (self.worker, self.slots, self.epoch) = (worker, slots, epoch)
  }

  /// The time as the loop counts it.
  private var loopTime: MonotonicTime { MonotonicTime(nanoseconds: clock.now().nanoseconds(since: epoch)) }

  /// Why the device cannot be used; `nil` while it can. Any thread may ask.
  private(set) var problem: String? {
    get { words.withLock { $0 } }
    set { words.withLock { $0 = newValue } }
  }

  func run() {
    while !slots.isStopping {
      let begin = clock.now()
      if port == nil, pad == nil, begin >= nextTry {
        nextTry = begin.advanced(nanoseconds: Self.retryPeriod)
        open()
      }
      wait()
      serve()
      worker.readings.read(worker.frame, into: slots.readings.draft)
      slots.readings.publish()
      clock.sleep(until: begin.advanced(nanoseconds: Self.shortestRound))
    }
  }

  private func open() {
    do throws(LinuxError) {
      switch worker.pilot.device {
      case .receiver(_, let settings, _):
        port = try LinuxSerialPort(path: worker.pilot.port, settings: settings, system: KernelPorts())
      case .gamepad: pad = try LinuxEventDevice(path: worker.pilot.port)
      }
      problem = nil
    } catch {
      problem = "\(error)"
    }
  }

  /// Waits until the device has something to say, for 5 ms at most.
  private func wait() {
    var entry = pollfd(
      fd: port?.openDescriptor ?? pad?.openDescriptor ?? -1, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, entry.fd < 0 ? 50 : Self.longestWait)
  }

  private func serve() {
    do throws(PortError) {
      if port != nil {
        var bytes = InlineArray<512, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let count = try port?.read(into: &span) ?? 0
        worker.take(bytes.span.extracting(0..<count), at: loopTime)
      } else if var open = pad.take() {
        try worker.look(&open, at: loopTime)
        pad = consume open
      }
    } catch {
      worker.fail(error)
      problem = "\(worker.pilot.port): \(error.cause). \(error.remedy)"
      // Only opening it again can bring it back.
      port = nil
      pad = nil
    }
  }
}
