import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A signal that asks a run to end.
public enum StopSignal: Int32, Sendable, CaseIterable {
  case hangUp = 1
  case interrupt = 2
  case terminate = 15

  /// Its name, as `kill -l` has it.
  public var name: String {
    switch self {
    case .hangUp: "SIGHUP"
    case .interrupt: "SIGINT"
    case .terminate: "SIGTERM"
    }
  }
}

/// Whether somebody asked a simulated run to end before its time: its flights end at their next tick, with their logs
/// finished and what is known of them told.
public final class StopRequest: Sendable {
  /// The request of the whole process, which signals make.
  public static let process = StopRequest()

  private let number = Atomic<Int32>(0)

  /// A request that nobody has made yet.
  public init() {}

  /// The signal that came first; `nil` while there was none.
  public var signal: StopSignal? { StopSignal(rawValue: number.load(ordering: .relaxed)) }

  /// Asks all that fly under this request to end.
  public func request(_ signal: StopSignal) { number.store(signal.rawValue, ordering: .relaxed) }

  /// From now on the first signal of this kind asks; a second one ends the process at once. A hang-up that the caller
  /// ignores, as `nohup` does, stays ignored.
  public static func catchSignals() {
    // Made before a signal can need it.
    _ = process
    let handler: @convention(c) (Int32) -> Void = { number in
      StopRequest.process.number.store(number, ordering: .relaxed)
      setHandler(SIGHUP, SIG_DFL)
      setHandler(SIGINT, SIG_DFL)
      setHandler(SIGTERM, SIG_DFL)
    }
    // Whoever started this process may have held signals back, and a thread pool does; nobody could end it then.
    var set = sigset_t()
    sigemptyset(&set)
    for signal in StopSignal.allCases { sigaddset(&set, signal.rawValue) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    let before = setHandler(SIGHUP, SIG_IGN)
    let isHangUpIgnored = unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    for signal in StopSignal.allCases where signal != .hangUp || !isHangUpIgnored {
      setHandler(signal.rawValue, handler)
    }
  }
}

/// What a signal does to the process.
private typealias SignalHandler = (@convention(c) (Int32) -> Void)?

// The class has a property of the function's name.
@discardableResult
private func setHandler(_ number: Int32, _ handler: SignalHandler) -> SignalHandler {
  signal(number, handler)
}
