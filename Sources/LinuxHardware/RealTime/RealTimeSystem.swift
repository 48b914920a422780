import CLinuxHardware

/// The system calls for real time; a seam for tests. Each returns a number of at least 0, or −errno.
public protocol RealTimeSystem: Sendable {
  /// Keeps the process in memory.
  func lockMemory() -> Int32
  /// Schedules the calling thread by SCHED_FIFO.
  func setFIFO(priority: Int32) -> Int32
  /// Keeps the calling thread on a processor.
  func setProcessor(_ processor: Int32) -> Int32
  /// Keeps processors out of deep sleep for as long as the descriptor stays open.
  func holdLatency(_ path: String, microseconds: Int32) -> Int32
}

/// The kernel's own.
public struct KernelRealTime: RealTimeSystem {
  /// The calls of this machine.
  public init() {}

  /// See `RealTimeSystem`.
  public func lockMemory() -> Int32 { ganglion_lock_memory() }
  /// See `RealTimeSystem`.
  public func setFIFO(priority: Int32) -> Int32 { ganglion_set_fifo_priority(priority) }
  /// See `RealTimeSystem`.
  public func setProcessor(_ processor: Int32) -> Int32 { ganglion_set_processor(processor) }
  /// See `RealTimeSystem`.
  public func holdLatency(_ path: String, microseconds: Int32) -> Int32 {
    ganglion_hold_processor_latency(path, microseconds)
  }
}

/// One thing that real time needs: whether this process has it, and the command that grants it.
public struct RealTimeGrant: Sendable, Equatable {
  /// What it is, for example "SCHED_FIFO 60 for the loop".
  public var name: String
  /// Whether it was obtained.
  public var isObtained: Bool
  /// Why not; empty when it was obtained.
  public var reason: String
  /// The command that grants it; empty when it was obtained.
  public var remedy: String

  init(_ name: String, result: Int32, remedy: String) {
    self.name = name
    isObtained = result >= 0
    reason = isObtained ? "" : errorText(-result)
    self.remedy = isObtained ? "" : remedy
  }

  /// For people.
  public var text: String { isObtained ? "\(name): yes" : "\(name): no (\(reason)); \(remedy)" }
}

/// How a thread is to be scheduled.
public struct ThreadScheduling: Sendable, Equatable {
  /// SCHED_FIFO priority, 1 to 99; 0 asks for none.
  public var priority: Int
  /// The processor it stays on; `nil` for any.
  public var processor: Int?

  /// A schedule from its parts.
  public init(priority: Int = 0, processor: Int? = nil) {
    (self.priority, self.processor) = (priority, processor)
  }

  /// Asks for it, for the calling thread, and says what was obtained.
  func apply(to thread: String, _ system: any RealTimeSystem) -> [RealTimeGrant] {
    var grants: [RealTimeGrant] = []
    if priority > 0 {
      grants.append(
        RealTimeGrant(
          "SCHED_FIFO \(priority) for \(thread)", result: system.setFIFO(priority: Int32(clamping: priority)),
          remedy:
            "grant it with: sudo setcap cap_sys_nice,cap_ipc_lock+ep ganglion, or LimitRTPRIO=\(priority) in the "
            + "systemd unit"))
    }
    if let processor {
      grants.append(
        RealTimeGrant(
          "processor \(processor) for \(thread)", result: system.setProcessor(Int32(clamping: processor)),
          remedy: "name one of the processors that `nproc` counts, from 0"))
    }
    return grants
  }
}

/// What the whole process asks for.
public struct ProcessRealTime: Sendable {
  /// What was obtained.
  public let grants: [RealTimeGrant]
  private let latency: LatencyHold?

  /// Holds /dev/cpu_dma_latency open.
  private final class LatencyHold: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { ganglion_close_descriptor(descriptor) }
  }

  /// Locks memory and keeps processors awake, as asked for.
  ///
  /// - Parameter latency: Longest wake-up time of a processor in µs; `nil` lets it sleep as it likes. It holds for as
  ///   long as this value lives.
  public init(
    locksMemory: Bool, latency microseconds: Int?, system: any RealTimeSystem = KernelRealTime(),
    files: SystemFiles = SystemFiles()
  ) {
    var grants: [RealTimeGrant] = []
    if locksMemory {
      grants.append(
        RealTimeGrant(
          "memory locked", result: system.lockMemory(),
          remedy: "grant it with: ulimit -l unlimited as root, or LimitMEMLOCK=infinity in the systemd unit"))
    }
    var hold: LatencyHold?
    if let microseconds {
      let path = "/dev/cpu_dma_latency"
      let result = system.holdLatency(files.root + path, microseconds: Int32(clamping: microseconds))
      if result >= 0 { hold = LatencyHold(result) }
      grants.append(
        RealTimeGrant(
          "processors awake within \(microseconds) µs", result: result,
          remedy:
            "grant it with: sudo chmod g+rw \(path) && sudo chgrp ganglion \(path), or the udev rule of "
            + "scripts/deploy"))
    }
    self.grants = grants
    self.latency = hold
  }
}
